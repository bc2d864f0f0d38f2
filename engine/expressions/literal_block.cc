// What the scanner of blocks or the lexer of strings might take for its own is written as \u00XX.
#include "engine/expressions/literal_block.h"

#include <charconv>

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate {
namespace {

constexpr std::string_view kEscape = "\\u00";

bool is_special(char c) {
  return static_cast<unsigned char>(c) < 0x20 ||
         std::string_view("\"\\<>'`").find(c) != std::string_view::npos;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  out.append(kEscape).append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
}

/// A string of the language. What a sender wrote is never spelled out whole: a secret may be read
/// by a name that stands quoted in a text, and that must not be the sender's.
std::string quoted(std::string_view text, ValueOrigin origin) {
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool is_ascii = static_cast<unsigned char>(text[at]) < 0x80;
    const bool hides_name = at == 0 && is_ascii && origin == ValueOrigin::sender;
    if (hides_name || is_special(text[at])) {
      append_escaped(out, text[at]);
    } else {
      out += text[at];
    }
  }
  return out + "\"";
}

std::string block_of(const std::string& expression, ValueOrigin origin) {
  if (origin == ValueOrigin::pipeline) return "<+" + expression + ">";
  return "<+" + std::string(kGivenFunction) + "(" + expression + ")>";
}

/// Digits and what belongs to them: not the names that stand for no number.
bool is_plain_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("+-.0123456789eE") == std::string_view::npos;
}

/// Takes a beginning and an end off a text, if it has both.
bool strip(std::string_view& text, std::string_view begin, std::string_view end) {
  if (text.size() < begin.size() + end.size()) return false;
  if (!text.starts_with(begin) || !text.ends_with(end)) return false;
  text.remove_prefix(begin.size());
  text.remove_suffix(end.size());
  return true;
}

}  // namespace

std::string literal_block(std::string_view text, ValueOrigin origin) {
  return block_of(quoted(text, origin), origin);
}

std::string literal_block(const jexl::Value& value, ValueOrigin origin) {
  const std::string text = jexl::Template::value_text(value);
  if (text.empty() || value.is_null() || value.is(jexl::Kind::boolean)) return text;
  if (value.is_number() && is_plain_number(text)) return text;
  const bool is_container = value.is_sequence() || value.is(jexl::Kind::map);
  if (!is_container) return literal_block(text, origin);
  return block_of("json.object(" + quoted(text, origin) + ")", origin);
}

std::optional<std::string> literal_text(std::string_view block) {
  const bool is_literal = strip(block, "<+given(\"", "\")>") || strip(block, "<+\"", "\">");
  if (!is_literal) return std::nullopt;
  std::string text;
  while (!block.empty()) {
    unsigned byte = 0;
    const char* const digits = block.data() + kEscape.size();
    const bool is_escape = block.starts_with(kEscape) && block.size() >= kEscape.size() + 2 &&
                           std::from_chars(digits, digits + 2, byte, 16).ptr == digits + 2;
    if (!is_escape && is_special(block.front())) return std::nullopt;
    text += is_escape ? static_cast<char>(byte) : block.front();
    block.remove_prefix(is_escape ? kEscape.size() + 2 : 1);
  }
  return text;
}

}  // namespace tripgate
