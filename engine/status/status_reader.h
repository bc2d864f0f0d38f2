// Answers questions about events and executions as JSON, from a snapshot of the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution_filter.h"
#include "engine/status/status_revision.h"
#include "shared/ids.h"

namespace tripgate {

/// The complaint about an event without rows: "Invalid request: Trigger event history doesn't exist
/// for event with eventId ..." (triggers.md 2.3). The id is as the caller wrote it.
[[nodiscard]] std::string event_not_found_message(std::string_view event_id);

/// Which page of a list.
struct ListPage {
  std::size_t number = 0;
  std::size_t size = 10;
  bool is_oldest_first = false;
};

/// Which graph a detail shows; by default none.
struct GraphQuery {
  std::string_view stage_node_id = {};            ///< Setup id of a stage.
  std::string_view stage_node_execution_id = {};  ///< Of one iteration of a loop over it.
  bool is_full = false;                           ///< The whole pipeline's.
  /// Setup id of a stage of the run that the stage starts, if it is of type Pipeline.
  std::string_view child_stage_node_id = {};

  [[nodiscard]] bool wants_graph() const {
    return is_full || !stage_node_id.empty() || !stage_node_execution_id.empty();
  }
};

/// Every answer is the `data` of an envelope. Safe from any thread; keeps no state. Errors of all:
/// Errc::not_found (also for another account), Errc::store_corrupt, those of the store.
class StatusReader {
 public:
  StatusReader(const StateStore& store, const Journal& journal)
      : store_(store), journal_(journal) {}

  /// `triggerProcessingDetails` (triggers.md 2.2). not_found while the event is not settled.
  [[nodiscard]] Result<std::string> processing_details(std::string_view account,
                                                       std::string_view event_id) const;

  /// `triggerExecutionDetails/{eventId}`: processing and execution details (triggers.md 2.1).
  [[nodiscard]] Result<std::string> execution_details(std::string_view account,
                                                      std::string_view event_id) const;

  /// `pipelines/execution/v2/{planExecutionId}` (pipelines.md 8.6).
  [[nodiscard]] Result<std::string> execution_detail(std::string_view account,
                                                     std::string_view plan_execution_id,
                                                     const GraphQuery& graph = {}) const;

  /// Changes when execution_details of an event would; cheap. Errors as that.
  [[nodiscard]] Result<StatusRevision> event_revision(std::string_view account,
                                                      std::string_view event_id) const;

  /// Changes when execution_detail of the same arguments would; cheap. Errors as that.
  [[nodiscard]] Result<StatusRevision> execution_revision(std::string_view account,
                                                          std::string_view plan_execution_id,
                                                          const GraphQuery& graph) const;

  /// `pipelines/execution/subGraph/...`: the graph below one node. Also not_found without the node.
  [[nodiscard]] Result<std::string> execution_sub_graph(std::string_view account,
                                                        std::string_view plan_execution_id,
                                                        std::string_view node_execution_id) const;

  /// `retryStages`, `retryHistory` and `latestExecutionId` of an execution (pipelines.md 8.8).
  /// pipeline_change: why the pipeline, as it is now, stands in the way of a retry.
  [[nodiscard]] Result<std::string> retry_stages(
      std::string_view account, std::string_view plan_execution_id, UnixMs now_ms,
      const std::optional<std::string>& pipeline_change) const;
  [[nodiscard]] Result<std::string> retry_history(std::string_view account,
                                                  std::string_view plan_execution_id) const;
  [[nodiscard]] Result<std::string> latest_execution(std::string_view account,
                                                     std::string_view plan_execution_id) const;

  /// `{notes}` of an execution.
  [[nodiscard]] Result<std::string> execution_notes(std::string_view account,
                                                    std::string_view plan_execution_id) const;

  /// A page of summaries in the order of their creation: `content`, `totalElements` and what goes
  /// with them (pipelines.md 8.9). Looks at the newest kListScanMax executions.
  [[nodiscard]] Result<std::string> execution_list(const ExecutionChoice& choice,
                                                   const ListPage& page) const;

  /// `eventHistory/eventCorrelation/{id}`: a page of the event's rows (triggers.md 11.1, 11.2).
  [[nodiscard]] Result<std::string> event_history(std::string_view account,
                                                  std::string_view event_id, std::size_t page,
                                                  std::size_t size) const;

  /// `eventHistory/{triggerIdentifier}`: a page of a trigger's rows, newest first.
  [[nodiscard]] Result<std::string> trigger_history(std::uint64_t trigger_ref, std::size_t page,
                                                    std::size_t size) const;

 private:
  /// The retry chain of an execution, the latest first.
  [[nodiscard]] Result<std::vector<Execution>> retry_chain(
      std::string_view account, std::string_view plan_execution_id) const;

  const StateStore& store_;
  const Journal& journal_;
};

}  // namespace tripgate
