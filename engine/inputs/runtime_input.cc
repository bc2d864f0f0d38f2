// The grammar's lazy arguments are decided from the text's end: behind which closing parenthesis
// does the rest read as clauses? One pass notes those, a second one takes the clauses.
#include "engine/inputs/runtime_input.h"

#include <array>

namespace tripgate::inputs {
namespace {

constexpr std::string_view kPrefix = "<+input>";
constexpr std::string_view kExecutionInput = ".executionInput()";
constexpr std::array<std::string_view, 5> kArgumentClauses = {
    ".allowedValues(", ".default(", ".regex(", ".selectOneFrom(", ".selectManyFrom("};

constexpr std::size_t kNowhere = std::string_view::npos;

/// The clause with an argument that begins a text, without its dot; empty if none does.
std::string_view clause_at(std::string_view text) {
  for (const std::string_view clause : kArgumentClauses) {
    if (text.starts_with(clause)) return clause;
  }
  return {};
}

/// For each position the nearest parenthesis from there on that may end an argument.
class ArgumentEnds {
 public:
  explicit ArgumentEnds(std::string_view text) : nearest_(text.size() + 1, kNowhere) {
    std::vector<bool> is_end_of_clauses(text.size() + 1, false);
    is_end_of_clauses[text.size()] = true;
    for (std::size_t at = text.size(); at-- > 0;) {
      nearest_[at] = nearest_[at + 1];
      if (text[at] == ')' && is_end_of_clauses[at + 1]) nearest_[at] = at;
      if (text[at] == '\n') nearest_[at] = kNowhere;  // The grammar's dot is no line break.
      if (text[at] != '.') continue;
      const std::string_view rest = text.substr(at);
      const std::string_view clause = clause_at(rest);
      if (rest.starts_with(kExecutionInput)) {
        is_end_of_clauses[at] = is_end_of_clauses[at + kExecutionInput.size()];
      } else if (!clause.empty()) {
        is_end_of_clauses[at] = end_of(at + clause.size()) != kNowhere;
      }
    }
  }

  /// The end of an argument that begins there and holds a byte at least.
  [[nodiscard]] std::size_t end_of(std::size_t begin) const {
    const bool is_possible = begin + 1 < nearest_.size() && nearest_[begin] != kNowhere;
    return is_possible ? nearest_[begin + 1] : kNowhere;
  }

 private:
  std::vector<std::size_t> nearest_;
};

std::string trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlanks);
  if (begin == kNowhere) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin));
}

/// Puts an argument where it belongs; false if there is one already.
bool put(RuntimeInput& input, std::string_view clause, std::string_view argument) {
  std::optional<std::string>& place = clause == ".default(" ? input.fallback
                                      : clause == ".regex(" ? input.pattern
                                                            : input.allowed;
  if (place) return false;
  place = argument;
  return true;
}

/// The pieces of a list with their quotes, at the commas outside of `\'...\'` and `\"...\"`.
std::vector<std::string_view> cut_at_commas(std::string_view list) {
  std::vector<std::string_view> pieces;
  char open = '\0';  // The quote that the text is inside of.
  std::size_t begin = 0;
  for (std::size_t at = 0; at < list.size(); ++at) {
    const bool is_quote =
        list[at] == '\\' && at + 1 < list.size() && (list[at + 1] == '\'' || list[at + 1] == '"');
    if (is_quote) {
      ++at;
      if (open == '\0') {
        open = list[at];
      } else if (open == list[at]) {
        open = '\0';
      }
    } else if (list[at] == ',' && open == '\0') {
      pieces.push_back(list.substr(begin, at - begin));
      begin = at + 1;
    }
  }
  pieces.push_back(list.substr(begin));
  return pieces;
}

std::string unquoted(std::string text) {
  for (const std::string_view quote : {"\\'", "\\\"", "'", "\""}) {
    if (text.size() >= 2 * quote.size() && text.starts_with(quote) && text.ends_with(quote)) {
      return text.substr(quote.size(), text.size() - 2 * quote.size());
    }
  }
  return text;
}

}  // namespace

bool is_runtime_input(std::string_view text) {
  return text.starts_with(kPrefix);
}

Result<RuntimeInput, NotationError> parse_runtime_input(std::string_view text) {
  RuntimeInput input;
  const ArgumentEnds ends(text);
  for (std::size_t at = kPrefix.size(); at < text.size();) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with(kExecutionInput)) {
      if (input.is_asked_later) return NotationError(at, "executionInput() is given twice");
      input.is_asked_later = true;
      at += kExecutionInput.size();
      continue;
    }
    const std::string_view clause = clause_at(rest);
    if (clause.empty()) {
      return NotationError(at,
                           "behind <+input> only .default(...), .allowedValues(...), .regex(...), "
                           ".selectOneFrom(...), .selectManyFrom(...) and .executionInput() may "
                           "follow");
    }
    const std::size_t begin = at + clause.size();
    const std::size_t end = ends.end_of(begin);
    const std::string name(clause.substr(1, clause.size() - 2));
    if (end == kNowhere) {
      return NotationError(at + 1, name + " needs a value in parentheses, on one line, and " +
                                       "nothing but clauses of <+input> behind it");
    }
    if (!put(input, clause, text.substr(begin, end - begin))) {
      return NotationError(
          at + 1, "a runtime input takes one " + (name == "default" || name == "regex"
                                                      ? name
                                                      : std::string("list of allowed values")));
    }
    at = end + 1;
  }
  return input;
}

bool has_expression(std::string_view text) {
  const std::size_t open = text.find("<+");
  return open != kNowhere && text.find('>', open) != kNowhere;
}

std::vector<std::string> split_values(std::string_view list) {
  std::vector<std::string> values;
  for (const std::string_view piece : cut_at_commas(list)) {
    values.push_back(unquoted(trimmed(piece)));
  }
  return values;
}

}  // namespace tripgate::inputs
