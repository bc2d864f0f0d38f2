// Looks records up, checks whose they are, and hands them to the writers of status_json.h.
#include "engine/status/status_reader.h"

#include <array>

#include "engine/base/errc.h"
#include "engine/status/child_run.h"
#include "engine/status/execution_store.h"
#include "engine/status/history.h"
#include "engine/status/node_store.h"
#include "engine/status/retry_chain.h"
#include "engine/status/status_json.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

/// Executions that one list looks at, and those whose heads it reads: 50 ms each, for no snapshot
/// may live beyond 100 ms (design section 2).
constexpr std::size_t kListScanMax = 500'000;
constexpr std::size_t kListHeadMax = 20'000;

/// An event with its rows.
struct EventRows {
  std::vector<HistoryRow> rows;
  StoredEvent event;
  UnixMs received_at_ms = 0;
};

UnixMs received_at_ms(const StoredEvent& event) {
  const auto decoded = decode_event_head(event.head_bytes);
  return decoded ? static_cast<UnixMs>(decoded->head.received_at_ms) : 0;
}

Result<EventRows> load_event_rows(const StateStore& store, const Journal& journal,
                                  std::string_view account, std::string_view event_id) {
  const std::optional<EventId> id = EventId::parse(event_id);
  if (!id) return make_error_code(Errc::not_found);
  const Result<EventSequence> sequence = journal.find(*id);
  if (!sequence) return sequence.error();
  EventRows found;
  {
    const auto txn = store.begin_read();
    if (!txn) return txn.error();
    auto rows = load_history_rows(*txn, store.databases(), *sequence);
    if (!rows) return rows.error();
    found.rows = std::move(*rows);
  }
  if (found.rows.empty() || found.rows.front().account != account) {
    return make_error_code(Errc::not_found);
  }
  Result<StoredEvent> event = journal.load(*sequence);
  if (!event) return event.error();
  found.event = std::move(*event);
  found.received_at_ms = received_at_ms(found.event);
  return found;
}

EventFacts facts(const EventRows& found, std::string_view event_id) {
  return {event_id, found.received_at_ms, found.event.body};
}

/// An execution with nodes.
struct ExecutionNodes {
  Execution execution;
  std::vector<NodeState> nodes;
};

enum class NodeChoice { of_stage_level, all };

Result<ExecutionNodes> load_own_execution(const StateStore& store, std::string_view account,
                                          std::string_view plan_execution_id, NodeChoice choice) {
  const auto txn = store.begin_read();
  if (!txn) return txn.error();
  Result<Execution> execution = find_execution(*txn, store.databases(), plan_execution_id);
  if (!execution) return execution.error();
  if (execution->account != account) return make_error_code(Errc::not_found);
  auto nodes = choice == NodeChoice::all
                   ? load_nodes(*txn, store.databases(), execution->number)
                   : load_stage_nodes(*txn, store.databases(), execution->number);
  if (!nodes) return nodes.error();
  return ExecutionNodes{std::move(*execution), std::move(*nodes)};
}

/// The root of the graph that is asked for; nothing if there is no such stage, or none is asked
/// for.
const NodeState* graph_root(const std::vector<NodeState>& nodes, const GraphQuery& graph) {
  if (graph.is_full && !nodes.empty()) return &nodes.front();
  for (const NodeState& node : nodes) {
    const bool is_meant = graph.stage_node_execution_id.empty()
                              ? !graph.stage_node_id.empty() && node.setup_id == graph.stage_node_id
                              : node.execution_id == graph.stage_node_execution_id;
    if (is_meant && !node.is_old_retry) return &node;
  }
  return nullptr;
}

/// `childGraph`: the run that the stage has started, and of that the graph of a stage. One of
/// another project is left out: who may view the stage need not be one who may view it.
void write_child_graph(JsonWriter& json, const Execution& parent, const ExecutionNodes& child,
                       const GraphQuery& graph) {
  const Execution& execution = child.execution;
  if (execution.org != parent.org || execution.project != parent.project) return;
  json.key("childGraph").begin_object().key("pipelineExecutionSummary");
  write_execution_summary(json, execution, child.nodes);
  const GraphQuery below = {.stage_node_id = graph.child_stage_node_id};
  if (const NodeState* const root = graph_root(child.nodes, below)) {
    json.key("executionGraph");
    write_execution_graph(json, execution, child.nodes, root->number);
  }
  json.end_object();
}

