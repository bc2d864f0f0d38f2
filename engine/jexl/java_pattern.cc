// Sequences, groups, anchors and quantifiers. Case folding is spelled out, because Java folds ASCII
// only where PCRE2 folds all of Unicode; line ends are spelled out, because Java has five of them.
#include "engine/jexl/java_pattern.h"

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

constexpr std::string_view kBreaks = R"(\n\r\x{85}\x{2028}\x{2029})";
constexpr std::string_view kFinalEnd =
    R"((?:(?!(?<=\r)\n)(?=(?:\r\n|[\n\r\x{85}\x{2028}\x{2029}])?\z)))";
constexpr std::string_view kLineStart =
    R"((?:\A|(?<=[\n\x{85}\x{2028}\x{2029}])(?!\z)|(?<=\r)(?![\n])(?!\z)))";
constexpr std::string_view kLineEnd = R"((?:(?=[\r\x{85}\x{2028}\x{2029}]|\z)|(?<!\r)(?=\n)))";
// What \b separates, with or without (?U): up to Java 18 letters of every script count, unlike in
// \w.
constexpr std::string_view kEdgeWord = R"([\p{L}\p{Mn}\p{Nd}_])";
constexpr std::string_view kUnicodeWord = R"([\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\x{200C}\x{200D}])";

// PCRE2 counts repetitions in 16 bits.
constexpr long kMaxRepeat = 65535;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char32_t c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Result<std::string, EvalError> translate_java_pattern(std::string_view pattern,
                                                      PatternFlags flags) {
  return PatternTranslator(pattern, flags).run();
}

Result<std::string, EvalError> PatternTranslator::run() {
  const bool is_done = pattern_.size() > kMaxPatternSize ? fail("the pattern is too long")
                       : !translate_alternatives(0)      ? false
                       : is_at_end()                     ? true
                                                         : fail("unmatched ')'");
  if (is_done) return std::move(out_);
  EvalError error(ErrorKind::other, "bad pattern: " + message_);
  error.offset = static_cast<std::uint32_t>(at_);
  error.is_foreign = true;
  return error;
}

bool PatternTranslator::fail(std::string message) {
  if (message_.empty()) message_ = std::move(message);
  return false;
}

bool PatternTranslator::accept(std::string_view text) {
  if (!pattern_.substr(at_).starts_with(text)) return false;
  at_ += text.size();
  return true;
}

void PatternTranslator::skip_comments() {
  while (flags_.has_comments && !is_at_end()) {
    if (std::string_view(" \t\n\v\f\r").find(peek()) != std::string_view::npos) {
      ++at_;
    } else if (peek() == '#') {
      at_ = std::min(pattern_.find('\n', at_), pattern_.size());
    } else {
      return;
    }
  }
}

bool PatternTranslator::translate_alternatives(int depth) {
  if (depth > kMaxPatternDepth) return fail("groups are nested too deeply");
  while (true) {
    if (!translate_sequence(depth)) return false;
    if (!accept("|")) return true;
    out_ += '|';
  }
}

bool PatternTranslator::translate_sequence(int depth) {
  while (true) {
    skip_comments();
    if (is_at_end() || peek() == '|' || peek() == ')') return true;
    const std::size_t start = out_.size();
    if (!translate_atom(depth)) return false;
    // An atom that became nothing (flags, an empty quotation) takes no quantifier.
    skip_comments();
    if (out_.size() == start) continue;
    // PCRE2 repeats no bare assertion.
    const bool is_assertion = out_.size() - start == 2 && out_[start] == '\\' &&
                              std::string_view("AzG").find(out_[start + 1]) != std::string::npos;
    if (is_assertion && std::string_view("*+?{").find(peek()) != std::string::npos) {
      out_.insert(start, "(?:");
      out_ += ')';
    }
    if (!translate_quantifier()) return false;
  }
}

bool PatternTranslator::translate_atom(int depth) {
  switch (peek()) {
    case '(':
      return translate_group(depth);
    case '[':
      return translate_class(out_, depth);
    case '\\':
      return translate_escape();
    case '.':
      ++at_;
      put_dot();
      return true;
    case '^':
      ++at_;
      put_caret();
      return true;
    case '$':
      ++at_;
      put_dollar();
      return true;
    case '*':
    case '+':
    case '?':
      return fail(std::string("nothing before '") + peek() + "' to repeat");
    case '{':
      // Java repeats nothing at all here.
      out_ += "(?:)";
      return true;
    default:
      put_literal(text::decode(pattern_, at_));
      return true;
  }
}

