// A queue that is also looked up by number: entries hold rising, unbroken ranges of events.
#include "engine/journal/pending_events.h"

#include <algorithm>
#include <utility>

namespace tripgate {

void PendingEvents::add(std::shared_ptr<const LogEntry> entry) {
  const std::lock_guard lock(mutex_);
  entries_.push_back(std::move(entry));
}

void PendingEvents::remove_oldest() {
  std::shared_ptr<const LogEntry> oldest;  // Freed behind the lock.
  const std::lock_guard lock(mutex_);
  oldest.swap(entries_.front());
  entries_.pop_front();
}

std::optional<PendingEvents::Record> PendingEvents::find(std::uint64_t event) const {
  const std::lock_guard lock(mutex_);
  const auto entry = std::ranges::lower_bound(entries_, event, {},
                                              [](const auto& held) { return held->last_event(); });
  if (entry == entries_.end() || (*entry)->first_event() > event) return std::nullopt;
  return Record{*entry, (*entry)->record(event)};
}

std::optional<std::uint64_t> PendingEvents::oldest() const {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return std::nullopt;
  return entries_.front()->first_event();
}

}  // namespace tripgate
