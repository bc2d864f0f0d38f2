// Appends in arrival order on the writer thread; reads from snapshots on any thread.
#include "engine/journal/journal.h"

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <unordered_set>
#include <utility>

#include "engine/base/durable_directory.h"
#include "engine/base/errc.h"
#include "engine/journal/event_index.h"
#include "engine/journal/event_record.h"
#include "engine/journal/state_schema.h"

namespace tripgate {

class Journal::Impl {
 public:
  Impl(StateStore& store, std::string body_directory)
      : store_(store), index_(store), body_directory_(std::move(body_directory)) {}

  [[nodiscard]] ErrorCode recover();
  [[nodiscard]] ErrorCode write(lmdb::WriteTransaction& txn, std::vector<NewEvent>& events);
  void finish(const std::vector<NewEvent>& events, ErrorCode failed);
  [[nodiscard]] Result<StoredEvent> read(EventSequence sequence, std::string_view bytes) const;

  StateStore& store_;
  EventIndex index_;
  const std::string body_directory_;
  std::function<void(EventSequence)> on_appended_;
  std::atomic<EventSequence> last_durable_ = 0;

 private:
  [[nodiscard]] ErrorCode remove_orphaned_bodies() const;

  /// The writer thread's own.
  EventSequence last_written_ = 0;
};

ErrorCode Journal::Impl::recover() {
  if (const ErrorCode failed = make_durable_directory(body_directory_)) return failed;
  const Result<std::uint64_t> last = index_.recover();
  if (!last) return last.error();
  last_written_ = *last;
  last_durable_ = *last;
  return remove_orphaned_bodies();
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

ErrorCode Journal::Impl::write(lmdb::WriteTransaction& txn, std::vector<NewEvent>& events) {
  for (NewEvent& event : events) {
    // Only a resent event can have a first copy further back than memory reaches.
    const auto known = event.is_resent
                           ? index_.find(txn, event.id)
                           : Result<std::optional<std::uint64_t>>(index_.find_recent(event.id));
    if (!known) return known.error();
    if (*known) continue;
    const EventRecord record{event.head_bytes, event.body, event.body_file};
    const EventSequence sequence = ++last_written_;
    const Result<std::span<char>> room = txn.append_reserved(
        store_.databases().event, state::NumberKey(sequence).view(), record.encoded_size());
    if (!room) return room.error();
    record.encode(*room);
    index_.add(event.id, sequence);
    event.body = {};
    event.is_resent = false;  // From here on: written by this group.
    event.head_bytes = {};
  }
  return {};
}

/// Runs on the writer thread when the fate of the events is known.
void Journal::Impl::finish(const std::vector<NewEvent>& events, ErrorCode failed) {
  EventSequence last = last_durable_;
  for (const NewEvent& event : events) {
    if (!event.head_bytes.empty()) continue;  // Its first copy answers for it.
    if (failed) {
      index_.remove(event.id);
    } else if (const auto sequence = index_.find_recent(event.id)) {
      last = std::max(last, *sequence);
    }
  }
  if (failed) return;
  last_durable_ = last;
  index_.flush_when_due(last);
  if (on_appended_) on_appended_(last);
}

Result<StoredEvent> Journal::Impl::read(EventSequence sequence, std::string_view bytes) const {
  const std::optional<EventRecord> record = EventRecord::decode(bytes);
  if (!record || !decode_event_head(record->head_bytes)) return ErrorCode(Errc::store_corrupt);
  StoredEvent event;
  event.sequence = sequence;
  event.head_bytes = record->head_bytes;
  event.body = record->body;
  if (record->body_file.empty()) return event;
  std::ifstream file(body_directory_ + '/' + std::string(record->body_file), std::ios::binary);
  event.body.assign(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) return ErrorCode(Errc::io);
  return event;
}

Journal::Journal(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Journal::~Journal() = default;

Result<std::unique_ptr<Journal>> Journal::open(StateStore& store, std::string body_directory) {
  auto impl = std::make_unique<Impl>(store, std::move(body_directory));
  if (const ErrorCode failed = impl->recover()) return failed;
  return std::unique_ptr<Journal>(new Journal(std::move(impl)));
}

void Journal::append(std::vector<NewEvent> events, std::function<void(ErrorCode)> appended) {
  const std::size_t count = events.size();
  const auto shared = std::make_shared<std::vector<NewEvent>>(std::move(events));
  impl_->store_.submit_urgent(
      [this, shared](lmdb::WriteTransaction& txn) { return impl_->write(txn, *shared); },
      [this, shared, appended = std::move(appended)](ErrorCode failed) {
        impl_->finish(*shared, failed);
        appended(failed);
      },
      count);
}

Result<EventSequence> Journal::find(const EventId& id) const {
  const auto found = impl_->index_.find(id);
  if (!found) return found.error();
  if (!*found || **found > impl_->last_durable_) return ErrorCode(Errc::not_found);
  return **found;
}

Result<StoredEvent> Journal::load(EventSequence sequence) const {
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  const Result<std::string_view> bytes =
      txn->load(impl_->store_.databases().event, state::NumberKey(sequence).view());
  if (!bytes) return bytes.error();
  return impl_->read(sequence, *bytes);
}

Result<StoredEvent> Journal::load_head(EventSequence sequence) const {
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  const Result<std::string_view> bytes =
      txn->load(impl_->store_.databases().event, state::NumberKey(sequence).view());
  if (!bytes) return bytes.error();
  const std::optional<EventRecord> record = EventRecord::decode(*bytes);
  if (!record || !decode_event_head(record->head_bytes)) return ErrorCode(Errc::store_corrupt);
  StoredEvent event;
  event.sequence = sequence;
  event.head_bytes = record->head_bytes;
  return event;
}

Result<std::vector<StoredEvent>> Journal::load_after(EventSequence after, std::size_t limit,
                                                     std::size_t max_bytes) const {
  const EventSequence last = impl_->last_durable_;
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, impl_->store_.databases().event);
  if (!cursor) return cursor.error();
  std::vector<StoredEvent> events;
  std::size_t size = 0;
  auto entry = cursor->seek(state::NumberKey(after + 1).view());
  while (entry && *entry && events.size() < limit && (size < max_bytes || events.empty())) {
    const EventSequence sequence = state::parse_number((*entry)->key);
    if (sequence > last) break;
    Result<StoredEvent> event = impl_->read(sequence, (*entry)->value);
    if (!event) return event.error();
    size += event->head_bytes.size() + event->body.size();
    events.push_back(std::move(*event));
    entry = cursor->next();
  }
  if (!entry) return entry.error();
  return events;
}

Result<std::vector<EventSequence>> Journal::list(std::optional<EventSequence> newest,
                                                 std::size_t limit) const {
  const EventSequence last = std::min(newest.value_or(~EventSequence{0}), last_durable());
  std::vector<EventSequence> sequences;
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, impl_->store_.databases().event);
  if (!cursor) return cursor.error();
  auto entry = cursor->seek(state::NumberKey(last).view());
  if (entry && !*entry) entry = cursor->last();
  while (entry && *entry && sequences.size() < limit) {
    const EventSequence sequence = state::parse_number((*entry)->key);
    if (sequence <= last) sequences.push_back(sequence);
    entry = cursor->previous();
  }
  if (!entry) return entry.error();
  return sequences;
}

Result<EventSequence> Journal::settled() const {
  const Result<lmdb::ReadTransaction> txn = impl_->store_.begin_read();
  if (!txn) return txn.error();
  return state::load_number(*txn, impl_->store_.databases().meta, state::kSettledKey);
}

ErrorCode Journal::settle(lmdb::WriteTransaction& txn, EventSequence sequence) {
  return state::put_number(txn, impl_->store_.databases().meta, state::kSettledKey, sequence);
}

EventSequence Journal::last_durable() const {
  return impl_->last_durable_;
}

void Journal::on_appended(std::function<void(EventSequence last)> callback) {
  impl_->on_appended_ = std::move(callback);
}

const std::string& Journal::body_directory() const {
  return impl_->body_directory_;
}

}  // namespace tripgate
