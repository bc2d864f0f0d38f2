// One walk over the query for all parameters: five searches cost 0.3 us more per request.
#include "ngx_module/call_parameters.h"

#include <algorithm>
#include <array>

#include "shared/query_text.h"

namespace tripgate {
namespace {

struct Name {
  std::string_view text;
  std::optional<std::string_view> CallParameters::*member;
};

constexpr std::array<Name, 5> kNames = {{
    {"accountIdentifier", &CallParameters::account},
    {"orgIdentifier", &CallParameters::org},
    {"projectIdentifier", &CallParameters::project},
    {"pipelineIdentifier", &CallParameters::pipeline},
    {"triggerIdentifier", &CallParameters::trigger},
}};

/// The longest name with every character percent-encoded; a longer key is none of ours.
constexpr std::size_t kEncodedNameMaxSize = 3 * 18;

/// Without room nothing in the query needs decoding, and nobody looks for it again.
std::string_view decoded(std::string_view text, std::span<char>& room) noexcept {
  if (room.empty() || !needs_decoding(text)) return text;
  const std::optional<std::string_view> plain = decode_query_text(text, room);
  if (!plain) return {};
  room = std::span<char>(room.data() + plain->size(), room.size() - plain->size());
  return *plain;
}

const Name* find_name(std::string_view key, bool may_be_encoded) noexcept {
  std::array<char, kEncodedNameMaxSize> buffer;
  if (key.size() > buffer.size()) return nullptr;
  std::span<char> room;
  if (may_be_encoded) room = buffer;
  const std::string_view plain = decoded(key, room);
  const auto* name = std::find_if(kNames.begin(), kNames.end(),
                                  [plain](const Name& known) { return known.text == plain; });
  return name == kNames.end() ? nullptr : name;
}

}  // namespace

bool needs_decoding(std::string_view query) noexcept {
  return query.find('%') != std::string_view::npos || query.find('+') != std::string_view::npos;
}

CallParameters parse_call_parameters(std::string_view query, std::span<char> room) noexcept {
  CallParameters parameters;
  const bool may_be_encoded = !room.empty();
  while (!query.empty()) {
    const std::size_t end = std::min(query.find('&'), query.size());
    const std::string_view pair(query.data(), end);
    query.remove_prefix(std::min(end + 1, query.size()));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const Name* name = find_name(std::string_view(pair.data(), equals), may_be_encoded);
    if (name == nullptr || parameters.*(name->member)) continue;
    const std::size_t value = std::min(equals + 1, pair.size());
    parameters.*(name->member) =
        decoded(std::string_view(pair.data() + value, pair.size() - value), room);
  }
  return parameters;
}

}  // namespace tripgate
