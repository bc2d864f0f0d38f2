// Appends to the log on the caller's thread, to the store on the writer's; reads on any thread.
//
// A reader looks among the pending events first and in a snapshot of the store second: what leaves
// the first in between is in the second already.
#include "engine/journal/journal.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "engine/journal/event_index.h"
#include "engine/journal/event_log.h"
#include "engine/journal/event_record.h"
#include "engine/journal/pending_events.h"
#include "engine/journal/state_schema.h"

namespace tripgate {
namespace {

EventRecord record_of(const NewEvent& event) {
  return {event.head_bytes, event.body, event.body_file};
}

}  // namespace

class Journal::Impl {
 public:
  Impl(StateStore& store, const std::string& directory)
      : store_(store),
        index_(store),
        log_path_(directory + "/state/events.log"),
        body_directory_(directory + "/bodies") {}

  [[nodiscard]] ErrorCode recover(std::uint64_t log_capacity);
  [[nodiscard]] ErrorCode append(std::span<const NewEvent> events);
  [[nodiscard]] Result<StoredEvent> load(EventSequence sequence, bool with_body) const;
  [[nodiscard]] Result<std::vector<StoredEvent>> load_pending(EventSequence after,
                                                              std::size_t limit,
                                                              std::size_t max_bytes) const;
  [[nodiscard]] Result<std::vector<StoredEvent>> load_stored(EventSequence after, std::size_t limit,
                                                             std::size_t max_bytes) const;
  [[nodiscard]] Result<EventSequence> settled() const;
  [[nodiscard]] Result<StoredEvent> decode(EventSequence sequence, std::string_view bytes,
                                           bool with_body) const;

  StateStore& store_;
  EventIndex index_;
  PendingEvents pending_;
  const std::string log_path_;
  const std::string body_directory_;
  std::function<void()> on_durable_;
  std::atomic<EventSequence> last_durable_ = 0;
  std::atomic<EventSequence> last_stored_ = 0;

 private:
  using Events = std::vector<const NewEvent*>;

  [[nodiscard]] Result<std::uint64_t> load_or_make_log_id() const;
  [[nodiscard]] ErrorCode open_log(std::uint64_t capacity);
  [[nodiscard]] ErrorCode remove_orphaned_bodies() const;
  [[nodiscard]] Result<Events> without_known(std::span<const NewEvent> events);
  void forget(const Events& events);
  [[nodiscard]] ErrorCode store(lmdb::WriteTransaction& txn, const LogEntry& entry) const;
  void stored(const LogEntry& entry, ErrorCode failed);

