// A directive is read, its argument made to text by the conversion, then cut, signed and padded.
#include "engine/jexl/java_format.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "engine/jexl/big_number.h"
#include "engine/jexl/java_hash.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

// Wider fields have no use in a condition, and every one costs memory.
constexpr int kMaxWidth = 10'000;
constexpr int kDefaultPrecision = 6;

struct Directive {
  std::string flags;
  int index = 0;  // `2$`: 2; `<`: -1; 0: the next argument.
  int width = -1;
  int precision = -1;
  char conversion = 0;
  bool is_upper = false;

  [[nodiscard]] bool has(char flag) const { return flags.find(flag) != std::string::npos; }
};

std::optional<int> take_number(std::string_view& text) {
  if (text.empty() || text[0] < '0' || text[0] > '9') return std::nullopt;
  int number = 0;
  for (; !text.empty() && text[0] >= '0' && text[0] <= '9'; text.remove_prefix(1)) {
    number = std::min(number * 10 + (text[0] - '0'), kMaxWidth + 1);
  }
  return number;
}

// Reads what follows a `%`; nothing if it is malformed.
std::optional<Directive> take_directive(std::string_view& text) {
  Directive out;
  std::string_view ahead = text;
  const auto index = take_number(ahead);
  if (index && ahead.starts_with('$') && text[0] != '0') {
    out.index = *index;
    text = ahead.substr(1);
  }
  constexpr std::string_view kFlags = "-#+ 0,(<";
  for (; !text.empty() && kFlags.find(text[0]) != kFlags.npos; text.remove_prefix(1)) {
    if (out.has(text[0])) return std::nullopt;
    if (text[0] == '<') out.index = -1;
    out.flags += text[0];
  }
  out.width = take_number(text).value_or(-1);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    const auto precision = take_number(text);
    if (!precision) return std::nullopt;
    out.precision = *precision;
  }
  if (text.empty() || out.width > kMaxWidth || out.precision > kMaxWidth) return std::nullopt;
  const char letter = text[0];
  text.remove_prefix(1);
  constexpr std::string_view kUpper = "BHSCXEG";
  out.is_upper = kUpper.find(letter) != kUpper.npos;
  out.conversion = out.is_upper ? static_cast<char>(letter | 0x20) : letter;
  return out;
}

/// Decimal digits with the point behind the first `whole` of them (which may lie outside).
struct Digits {
  std::string text;
  int whole = 0;
};

// The shortest digits that stand for the number, or all of a BigDecimal's.
Digits digits_of(const Value& value) {
  std::string text = number_text(value);
  if (text.starts_with('-')) text.erase(0, 1);
  int exponent = 0;
  const std::size_t e = text.find('E');
  if (e != std::string::npos) {
    exponent = static_cast<int>(parse_java_long(text.substr(e + 1)).value_or(0));
    text.resize(e);
  }
  const std::size_t point = std::min(text.find('.'), text.size());
  Digits out{text.substr(0, point), static_cast<int>(point) + exponent};
  if (point < text.size()) out.text += text.substr(point + 1);
  const std::size_t zeros = std::min(out.text.find_first_not_of('0'), out.text.size());
  out.text.erase(0, zeros);
  out.whole = out.text.empty() ? 1 : out.whole - static_cast<int>(zeros);
  return out;
}

// Keeps that many digits, rounding half up.
void round_to(Digits& digits, int kept) {
  if (kept < 0) {
    digits = {"", 1};
    return;
  }
  const auto size = static_cast<std::size_t>(kept);
  if (size >= digits.text.size()) return;
  const bool rounds_up = digits.text[size] >= '5';
  digits.text.resize(size);
  if (!rounds_up) return;
  for (std::size_t i = size; i > 0; --i) {
    if (digits.text[i - 1]++ != '9') return;
    digits.text[i - 1] = '0';
  }
  digits.text.insert(0, 1, '1');
  ++digits.whole;
}

std::string fixed_text(Digits digits, int precision) {
  round_to(digits, digits.whole + precision);
  std::string& text = digits.text;
  if (digits.whole <= 0) text.insert(0, static_cast<std::size_t>(1 - digits.whole), '0');
  const auto whole = static_cast<std::size_t>(std::max(digits.whole, 1));
  text.resize(whole + static_cast<std::size_t>(precision), '0');
  return precision == 0 ? text : text.substr(0, whole) + "." + text.substr(whole);
}

