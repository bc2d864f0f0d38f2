// New runs that find a place make their first turn before they are stored: the write that creates
// them is the only one before their first step starts.
#include "engine/base/log.h"
#include "engine/run/number_forecast.h"
#include "engine/run/runner_impl.h"

namespace tripgate {
namespace {

struct BegunRun final : FirstTurn {
  std::unique_ptr<ActiveRun> run;
  std::vector<RunEffect> effects;
};

}  // namespace

void Runner::Impl::begin_new(std::span<PlannedRun* const> runs) {
  if (is_stopped_ || is_draining_) return;
  NumberForecast forecast(parts_.store);
  for (PlannedRun* const run : runs) {
    // Without numbers they begin once they are stored.
    if (const ErrorCode error = forecast.expect(run->execution); error) break;
    if (run->plan && queue_.try_hold(lane_of(run->execution))) make_first_turn(*run);
  }
  publish_counts();
}

void Runner::Impl::make_first_turn(PlannedRun& planned) {
  auto run = make_active(planned.execution, std::move(*planned.plan), planned.nodes, planned.text);
  if (!run) return queue_.release(lane_of(planned.execution));
  auto begun = std::make_shared<BegunRun>();
  begun->run = std::move(*run);
  begun->run->machine.begin(parts_.clock.now_ms());
  begun->run->expressions.release_event();
  begun->effects = begun->run->machine.take_effects();
  begun->run->take_tags();
  RunTree::Changes changes = begun->run->tree.take_changes();
  begun->notifications = notifications_of(*begun->run, changes);
  begun->nodes = std::move(changes.nodes);
  begun->head = begun->run->tree.execution();
  planned.first_turn = begun;
  // Once the caller has submitted what is to be written.
  post([begun](Impl& impl) {
    if (begun->run) impl.prepare(*begun->run, begun->effects);
  });
}

void Runner::Impl::take_over(const std::vector<CreatedRun>& created) {
  if (is_stopped_) return;
  std::vector<ExecutionNumber> waiting;
  for (const CreatedRun& each : created) {
    auto* const begun = static_cast<BegunRun*>(each.first_turn.get());
    if (begun != nullptr && each.number != 0 && begun->is_stored) {
      auto turn = std::make_shared<SavedTurn>();
      turn->effects = std::move(begun->effects);
      turn->notifications = std::move(begun->notifications);
      go_on(std::move(begun->run), std::move(turn));
      if (is_draining_) interrupt(each.number, {}, [](const auto&) {});
      continue;
    }
    if (begun != nullptr) queue_.release(lane_of(begun->head));
    if (each.number != 0) waiting.push_back(each.number);
  }
  enqueue(waiting);
}

/// As after the write of any turn.
void Runner::Impl::go_on(std::unique_ptr<ActiveRun> run, std::shared_ptr<SavedTurn> turn) {
  const ExecutionNumber number = run->tree.execution().number;
  ActiveRun& active = *active_.emplace(number, std::move(run)).first->second;
  turn->head = active.tree.execution();
  active.is_saving = true;
  release_keys_of_stages(active);
  on_saved(turn, {});
  meet(number);
  arm_timer();
}

}  // namespace tripgate
