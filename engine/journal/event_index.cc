// Batches are cut into slices, so that no group of acknowledgements waits for a whole one.
#include "engine/journal/event_index.h"

#include <algorithm>
#include <cstring>

#include "engine/base/errc.h"
#include "engine/journal/event_record.h"
#include "engine/journal/state_schema.h"
#include "shared/bytes.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

/// Ids of one batch: at 50,000 events a second a third of a second's ids, about 90 bytes of dirty
/// pages an event; with twice as many in memory 2 MB.
constexpr std::size_t kBatchSize = 16384;

/// Ids of one write: under 2 ms.
constexpr std::size_t kSliceSize = 1024;

}  // namespace

std::size_t EventIndex::Hash::operator()(const EventId& id) const noexcept {
  std::size_t hash = 0;  // The last eight bytes are random already.
  std::memcpy(&hash, id.bytes.data() + 4, sizeof(hash));
  return hash;
}

Result<std::uint64_t> EventIndex::recover() {
  const StateDatabases& databases = store_.databases();
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  const Result<std::uint64_t> indexed =
      state::load_number(*txn, databases.meta, state::kIndexedKey);
  if (!indexed) return indexed.error();
  Result<lmdb::Cursor> cursor = lmdb::Cursor::open(*txn, databases.event);
  if (!cursor) return cursor.error();
  std::uint64_t last = *indexed;
  auto entry = cursor->seek(state::NumberKey(*indexed + 1).view());
  for (; entry && *entry; entry = cursor->next()) {
    const auto record = EventRecord::decode((*entry)->value);
    const auto head = record ? decode_event_head(record->head_bytes) : std::nullopt;
    if (!head) return ErrorCode(Errc::store_corrupt);
    last = state::parse_number((*entry)->key);
    (void)add_new({&head->head.id, 1}, last);
  }
  if (!entry) return entry.error();
  return last;
}

std::optional<std::uint64_t> EventIndex::find_recent(const EventId& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = recent_.find(id);
  if (found == recent_.end()) return std::nullopt;
  return found->second;
}

Result<std::optional<std::uint64_t>> EventIndex::find(const EventId& id) const {
  // Memory first: what it no longer has, every snapshot from here on sees in the store.
  if (const auto recent = find_recent(id)) return recent;
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  const auto found = txn->find(store_.databases().event_index, as_text(id.bytes));
  if (!found) return found.error();
  if (!*found) return std::optional<std::uint64_t>();
  return std::optional(state::parse_number(**found));
}

std::vector<bool> EventIndex::add_new(std::span<const EventId> ids, std::uint64_t first) {
  std::vector<bool> is_new;
  is_new.reserve(ids.size());
  const std::lock_guard lock(mutex_);
  for (const EventId& id : ids) {
    is_new.push_back(recent_.emplace(id, first).second);
    if (is_new.back()) ++first;
  }
  return is_new;
}

void EventIndex::remove(const EventId& id) {
  const std::lock_guard lock(mutex_);
  recent_.erase(id);
}

void EventIndex::flush_when_due(std::uint64_t durable) {
  std::vector<Entry> entries;
  {
    const std::lock_guard lock(mutex_);
    if (is_flushing_ || recent_.size() < kBatchSize) return;
    for (const auto& [id, sequence] : recent_) {
      if (sequence <= durable) entries.emplace_back(id, sequence);
    }
    is_flushing_ = !entries.empty();
  }
  if (entries.empty()) return;
  std::ranges::sort(entries);
  write_batch(std::move(entries), durable);
}

ErrorCode EventIndex::put_entries(lmdb::WriteTransaction& txn,
                                  std::span<const Entry> entries) const {
  for (const auto& [id, sequence] : entries) {
    if (const ErrorCode failed = txn.put(store_.databases().event_index, as_text(id.bytes),
                                         state::NumberKey(sequence).view())) {
      return failed;
    }
  }
  return {};
}

void EventIndex::write_batch(std::vector<Entry> entries, std::uint64_t indexed) {
  const auto batch = std::make_shared<const std::vector<Entry>>(std::move(entries));
  for (std::size_t from = 0; from < batch->size(); from += kSliceSize) {
    const std::size_t to = std::min(batch->size(), from + kSliceSize);
    const bool is_last = to == batch->size();
    store_.submit(
        [this, batch, from, to, is_last, indexed](lmdb::WriteTransaction& txn) -> ErrorCode {
          const std::span<const Entry> slice(batch->data() + from, to - from);
          if (const ErrorCode failed = put_entries(txn, slice); failed || !is_last) return failed;
          return state::put_number(txn, store_.databases().meta, state::kIndexedKey, indexed);
        },
        [this, batch, is_last](ErrorCode failed) {
          if (!is_last) return;
          const std::lock_guard lock(mutex_);
          is_flushing_ = false;
          if (failed) return;  // The ids stay in memory, the next batch takes them again.
          for (const auto& [id, sequence] : *batch) recent_.erase(id);
        });
  }
}

}  // namespace tripgate
