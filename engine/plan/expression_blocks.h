// Where the expressions of a text stand.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace tripgate::plan {

/// An outermost `<+...>` of a text.
struct ExpressionBlock {
  std::size_t offset = 0;
  std::size_t length = 0;  ///< `<+` and `>` included.
  std::string text;        ///< `<+` and `>` included, as written.

  [[nodiscard]] std::size_t end() const { return offset + length; }
};

/// Finds the outermost closed blocks in order: `<+` opens, the first unescaped `>` that belongs to
/// no nested block closes, an unclosed `<+` is plain text. Linear in the text's size.
/// Source: pipelines.md 6.1.
[[nodiscard]] std::vector<ExpressionBlock> find_blocks(std::string_view text);

/// Whether a text holds a closed block.
[[nodiscard]] bool has_block(std::string_view text);

}  // namespace tripgate::plan
