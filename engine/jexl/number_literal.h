// Number literals of scripts.
#pragma once

#include <cstddef>
#include <string_view>

#include "engine/jexl/value.h"

namespace tripgate::jexl {

struct NumberLiteral {
  std::size_t size = 0;  // Bytes that belong to it.
  bool is_out_of_range = false;
  Value value;
};

/// The longest literal at the start of text, which starts with a digit. Source: jexl.md section 3.
[[nodiscard]] NumberLiteral parse_number_literal(std::string_view text);

}  // namespace tripgate::jexl
