// One node of an execution: a stage, group, loop, section or step, or an attempt at one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/plan/plan_node.h"
#include "engine/status/failure.h"
#include "engine/status/run_status.h"

namespace tripgate {

/// Counts the nodes of an execution from 0 in the order in which they came to be; a parent's number
/// is below those of its children.
using NodeNumber = std::uint32_t;

inline constexpr NodeNumber kNoNode = 0xffffffff;
/// The node `stages`, above all others.
inline constexpr NodeNumber kRootNode = 0;

/// What became of a node's `when` (pipelines.md 5.4).
struct NodeRunInfo {
  struct Expression {
    std::string text;
    std::string value;
    std::uint32_t count = 1;
  };

  std::string condition;
  bool is_met = false;
  std::vector<Expression> expressions;
};

/// Which round of its loop a node is (pipelines.md 1.7).
struct Iteration {
  std::uint32_t index = 0;
  std::uint32_t total = 0;
  std::string postfix;                                      ///< `_0`, `_1_0`, or rendered nodeName.
  std::vector<std::uint32_t> combination;                   ///< Of a matrix: index on each axis.
  std::vector<std::pair<std::string, std::string>> values;  ///< Of a matrix: axis and value.
  std::optional<std::string> item;                          ///< Of repeat with items.
  std::vector<std::string> partition;                       ///< Of repeat with partitionSize.
};

/// What a node still has to do once it stands still. Values are stored: never renumber.
enum class Pending : std::uint8_t {
  nothing = 0,
  retry = 1,        ///< It broke; another attempt begins at due_at_ms.
  rollback = 2,     ///< Of a stage or group: its rollback section runs when its steps have ended.
  group_retry = 3,  ///< Of a group: it begins anew when its steps have ended.
};

/// What a node goes on with that asked for input. Values are stored: never renumber.
enum class InputAnswer : std::uint8_t {
  none = 0,      ///< It was not asked, or nobody has answered.
  given = 1,     ///< `given_input`.
  defaults = 2,  ///< Its defaults, as a failure strategy said.
};

/// What an interrupt did to a node (pipelines.md 8.6, interruptHistories).
struct InterruptMark {
  std::string id;
  std::string type;    ///< "ABORT_ALL"
  std::string issuer;  ///< Who asked; empty: the engine itself.
  UnixMs took_effect_at_ms = 0;
};

/// The record of a node. Rewritten with every transition of it (status_records.md).
struct NodeState {
  NodeNumber number = 0;
  NodeNumber parent = kNoNode;
  plan::NodeKind kind = plan::NodeKind::step;
  bool is_loop = false;         ///< Stands for all iterations, which are its children.
  bool is_rollback = false;     ///< Is a rollback section or lies in one.
  bool is_old_retry = false;    ///< Another attempt took its place; shown nowhere.
  bool has_barrier = false;     ///< Of a stage: a Barrier step lies in it.
  bool is_identity = false;     ///< Copied from an earlier run, not executed (pipelines.md 8.8).
  bool asks_for_input = false;  ///< It, or of a stage something in it, has an `executionInput()`.
  std::string identifier;       ///< With the postfix of its iteration.
  std::string name;
  std::string loop_type;     ///< Of a loop: MATRIX, LOOP or PARALLELISM.
  std::string type;          ///< As in YAML: Custom, ShellScript; or the engine's own.
  std::string setup_id;      ///< 22 characters, made with the plan.
  std::string execution_id;  ///< 22 characters, made when the node is visited; empty before.
  RunStatus status = RunStatus::not_started;
  UnixMs started_at_ms = 0;  ///< 0: not yet.
  UnixMs ended_at_ms = 0;    ///< 0: not yet, or again at work.
  std::optional<NodeRunInfo> run_info;
  Failure failure;
  std::uint32_t retry_number = 0;  ///< 0: the first attempt.
  /// Starts that were journaled; an engine that died before one took place counts another.
  std::uint32_t start_count = 0;
  /// What it becomes once its process is gone; meaningful while `discontinuing`.
  RunStatus discontinued_as = RunStatus::aborted;
  Pending pending = Pending::nothing;
  UnixMs expires_at_ms = 0;  ///< End of its timeout; 0: none.
  /// When something happens by itself: a wait ends, a retry begins, an intervention times out.
  UnixMs due_at_ms = 0;
  std::optional<Iteration> iteration;
  std::uint32_t max_concurrency = 0;  ///< Of a loop; 0: all at once.
  /// Outcomes by name: compact JSON objects.
  std::vector<std::pair<std::string, std::string>> outcomes;
  /// What a stage, group or step was told, resolved, a JSON object; empty before the start, and of
  /// all other nodes.
  std::string parameters;
  /// What a waiting step waits for, a JSON object: an approval, a queue's key, a child's id.
  std::string instance;
  std::vector<InterruptMark> interrupts;
  InputAnswer input_answer = InputAnswer::none;
  std::string given_input;  ///< For its `executionInput()`s, YAML as it came.
};

/// The bytes of a record; `decode` gives an equal node back.
[[nodiscard]] std::string encode_node(const NodeState& node);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<NodeState> decode_node(std::string_view bytes);

/// Whether the node is shown in `layoutNodeMap`: stages, their loops and parallel blocks.
/// parent: nullptr for the root.
[[nodiscard]] bool is_stage_level(const NodeState& node, const NodeState* parent);

}  // namespace tripgate