void PatternTranslator::put_dot() {
  if (flags_.dot_matches_breaks) {
    out_ += '.';
  } else if (flags_.has_unix_lines) {
    out_ += "[^\\n]";
  } else {
    out_ += "[^" + std::string(kBreaks) + "]";
  }
}

void PatternTranslator::put_caret() {
  if (!flags_.is_multiline) {
    out_ += "\\A";
  } else if (flags_.has_unix_lines) {
    out_ += R"((?:\A|(?<=\n)(?!\z)))";
  } else {
    out_ += kLineStart;
  }
}

void PatternTranslator::put_dollar() {
  if (flags_.has_unix_lines) {
    out_ += flags_.is_multiline ? R"((?:(?=\n)|\z))" : R"((?=\n?\z))";
  } else {
    out_ += flags_.is_multiline ? kLineEnd : kFinalEnd;
  }
}

void PatternTranslator::put_literal(char32_t point) {
  if (is_letter(point) && flags_.ignores_case && !flags_.folds_unicode) {
    out_ += '[';
    out_ += static_cast<char>(point | 0x20U);
    out_ += static_cast<char>(point & ~char32_t{0x20});
    out_ += ']';
    return;
  }
  const bool is_folded = flags_.ignores_case && flags_.folds_unicode;
  if (is_folded) out_ += "(?i:";
  const bool is_plain = is_letter(point) || point >= 0x80 || (point >= '0' && point <= '9');
  if (point < 0x20 || point == 0x7F) {
    constexpr char kHex[] = "0123456789abcdef";
    out_ += "\\x";
    out_ += kHex[point >> 4U];
    out_ += kHex[point & 15U];
  } else {
    if (!is_plain) out_ += '\\';
    text::append(out_, point);
  }
  if (is_folded) out_ += ')';
}

bool PatternTranslator::translate_group(int depth) {
  const PatternFlags before = flags_;
  std::string open = "(";
  ++at_;
  if (accept("?")) {
    if (accept("<")) {
      if (!translate_named_or_lookbehind(open)) return false;
    } else if (accept(":") || accept("=") || accept("!") || accept(">")) {
      open += '?';
      open += pattern_[at_ - 1];
    } else {
      return translate_flags(depth, before);
    }
  } else {
    ++groups_;
  }
  out_ += open;
  if (!translate_alternatives(depth + 1)) return false;
  if (!accept(")")) return fail("')' expected");
  out_ += ')';
  flags_ = before;
  return true;
}

bool PatternTranslator::translate_named_or_lookbehind(std::string& open) {
  if (accept("=") || accept("!")) {
    open += "?<";
    open += pattern_[at_ - 1];
    return true;
  }
  const std::size_t end = pattern_.find('>', at_);
  if (end == std::string_view::npos || !is_letter(static_cast<unsigned char>(peek()))) {
    return fail("the name of a group expected");
  }
  const std::string_view name = pattern_.substr(at_, end - at_);
  for (const char c : name) {
    if (!is_letter(static_cast<unsigned char>(c)) && !is_digit(c)) {
      return fail("a group's name consists of letters and digits");
    }
  }
  open += "?<" + std::string(name) + ">";
  at_ = end + 1;
  ++groups_;
  return true;
}

bool PatternTranslator::translate_flags(int depth, PatternFlags before) {
  bool value = true;
  for (; !is_at_end() && peek() != ')' && peek() != ':'; ++at_) {
    switch (peek()) {
      case '-':
        value = false;
        break;
      case 'i':
        flags_.ignores_case = value;
        break;
      case 's':
        flags_.dot_matches_breaks = value;
        break;
      case 'm':
        flags_.is_multiline = value;
        break;
      case 'x':
        flags_.has_comments = value;
        break;
      case 'u':
        flags_.folds_unicode = value;
        break;
      case 'd':
        flags_.has_unix_lines = value;
        break;
      case 'U':
        flags_.has_unicode_classes = value;
        flags_.folds_unicode = value;
        break;
      default:
        return fail("unknown group or flag after '(?'");
    }
  }
  if (accept(")")) return true;
  if (!accept(":")) return fail("')' expected");
  out_ += "(?:";
  if (!translate_alternatives(depth + 1)) return false;
  if (!accept(")")) return fail("')' expected");
  out_ += ')';
  flags_ = before;
  return true;
}