std::string scientific_text(Digits digits, int precision) {
  const bool is_zero = digits.text.empty();
  round_to(digits, precision + 1);
  digits.text.resize(static_cast<std::size_t>(precision) + 1, '0');
  const int exponent = is_zero ? 0 : digits.whole - 1;
  std::string out = digits.text.substr(0, 1);
  if (precision > 0) out += "." + digits.text.substr(1);
  const std::string power = std::to_string(std::abs(exponent));
  return out + (exponent < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" : "") + power;
}

std::string general_text(const Digits& digits, int precision) {
  const int kept = precision == 0 ? 1 : precision;
  Digits rounded = digits;
  round_to(rounded, kept);
  // After rounding, 10^-4 and up to 10^precision stay plain.
  const bool is_plain = digits.text.empty() || (rounded.whole > -4 && rounded.whole <= kept);
  if (!is_plain) return scientific_text(digits, kept - 1);
  return fixed_text(digits, digits.text.empty() ? kept - 1 : kept - rounded.whole);
}

void group_thousands(std::string& digits) {
  const std::size_t whole = std::min(digits.find_first_of(".e"), digits.size());
  for (std::size_t at = whole; at > 3; at -= 3) digits.insert(at - 3, ",");
}

class Formatter {
 public:
  Formatter(std::span<const Value> arguments, Meter& meter)
      : arguments_(arguments), meter_(meter) {}

  Outcome run(std::string_view format) {
    while (!format.empty()) {
      const std::size_t literal = std::min(format.find('%'), format.size());
      out_ += format.substr(0, literal);
      format.remove_prefix(literal);
      if (format.empty()) break;
      format.remove_prefix(1);
      const auto directive = take_directive(format);
      if (!directive) return other_error("a malformed directive in the format");
      const auto piece = convert(*directive);
      if (!piece) return piece.error();
      if (!meter_.allocate(piece->size()) || !meter_.step()) return limit_error("too long a text");
      out_ += *piece;
    }
    return make_text();
  }

 private:
  Outcome make_text() {
    if (!meter_.allocate(out_.size())) return limit_error("the text is too long");
    return Value::string(out_);
  }

  Coerced<std::string> convert(const Directive& directive) {
    if (directive.conversion == 'n') return std::string("\n");
    if (directive.conversion == '%') return pad(directive, "%");
    constexpr std::string_view kKnown = "bhscdoxefg";
    if (kKnown.find(directive.conversion) == kKnown.npos) return mismatch();
    const Value* const argument = take_argument(directive);
    if (argument == nullptr) return other_error("an argument of the format is missing");
    const bool is_odd = (directive.has('-') && directive.has('0')) ||
                        (directive.has('+') && directive.has(' ')) ||
                        ((directive.has('-') || directive.has('0')) && directive.width < 0);
    if (is_odd) return other_error("flags of the format contradict each other");
    auto piece = convert_argument(directive, *argument);
    if (piece && directive.is_upper) return text::to_upper(*piece);
    return piece;
  }

  const Value* take_argument(const Directive& directive) {
    std::size_t index = last_;
    if (directive.index == 0) index = next_++;
    if (directive.index > 0) index = static_cast<std::size_t>(directive.index) - 1;
    if (index >= arguments_.size()) return nullptr;
    last_ = index;
    return &arguments_[index];
  }

  Coerced<std::string> convert_argument(const Directive& directive, const Value& value) {
    const bool is_number =
        std::string_view("doxefg").find(directive.conversion) != std::string::npos;
    if (!is_number && directive.flags.find_first_of("#+ 0,(") != std::string::npos) {
      return mismatch();
    }
    if (directive.conversion == 'b') {
      const bool is_true = value.is(Kind::boolean) ? value.as_bool() : !value.is_null();
      return cut(directive, is_true ? "true" : "false");
    }
    if (value.is_null()) return cut(directive, "null");
    switch (directive.conversion) {
      case 'h':
        return hash_text(directive, value);
      case 's':
        return plain_text(directive, value);
      case 'c':
        return character_text(directive, value);
      case 'd':
      case 'o':
      case 'x':
        return whole_text(directive, value);
      default:
        return fraction_text(directive, value);
    }
  }

  static EvalError mismatch() {
    return other_error("a conversion of the format does not fit its flags or its argument");
  }

  Coerced<std::string> hash_text(const Directive& directive, const Value& value) {
    const auto hash = java_hash(value, meter_);
    if (!hash) return hash.error();
    return cut(directive, based_text(WideInt(static_cast<std::uint32_t>(*hash)), 16));
  }

  Coerced<std::string> plain_text(const Directive& directive, const Value& value) {
    const auto text = to_text(value, meter_.memory_left());
    if (!text) return limit_error("the text is too long");
    return cut(directive, *text);
  }

  static Coerced<std::string> character_text(const Directive& directive, const Value& value) {
    const bool is_point = value.is(Kind::character) || value.is(Kind::int32);
    if (!is_point || directive.precision >= 0) return mismatch();
    if (value.as_int64() < 0 || value.as_int64() > 0x10ffff) return other_error("no code point");
    std::string out;
    text::append(out, static_cast<char32_t>(value.as_int64()));
    return pad(directive, out);
  }

  static std::string based_text(WideInt value, unsigned base) {
    std::string out;
    do {
      out += "0123456789abcdef"[static_cast<unsigned>(value % base)];
      value /= base;
    } while (!value.is_zero());
    return {out.rbegin(), out.rend()};
  }

  static Coerced<std::string> whole_text(const Directive& directive, const Value& value) {
    const bool is_big = value.is(Kind::big_integer);
    const bool is_whole = is_big || value.is(Kind::int32) || value.is(Kind::int64);
    const bool is_decimal = directive.conversion == 'd';
    const bool is_bad =
        directive.precision >= 0 || (is_decimal && directive.has('#')) ||
        (!is_decimal && directive.has(',')) ||
        (!is_decimal && !is_big && directive.flags.find_first_of("+ (") != std::string::npos);
    if (!is_whole || is_bad) return mismatch();
    WideInt number = is_big ? value.as_big_integer().digits : WideInt(value.as_int64());
    bool is_negative = number < 0;
    if (!is_decimal && !is_big && is_negative) {
      number += WideInt(1) << (value.is(Kind::int32) ? 32 : 64);
      is_negative = false;
    }
    if (is_negative) number = -number;
    const unsigned base = is_decimal ? 10 : directive.conversion == 'o' ? 8 : 16;
    std::string digits = based_text(number, base);
    if (directive.has(',')) group_thousands(digits);
    if (directive.has('#')) digits.insert(0, base == 8 ? "0" : "0x");
    return sign(directive, digits, is_negative);
  }

  static Coerced<std::string> fraction_text(const Directive& directive, const Value& value) {
    if (!value.is_floating() && !value.is(Kind::big_decimal)) return mismatch();
    const char conversion = directive.conversion;
    const bool is_bad =
        (conversion == 'g' && directive.has('#')) || (conversion == 'e' && directive.has(','));
    if (is_bad) return mismatch();
    const bool is_negative = number_text(value).starts_with('-');
    if (value.is_floating() && !std::isfinite(value.as_double())) {
      Directive unpadded = directive;
      std::erase(unpadded.flags, '0');
      if (std::isnan(value.as_double())) return pad(unpadded, "NaN");
      return sign(unpadded, "Infinity", is_negative);
    }
    const int precision = directive.precision < 0 ? kDefaultPrecision : directive.precision;
    const Digits digits = digits_of(value);
    std::string text = conversion == 'f'   ? fixed_text(digits, precision)
                       : conversion == 'e' ? scientific_text(digits, precision)
                                           : general_text(digits, precision);
    if (directive.has('#') && precision == 0)
      text.insert(std::min(text.find('e'), text.size()), ".");
    if (directive.has(',')) group_thousands(text);
    return sign(directive, text, is_negative);
  }

  // Zeros stand between the sign and the digits.
  static std::string sign(const Directive& directive, std::string digits, bool is_negative) {
    std::string before = directive.has('+') ? "+" : directive.has(' ') ? " " : "";
    std::string after;
    if (is_negative) before = directive.has('(') ? "(" : "-";
    if (is_negative && directive.has('(')) after = ")";
    const std::size_t size = before.size() + digits.size() + after.size();
    const auto width = static_cast<std::size_t>(std::max(directive.width, 0));
    if (directive.has('0') && size < width) {
      digits.insert(digits.starts_with("0x") ? 2 : 0, width - size, '0');
    }
    return pad(directive, before + digits + after);
  }

  static std::string cut(const Directive& directive, std::string_view text) {
    if (directive.precision < 0) return pad(directive, std::string(text));
    const auto units = std::min<std::size_t>(static_cast<std::size_t>(directive.precision),
                                             text::utf16_size(text));
    return pad(directive, text::substring(text, 0, units));
  }

  static std::string pad(const Directive& directive, std::string text) {
    const auto width = static_cast<std::size_t>(std::max(directive.width, 0));
    const std::size_t size = text::utf16_size(text);
    if (size >= width) return text;
    text.insert(directive.has('-') ? text.size() : 0, width - size, ' ');
    return text;
  }

  std::span<const Value> arguments_;
  Meter& meter_;
  std::string out_;
  std::size_t next_ = 0;
  std::size_t last_ = SIZE_MAX;  // What `%<` takes again.
};

}  // namespace

Outcome java_format(std::string_view format, std::span<const Value> arguments, Meter& meter) {
  if (!meter.scan(format.size())) return limit_error("the format is too long");
  return Formatter(arguments, meter).run(format);
}

}  // namespace tripgate::jexl
