// An execution: one run of a pipeline, with everything that its status shows.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/status/failure.h"
#include "engine/status/run_status.h"

namespace tripgate {

/// Counts executions from 1 in the order in which they were created; the key of their records.
using ExecutionNumber = std::uint64_t;

/// Values are stored: never renumber.
enum class TriggerType : std::uint8_t { webhook_custom = 0, manual = 1 };

/// "WEBHOOK_CUSTOM": as REST and expressions show it.
[[nodiscard]] std::string_view engine_name(TriggerType type);

/// Who or what asked for the execution (triggers.md 11.4).
struct ExecutionOrigin {
  TriggerType type = TriggerType::webhook_custom;
  std::string event_id;              // 24 hexadecimal digits; empty without an event
  std::uint64_t event_sequence = 0;  // in the journal; 0 without an event
  std::string trigger;
  std::string trigger_name;
  std::string principal_username;  // empty without a principal
  std::string principal_email;
};

/// The earlier executions that this one repeats (pipelines.md 8.8); all empty for a fresh one.
struct ExecutionLineage {
  std::string rerun_of;    // Plan execution ids.
  std::string rerun_root;  // The first of a chain of reruns.
  TriggerType rerun_of_type = TriggerType::webhook_custom;
  TriggerType rerun_root_type = TriggerType::webhook_custom;
  std::string retry_of;  // "Retry from a failed stage" of that one.
  std::string retry_root;
  std::string retried_by;  // The run that retries this one; empty for the latest of its chain.
};

/// The stage of another execution that started this one (pipelines.md 1.8).
struct ParentStage {
  ExecutionNumber execution = 0;  // 0: none
  std::string plan_execution_id;
  std::string stage_node_id;  // Setup id.
  std::string pipeline;
  std::string org;
  std::string project;
  std::uint64_t run_sequence = 0;
};

/// Who ended an execution by AbortAll.
struct Abortion {
  UnixMs at_ms = 0;  // 0: nobody did
  std::string username;
  std::string email;
};

/// The head of an execution's record; its nodes have records of their own (node_state.h). Rewritten
/// when something of it changes (status_records.md).
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
  ExecutionLineage lineage;
  ParentStage parent;
  Abortion abortion;
  /// Asked to pause and not yet to resume: no further step starts.
  bool is_pausing = false;
  bool allows_stage_selection = false;
  /// Identifiers of the selected stages; empty: all run.
  std::vector<std::string> selected_stages;
  UnixMs expires_at_ms = 0;  // End of the pipeline's timeout; 0 while it waits.
  Failure failure;
  std::string notes;
};

/// The bytes of a record; `decode` gives an equal execution back.
[[nodiscard]] std::string encode_execution(const Execution& execution);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<Execution> decode_execution(std::string_view bytes);

}  // namespace tripgate
