// Character classes. PCRE2 has no intersections, so a class becomes an expression that matches one
// character: a union is an alternation, an intersection a look-ahead, a negation a negative one.
#include <algorithm>
#include <vector>

#include "engine/jexl/java_pattern.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {

/// A union: ranges and properties that fit between brackets, and nested classes that do not.
struct PatternTranslator::CharacterSet {
  std::string body;
  std::vector<std::string> nested;

  [[nodiscard]] bool is_empty() const { return body.empty() && nested.empty(); }
  [[nodiscard]] std::string expression() const {
    if (nested.empty()) return "[" + body + "]";
    std::string out = "(?:";
    if (!body.empty()) out += "[" + body + "]|";
    for (const std::string& one : nested) out += one + "|";
    out.back() = ')';
    return out;
  }
};

namespace {

struct Property {
  std::string_view java;
  std::string_view ascii;    // Between brackets.
  std::string_view unicode;  // The same under (?U).
};

// Java's POSIX classes are ASCII unless (?U) is on.
constexpr Property kPosix[] = {
    {"Lower", "a-z", "\\p{Lowercase}"},
    {"Upper", "A-Z", "\\p{Uppercase}"},
    {"ASCII", "\\x00-\\x7f", "\\x00-\\x7f"},
    {"Alpha", "a-zA-Z", "\\p{Alphabetic}"},
    {"Digit", "0-9", "\\p{Nd}"},
    {"Alnum", "a-zA-Z0-9", "\\p{Alphabetic}\\p{Nd}"},
    {"Punct", "!-/:-@\\[-`{-~", "\\p{P}"},
    {"Graph", "!-~", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}"},
    {"Print", " -~", "\\p{L}\\p{M}\\p{N}\\p{P}\\p{S}\\p{Cf}\\p{Co}\\p{Zs}"},
    {"Blank", " \\t", "\\p{Zs}\\t"},
    {"Cntrl", "\\x00-\\x1f\\x7f", "\\p{Cc}"},
    {"XDigit", "0-9a-fA-F", "\\p{Nd}a-fA-F"},
    {"Space", "\\s", "\\h\\v"},
};

struct Alias {
  std::string_view java;
  std::string_view pcre;
};

constexpr Alias kAliases[] = {
    {"javaLowerCase", "\\p{Lowercase}"},
    {"javaUpperCase", "\\p{Uppercase}"},
    {"javaWhitespace",
     "\\s\\x1c-\\x1f\\p{Zl}\\p{Zp}\\x{1680}\\x{2000}-\\x{2006}\\x{2008}-\\x{200a}"
     "\\x{205f}\\x{3000}"},
    {"javaLetter", "\\p{L}"},
    {"javaAlphabetic", "\\p{Alphabetic}"},
    {"javaDigit", "\\p{Nd}"},
    {"javaLetterOrDigit", "\\p{L}\\p{Nd}"},
    {"L1", "\\x00-\\x{ff}"},
    {"all", "\\x00-\\x{10ffff}"},
    {"LC", "\\p{L&}"},
    {"LD", "\\p{L}\\p{Nd}"},
};

// Blocks that people name; \p{InX} of any other is refused.
constexpr Alias kBlocks[] = {
    {"BasicLatin", "\\x00-\\x7f"},
    {"Latin-1Supplement", "\\x{80}-\\x{ff}"},
    {"LatinExtended-A", "\\x{100}-\\x{17f}"},
    {"Greek", "\\x{370}-\\x{3ff}"},
    {"Cyrillic", "\\x{400}-\\x{4ff}"},
    {"Hebrew", "\\x{590}-\\x{5ff}"},
    {"Arabic", "\\x{600}-\\x{6ff}"},
    {"Hiragana", "\\x{3040}-\\x{309f}"},
    {"Katakana", "\\x{30a0}-\\x{30ff}"},
    {"CJKUnifiedIdeographs", "\\x{4e00}-\\x{9fff}"},
};

constexpr std::string_view kCategories[] = {
    "L",  "Lu", "Ll", "Lt", "Lm", "Lo", "M",  "Mn", "Mc", "Me", "N",  "Nd", "Nl",
    "No", "P",  "Pc", "Pd", "Ps", "Pe", "Pi", "Pf", "Po", "S",  "Sm", "Sc", "Sk",
    "So", "Z",  "Zs", "Zl", "Zp", "C",  "Cc", "Cf", "Cs", "Co", "Cn"};

// Binary properties behind \p{Is...}.
constexpr Alias kBinary[] = {
    {"Alphabetic", "\\p{Alphabetic}"},
    {"Ideographic", "\\p{Ideographic}"},
    {"Letter", "\\p{L}"},
    {"Lowercase", "\\p{Lowercase}"},
    {"Uppercase", "\\p{Uppercase}"},
    {"Titlecase", "\\p{Lt}"},
    {"Punctuation", "\\p{P}"},
    {"Control", "\\p{Cc}"},
    {"White_Space", "\\h\\v"},
    {"Digit", "\\p{Nd}"},
    {"Hex_Digit", "\\p{Hex_Digit}"},
    {"Join_Control", "\\p{Join_Control}"},
    {"Assigned", "\\P{Cn}"},
};

std::string point_text(char32_t point) {
  constexpr char kHex[] = "0123456789abcdef";
  std::string digits;
  for (; point != 0 || digits.empty(); point >>= 4U) digits.insert(0, 1, kHex[point & 15U]);
  return "\\x{" + digits + "}";
}

template <std::size_t N>
const Alias* find_alias(const Alias (&table)[N], std::string_view name) {
  for (const Alias& alias : table) {
    if (alias.java == name) return &alias;
  }
  return nullptr;
}

bool is_category(std::string_view name) {
  for (const std::string_view category : kCategories) {
    if (category == name) return true;
  }
  return false;
}

}  // namespace