bool PatternTranslator::translate_quantifier() {
  if (peek() == '*' || peek() == '+' || peek() == '?') {
    out_ += pattern_[at_++];
  } else if (peek() == '{') {
    ++at_;
    const auto read_count = [this](long& count) {
      const std::size_t start = at_;
      for (count = 0; is_digit(peek()) && count <= kMaxRepeat; ++at_)
        count = count * 10 + peek() - '0';
      return at_ > start && count <= kMaxRepeat;
    };
    long least = 0;
    long most = 0;
    if (!read_count(least)) return fail("a repetition count expected after '{'");
    out_ += "{" + std::to_string(least);
    if (accept(",")) {
      out_ += ',';
      if (peek() != '}') {
        if (!read_count(most) || most < least) return fail("bad repetition count");
        out_ += std::to_string(most);
      }
    }
    if (!accept("}")) return fail("'}' expected");
    out_ += '}';
  } else {
    return true;
  }
  if (peek() == '?' || peek() == '+') out_ += pattern_[at_++];
  return true;
}

bool PatternTranslator::translate_escape() {
  ++at_;
  if (is_at_end()) return fail("a lone backslash at the end");
  const char letter = peek();
  if (letter == 'Q') return translate_quote();
  if (letter >= '1' && letter <= '9') return translate_back_reference(letter);
  if (letter == 'p' || letter == 'P') {
    ++at_;
    std::string property;
    if (!translate_property(letter == 'P', property)) return false;
    out_ += "[" + property + "]";
    return true;
  }
  std::string shorthand;
  if (map_shorthand(letter, shorthand)) {
    ++at_;
    out_ += shorthand.size() == 2 ? shorthand : "[" + shorthand + "]";
    return true;
  }
  switch (letter) {
    case 'A':
    case 'z':
    case 'G':
    case 'R':
    case 'X':
    case 'b':
    case 'B': {
      ++at_;
      const bool is_word_edge = letter == 'b' || letter == 'B';
      if (is_word_edge) {
        const std::string word(flags_.has_unicode_classes ? kUnicodeWord : kEdgeWord);
        const std::string edge =
            "(?:(?<=" + word + ")(?!" + word + ")|(?<!" + word + ")(?=" + word + "))";
        out_ += letter == 'b' ? edge : "(?!" + edge + ")";
      } else {
        out_ += '\\';
        out_ += letter;
      }
      return true;
    }
    case 'Z':
      ++at_;
      out_ += flags_.has_unix_lines ? std::string_view(R"((?=\n?\z))") : kFinalEnd;
      return true;
    case 'k': {
      const std::size_t end = pattern_.find('>', at_);
      if (peek(1) != '<' || end == std::string_view::npos) return fail("'\\k' needs '<name>'");
      const std::string name(pattern_.substr(at_ + 2, end - at_ - 2));
      if (pattern_.find("(?<" + name + ">") >= at_)
        return fail("no group of that name before '\\k'");
      out_ += (flags_.ignores_case ? "(?i:\\k<" : "(?:\\k<") + name + ">)";
      at_ = end + 1;
      return true;
    }
    default:
      break;
  }
  char32_t point = 0;
  ++at_;
  if (!read_code_point(letter, point)) return false;
  put_literal(point);
  return true;
}

// Of \11 Java takes the second digit only if there is such a group.
bool PatternTranslator::translate_back_reference(char first) {
  int number = first - '0';
  ++at_;
  while (is_digit(peek()) && number * 10 + (peek() - '0') <= groups_) {
    number = number * 10 + (pattern_[at_++] - '0');
  }
  if (number > groups_) {
    out_ += "(?!)";
  } else {
    out_ += (flags_.ignores_case ? "(?i:\\g{" : "(?:\\g{") + std::to_string(number) + "})";
  }
  return true;
}

bool PatternTranslator::translate_quote() {
  ++at_;
  const std::size_t end = std::min(pattern_.find("\\E", at_), pattern_.size());
  while (at_ < end) put_literal(text::decode(pattern_, at_));
  accept("\\E");
  return true;
}

}  // namespace tripgate::jexl
