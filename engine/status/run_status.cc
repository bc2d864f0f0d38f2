// Names, groups and moves as tables; the moves are bit sets, one per target.
#include "engine/status/run_status.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace tripgate {
namespace {

using enum RunStatus;

struct Names {
  std::string_view display;
  std::string_view engine;
};

constexpr std::array<Names, kRunStatusCount> kNames = {{
    {"NotStarted", "NO_OP"},
    {"Running", "RUNNING"},
    {"InterventionWaiting", "INTERVENTION_WAITING"},
    {"TimedWaiting", "TIMED_WAITING"},
    {"AsyncWaiting", "ASYNC_WAITING"},
    {"TaskWaiting", "TASK_WAITING"},
    {"Discontinuing", "DISCONTINUING"},
    {"Pausing", "PAUSING"},
    {"Queued", "QUEUED"},
    {"Skipped", "SKIPPED"},
    {"Paused", "PAUSED"},
    {"Aborted", "ABORTED"},
    {"Errored", "ERRORED"},
    {"Failed", "FAILED"},
    {"Expired", "EXPIRED"},
    {"Suspended", "SUSPENDED"},
    {"Success", "SUCCEEDED"},
    {"IgnoreFailed", "IGNORE_FAILED"},
    {"ApprovalWaiting", "APPROVAL_WAITING"},
    {"ResourceWaiting", "RESOURCE_WAITING"},
    {"ApprovalRejected", "APPROVAL_REJECTED"},
    {"InputWaiting", "INPUT_WAITING"},
    {"WaitStepRunning", "WAIT_STEP_RUNNING"},
    {"AbortedByFreeze", "FREEZE_FAILED"},
    {"QueuedLicenseLimitReached", "QUEUED_LICENSE_LIMIT_REACHED"},
    {"QueuedExecutionConcurrencyReached", "QUEUED_EXECUTION_CONCURRENCY_REACHED"},
    {"NotStarted", "NO_OP"},
}};

/// A set of statuses.
class Group {
 public:
  constexpr Group(std::initializer_list<RunStatus> members) {
    for (const RunStatus member : members) bits_ |= bit(member);
  }
  [[nodiscard]] constexpr bool has(RunStatus status) const { return (bits_ & bit(status)) != 0; }
  [[nodiscard]] constexpr Group operator|(Group other) const {
    Group both{};
    both.bits_ = bits_ | other.bits_;
    return both;
  }

 private:
  static constexpr std::uint32_t bit(RunStatus status) {
    return std::uint32_t{1} << static_cast<unsigned>(status);
  }
  std::uint32_t bits_ = 0;
};

constexpr Group kPositive{succeeded, skipped, suspended, ignore_failed};
constexpr Group kBroken{failed, errored, expired, approval_rejected, freeze_failed};
constexpr Group kFinal = kPositive | kBroken | Group{aborted};
constexpr Group kFlowing{running, async_waiting, task_waiting, timed_waiting, discontinuing};
constexpr Group kActive = kFlowing | Group{intervention_waiting,
                                           pausing,
                                           queued,
                                           paused,
                                           approval_waiting,
                                           resource_waiting,
                                           input_waiting,
                                           wait_step_running,
                                           queued_license_limit_reached,
                                           queued_execution_concurrency_reached};
constexpr Group kUnstarted{not_started, no_op};

/// Where a node may come from (pipelines.md 3.3, one line per row).
constexpr Group sources_of_node(RunStatus to) {
  switch (to) {
    case running:
      return Group{queued,
                   async_waiting,
                   approval_waiting,
                   resource_waiting,
                   task_waiting,
                   timed_waiting,
                   intervention_waiting,
                   paused,
                   pausing,
                   approval_rejected,
                   input_waiting,
                   wait_step_running,
                   queued_license_limit_reached,
                   queued_execution_concurrency_reached} |
             kUnstarted;
    case intervention_waiting:
      return kBroken;
    case skipped:
      return Group{queued, running} | kUnstarted;
    case timed_waiting:
    case async_waiting:
    case task_waiting:
    case approval_waiting:
    case resource_waiting:
    case wait_step_running:
    case input_waiting:
    case pausing:
      return {queued, running};
    case paused:
      return {queued, running, pausing};
    case discontinuing:
      return kActive | Group{failed, suspended, expired, approval_rejected};
    case queued:
      return Group{paused, pausing} | kUnstarted;
    case succeeded:
      return {intervention_waiting, running,          queued,           wait_step_running,
              async_waiting,        approval_waiting, resource_waiting, input_waiting};
    case ignore_failed:
      return {expired, failed, intervention_waiting, running, approval_rejected, queued};
    case aborted:
    case errored:
    case suspended:
    case failed:
    case expired:
    case approval_rejected:
    case freeze_failed:
      return kActive | kBroken;
    default:
      return {};
  }
}

}  // namespace

std::string_view display_name(RunStatus status) {
  return kNames[static_cast<std::size_t>(status)].display;
}

std::string_view engine_name(RunStatus status) {
  return kNames[static_cast<std::size_t>(status)].engine;
}

bool is_final(RunStatus status) {
  return kFinal.has(status);
}
bool is_positive(RunStatus status) {
  return kPositive.has(status);
}
bool is_broken(RunStatus status) {
  return kBroken.has(status);
}

bool node_may_move(RunStatus from, RunStatus to) {
  return sources_of_node(to).has(from);
}

bool run_may_move(RunStatus from, RunStatus to) {
  switch (to) {
    case intervention_waiting:
      return Group{running, pausing, paused, wait_step_running}.has(from);
    case paused:
      return Group{queued, running, pausing, intervention_waiting}.has(from);
    case succeeded:
      return Group{pausing,           intervention_waiting, running,
                   wait_step_running, approval_waiting,     input_waiting}
          .has(from);
    default:
      return node_may_move(from, to);
  }
}

RunStatus aggregate(std::span<const RunStatus> children) {
  const auto any = [&](RunStatus status) {
    return std::find(children.begin(), children.end(), status) != children.end();
  };
  if (std::all_of(children.begin(), children.end(), is_positive)) {
    return any(ignore_failed) ? ignore_failed : succeeded;
  }
  for (const RunStatus status :
       {aborted, errored, failed, freeze_failed, approval_rejected, expired, intervention_waiting,
        approval_waiting, input_waiting, resource_waiting, wait_step_running,
        queued_license_limit_reached, queued}) {
    if (any(status)) return status;
  }
  const auto is_flowing = [](RunStatus status) { return kFlowing.has(status); };
  if (std::any_of(children.begin(), children.end(), is_flowing)) return running;
  return any(paused) ? paused : errored;
}

}  // namespace tripgate