bool PatternTranslator::translate_class(std::string& out, int depth) {
  if (depth > kMaxPatternDepth) return fail("classes are nested too deeply");
  ++at_;
  const bool is_negated = accept("^");
  std::vector<std::string> operands;
  bool is_first = true;
  do {
    CharacterSet set;
    if (is_first && accept("]")) add_range(set, ']', ']');
    is_first = false;
    if (!read_class_operand(set, depth)) return false;
    if (!set.is_empty()) operands.push_back(set.expression());
  } while (accept("&&"));
  if (!accept("]")) return fail("']' expected");
  if (operands.empty()) return fail("an empty class");
  std::string expression = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) {
    expression = "(?:(?=" + operands[i] + ")" + expression + ")";
  }
  const bool is_bracket = operands.size() == 1 && expression.starts_with('[');
  if (is_negated && is_bracket) expression.insert(1, "^");
  if (is_negated && !is_bracket) expression = "(?:(?!" + expression + ").)";
  const bool is_folded = flags_.ignores_case && flags_.folds_unicode;
  out += is_folded ? "(?i:" + expression + ")" : expression;
  return true;
}

bool PatternTranslator::read_class_operand(CharacterSet& set, int depth) {
  while (true) {
    skip_comments();
    if (is_at_end()) return fail("']' expected");
    if (peek() == ']' || (peek() == '&' && peek(1) == '&')) return true;
    if (peek() == '[') {
      std::string nested;
      if (!translate_class(nested, depth + 1)) return false;
      set.nested.push_back(std::move(nested));
    } else if (peek() == '\\' && (peek(1) == 'p' || peek(1) == 'P')) {
      const bool is_negated = peek(1) == 'P';
      at_ += 2;
      std::string property;
      if (!translate_property(is_negated, property)) return false;
      // Only a lone property can be negated between brackets.
      if (property.starts_with('^')) {
        set.nested.push_back("[" + property + "]");
      } else {
        set.body += property;
      }
    } else if (accept("\\Q")) {
      const std::size_t end = std::min(pattern_.find("\\E", at_), pattern_.size());
      while (at_ < end) {
        const char32_t point = text::decode(pattern_, at_);
        add_range(set, point, point);
      }
      accept("\\E");
    } else if (!read_class_range(set)) {
      return false;
    }
  }
}

