// From durable events to requested executions: selects triggers, plans their pipelines and settles
// each event with its rows and executions in one write.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/match/run_request.h"
#include "engine/plan/plan_node.h"
#include "engine/status/execution.h"

namespace tripgate {

/// How much the dispatcher takes at once.
struct DispatchLimits {
  std::size_t batch_events = 4096;            // events settled by one write
  std::size_t batch_bytes = 4 * 1024 * 1024;  // of their bodies
  /// Times that an event may fail or take the engine down before it is put aside.
  std::uint32_t attempts_max = 3;
};

/// Processes unsettled events in journal order, a batch at a time.
///
/// An event that fails, or was being judged when an earlier engine died, is processed alone, and
/// every attempt is journaled before it begins: after attempts_max of them the event gets an
/// EXCEPTION_WHILE_PROCESSING row and the others go on. A mark outside of the store names the event
/// that is being judged, so that its first attempt counts as well: an event that kills engines
/// costs attempts_max of them.
///
/// All work happens on one executor, which must not run two handlers at once. Methods are safe from
/// any thread.
class Dispatcher {
 public:
  struct Parts {
    boost::asio::any_io_executor executor;
    StateStore& store;
    Journal& journal;
    Catalog& catalog;
    const Clock& clock;
    DispatchLimits limits;
    plan::PlanDefaults plan_defaults;
    /// How many more waiting executions there may be; with 0 the dispatcher waits for `wake`. The
    /// executions of one event are never split. Empty: unlimited.
    std::function<std::size_t()> room;
    /// Told on the executor of runs that are about to be created, in their order: makes the first
    /// turn of those that may begin at once. Empty: none does.
    std::function<void(std::span<PlannedRun* const>)> begin;
    /// Told on the executor once runs are durable, or could not be stored: hand them to the runner.
    std::function<void(const std::vector<CreatedRun>&)> on_created;
    /// Told on the executor when events are settled. May be empty.
    std::function<void()> on_settled = {};
    /// File of the JudgingMark; empty: none, and a deadly event is found out later.
    std::string mark_path = {};
  };

  explicit Dispatcher(Parts parts);
  ~Dispatcher();
  Dispatcher(const Dispatcher&) = delete;
  Dispatcher& operator=(const Dispatcher&) = delete;

  /// Begins, held back if is_paused (`dispatch: paused`). Call once.
  void start(bool is_paused);

  /// There may be something to do: events were appended or the backlog shrank.
  void wake();

  /// `dispatch: paused` and back. What is in its write is finished.
  void set_paused(bool is_paused);

  /// Nothing begins after this; the write that is under way finishes in the store.
  void stop();

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tripgate
