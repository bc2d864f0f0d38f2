// Paths are compared whole: nginx has merged slashes and decoded percent signs before.
#include "ngx_module/address.h"

#include <algorithm>

namespace tripgate {
namespace {

constexpr std::string_view kGateway = "/gateway";
constexpr std::string_view kCustom = "/pipeline/api/webhook/custom";
constexpr std::string_view kVersion2 = "/v2";
constexpr std::string_view kVersion3 = "/v3";
constexpr std::string_view kTokenParent = "/custom/";

bool take_prefix(std::string_view& text, std::string_view prefix) noexcept {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

std::optional<WebhookAddress> parse_webhook_address(std::string_view path) noexcept {
  take_prefix(path, kGateway);
  if (!take_prefix(path, kCustom)) return std::nullopt;
  if (path.empty()) return WebhookAddress{.version = WebhookVersion::v1, .token = {}};
  if (path == kVersion2) return WebhookAddress{.version = WebhookVersion::v2, .token = {}};
  if (path.front() != '/' || !path.ends_with(kVersion3)) return std::nullopt;
  path.remove_prefix(1);
  if (path.size() <= kVersion3.size()) return std::nullopt;
  path.remove_suffix(kVersion3.size());
  if (path.find('/') != std::string_view::npos) return std::nullopt;
  return WebhookAddress{.version = WebhookVersion::v3, .token = path};
}

std::size_t cut_token(std::string_view path, std::span<char> out) noexcept {
  const std::size_t parent = path.find(kTokenParent);
  std::size_t at = parent == std::string_view::npos ? path.size() : parent + kTokenParent.size();
  std::copy_n(path.data(), at, out.data());
  std::size_t used = at;
  while (at < path.size()) {
    const std::size_t end = std::min(path.find('/', at), path.size());
    const std::string_view segment(path.data() + at, end - at);
    const std::size_t shown = std::min(segment.size(), kShownTokenSize);
    used = static_cast<std::size_t>(std::copy_n(segment.data(), shown, out.data() + used) -
                                    out.data());
    at = end;
    if (at < path.size()) out[used++] = path[at++];
  }
  return used;
}

}  // namespace tripgate