bool PatternTranslator::read_class_range(CharacterSet& set) {
  std::string shorthand;
  if (peek() == '\\' && map_shorthand(peek(1), shorthand)) {
    at_ += 2;
    if (shorthand.starts_with('^')) {
      set.nested.push_back("[" + shorthand + "]");
    } else {
      set.body += shorthand;
    }
    return true;
  }
  char32_t first = 0;
  if (!read_class_point(first)) return false;
  char32_t last = first;
  if (peek() == '-' && peek(1) != ']' && peek(1) != '[' && at_ + 1 < pattern_.size()) {
    ++at_;
    if (!read_class_point(last)) return false;
    if (last < first) return fail("a range that runs backwards");
  }
  add_range(set, first, last);
  return true;
}

bool PatternTranslator::read_class_point(char32_t& point) {
  if (peek() != '\\') {
    point = text::decode(pattern_, at_);
    return true;
  }
  ++at_;
  if (is_at_end()) return fail("a lone backslash at the end");
  const char letter = pattern_[at_];
  if (static_cast<unsigned char>(letter) >= 0x80) {
    point = text::decode(pattern_, at_);
    return true;
  }
  ++at_;
  return read_code_point(letter, point);
}

void PatternTranslator::add_range(CharacterSet& set, char32_t first, char32_t last) const {
  const auto put = [&set](char32_t from, char32_t to) {
    set.body += point_text(from);
    if (from != to) set.body += "-" + point_text(to);
  };
  put(first, last);
  if (!flags_.ignores_case || flags_.folds_unicode) return;
  const auto put_other_case = [&](char32_t from, char32_t to, int shift) {
    const char32_t low = std::max(first, from);
    const char32_t high = std::min(last, to);
    if (low <= high) put(low + static_cast<char32_t>(shift), high + static_cast<char32_t>(shift));
  };
  put_other_case('a', 'z', 'A' - 'a');
  put_other_case('A', 'Z', 'a' - 'A');
}

bool PatternTranslator::map_shorthand(char letter, std::string& out) const {
  const bool is_unicode = flags_.has_unicode_classes;
  switch (letter) {
    case 'd':
      out = is_unicode ? "\\p{Nd}" : "\\d";
      return true;
    case 'D':
      out = is_unicode ? "\\P{Nd}" : "\\D";
      return true;
    case 's':
      out = is_unicode ? "\\h\\v" : "\\s";
      return true;
    case 'S':
      out = is_unicode ? "^\\h\\v" : "\\S";
      return true;
    case 'w':
      out = is_unicode ? "\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}" : "\\w";
      break;
    case 'W':
      out = is_unicode ? "^\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\x{200C}\\x{200D}" : "\\W";
      break;
    case 'h':
    case 'H':
    case 'v':
    case 'V':
      out = std::string("\\") + letter;
      return true;
    default:
      return false;
  }
  return true;
}

bool PatternTranslator::translate_property(bool is_negated, std::string& out) {
  if (peek() != '{') {
    const std::string name(1, peek());
    if (is_at_end()) return fail("the name of a property expected");
    ++at_;
    return map_property(name, is_negated, out);
  }
  const std::size_t end = pattern_.find('}', at_);
  if (end == std::string_view::npos) return fail("'}' expected");
  std::string name(pattern_.substr(at_ + 1, end - at_ - 1));
  at_ = end + 1;
  return map_property(std::move(name), is_negated, out);
}