/// Writes the page of a list that a choice leaves.
class ListWriter {
 public:
  ListWriter(const lmdb::Transaction& txn, const StateDatabases& dbs, const ExecutionChoice& choice,
             const ListPage& page)
      : txn_(txn), dbs_(dbs), choice_(choice), numbers_{page.number, page.size, 0, 0} {
    json_.begin_object().key("content").begin_array();
  }

  /// Takes the next execution; false when enough were looked at.
  bool visit(ExecutionNumber number, const ListedExecution& listed) {
    if (choice_.may_pass(listed) && !take(number)) return false;
    return ++seen_count_ < kListScanMax && head_count_ < kListHeadMax;
  }

  [[nodiscard]] ErrorCode error() const { return error_; }

  [[nodiscard]] std::string take_text() {
    json_.end_array();
    write_page_end(json_, numbers_);
    json_.end_object();
    return json_.take();
  }

 private:
  /// False at an error.
  bool take(ExecutionNumber number) {
    const bool is_shown = numbers_.total / numbers_.size == numbers_.page;
    if (is_shown || choice_.needs_head()) {
      ++head_count_;
      const Result<Execution> execution = load_execution(txn_, dbs_, number);
      if (!execution) return fail(execution.error());
      if (!choice_.passes(*execution)) return true;
      if (is_shown && !write(*execution)) return false;
    }
    ++numbers_.total;
    return true;
  }

  bool write(const Execution& execution) {
    const auto nodes = load_stage_nodes(txn_, dbs_, execution.number);
    if (!nodes) return fail(nodes.error());
    write_execution_summary(json_, execution, *nodes);
    ++numbers_.count;
    return true;
  }

  bool fail(ErrorCode error) {
    error_ = error;
    return false;
  }

  const lmdb::Transaction& txn_;
  const StateDatabases& dbs_;
  const ExecutionChoice& choice_;
  JsonWriter json_;
  PageNumbers numbers_;
  std::size_t seen_count_ = 0;
  std::size_t head_count_ = 0;
  ErrorCode error_;
};

}  // namespace

std::string event_not_found_message(std::string_view event_id) {
  return "Invalid request: Trigger event history doesn't exist for event with eventId " +
         std::string(event_id);
}

Result<std::string> StatusReader::processing_details(std::string_view account,
                                                     std::string_view event_id) const {
  const auto found = load_event_rows(store_, journal_, account, event_id);
  if (!found) return found.error();
  JsonWriter json;
  write_processing_details(json, facts(*found, event_id), found->rows);
  return json.take();
}

Result<std::string> StatusReader::execution_details(std::string_view account,
                                                    std::string_view event_id) const {
  const auto found = load_event_rows(store_, journal_, account, event_id);
  if (!found) return found.error();
  JsonWriter json;
  json.begin_object().key("webhookProcessingDetails");
  write_processing_details(json, facts(*found, event_id), found->rows);
  json.key("executionDetails");
  const auto& requested = found->rows.front().execution;
  // Whatever keeps the run from being read must not hide the row (triggers.md 2.5).
  const auto detail = requested ? execution_detail(account, requested->plan_execution_id)
                                : Result<std::string>(make_error_code(Errc::not_found));
  detail ? json.raw(*detail) : json.null();
  json.end_object();
  return json.take();
}

