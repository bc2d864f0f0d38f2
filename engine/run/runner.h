// Runs executions: what is due next, journaled before it is done.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/plan/plan.h"
#include "engine/run/command_runner.h"
#include "engine/status/execution.h"

namespace tripgate {

/// Bounds of what runs at once. Excess executions wait as Queued, oldest first within a project,
/// and projects take turns (pipelines.md 9.2).
struct RunLimits {
  std::size_t running_max = 64;
  std::size_t running_per_project_max = 32;
  /// Waiting executions at which the dispatcher pauses and intake refuses.
  std::size_t backlog_max = 100000;
};

/// Takes durable executions to their end.
///
/// Each transition is one rewritten record in the store's shared commit, and what follows from it
/// (a step's start, a freed place) happens once it is durable. All state lives on one executor,
/// which must not run two handlers at once. Methods are safe from any thread unless they say more.
class Runner {
 public:
  struct Parts {
    boost::asio::any_io_executor executor;
    StateStore& store;
    const Journal& journal;
    Catalog& catalog;
    CommandRunner& commands;
    const Clock& clock;
    RunLimits limits;
    /// The dispatcher's, or recovery would plan other timeouts.
    plan::PlanDefaults plan_defaults;
    /// Told on the executor when waiting executions became fewer: wake the dispatcher.
    std::function<void()> on_room;
    /// Told on the executor when a final status is durable. May be empty.
    std::function<void(ExecutionNumber)> on_ended;
  };

  explicit Runner(Parts parts);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Takes up the executions of earlier engines: finds their steps again, then starts what may
  /// start. Waits for the disk. On the executor, or before it runs, and before the dispatcher
  /// starts. Errors: those of the store.
  [[nodiscard]] ErrorCode recover();

  /// Queues executions that were just created.
  void enqueue(std::vector<ExecutionNumber> created);

  /// Ends an execution as Aborted: its step gets TERM, nothing more of it starts. One that is not
  /// active is left alone.
  void abort(ExecutionNumber number);

  /// Aborts everything that runs; for Ctrl-C.
  void abort_all();

  /// Expires stages and pipelines whose time is up by the clock. A timer calls it when the nearest
  /// one is due; a test with a clock of its own calls it itself. On the executor.
  void check_deadlines();

  /// Nothing begins after this; running steps go on without the engine.
  void stop();

  [[nodiscard]] std::size_t waiting_count() const;
  [[nodiscard]] std::size_t running_count() const;
  /// How many more executions may wait.
  [[nodiscard]] std::size_t room() const;

 private:
  class Impl;
  std::shared_ptr<Impl> impl_;
};

}  // namespace tripgate
