// From byte offsets, and from libyaml's marks, to lines and columns in bytes.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "engine/yaml/findings.h"

namespace tripgate::yaml {

/// Knows where each line of a text begins. Lines end where YAML 1.1 says: LF, CR, CR LF, NEL, LS
/// and PS, which is how libyaml counts. Borrows the text.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);

  [[nodiscard]] Position position_of(std::size_t offset) const;

  /// The byte offset of a place given as line and character, both from 0 (libyaml's marks).
  ///
  /// Remembers the place, because a file of one long line would else be walked again per node.
  [[nodiscard]] std::size_t offset_of(std::size_t line, std::size_t character);

  /// A line without its break; lines count from 0; empty beyond the text.
  [[nodiscard]] std::string_view line(std::size_t index) const;

 private:
  struct Cursor {
    std::size_t line = 0;
    std::size_t character = 0;
    std::size_t offset = 0;
  };

  std::string_view text_;
  std::vector<std::size_t> starts_;
  Cursor cursor_;
};

}  // namespace tripgate::yaml
