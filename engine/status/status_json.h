// The JSON forms of executions and history rows, field for field as the original's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "engine/base/json_writer.h"
#include "engine/status/execution.h"
#include "engine/status/history.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// `pipelineExecutionSummary` (pipelines.md 8.4, triggers.md 2.5). Absent members are left out.
/// nodes: those of stage level, or all.
void write_execution_summary(JsonWriter& json, const Execution& execution,
                             const std::vector<NodeState>& nodes);

/// `layoutNodeMap` (pipelines.md 8.5) of the same nodes.
void write_layout_map(JsonWriter& json, const std::vector<NodeState>& nodes);

/// `executionGraph` (pipelines.md 8.6): what was visited at and below a node, old retries apart.
/// nodes: all of the execution, in the order of their numbers.
void write_execution_graph(JsonWriter& json, const Execution& execution,
                           const std::vector<NodeState>& nodes, NodeNumber root);

// Members that summary, layout and graph have in common (node_json.cc).
void write_message(JsonWriter& json, std::string_view message);
void write_failure(JsonWriter& json, const Failure& failure);
void write_run_info(JsonWriter& json, const NodeRunInfo& info);
void write_strategy_metadata(JsonWriter& json, const NodeState& node);
/// `stepParameters` of a loop.
void write_loop_parameters(JsonWriter& json, const NodeState& loop);
/// The original's name of the part of its platform that a node belongs to.
[[nodiscard]] std::string_view module_of(const NodeState& node);

/// What is told about an event besides its rows.
struct EventFacts {
  std::string_view event_id;
  UnixMs received_at_ms = 0;
  std::string_view body;
};

/// `webhookProcessingDetails` (triggers.md 2.2): the first row's view. rows: all of the event, at
/// least one.
void write_processing_details(JsonWriter& json, const EventFacts& event,
                              const std::vector<HistoryRow>& rows);

/// One row of the event history (triggers.md 11.2).
void write_history_row(JsonWriter& json, const EventFacts& event, const HistoryRow& row);

/// A Spring page around members that `write_content` has put between brackets (triggers.md 11.1).
struct PageNumbers {
  std::size_t page = 0;
  std::size_t size = 10;
  std::uint64_t total = 0;
  std::size_t count = 0;  // of the elements on this page
};
void write_page_end(JsonWriter& json, const PageNumbers& numbers);

}  // namespace tripgate
