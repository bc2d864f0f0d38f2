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

/// The entry that has the event, else the end. Holds the mutex.
PendingEvents::Entries::const_iterator PendingEvents::entry_of(std::uint64_t event) const {
  const auto entry = std::ranges::lower_bound(entries_, event, {},
                                              [](const auto& held) { return held->last_event(); });
  return entry == entries_.end() || (*entry)->first_event() > event ? entries_.end() : entry;
}

std::optional<PendingEvents::Record> PendingEvents::find(std::uint64_t event) const {
  const std::lock_guard lock(mutex_);
  const auto entry = entry_of(event);
  if (entry == entries_.end()) return std::nullopt;
  return Record{*entry, (*entry)->record(event)};
}

std::vector<std::shared_ptr<const LogEntry>> PendingEvents::from(std::uint64_t event,
                                                                 std::size_t count) const {
  std::vector<std::shared_ptr<const LogEntry>> found;
  const std::lock_guard lock(mutex_);
  for (auto entry = entry_of(event); entry != entries_.end(); ++entry) {
    found.push_back(*entry);
    if ((*entry)->last_event() - event >= count - 1) break;
  }
  return found;
}

std::optional<std::uint64_t> PendingEvents::oldest() const {
  const std::lock_guard lock(mutex_);
  if (entries_.empty()) return std::nullopt;
  return entries_.front()->first_event();
}

}  // namespace tripgate