  std::unique_ptr<EventLog> log_;
  bool is_broken_ = false;
};

ErrorCode Journal::Impl::recover(std::uint64_t log_capacity) {
  if (const ErrorCode failed = make_durable_directory(body_directory_)) return failed;
  if (const ErrorCode failed = open_log(log_capacity)) return failed;
  const Result<std::uint64_t> last = index_.recover();
  if (!last) return last.error();
  // Events are settled before the store has them. Should the log be lost in between, their numbers
  // are taken all the same: rows lie under them.
  const Result<EventSequence> last_settled = settled();
  if (!last_settled) return last_settled.error();
  last_durable_ = std::max(*last, *last_settled);
  last_stored_ = last_durable_.load();
  return remove_orphaned_bodies();
}

/// The log of another store must not be taken for this one's, hence an id in both.
Result<std::uint64_t> Journal::Impl::load_or_make_log_id() const {
  const lmdb::Database meta = store_.databases().meta;
  {
    const Result<lmdb::ReadTransaction> txn = store_.begin_read();
    if (!txn) return txn.error();
    const Result<std::uint64_t> known = state::load_number(*txn, meta, state::kLogIdKey);
    if (!known || *known != 0) return known;
  }
  std::uint64_t id = 0;
  if (::getentropy(&id, sizeof(id)) != 0) return last_system_error();
  id |= 1;
  const ErrorCode failed = store_.write_and_wait([&](lmdb::WriteTransaction& txn) {
    return state::put_number(txn, meta, state::kLogIdKey, id);
  });
  if (failed) return failed;
  return id;
}

/// Opens the log and takes into the store what it has more.
ErrorCode Journal::Impl::open_log(std::uint64_t capacity) {
  const Result<std::uint64_t> id = load_or_make_log_id();
  if (!id) return id.error();
  LogPosition at;
  {
    const Result<lmdb::ReadTransaction> txn = store_.begin_read();
    if (!txn) return txn.error();
    const auto value = txn->find(store_.databases().meta, state::kLogPositionKey);
    if (!value) return value.error();
    if (*value) at = state::parse_log_position(**value);
  }
  auto log = EventLog::open(log_path_, capacity, *id, at);
  if (!log) return log.error();
  log_ = std::move(*log);
  while (true) {
    const Result<std::optional<LogEntry>> entry = log_->read();
    if (!entry) return entry.error();
    if (!*entry) return {};
    if (const ErrorCode failed = store_.write_and_wait(
            [&](lmdb::WriteTransaction& txn) { return store(txn, **entry); })) {
      return failed;
    }
  }
}

/// A body file is named after its event's id; one whose event never became durable goes.
ErrorCode Journal::Impl::remove_orphaned_bodies() const {
  std::error_code failure;
  for (const auto& file : std::filesystem::directory_iterator(body_directory_, failure)) {
    const auto id = EventId::parse(file.path().filename().string());
    const auto found = id ? index_.find(*id) : std::optional<std::uint64_t>();
    if (!found) return found.error();
    if (!*found) std::filesystem::remove(file.path(), failure);
  }
  return {failure.value(), boost::system::system_category()};
}

/// Leaves the events that are not stored yet, and gives them their places in the index.
Result<Journal::Impl::Events> Journal::Impl::without_known(std::span<const NewEvent> events) {
  Events fresh;
  std::vector<EventId> ids;
  fresh.reserve(events.size());
  ids.reserve(events.size());
  for (const NewEvent& event : events) {
    // Only a resent event can have a first copy further back than memory reaches.
    if (event.is_resent) {
      const auto found = index_.find(event.id);
      if (!found) return found.error();
      if (*found) continue;
    }
    fresh.push_back(&event);
    ids.push_back(event.id);
  }
  const std::vector<bool> is_new = index_.add_new(ids, last_durable_ + 1);
  std::size_t at = 0;
  std::erase_if(fresh, [&](const NewEvent*) { return !is_new[at++]; });
  return fresh;
}

/// Takes back the places of events that were not stored after all.
void Journal::Impl::forget(const Events& events) {
  for (const NewEvent* event : events) index_.remove(event->id);
}

ErrorCode Journal::Impl::append(std::span<const NewEvent> events) {
  if (is_broken_) return Errc::store_io;
  if (store_.is_full()) return Errc::store_full;
  const Result<Events> fresh = without_known(events);
  if (!fresh) return fresh.error();
  if (fresh->empty()) return {};
  std::size_t size = 0;
  for (const NewEvent* event : *fresh)
    size += LogEntry::size_with(record_of(*event).encoded_size());
  const auto entry = std::make_shared<LogEntry>(last_durable_ + 1, size);
  for (const NewEvent* event : *fresh) {
    const EventRecord record = record_of(*event);
    const std::size_t record_size = record.encoded_size();
    record.encode({entry->add(record_size), record_size});
  }
  if (const ErrorCode failed = log_->write(*entry)) {
    is_broken_ = failed == Errc::store_io;
    if (is_broken_) store_.fail(failed);
    forget(*fresh);
    return failed;
  }
  pending_.add(entry);
  last_durable_ = entry->last_event();
  store_.submit_events([this, entry](lmdb::WriteTransaction& txn) { return store(txn, *entry); },
                       [this, entry](ErrorCode failed) { stored(*entry, failed); },
                       entry->event_count());
  if (on_durable_) on_durable_();
  return {};
}

/// Takes an entry into the store, and remembers that the log need not be read so far again.
ErrorCode Journal::Impl::store(lmdb::WriteTransaction& txn, const LogEntry& entry) const {
  const StateDatabases& databases = store_.databases();
  for (EventSequence event = entry.first_event(); event <= entry.last_event(); ++event) {
    if (const ErrorCode failed =
            txn.append(databases.event, state::NumberKey(event).view(), entry.record(event))) {
      return failed;
    }
  }
  return state::put_log_position(txn, databases.meta, entry.behind);
}

/// Runs on the writer thread. What could not be stored is still in the log for the next start.
void Journal::Impl::stored(const LogEntry& entry, ErrorCode failed) {
  if (failed) return;
  last_stored_ = entry.last_event();
  log_->release(entry);
  pending_.remove_oldest();
  index_.flush_when_due(last_stored_);
}

Result<StoredEvent> Journal::Impl::load(EventSequence sequence, bool with_body) const {
  if (const auto pending = pending_.find(sequence)) {
    return decode(sequence, pending->bytes, with_body);
  }
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  const Result<std::string_view> bytes =
      txn->load(store_.databases().event, state::NumberKey(sequence).view());
  if (!bytes) return bytes.error();
  return decode(sequence, *bytes, with_body);
}

Result<StoredEvent> Journal::Impl::decode(EventSequence sequence, std::string_view bytes,
                                          bool with_body) const {
  const std::optional<EventRecord> record = EventRecord::decode(bytes);
  if (!record || !decode_event_head(record->head_bytes)) return ErrorCode(Errc::store_corrupt);
  StoredEvent event;
  event.sequence = sequence;
  event.head_bytes = record->head_bytes;
  if (!with_body) return event;
  event.body = record->body;
  if (record->body_file.empty()) return event;
  std::ifstream file(body_directory_ + '/' + std::string(record->body_file), std::ios::binary);
  event.body.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) return ErrorCode(Errc::io);
  return event;
}

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(StateStore& store, const std::string& directory,
                                               std::uint64_t log_capacity) {
  auto impl = std::make_unique<Impl>(store, directory);
  if (const ErrorCode failed = impl->recover(log_capacity)) return failed;
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

ErrorCode Journal::append(std::span<const NewEvent> events) {
  return impl_->append(events);
}

Result<EventSequence> Journal::find(const EventId& id) const {
  const auto found = impl_->index_.find(id);
  if (!found) return found.error();
  if (!*found || **found > impl_->last_durable_) return ErrorCode(Errc::not_found);
  return **found;
}

Result<StoredEvent> Journal::load(EventSequence sequence) const {
  return impl_->load(sequence, true);
}

Result<StoredEvent> Journal::load_head(EventSequence sequence) const {
  return impl_->load(sequence, false);
}

/// Empty when the event behind `after` is in the store, or nowhere.
Result<std::vector<StoredEvent>> Journal::Impl::load_pending(EventSequence after, std::size_t limit,
                                                             std::size_t max_bytes) const {
  const EventSequence last = last_durable_;
  std::vector<StoredEvent> events;
  std::size_t size = 0;
  EventSequence sequence = after + 1;
  for (const auto& entry : pending_.from(sequence, limit)) {
    for (; sequence <= std::min(entry->last_event(), last); ++sequence) {
      if (events.size() == limit || (size >= max_bytes && !events.empty())) return events;
      Result<StoredEvent> event = decode(sequence, entry->record(sequence), true);
      if (!event) return event.error();
      size += event->head_bytes.size() + event->body.size();
      events.push_back(std::move(*event));
    }
  }
  return events;
}

Result<std::vector<StoredEvent>> Journal::Impl::load_stored(EventSequence after, std::size_t limit,
                                                            std::size_t max_bytes) const {
  const EventSequence last = last_stored_;
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, store_.databases().event);
  if (!cursor) return cursor.error();
  std::vector<StoredEvent> events;
  std::size_t size = 0;
  auto entry = cursor->seek(state::NumberKey(after + 1).view());
  while (entry && *entry && events.size() < limit && (size < max_bytes || events.empty())) {
    const EventSequence sequence = state::parse_number((*entry)->key);
    if (sequence > last) break;
    Result<StoredEvent> event = decode(sequence, (*entry)->value, true);
    if (!event) return event.error();
    size += event->head_bytes.size() + event->body.size();
    events.push_back(std::move(*event));
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return events;
}

Result<std::vector<StoredEvent>> Journal::load_after(EventSequence after, std::size_t limit,
                                                     std::size_t max_bytes) const {
  if (after >= last_durable()) return std::vector<StoredEvent>();
  Result<std::vector<StoredEvent>> events = impl_->load_pending(after, limit, max_bytes);
  if (!events || !events->empty()) return events;
  return impl_->load_stored(after, limit, max_bytes);
}

Result<std::vector<StoredEvent>> Journal::load_heads_after(EventSequence after,
                                                           std::size_t limit) const {
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, impl_->store_.databases().event);
  if (!cursor) return cursor.error();
  std::vector<StoredEvent> events;
  auto entry = cursor->seek(state::NumberKey(after + 1).view());
  for (; entry && *entry && events.size() < limit; entry = cursor->next()) {
    auto event = impl_->decode(state::parse_number((*entry)->key), (*entry)->value, false);
    if (!event) return event.error();
    events.push_back(std::move(*event));
  }
  if (!entry) return entry.error();
  return events;
}

