// What a caller may do, and the small things that all handlers share.
#include <algorithm>
#include <charconv>

#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

/// Largest page that is answered, and the one of the original's lists (pipelines.md 8.9).
constexpr std::size_t kPageMaxSize = 1000;

}  // namespace

bool Caller::allows(std::uint8_t permissions, const Scope& scope) const {
  if (is_administrator) return true;
  if (account != scope.account) return false;
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    const edge::Grant bounds = {
        .permissions = grant.permissions, .org = grant.org, .project = grant.project};
    return (grant.permissions & permissions) == permissions &&
           bounds.covers(scope.org, scope.project);
  });
}

std::optional<Response> refuse_without(std::uint8_t permission, const Context& context,
                                       const Scope& scope,
                                       const std::optional<std::string>& pipeline) {
  if (context.caller.allows(permission, scope)) return std::nullopt;
  return access_denied(context.caller, permission, scope, pipeline);
}

std::size_t number_parameter(const Request& request, std::string_view name, std::size_t fallback) {
  const std::string text = request.parameter_or_empty(name);
  std::size_t number = fallback;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  return parsed.ptr == text.data() + text.size() && !text.empty() ? number : fallback;
}

Paging paging(const Request& request) {
  Paging paging;
  paging.page = number_parameter(request, "page", 0);
  paging.size = std::clamp<std::size_t>(number_parameter(request, "size", 10), 1, kPageMaxSize);
  return paging;
}

}  // namespace tripgate::http
