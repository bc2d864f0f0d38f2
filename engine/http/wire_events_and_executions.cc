// Journal and executions behind the API's functions. Snapshots end before an answer is written.
#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/run/leaf_command.h"
#include "engine/status/execution_store.h"
#include "engine/status/node_store.h"
#include "engine/status/status_reader.h"

namespace tripgate::http {
namespace {

/// Events that a list looks at to find those of one project.
constexpr std::size_t kEventScanMax = 10000;

EventView to_view(const StoredEvent& event) {
  const std::optional<DecodedEventHead> decoded = decode_event_head(event.head_bytes);
  EventView view;
  if (!decoded) return view;  // The journal says that this cannot be.
  const EventHead& head = decoded->head;
  view.id.resize(EventId::kTextSize);
  head.id.print(std::span<char, EventId::kTextSize>(view.id.data(), view.id.size()));
  view.received_at_ms = static_cast<UnixMs>(head.received_at_ms);
  view.scope = {std::string(head.account), std::string(head.org), std::string(head.project)};
  if (head.pipeline) view.pipeline = *head.pipeline;
  if (head.trigger) view.trigger = *head.trigger;
  view.peer = head.peer;
  view.method = head.method;
  view.query = head.query;
  view.principal = head.principal.identifier;
  view.body_size = head.body_size;
  ByteReader reader(decoded->header_bytes);
  for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
    const EventHeader header = DecodedEventHead::next_header(reader);
    view.headers.emplace_back(header.name, header.value);
  }
  return view;
}

Result<EventView> load_event(const ApiParts& parts, const std::string& account,
                             const std::string& text) {
  const std::optional<EventId> id = EventId::parse(text);
  if (!id) return Errc::not_found;
  const Result<EventSequence> sequence = parts.journal.find(*id);
  if (!sequence) return sequence.error();
  Result<StoredEvent> event = parts.journal.load(*sequence);
  if (!event) return event.error();
  EventView view = to_view(*event);
  if (view.scope.account != account) return Errc::not_found;
  view.body = std::move(event->body);
  return view;
}

bool is_within(const Scope& scope, const Scope& top) {
  return scope.account == top.account && (top.org.empty() || scope.org == top.org) &&
         (top.project.empty() || scope.project == top.project);
}

Result<std::vector<EventView>> list_events(const ApiParts& parts, const Scope& scope,
                                           std::size_t limit) {
  std::vector<EventView> views;
  const auto sequences = parts.journal.list(std::nullopt, kEventScanMax);
  if (!sequences) return sequences.error();
  for (const EventSequence sequence : *sequences) {
    if (views.size() == limit) break;
    const Result<StoredEvent> event = parts.journal.load_head(sequence);
    if (!event) return event.error();
    EventView view = to_view(*event);
    if (is_within(view.scope, scope)) views.push_back(std::move(view));
  }
  return views;
}

/// The identifier of the stage that a step belongs to.
std::string stage_of(const std::vector<NodeState>& nodes, const NodeState& step) {
  for (NodeNumber at = step.parent; at != kNoNode; at = nodes[at].parent) {
    if (nodes[at].kind == plan::NodeKind::stage) return nodes[at].identifier;
  }
  return {};
}

std::vector<StepAttempt> attempts_of(const ApiParts& parts, const Execution& execution,
                                     const std::vector<NodeState>& nodes) {
  std::vector<StepAttempt> attempts;
  for (const NodeState& node : nodes) {
    for (std::uint32_t number = 0; number < node.start_count; ++number) {
      AttemptId id = attempt_id(execution, node);
      id.number = number;
      const bool is_latest = number + 1 == node.start_count;
      attempts.push_back({.stage = stage_of(nodes, node),
                          .step = node.identifier,
                          .directory = parts.commands.attempt_directory(id),
                          .is_over = !is_latest || is_final(node.status)});
    }
  }
  return attempts;
}

Result<ExecutionLogs> load_logs(const ApiParts& parts, const std::string& account,
                                const std::string& id) {
  Result<lmdb::ReadTransaction> snapshot = parts.store.begin_read();
  if (!snapshot) return snapshot.error();
  const Result<Execution> execution =
      find_execution_of(*snapshot, parts.store.databases(), account, id);
  if (!execution) return execution.error();
  const auto nodes = load_nodes(*snapshot, parts.store.databases(), execution->number);
  if (!nodes) return nodes.error();
  return ExecutionLogs{.scope = {execution->account, execution->org, execution->project},
                       .is_final = is_final(execution->status),
                       .attempts = attempts_of(parts, *execution, *nodes)};
}

Result<Scope> load_scope(const ApiParts& parts, const std::string& account, const std::string& id) {
  const auto txn = parts.store.begin_read();
  if (!txn) return txn.error();
  Result<Execution> execution = find_execution_of(*txn, parts.store.databases(), account, id);
  if (!execution) return execution.error();
  return Scope{std::move(execution->account), std::move(execution->org),
               std::move(execution->project)};
}

void interrupt(const ApiParts& parts, const std::string& id, const InterruptRequest& request,
               const OnInterrupted& on_done) {
  ExecutionNumber number = 0;
  {
    const auto txn = parts.store.begin_read();
    if (!txn) {
      return on_done(Diagnostic("the store cannot be read: " + txn.error().message(), txn.error()));
    }
    const Result<Execution> execution = find_execution(*txn, parts.store.databases(), id);
    if (!execution && execution.error() == Errc::not_found) {
      return on_done(Diagnostic("No Plan Execution exists for id " + id));
    }
    if (!execution) {
      return on_done(Diagnostic("the execution cannot be read: " + execution.error().message(),
                                execution.error()));
    }
    number = execution->number;
  }
  parts.runner.interrupt(number, request, on_done);
}

}  // namespace

