// Tokens of the expression language.
#pragma once

#include <cstdint>
#include <string>

#include "engine/jexl/value.h"

namespace tripgate::jexl {

enum class TokenType : std::uint8_t {
  end,
  number,         // value
  string,         // value
  interpolation,  // text: what stands between the backquotes
  name,           // text
  keyword,        // text
  symbol,         // text
};

struct Token {
  TokenType type = TokenType::end;
  std::uint32_t offset = 0;
  std::string text;
  Value value;
  bool is_out_of_range = false;  // A number that its type cannot hold.

  [[nodiscard]] bool is_symbol(std::string_view symbol) const {
    return type == TokenType::symbol && text == symbol;
  }
  [[nodiscard]] bool is_keyword(std::string_view word) const {
    return type == TokenType::keyword && text == word;
  }
};

}  // namespace tripgate::jexl
