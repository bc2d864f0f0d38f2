// Runs executions: what is due next, journaled before it is done.
#pragma once

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/call/call_settings.h"
#include "engine/expressions/secret_source.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/match/run_request.h"
#include "engine/plan/plan_node.h"
#include "engine/run/command_runner.h"
#include "engine/run/late_inputs.h"
#include "engine/run/run_machine.h"
#include "engine/run/run_tree.h"
#include "engine/status/execution.h"
#include "engine/status/notification_store.h"

namespace tripgate {

class SecretStore;

/// Bounds of what runs at once. Excess executions wait as Queued, oldest first within a project,
/// and projects take turns (pipelines.md 9.2).
struct RunLimits {
  std::size_t running_max = 64;
  std::size_t running_per_project_max = 32;
  /// Step processes of all executions; more wait, oldest first within a project, and projects take
  /// turns.
  std::size_t processes_max = 256;
  /// Waiting executions at which the dispatcher pauses and intake refuses.
  std::size_t backlog_max = 100000;
};

/// What somebody asks of a run or a node of it.
struct InterruptRequest {
  InterruptType type = InterruptType::abort_all;
  std::string node_execution_id;  ///< Empty: the whole run.
  std::string username;
  std::string email;
};

/// Gets the interrupt's id, or the reason why it has no effect.
using OnInterrupted = std::function<void(const Result<std::string, Diagnostic>&)>;

/// Told when an answer to a waiting step is durable, or why it is refused.
using OnAnswered = std::function<void(const Result<void, Diagnostic>&)>;

/// A notification that a run has to make, which is durable by then. Borrowed for the call.
struct Announcement {
  const PendingNotification& notification;
  const plan::NotificationRule& rule;
  /// Renders a text of the rule with the plain text of secrets, which it adds to `secrets`.
  std::function<Result<std::string, Diagnostic>(std::string_view text,
                                                std::vector<std::string>& secrets)>
      render;
  bool may_have_begun = false;  ///< An earlier engine may have tried to deliver it.
};

/// Gets whether the node took it: it may have ended, or have been given input before.
using OnInputGiven = std::function<void(const Result<bool, Diagnostic>&)>;

/// Takes durable executions to their end.
///
/// What a turn of a run changes is written in the store's shared commit, and what follows from it
/// (a step's start, a freed place) happens once that is durable. All state lives on one executor,
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
    /// For steps that call others.
    CallSettings calls = {};
    /// The dispatcher's, or recovery would plan other timeouts.
    plan::PlanDefaults plan_defaults;
    /// Told on the executor when waiting executions became fewer: wake the dispatcher.
    std::function<void()> on_room;
    /// Told on the executor when a final status is durable. May be empty.
    std::function<void(ExecutionNumber)> on_ended;
    /// Told on the executor of each notification that a run's rules ask for. May be empty: nobody
    /// is notified.
    std::function<void(const Announcement&)> on_announcement = {};
    /// What the addresses of runs begin with, in notifications and expressions.
    std::string public_url = {};
    /// For `secrets.getValue`; nullptr: there are none.
    const SecretStore* secrets = nullptr;
    /// Who may approve.
    UserGroups user_groups = {};
  };

  explicit Runner(Parts parts);
  ~Runner();
  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  /// Takes up the executions of earlier engines: finds their steps again, then starts what may
  /// start. Waits for the disk. On the executor, or before it runs, and before the dispatcher
  /// starts. Errors: those of the store.
  [[nodiscard]] ErrorCode recover();

  /// Gives runs that are about to be stored their places, as far as there are any, and makes their
  /// first turns, so that one write stores both. On the executor.
  void begin_new(std::span<PlannedRun* const> runs);

  /// Goes on with those of them that were stored as begun, queues the others that were stored, and
  /// takes the places of the rest back. On the executor, before `begin_new` is called again, or
  /// younger runs would overtake older ones.
  void take_over(const std::vector<CreatedRun>& created);

  /// Queues executions that were just created.
  void enqueue(std::vector<ExecutionNumber> created);

  /// Acts on a run or a node of it (pipelines.md 8.7). on_done is told on the executor, after the
  /// change is durable or refused. Errors: the texts of 8.7; `Execution is already finished ...`
  /// for a run that is not active.
  void interrupt(ExecutionNumber number, InterruptRequest request, OnInterrupted on_done);

  /// Approves or rejects a step that waits for it (pipelines.md 2.5). node: its execution id.
  /// on_done is told on the executor. Errors: the texts of 2.5.
  void act_on_approval(ExecutionNumber number, std::string node, ApprovalRequest request,
                       OnAnswered on_done);

  /// Ends a Wait step (pipelines.md 2.4). node and on_done: as above.
  void end_wait(ExecutionNumber number, std::string node, bool is_success, OnAnswered on_done);

  /// There may be events that steps listen for: they are settled now. Cheap if nobody listens.
  void offer_events();

  /// Gives a waiting node what it asked for (YAML in the form of its template). Told on the
  /// executor, after it is durable or refused. Errors: the texts of pipelines.md 7.3.
  void give_input(std::string node_execution_id, std::string given, OnInputGiven on_given);

  /// AbortAll by the engine itself. One that is not active is left alone.
  void abort(ExecutionNumber number);

  /// Aborts everything that runs, and begins nothing more: what waits is left to the next engine.
  /// For Ctrl-C.
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