Result<std::string> StatusReader::execution_detail(std::string_view account,
                                                   std::string_view plan_execution_id,
                                                   const GraphQuery& graph) const {
  const bool has_graph = graph.wants_graph();
  const auto found = load_own_execution(store_, account, plan_execution_id,
                                        has_graph ? NodeChoice::all : NodeChoice::of_stage_level);
  if (!found) return found.error();
  JsonWriter json;
  json.begin_object().key("pipelineExecutionSummary");
  write_execution_summary(json, found->execution, found->nodes);
  if (has_graph) {
    if (const NodeState* const root = graph_root(found->nodes, graph)) {
      json.key("executionGraph");
      write_execution_graph(json, found->execution, found->nodes, root->number);
      if (const std::string child = child_run_of(*root); !child.empty()) {
        const auto below = load_own_execution(store_, account, child, NodeChoice::all);
        if (below) write_child_graph(json, found->execution, *below, graph);
      }
    }
  }
  json.end_object();
  return json.take();
}

Result<StatusRevision> StatusReader::event_revision(std::string_view account,
                                                    std::string_view event_id) const {
  const std::optional<EventId> id = EventId::parse(event_id);
  if (!id) return make_error_code(Errc::not_found);
  const Result<EventSequence> sequence = journal_.find(*id);
  if (!sequence) return sequence.error();
  const auto txn = store_.begin_read();
  if (!txn) return txn.error();
  const auto rows = load_history_rows(*txn, store_.databases(), *sequence);
  if (!rows) return rows.error();
  if (rows->empty() || rows->front().account != account) return make_error_code(Errc::not_found);
  StatusRevision revision{0, true};
  for (const HistoryRow& row : *rows) revision.add(encode_history_row(row));
  // The details show the first row's execution; one that cannot be read is shown as none.
  if (const auto& requested = rows->front().execution) {
    (void)add_execution(*txn, store_.databases(), account, requested->plan_execution_id, false,
                        revision);
  }
  return revision;
}

Result<StatusRevision> StatusReader::execution_revision(std::string_view account,
                                                        std::string_view plan_execution_id,
                                                        const GraphQuery& graph) const {
  const auto txn = store_.begin_read();
  if (!txn) return txn.error();
  StatusRevision revision;
  const ErrorCode error = add_execution(*txn, store_.databases(), account, plan_execution_id,
                                        graph.wants_graph(), revision);
  if (error || !graph.wants_graph()) return error ? Result<StatusRevision>(error) : revision;
  const bool is_final = revision.is_final;
  const Result<Execution> execution = find_execution(*txn, store_.databases(), plan_execution_id);
  if (!execution) return execution.error();
  const auto stages = load_stage_nodes(*txn, store_.databases(), execution->number);
  if (!stages) return stages.error();
  const NodeState* const root = graph_root(*stages, graph);
  const std::string child = root == nullptr ? std::string() : child_run_of(*root);
  if (!child.empty()) {
    // One that is gone, or not there yet, is not shown.
    (void)add_execution(*txn, store_.databases(), account, child, true, revision);
  }
  revision.is_final = is_final;
  return revision;
}

Result<std::string> StatusReader::execution_sub_graph(std::string_view account,
                                                      std::string_view plan_execution_id,
                                                      std::string_view node_execution_id) const {
  const auto found = load_own_execution(store_, account, plan_execution_id, NodeChoice::all);
  if (!found) return found.error();
  const NodeState* const root =
      graph_root(found->nodes, {.stage_node_execution_id = node_execution_id});
  if (root == nullptr || node_execution_id.empty()) return make_error_code(Errc::not_found);
  JsonWriter json;
  json.begin_object().key("executionGraph");
  write_execution_graph(json, found->execution, found->nodes, root->number);
  json.end_object();
  return json.take();
}

Result<std::string> StatusReader::retry_stages(
    std::string_view account, std::string_view plan_execution_id, UnixMs now_ms,
    const std::optional<std::string>& pipeline_change) const {
  const auto found =
      load_own_execution(store_, account, plan_execution_id, NodeChoice::of_stage_level);
  if (!found) return found.error();
  const std::optional<std::string> refusal = why_not_retried(found->execution, now_ms);
  JsonWriter json;
  write_retry_stages(json, found->nodes, refusal ? refusal : pipeline_change);
  return json.take();
}

