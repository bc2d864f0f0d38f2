// Typed access to one mapping: wrong types, missing and unknown keys are named with their place.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::yaml {

/// Reads the keys of a mapping one by one and remembers which were asked for; finish() names the
/// others. A node that is no mapping is an error at once and reads as an empty one.
///
/// Borrows the node and the findings. A key whose value is null reads as absent.
class MappingReader {
 public:
  /// what: how complaints call the mapping, such as "step [build]".
  MappingReader(const Node& node, std::string what, Findings& findings);

  [[nodiscard]] Position position() const { return node_.position; }
  [[nodiscard]] const std::string& what() const { return what_; }

  /// The value as it stands, or nullptr.
  const Node* find(std::string_view key);

  /// The value if it is of that kind; another kind is an error.
  const Node* find_scalar(std::string_view key);
  const Node* find_sequence(std::string_view key);
  const Node* find_mapping(std::string_view key);

  /// Absence is an error: "KEY is missing in WHAT".
  const Node* require_scalar(std::string_view key);
  const Node* require_sequence(std::string_view key);
  const Node* require_mapping(std::string_view key);

  /// The text of a scalar (numbers and booleans as written), empty if absent.
  std::string text(std::string_view key);

  /// true or false, plain or quoted, in the spellings of YAML's core schema.
  bool flag(std::string_view key, bool fallback);

  /// The texts of a list of scalars.
  std::vector<std::string> texts(std::string_view key);

  /// Pairs of a mapping of scalars, in order; null values read as empty.
  std::vector<std::pair<std::string, std::string>> text_pairs(std::string_view key);

  /// Declares keys that are known and without effect here.
  void skip(std::initializer_list<std::string_view> keys);

  /// Makes the presence of a key an error at the key's place.
  void refuse(std::string_view key, const std::string& message);

  /// Makes the presence of a key a warning at the key's place.
  void remark(std::string_view key, const std::string& message);

  /// Warns about every key that was never asked for.
  void finish();

 private:
  const Entry* find_entry(std::string_view key);
  const Node* of_kind(std::string_view key, NodeKind kind);
  const Node* require(std::string_view key, const Node* found);

  const Node& node_;
  std::string what_;
  Findings& findings_;
  std::set<std::string, std::less<>> known_;
  std::set<std::string, std::less<>> complained_;
};

/// Reads "true" and "false" in the spellings of YAML's core schema.
[[nodiscard]] std::optional<bool> parse_flag(std::string_view text);

}  // namespace tripgate::yaml
