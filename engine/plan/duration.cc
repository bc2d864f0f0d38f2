// Full matches of the original's expressions, which search and so let "10sfoo" through.
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

bool is_blank(char c) {
  return c == ' ' || c == '\t';
}

// One `<digits><unit>`; unit 0 if there is none.
struct Term {
  std::size_t digits = 0;
  bool starts_with_zero = false;
  char unit = 0;
  std::int64_t seconds = 0;
};

Term take_term(std::string_view& text) {
  Term term;
  term.starts_with_zero = text.starts_with('0');
  std::int64_t amount = 0;
  for (; term.digits < text.size() && text[term.digits] >= '0' && text[term.digits] <= '9';
       ++term.digits) {
    amount = std::min<std::int64_t>(amount * 10 + (text[term.digits] - '0'), kDurationMax.count());
  }
  text.remove_prefix(term.digits);
  if (term.digits == 0 || text.empty() || unit_seconds(text.front()) == 0) return term;
  term.unit = text.front();
  term.seconds = std::min(amount * unit_seconds(term.unit), kDurationMax.count());
  text.remove_prefix(1);
  return term;
}

}  // namespace

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
  std::int64_t total = 0;
  for (bool is_first = true; is_first || !text.empty(); is_first = false) {
    if (!is_first && is_blank(text.front())) text.remove_prefix(1);
    const Term term = take_term(text);
    if (term.unit == 0 || (is_first && term.starts_with_zero)) return {};
    if (is_first && term.unit == 's' && (term.digits < 2 || !text.empty())) return {};
    total = std::min(total + term.seconds, kDurationMax.count());
  }
  return std::chrono::seconds(total);
}

std::optional<std::chrono::seconds> parse_short_duration(std::string_view text) {
  if (const auto parsed = parse_duration(text)) return parsed;
  std::int64_t total = 0;
  for (bool is_first = true; is_first || !text.empty(); is_first = false) {
    if (!is_first && !is_blank(text.front())) return {};
    while (!is_first && !text.empty() && is_blank(text.front())) text.remove_prefix(1);
    const Term term = take_term(text);
    if (term.unit == 0 || term.starts_with_zero) return {};
    total = std::min(total + term.seconds, kDurationMax.count());
  }
  return std::chrono::seconds(total);
}

std::string duration_text(std::chrono::seconds length) {
  std::string text;
  std::int64_t rest = length.count();
  for (const char unit : {'w', 'd', 'h', 'm', 's'}) {
    const std::int64_t amount = rest / unit_seconds(unit);
    rest %= unit_seconds(unit);
    if (amount == 0) continue;
    if (!text.empty()) text += ' ';
    text += std::to_string(amount) + unit;
  }
  return text.empty() ? "0s" : text;
}

}  // namespace tripgate::plan
