// A turn goes round all projects with waiting executions; a project that may not run more keeps its
// place in the order.
#include "engine/run/run_queue.h"

#include <algorithm>
#include <utility>

namespace tripgate {

void RunQueue::push(const std::string& project, ExecutionNumber number) {
  Lane& lane = lanes_[project];
  if (lane.waiting.empty()) turns_.push_back(project);
  // Nearly always the last place: only one that was taken out comes back before others.
  lane.waiting.insert(std::ranges::upper_bound(lane.waiting, number), number);
  ++waiting_count_;
}

std::optional<RunQueue::Turn> RunQueue::pop() {
  if (running_count_ >= running_max_) return std::nullopt;
  const auto may_run = [&](const std::string& project) {
    return lanes_[project].running_count < running_per_project_max_;
  };
  const auto turn = std::find_if(turns_.begin(), turns_.end(), may_run);
  if (turn == turns_.end()) return std::nullopt;
  std::string project = std::move(*turn);
  turns_.erase(turn);
  Lane& lane = lanes_[project];
  const ExecutionNumber number = lane.waiting.front();
  lane.waiting.pop_front();
  --waiting_count_;
  hold(project);
  if (!lane.waiting.empty()) turns_.push_back(project);
  return Turn{std::move(project), number};
}

void RunQueue::hold(const std::string& project) {
  ++lanes_[project].running_count;
  ++running_count_;
}

bool RunQueue::try_hold(const std::string& project) {
  if (running_count_ >= running_max_) return false;
  const auto lane = lanes_.find(project);
  const bool has_room =
      lane == lanes_.end() ||
      (lane->second.waiting.empty() && lane->second.running_count < running_per_project_max_);
  if (has_room) hold(project);
  return has_room;
}

void RunQueue::release(const std::string& project) {
  --lanes_[project].running_count;
  --running_count_;
  drop_idle(project);
}

bool RunQueue::remove(const std::string& project, ExecutionNumber number) {
  const auto found = lanes_.find(project);
  if (found == lanes_.end()) return false;
  std::deque<ExecutionNumber>& waiting = found->second.waiting;
  const auto at = std::find(waiting.begin(), waiting.end(), number);
  if (at == waiting.end()) return false;
  waiting.erase(at);
  --waiting_count_;
  if (waiting.empty()) turns_.erase(std::find(turns_.begin(), turns_.end(), project));
  drop_idle(project);
  return true;
}

void RunQueue::drop_idle(const std::string& project) {
  const auto lane = lanes_.find(project);
  if (lane->second.waiting.empty() && lane->second.running_count == 0) lanes_.erase(lane);
}

}  // namespace tripgate