Result<std::vector<Execution>> StatusReader::retry_chain(std::string_view account,
                                                         std::string_view plan_execution_id) const {
  const auto txn = store_.begin_read();
  if (!txn) return txn.error();
  const Result<Execution> execution = find_execution(*txn, store_.databases(), plan_execution_id);
  if (!execution) return execution.error();
  if (execution->account != account) return make_error_code(Errc::not_found);
  return load_retry_chain(*txn, store_.databases(), *execution);
}

Result<std::string> StatusReader::retry_history(std::string_view account,
                                                std::string_view plan_execution_id) const {
  const auto chain = retry_chain(account, plan_execution_id);
  if (!chain) return chain.error();
  JsonWriter json;
  write_retry_history(json, *chain);
  return json.take();
}

Result<std::string> StatusReader::latest_execution(std::string_view account,
                                                   std::string_view plan_execution_id) const {
  const auto chain = retry_chain(account, plan_execution_id);
  if (!chain) return chain.error();
  JsonWriter json;
  write_latest_execution(json, *chain);
  return json.take();
}

Result<std::string> StatusReader::execution_notes(std::string_view account,
                                                  std::string_view plan_execution_id) const {
  const auto txn = store_.begin_read();
  if (!txn) return txn.error();
  const Result<Execution> execution = find_execution(*txn, store_.databases(), plan_execution_id);
  if (!execution) return execution.error();
  if (execution->account != account) return make_error_code(Errc::not_found);
  JsonWriter json;
  json.begin_object().member("notes", execution->notes).end_object();
  return json.take();
}

Result<std::string> StatusReader::execution_list(const ExecutionChoice& choice,
                                                 const ListPage& page) const {
  if (page.size == 0) return make_error_code(Errc::invalid_argument);
  const auto txn = store_.begin_read();
  if (!txn) return txn.error();
  ListWriter writer(*txn, store_.databases(), choice, page);
  const ErrorCode error =
      for_each_listed(*txn, store_.databases(), page.is_oldest_first,
                      [&](ExecutionNumber number, const ListedExecution& listed) {
                        return writer.visit(number, listed);
                      });
  if (error) return error;
  if (writer.error()) return writer.error();
  return writer.take_text();
}

Result<std::string> StatusReader::event_history(std::string_view account, std::string_view event_id,
                                                std::size_t page, std::size_t size) const {
  if (size == 0) return make_error_code(Errc::invalid_argument);
  const auto found = load_event_rows(store_, journal_, account, event_id);
  if (!found) return found.error();
  PageNumbers numbers{page, size, found->rows.size(), 0};
  JsonWriter json;
  json.begin_object().key("content").begin_array();
  for (std::size_t i = 0; i < found->rows.size(); ++i) {
    if (i / size != page) continue;
    write_history_row(json, facts(*found, event_id), found->rows[i]);
    ++numbers.count;
  }
  json.end_array();
  write_page_end(json, numbers);
  json.end_object();
  return json.take();
}

Result<std::string> StatusReader::trigger_history(std::uint64_t trigger_ref, std::size_t page,
                                                  std::size_t size) const {
  if (size == 0) return make_error_code(Errc::invalid_argument);
  HistoryPage found;
  {
    const auto txn = store_.begin_read();
    if (!txn) return txn.error();
    auto loaded = load_trigger_history(*txn, store_.databases(), trigger_ref, page, size);
    if (!loaded) return loaded.error();
    found = std::move(*loaded);
  }
  JsonWriter json;
  json.begin_object().key("content").begin_array();
  for (const HistoryRow& row : found.rows) {
    const Result<StoredEvent> event = journal_.load(row.event_sequence);
    if (!event) return event.error();
    const auto decoded = decode_event_head(event->head_bytes);
    if (!decoded) return make_error_code(Errc::store_corrupt);
    std::array<char, EventId::kTextSize> id{};
    decoded->head.id.print(id);
    write_history_row(json, {{id.data(), id.size()}, received_at_ms(*event), event->body}, row);
  }
  json.end_array();
  write_page_end(json, {page, size, found.total, found.rows.size()});
  json.end_object();
  return json.take();
}

}  // namespace tripgate
