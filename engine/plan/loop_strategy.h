// Loops over a stage, a group or a step. Source: pipelines.md 1.7.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace tripgate::plan {

/// One `strategy`. Every text may hold blocks; they are evaluated when the loop is expanded.
struct LoopStrategy {
  enum class Type : std::uint8_t { matrix, repeat, parallelism };

  /// An axis has values or an expression. A value is a scalar's text, or compact JSON of a map.
  struct Axis {
    std::string name;
    std::vector<std::string> values;
    std::string expression;
  };

  using Combination = std::vector<std::pair<std::string, std::string>>;  ///< Axis name and value.

  Type type = Type::matrix;

  std::vector<Axis> axes;            ///< Of a matrix, in the order of the document.
  std::vector<Combination> exclude;  ///< Entries may be partial.
  std::string matrix_expression;     ///< Instead of axes: one block that gives a map of lists.
  std::string node_name;             ///< Empty: iterations are named by their indexes.

  std::string times;  ///< Of repeat and parallelism: a number or a block.
  std::vector<std::string> items;
  std::string items_expression;
  std::string partition_size;  ///< Empty: items are not grouped.
  bool is_partition_percentage = false;
  std::string start;  ///< Of the sublist [start, end) of items; empty: from the first.
  std::string end;

  std::string max_concurrency;           ///< Empty or 0: all iterations at once.
  std::string when;                      ///< Gates the loop as a whole; empty: none.
  bool skips_queued_on_failure = false;  ///< `onFailure: SkipQueued`.
};

}  // namespace tripgate::plan
