// A YAML document as a tree in which every node knows where it stands.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/yaml/findings.h"

namespace tripgate::yaml {

enum class NodeKind : std::uint8_t { scalar, sequence, mapping };
enum class ScalarStyle : std::uint8_t { plain, single_quoted, double_quoted, literal, folded };

struct Entry;

/// One scalar, sequence or mapping. Aliases are expanded (copies keep the anchor's position), keys
/// are unique, order is the text's.
struct Node {
  NodeKind kind = NodeKind::scalar;
  ScalarStyle style = ScalarStyle::plain;
  Position position;
  std::string text;            ///< A scalar's value; line breaks are LF.
  std::vector<Node> items;     ///< Of a sequence.
  std::vector<Entry> entries;  ///< Of a mapping.

  /// Where the value's first byte stands if the source repeats the value as it is (literal blocks
  /// and scalars of one line without escapes); line 0 otherwise. See position_at().
  Position content;

  [[nodiscard]] bool is_scalar() const { return kind == NodeKind::scalar; }
  [[nodiscard]] bool is_sequence() const { return kind == NodeKind::sequence; }
  [[nodiscard]] bool is_mapping() const { return kind == NodeKind::mapping; }

  /// Plain and empty, `~` or `null`: a key that was written without a value.
  [[nodiscard]] bool is_null() const;

  /// The value under a key of a mapping, or nullptr.
  [[nodiscard]] const Node* find(std::string_view key) const;

  /// Where a byte of the scalar's text stands in the source; the node's own position if the source
  /// does not repeat the text as it is.
  [[nodiscard]] Position position_at(std::size_t offset) const;

  /// "a scalar", "a list" or "a mapping", for complaints.
  [[nodiscard]] const char* kind_name() const;
};

struct Entry {
  Node key;  ///< Always a scalar.
  Node value;
};

}  // namespace tripgate::yaml