bool PatternTranslator::map_property(std::string name, bool is_negated, std::string& out) {
  for (const Property& posix : kPosix) {
    const bool is_cased = name == "Lower" || name == "Upper";
    if (posix.java != name) continue;
    out = flags_.has_unicode_classes ? posix.unicode : posix.ascii;
    if (is_cased && flags_.ignores_case) out = flags_.has_unicode_classes ? "\\p{L&}" : "a-zA-Z";
    if (is_negated) out.insert(0, "^");
    return true;
  }
  const std::size_t equals = name.find('=');
  std::string_view value = name;
  if (equals != std::string::npos) {
    const std::string key = name.substr(0, equals);
    value.remove_prefix(equals + 1);
    const bool is_known = key == "script" || key == "sc" || key == "general_category" ||
                          key == "gc" || key == "block" || key == "blk";
    if (!is_known) return fail("unknown property " + name);
    if (key == "gc" || key == "general_category") {
      if (!is_category(value)) return fail("unknown category " + name);
    }
  }
  const Alias* alias = find_alias(kAliases, name);
  if (alias == nullptr && name.starts_with("Is")) alias = find_alias(kBinary, value.substr(2));
  const bool is_block =
      name.starts_with("In") || name.starts_with("block=") || name.starts_with("blk=");
  if (alias == nullptr && is_block) {
    alias = find_alias(kBlocks, equals == std::string::npos ? value.substr(2) : value);
    if (alias == nullptr) return fail("unknown block " + name);
  }
  if (alias != nullptr) {
    const bool is_cased = name.ends_with("Lowercase") || name.ends_with("Uppercase") ||
                          name.ends_with("Titlecase") || name == "javaLowerCase" ||
                          name == "javaUpperCase";
    if (is_cased && flags_.ignores_case) {
      out = (is_negated ? "^" : "") + std::string("\\p{Lowercase}\\p{Uppercase}\\p{Lt}");
      return true;
    }
    out = (is_negated ? "^" : "") + std::string(alias->pcre);
    return true;
  }
  if (equals == std::string::npos) {
    if (name.starts_with("Is")) value.remove_prefix(2);
    if (!name.starts_with("Is") && !is_category(name)) return fail("unknown property " + name);
  }
  const bool is_cased = value == "Lu" || value == "Ll" || value == "Lt";
  if (is_cased && flags_.ignores_case) value = "L&";
  for (const char c : value) {
    const bool is_name = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '&';
    if (!is_name) return fail("unknown property " + name);
  }
  out = (is_negated ? "\\P{" : "\\p{") + std::string(value) + "}";
  return true;
}

bool PatternTranslator::read_hex(std::size_t digits, char32_t& point) {
  point = 0;
  for (std::size_t i = 0; i < digits; ++i, ++at_) {
    const char c = peek();
    const char lower = static_cast<char>(c | 0x20);
    if (c >= '0' && c <= '9') {
      point = point * 16 + static_cast<char32_t>(c - '0');
    } else if (lower >= 'a' && lower <= 'f') {
      point = point * 16 + static_cast<char32_t>(lower - 'a' + 10);
    } else {
      return fail("a hexadecimal digit expected");
    }
  }
  return true;
}

// What stands behind a backslash and names one character; letter is already taken.
bool PatternTranslator::read_code_point(char letter, char32_t& point) {
  switch (letter) {
    case 't':
      point = '\t';
      return true;
    case 'n':
      point = '\n';
      return true;
    case 'r':
      point = '\r';
      return true;
    case 'f':
      point = '\f';
      return true;
    case 'a':
      point = 7;
      return true;
    case 'e':
      point = 27;
      return true;
    case 'c':
      point = static_cast<unsigned char>(peek()) ^ 64U;
      ++at_;
      return at_ <= pattern_.size() || fail("a control character expected");
    case '0': {
      point = 0;
      std::size_t count = 0;
      while (peek() >= '0' && peek() <= '7' && count++ < 3 && point * 8 < 256) {
        point = point * 8 + static_cast<char32_t>(pattern_[at_++] - '0');
      }
      return count > 0 || fail("an octal digit expected");
    }
    case 'u': {
      if (!read_hex(4, point)) return false;
      char32_t low = 0;
      if (point < 0xD800 || point >= 0xDC00 || !accept("\\u")) break;
      if (!read_hex(4, low)) return false;
      point = 0x10000 + ((point - 0xD800) << 10U) + (low - 0xDC00);
      break;
    }
    case 'x':
      if (accept("{")) {
        const std::size_t end = pattern_.find('}', at_);
        if (end == std::string_view::npos || end - at_ > 6 || end == at_) {
          return fail("a code point expected");
        }
        if (!read_hex(end - at_, point)) return false;
        ++at_;
      } else if (!read_hex(2, point)) {
        return false;
      }
      break;
    default: {
      const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
      const bool is_digit = letter >= '0' && letter <= '9';
      if (is_letter || is_digit) return fail(std::string("unknown escape \\") + letter);
      point = static_cast<unsigned char>(letter);
      if (point >= 0x80) {
        --at_;
        point = text::decode(pattern_, at_);
      }
    }
  }
  if (point > 0x10FFFF || (point >= 0xD800 && point < 0xE000)) return fail("no such code point");
  return true;
}

}  // namespace tripgate::jexl
