// The operators. What counts as blank decides first, then the texts are compared as they are.
#include "engine/match/condition_operators.h"

#include <algorithm>

#include "engine/jexl/operators.h"
#include "engine/jexl/text.h"

namespace tripgate {
namespace {

struct Spelling {
  std::string_view name;
  ConditionOperator operation;
};

constexpr Spelling kSpellings[] = {
    {"Equals", ConditionOperator::equals},
    {"NotEquals", ConditionOperator::not_equals},
    {"StartsWith", ConditionOperator::starts_with},
    {"EndsWith", ConditionOperator::ends_with},
    {"Contains", ConditionOperator::contains},
    {"DoesNotContain", ConditionOperator::does_not_contain},
    {"Regex", ConditionOperator::regex},
    {"In", ConditionOperator::in},
    {"NotIn", ConditionOperator::not_in},
};

// Patterns of one list, and their bytes: each is compiled, which takes about 10 us and 1 kB.
constexpr std::size_t kMaxListPatterns = 1000;
constexpr std::size_t kMaxListPatternBytes = 64 * 1024;

// Without any of these a pattern matches itself and nothing else.
bool is_pattern(std::string_view text) {
  return text.find_first_of("\\.[]{}()*+?^$|") != std::string_view::npos;
}

bool is_blank(std::optional<std::string_view> text) {
  return !text || jexl::text::is_blank(*text);
}

std::string unquoted(std::string_view piece) {
  if (piece.size() < 2 || piece.front() != '"' || piece.back() != '"') return std::string(piece);
  piece = piece.substr(1, piece.size() - 2);
  std::string out;
  for (std::size_t i = 0; i < piece.size(); ++i) {
    if (piece[i] == '"' && i + 1 < piece.size() && piece[i + 1] == '"') ++i;
    out += piece[i];
  }
  return out;
}

}  // namespace

std::optional<ConditionOperator> find_condition_operator(std::string_view name) {
  const auto* const found = std::ranges::find(kSpellings, name, &Spelling::name);
  return found == std::end(kSpellings) ? std::nullopt : std::optional(found->operation);
}

std::vector<std::string> split_in_list(std::string_view value) {
  std::vector<std::string> pieces;
  pieces.reserve(static_cast<std::size_t>(std::ranges::count(value, ',')) + 1);
  // From the end, the number of quotation marks behind a comma is known.
  std::size_t quotes = 0;
  std::size_t end = value.size();
  for (std::size_t at = value.size(); at-- > 0;) {
    if (value[at] == '"') ++quotes;
    if (value[at] != ',' || quotes % 2 != 0) continue;
    pieces.push_back(unquoted(jexl::text::trim(value.substr(at + 1, end - at - 1))));
    end = at;
  }
  pieces.push_back(unquoted(jexl::text::trim(value.substr(0, end))));
  std::ranges::reverse(pieces);
  return pieces;
}

ConditionCheck::ConditionCheck(ConditionOperator operation, std::optional<std::string_view> value)
    : operation_(operation), is_blank_(is_blank(value)), value_(value.value_or("")) {
  if (is_blank_) return;
  if (operation_ == ConditionOperator::regex) add_candidate(value_);
  if (operation_ != ConditionOperator::in && operation_ != ConditionOperator::not_in) return;
  std::vector<std::string> pieces = split_in_list(value_);
  candidates_.reserve(pieces.size());
  for (std::string& piece : pieces) add_element(std::move(piece));
}

// A list may have hundreds of thousands of elements; only those that are patterns are compiled.
void ConditionCheck::add_element(std::string text) {
  if (is_blank(text)) {
    has_blank_element_ = true;
  } else if (!is_pattern(text)) {
    candidates_.push_back({.text = std::move(text), .is_pattern = false, .regex = nullptr});
  } else if (++pattern_count_ > kMaxListPatterns ||
             (pattern_bytes_ += text.size()) > kMaxListPatternBytes) {
    bad_pattern_ = jexl::limit_error("the list has too many patterns");
    candidates_.push_back({.text = std::move(text), .is_pattern = true, .regex = nullptr});
  } else {
    add_candidate(std::move(text));
  }
}

void ConditionCheck::add_candidate(std::string text) {
  Candidate candidate{.text = std::move(text), .is_pattern = true, .regex = nullptr};
  auto regex = jexl::Regex::compile(candidate.text, jexl::Regex::Flags::dot_matches_breaks);
  if (regex) {
    candidate.regex = std::make_shared<const jexl::Regex>(std::move(*regex));
  } else if (!bad_pattern_) {
    bad_pattern_ = regex.error();
    if (operation_ != ConditionOperator::regex) {
      bad_pattern_->message += " in the element " + candidate.text;
      bad_pattern_->offset = jexl::EvalError::kNoOffset;
    }
  }
  candidates_.push_back(std::move(candidate));
}

Result<bool, jexl::EvalError> ConditionCheck::matches_pattern(const Candidate& candidate,
                                                              std::optional<std::string_view> input,
                                                              jexl::Meter& meter) const {
  if (!candidate.is_pattern) return false;
  if (candidate.regex == nullptr) return *bad_pattern_;
  if (!input) return false;
  return candidate.regex->matches(*input, meter);
}

// Equality is looked for first, so that a bad pattern hurts only who needs patterns.
Result<bool, jexl::EvalError> ConditionCheck::is_in(std::optional<std::string_view> input,
                                                    jexl::Meter& meter) const {
  if (has_blank_element_) return true;
  for (const Candidate& candidate : candidates_) {
    if (input && candidate.text == *input) return true;
  }
  for (const Candidate& candidate : candidates_) {
    auto result = matches_pattern(candidate, input, meter);
    if (!result || *result) return result;
  }
  return false;
}

Result<bool, jexl::EvalError> ConditionCheck::matches(std::optional<std::string_view> input,
                                                      jexl::Meter& meter) const {
  const bool is_input_blank = is_blank(input);
  switch (operation_) {
    case ConditionOperator::equals:
      return is_blank_ ? is_input_blank : input == value_;
    case ConditionOperator::not_equals:
      return is_blank_ ? !is_input_blank : input != value_;
    case ConditionOperator::in:
      return is_blank_ ? Result<bool, jexl::EvalError>(true) : is_in(input, meter);
    case ConditionOperator::not_in: {
      if (is_blank_) return true;
      auto result = is_in(input, meter);
      if (!result) return result;
      return !*result;
    }
    case ConditionOperator::regex:
      if (is_blank_) return true;
      return matches_pattern(candidates_.front(), input, meter);
    default:
      break;
  }
  if (is_blank_) return true;
  if (is_input_blank) return false;
  switch (operation_) {
    case ConditionOperator::starts_with:
      return input->starts_with(value_);
    case ConditionOperator::ends_with:
      return input->ends_with(value_);
    case ConditionOperator::contains:
      return jexl::text::find(*input, value_) != std::string_view::npos;
    default:
      return jexl::text::find(*input, value_) == std::string_view::npos;
  }
}

}  // namespace tripgate