ErrorCode Journal::remove(lmdb::WriteTransaction& txn, EventSequence sequence,
                          const EventId& id) const {
  const StateDatabases& databases = impl_->store_.databases();
  const auto settled = state::load_number(txn, databases.meta, state::kSettledKey);
  if (!settled) return settled.error();
  if (sequence > *settled || sequence >= impl_->last_stored_) return Errc::invalid_argument;
  const auto erased = txn.erase(databases.event, state::NumberKey(sequence).view());
  if (!erased) return erased.error();
  // An id that is on its way to the index just now comes back to it, and leads nowhere from then
  // on.
  const auto indexed = txn.erase(databases.event_index, as_text(id.bytes));
  return indexed ? ErrorCode() : indexed.error();
}

void Journal::forget(const EventId& id) {
  impl_->index_.remove(id);
  std::array<char, EventId::kTextSize> name{};
  id.print(name);
  std::error_code ignored;  // Most bodies have no file; one that stays is found at the next start.
  std::filesystem::remove(
      std::filesystem::path(impl_->body_directory_) / std::string_view(name.data(), name.size()),
      ignored);
}

Result<std::vector<EventSequence>> Journal::list(std::optional<EventSequence> newest,
                                                 std::size_t limit) const {
  EventSequence next = std::min(newest.value_or(~EventSequence{0}), last_durable());
  std::vector<EventSequence> sequences;
  const EventSequence pending = impl_->pending_.oldest().value_or(~EventSequence{0});
  for (; next >= pending && sequences.size() < limit; --next) sequences.push_back(next);
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, impl_->store_.databases().event);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(state::NumberKey(next).view());
  if (entry && !*entry) entry = cursor->last();
  while (entry && *entry && sequences.size() < limit) {
    const EventSequence sequence = state::parse_number((*entry)->key);
    if (sequence <= next) sequences.push_back(sequence);
    entry = cursor->previous();
  }
  if (!entry) return entry.error();
  return sequences;
}

Result<EventSequence> Journal::Impl::settled() const {
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  return state::load_number(*txn, store_.databases().meta, state::kSettledKey);
}

Result<EventSequence> Journal::settled() const {
  return impl_->settled();
}

ErrorCode Journal::settle(lmdb::WriteTransaction& txn, EventSequence sequence) {
  return state::put_number(txn, impl_->store_.databases().meta, state::kSettledKey, sequence);
}

EventSequence Journal::last_durable() const {
  return impl_->last_durable_;
}

EventSequence Journal::last_stored() const {
  return impl_->last_stored_;
}

void Journal::on_durable(std::function<void()> callback) {
  impl_->on_durable_ = std::move(callback);
}

const std::string& Journal::body_directory() const {
  return impl_->body_directory_;
}

}  // namespace tripgate
