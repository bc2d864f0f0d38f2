// A lane per project, and a ring of the projects whose lanes are not empty.
#include "engine/run/start_queue.h"

#include <utility>

namespace tripgate {

void StartQueue::push(const std::string& project, Start start) {
  std::deque<Start>& waiting = lanes_[project];
  if (waiting.empty()) turns_.push_back(project);
  waiting.push_back(start);
}

std::optional<StartQueue::Start> StartQueue::pop() {
  if (turns_.empty()) return std::nullopt;
  std::string project = std::move(turns_.front());
  turns_.pop_front();
  const auto lane = lanes_.find(project);
  const Start start = lane->second.front();
  lane->second.pop_front();
  if (lane->second.empty()) {
    lanes_.erase(lane);
  } else {
    turns_.push_back(std::move(project));
  }
  return start;
}

}  // namespace tripgate
