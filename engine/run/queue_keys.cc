// Few keys are in use at a time, so that looking through all of them costs nothing worth an index.
#include "engine/run/queue_keys.h"

#include <algorithm>

namespace tripgate {

bool QueueKeys::acquire(const std::string& key, QueueClaim claim) {
  Line& line = lines_[key];
  if (!line.holder || *line.holder == claim) {
    line.holder = claim;
    return true;
  }
  if (std::find(line.waiting.begin(), line.waiting.end(), claim) == line.waiting.end()) {
    line.waiting.push_back(claim);
  }
  return false;
}

void QueueKeys::hold(const std::string& key, QueueClaim claim) {
  lines_[key].holder = claim;
}

template <class IsGone>
std::vector<QueueClaim> QueueKeys::remove(IsGone is_gone) {
  std::vector<QueueClaim> granted;
  for (auto line = lines_.begin(); line != lines_.end();) {
    auto& [holder, waiting] = line->second;
    std::erase_if(waiting, is_gone);
    if (holder && is_gone(*holder)) {
      holder.reset();
      if (!waiting.empty()) {
        holder = waiting.front();
        waiting.pop_front();
        granted.push_back(*holder);
      }
    }
    line = holder ? std::next(line) : lines_.erase(line);
  }
  return granted;
}

std::vector<QueueClaim> QueueKeys::release(QueueClaim claim) {
  return remove([claim](const QueueClaim& other) { return other == claim; });
}

std::vector<QueueClaim> QueueKeys::release_run(ExecutionNumber execution) {
  return remove([execution](const QueueClaim& other) { return other.execution == execution; });
}

std::vector<QueueClaim> QueueKeys::held_by(ExecutionNumber execution) const {
  std::vector<QueueClaim> claims;
  for (const auto& [key, line] : lines_) {
    if (line.holder && line.holder->execution == execution) claims.push_back(*line.holder);
  }
  return claims;
}

}  // namespace tripgate
