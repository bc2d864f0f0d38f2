// A full match of the original's expression, which searches and so lets "10sfoo" through.
#include "engine/plan/duration.h"

#include <algorithm>

namespace tripgate::plan {
namespace {

std::int64_t unit_seconds(char unit) {
  switch (unit) {
    case 's':
      return 1;
    case 'm':
      return 60;
    case 'h':
      return 3600;
    case 'd':
      return 86'400;
    case 'w':
      return 604'800;
    default:
      return 0;
  }
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  for (std::size_t at = 0, term = 0; at < text.size() || term == 0; ++term) {
    if (term > 0 && at < text.size() && (text[at] == ' ' || text[at] == '\t')) ++at;
    const std::size_t begin = at;
    std::int64_t amount = 0;
    for (; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at) {
      amount = std::min<std::int64_t>(amount * 10 + (text[at] - '0'), kDurationMax.count());
    }
    if (at == begin || at == text.size()) return {};
    const char unit = text[at++];
    if (unit_seconds(unit) == 0 || (term == 0 && text[begin] == '0')) return {};
    const bool is_short = unit == 's' && at - begin < 3;
    if (term == 0 && unit == 's' && (is_short || at != text.size())) return {};
    total = std::min(total + amount * unit_seconds(unit), kDurationMax.count());
  }
  return std::chrono::seconds(total);
}

}  // namespace tripgate::plan
