// What the scanner of blocks or the lexer of strings might take for its own is written as \uXXXX.
#include "engine/expressions/literal_block.h"

namespace tripgate {
namespace {

bool is_special(char c) {
  return static_cast<unsigned char>(c) < 0x20 ||
         std::string_view("\"\\<>'`").find(c) != std::string_view::npos;
}

}  // namespace

std::string literal_block(std::string_view text) {
  if (text.find("<+") == std::string_view::npos) return std::string(text);
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string block = "<+\"";
  for (const char c : text) {
    if (is_special(c)) {
      const auto byte = static_cast<unsigned char>(c);
      block.append("\\u00").append(1, kDigits[byte >> 4]).append(1, kDigits[byte & 15]);
    } else {
      block += c;
    }
  }
  return block + "\">";
}

}  // namespace tripgate
