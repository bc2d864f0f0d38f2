// An execution: one run of a pipeline, with everything that its status shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/status/run_status.h"

namespace tripgate {

/// Counts executions from 1 in the order in which they were created; the key of their records.
using ExecutionNumber = std::uint64_t;

/// What stages and steps have in common.
struct NodeState {
  std::string identifier;
  std::string name;
  std::string type;          // as in YAML: Custom, ShellScript
  std::string setup_id;      // 22 characters, made with the plan
  std::string execution_id;  // 22 characters, made when the node is visited; empty before
  RunStatus status = RunStatus::not_started;
  UnixMs started_at_ms = 0;  // 0: not yet
  UnixMs ended_at_ms = 0;
  /// Outcome of `when`; empty until it was evaluated.
  std::optional<bool> was_condition_met;
  std::string failure_message;  // empty unless it failed
};

struct StepState {
  NodeState node;
  /// Attempts that were journaled; the number of the latest one is one less.
  std::uint32_t attempt_count = 0;
};

struct StageState {
  NodeState node;
  std::vector<StepState> steps;
};

/// Who or what asked for the execution (triggers.md 11.4).
struct ExecutionOrigin {
  std::string event_id;              // 24 hexadecimal digits
  std::uint64_t event_sequence = 0;  // in the journal
  std::string trigger;
  std::string trigger_name;
  std::string principal_username;  // empty without a principal
  std::string principal_email;
};

/// The record of an execution. Rewritten as a whole with every transition: the records of ordinary
/// pipelines have a few hundred bytes (status_records.md).
struct Execution {
  ExecutionNumber number = 0;
  std::string plan_execution_id;  // 22 characters
  std::string account;
  std::string org;
  std::string project;
  std::string pipeline;
  std::string pipeline_name;
  std::uint64_t pipeline_version = 0;  // of the stored text that the plan was made from
  std::uint64_t run_sequence = 0;      // counts the pipeline's executions from 1
  RunStatus status = RunStatus::queued;
  UnixMs created_at_ms = 0;
  UnixMs started_at_ms = 0;
  UnixMs ended_at_ms = 0;  // 0 until the status is final
  std::vector<std::pair<std::string, std::string>> tags;
  ExecutionOrigin origin;
  std::string failure_message;
  std::vector<StageState> stages;
};

/// The bytes of a record; `decode` gives an equal execution back.
[[nodiscard]] std::string encode_execution(const Execution& execution);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<Execution> decode_execution(std::string_view bytes);

}  // namespace tripgate
