// What the scanner tells about one word of a bash command.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/script_placement.h"

namespace tripgate::plan {

/// One word, quotes removed where that is possible without running anything.
struct BashWord {
  std::size_t begin = 0;  ///< Byte offsets in the script; nested substitutions included.
  std::size_t end = 0;
  std::string text;             ///< The literal characters, in order.
  bool is_literal = true;       ///< text is the whole word: no expansion, no block.
  bool is_quoted = false;       ///< Some of it was quoted, so it is no reserved word.
  bool has_bare_block = false;  ///< A block outside all quotes of this word.
  bool starts_with_block = false;
  bool has_brace = false;      ///< An unquoted {, so brace expansion may make several words of it.
  bool is_assignment = false;  ///< NAME=..., NAME+=..., NAME[...]=... where bash takes it as one.
  std::size_t name_size = 0;   ///< Of an assignment: bytes of NAME.

  [[nodiscard]] bool is(std::string_view word) const { return is_literal && text == word; }
};

/// The blocks of a script and what became of each; shared by the scanner and the rules.
class BlockPlaces {
 public:
  enum class Kind : unsigned char {
    unseen,
    bare,       ///< Becomes a double-quoted word part.
    in_double,  ///< Inside double quotes or an unquoted here-document.
    in_single,  ///< Single quotes are closed and opened again.
    in_ansi,    ///< The same for $'...'.
    dropped,    ///< In a comment.
    refused,
  };

  explicit BlockPlaces(const std::vector<ExpressionBlock>& blocks)
      : blocks_(&blocks), kinds_(blocks.size(), Kind::unseen) {}

  /// The index of the block that begins at an offset.
  [[nodiscard]] std::optional<std::size_t> at(std::size_t offset) const;

  /// Index of the first block at or behind an offset.
  [[nodiscard]] std::size_t first_from(std::size_t offset) const;

  [[nodiscard]] bool any_in(std::size_t begin, std::size_t end) const;

  [[nodiscard]] const std::vector<ExpressionBlock>& blocks() const { return *blocks_; }
  [[nodiscard]] Kind kind(std::size_t index) const { return kinds_[index]; }

  /// A refused block stays refused.
  void place(std::size_t index, Kind kind);

  void refuse(std::size_t index, const std::string& message);
  void refuse_in(std::size_t begin, std::size_t end, const std::string& message);
  void warn_in(std::size_t begin, std::size_t end, const std::string& message);

  /// Refuses the script as a whole at a place that cannot be understood.
  void refuse_at(std::size_t offset, std::string message);

  [[nodiscard]] std::vector<PlacementRemark> sorted_refusals() const;
  [[nodiscard]] std::vector<PlacementRemark> sorted_warnings() const;

 private:
  const std::vector<ExpressionBlock>* blocks_;
  std::vector<Kind> kinds_;
  std::vector<PlacementRemark> refusals_;
  std::vector<PlacementRemark> warnings_;
};

}  // namespace tripgate::plan
