// By hand, from left to right: after `$` each step begins with a dot or a bracket.
#include "engine/functors/json_path_parser.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "engine/jexl/json.h"

namespace tripgate {
namespace {

using Step = JsonPath::Step;
using Kind = JsonPath::StepKind;

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<std::vector<Step>, Diagnostic> run() {
    std::vector<Step> steps;
    at_ = 1;
    while (at_ < text_.size()) {
      Step step;
      if (!read_step(step)) {
        return Diagnostic(1, static_cast<std::uint32_t>(at_ + 1), message_ + " expected");
      }
      steps.push_back(std::move(step));
    }
    return steps;
  }

 private:
  bool fail(std::string expected) {
    message_ = std::move(expected);
    return false;
  }

  [[nodiscard]] char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }

  void skip_space() {
    while (peek() == ' ') ++at_;
  }

  bool read_step(Step& step) {
    const bool is_dotted = take('.');
    step.is_deep = is_dotted && take('.');
    if (take('[')) return read_bracket(step);
    if (!is_dotted) return fail("'.' or '['");
    if (take('*')) {
      step.kind = Kind::all;
      return true;
    }
    return read_plain_name(step.names);
  }

  bool read_plain_name(std::vector<std::string>& names) {
    const std::size_t end = std::min(text_.find_first_of(".[]() '\"=!<>", at_), text_.size());
    if (end == at_) return fail("a name");
    names.emplace_back(text_.substr(at_, end - at_));
    at_ = end;
    return true;
  }

  bool read_bracket(Step& step) {
    skip_space();
    if (take('*')) {
      step.kind = Kind::all;
    } else if (take("?(")) {
      step.kind = Kind::filter;
      if (!read_filter(step.filter)) return false;
    } else if (peek() == '\'' || peek() == '"') {
      if (!read_names(step.names)) return false;
    } else if (!read_indexes(step)) {
      return false;
    }
    skip_space();
    return take(']') || fail("']'");
  }

  bool read_names(std::vector<std::string>& names) {
    do {
      skip_space();
      std::string name;
      if (!read_quoted(name)) return false;
      names.push_back(std::move(name));
      skip_space();
    } while (take(','));
    return true;
  }

  bool read_quoted(std::string& out) {
    const char quote = peek();
    if (quote != '\'' && quote != '"') return fail("a quoted name");
    for (++at_; at_ < text_.size(); ++at_) {
      if (text_[at_] == quote) return take(quote);
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      out += text_[at_];
    }
    return fail("a closing quote");
  }

  bool read_number(std::int64_t& out) {
    const char* const begin = text_.data() + at_;
    const auto parsed = std::from_chars(begin, text_.data() + text_.size(), out);
    if (parsed.ec != std::errc()) return fail("an index, a name in quotes, '*' or '?('");
    at_ += static_cast<std::size_t>(parsed.ptr - begin);
    return true;
  }

  bool read_indexes(Step& step) {
    std::int64_t number = 0;
    if (peek() != ':') {
      if (!read_number(number)) return false;
      step.first = number;
    }
    if (take(':')) {
      step.kind = Kind::slice;
      if (peek() == ']') return true;
      if (!read_number(number)) return false;
      step.last = number;
      return true;
    }
    step.kind = Kind::indexes;
    step.indexes.push_back(number);
    while (take(',')) {
      skip_space();
      if (!read_number(number)) return false;
      step.indexes.push_back(number);
    }
    return true;
  }

  bool read_filter(JsonPath::Filter& filter) {
    skip_space();
    if (!take('@')) return fail("'@'");
    while (peek() == '.' || peek() == '[') {
      if (take('[')) {
        std::string name;
        if (!read_quoted(name) || !take(']')) return fail("a name in quotes and ']'");
        filter.names.push_back(std::move(name));
      } else if (!take('.') || !read_plain_name(filter.names)) {
        return false;
      }
    }
    skip_space();
    constexpr std::array<std::string_view, 6> kOperators = {"==", "!=", "<=", ">=", "<", ">"};
    for (const std::string_view op : kOperators) {
      if (!filter.op.empty() || !take(op)) continue;
      filter.op = op;
      skip_space();
      if (!read_operand(filter.operand)) return false;
    }
    skip_space();
    return take(')') || fail("')'");
  }

  bool read_operand(jexl::Value& out) {
    if (peek() == '\'' || peek() == '"') {
      std::string text;
      if (!read_quoted(text)) return false;
      out = jexl::Value::string(text);
      return true;
    }
    const std::size_t end = std::min(text_.find_first_of(") ", at_), text_.size());
    const auto value = jexl::parse_json(text_.substr(at_, end - at_));
    if (!value || value->is_sequence() || value->is(jexl::Kind::map)) {
      return fail("a text, a number, true, false or null");
    }
    out = *value;
    at_ = end;
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string message_;
};

}  // namespace

Result<std::vector<Step>, Diagnostic> parse_json_path(std::string_view text) {
  return Parser(text).run();
}

}  // namespace tripgate