void wire_events_and_executions(Api& api, const ApiParts& parts) {
  const StatusReader status(parts.store, parts.journal);
  api.processing_details = [status](const std::string& account, const std::string& event) {
    return status.processing_details(account, event);
  };
  api.execution_details = [status](const std::string& account, const std::string& event) {
    return status.execution_details(account, event);
  };
  api.execution_detail = [status](const std::string& account, const std::string& execution,
                                  const GraphQuery& graph) {
    return status.execution_detail(account, execution, graph);
  };
  api.execution_scope = [parts](const std::string& account, const std::string& execution) {
    return load_scope(parts, account, execution);
  };
  api.store_generation = [parts] { return parts.store.environment().last_commit(); };
  api.event_revision = [status](const std::string& account, const std::string& event) {
    return status.event_revision(account, event);
  };
  api.execution_revision = [status](const std::string& account, const std::string& execution,
                                    const GraphQuery& graph) {
    return status.execution_revision(account, execution, graph);
  };
  api.interrupt = [parts](const std::string& execution, const InterruptRequest& request,
                          const OnInterrupted& on_done) {
    interrupt(parts, execution, request, on_done);
  };
  api.execution_sub_graph = [status](const std::string& account, const std::string& execution,
                                     const std::string& node) {
    return status.execution_sub_graph(account, execution, node);
  };
  api.execution_list = [status](const ExecutionChoice& choice, const ListPage& page) {
    return status.execution_list(choice, page);
  };
  api.event_history = [status](const std::string& account, const std::string& event,
                               std::size_t page, std::size_t size) {
    return status.event_history(account, event, page, size);
  };
  api.execution_logs = [parts](const std::string& account, const std::string& execution) {
    return load_logs(parts, account, execution);
  };
  api.event = [parts](const std::string& account, const std::string& event) {
    return load_event(parts, account, event);
  };
  api.events = [parts](const Scope& scope, std::size_t limit) {
    return list_events(parts, scope, limit);
  };
}

}  // namespace tripgate::http
