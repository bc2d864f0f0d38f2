// Events for steps that listen. A listener reads the activity of its triggers behind the last event
// that it has seen; so none is missed, whether it came while the step waited, before its record was
// durable, or while no engine ran.
#include <algorithm>

#include "engine/base/log.h"
#include "engine/run/event_roots.h"
#include "engine/run/runner_impl.h"
#include "engine/status/history.h"

namespace tripgate {
namespace {

/// Events that one look takes for one step; it looks again if there were as many.
constexpr std::size_t kEventsAtOnce = 64;

}  // namespace

void Runner::Impl::listen(const ActiveRun& run, NodeNumber node) {
  const ExecutionNumber number = run.tree.execution().number;
  listeners_.emplace(number, node);
  listener_count_ = listeners_.size();
  post([number, node](Impl& impl) { impl.offer_events_to(number, node); });
}

void Runner::Impl::offer_events() {
  const auto listeners = listeners_;  // Turns may end some of them.
  for (const auto& [number, node] : listeners) offer_events_to(number, node);
}

void Runner::Impl::offer_events_to(ExecutionNumber number, NodeNumber node) {
  ActiveRun* run = find(number);
  const bool waits = run != nullptr && run->tree.state(node).status == RunStatus::async_waiting;
  const auto listener = waits ? decode_listener(run->tree.state(node).instance) : std::nullopt;
  if (!listener) {
    listeners_.erase({number, node});
    listener_count_ = listeners_.size();
    return;
  }
  const auto sequences = events_behind(run->tree.execution(), *listener);
  if (!sequences) {
    log_warning("events for a listener cannot be read: " + sequences.error().message());
    return;
  }
  for (const EventSequence sequence : *sequences) {
    const auto stored = parts_.journal.load(sequence);
    if (!stored) {
      log_warning("event " + std::to_string(sequence) +
                  " is not offered to a listener: " + stored.error().message());
    }
    const jexl::Value event =
        stored ? listened_event(stored->head_bytes, stored->body) : jexl::Value();
    run->machine.offer_event(node, sequence, stored ? &event : nullptr, parts_.clock.now_ms());
    if (run->tree.state(node).status != RunStatus::async_waiting) break;
  }
  if (!sequences->empty()) finish_turn(*run);
  if (sequences->size() < kEventsAtOnce) return;
  post([number, node](Impl& impl) { impl.offer_events_to(number, node); });
}

/// Events in the activity of the triggers of that identifier in the run's project, oldest first.
Result<std::vector<EventSequence>> Runner::Impl::events_behind(
    const Execution& execution, const EventListener& listener) const {
  const auto triggers = parts_.catalog.select_triggers({.account = execution.account,
                                                        .org = execution.org,
                                                        .project = execution.project,
                                                        .pipeline = std::nullopt,
                                                        .trigger = listener.trigger});
  if (!triggers) return triggers.error();
  const auto txn = parts_.store.begin_read();
  if (!txn) return txn.error();
  std::vector<EventSequence> all;
  for (const TriggerPointer& trigger : *triggers) {
    const auto events =
        list_trigger_events(*txn, dbs(), trigger->ref, listener.last_event, kEventsAtOnce);
    if (!events) return events.error();
    all.insert(all.end(), events->begin(), events->end());
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  if (all.size() > kEventsAtOnce) all.resize(kEventsAtOnce);
  return all;
}

}  // namespace tripgate
