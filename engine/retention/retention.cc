// Executions first, for they keep events. One that cannot be removed holds up no other.
#include "engine/retention/retention.h"

#include <filesystem>
#include <optional>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/journal/state_schema.h"
#include "engine/match/verdict.h"
#include "engine/status/execution_removal.h"
#include "engine/status/execution_store.h"
#include "engine/status/history.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

/// Erases the verdict of an event, and the rows of those triggers whose conditions did not hold.
ErrorCode erase_verdict(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                        EventSequence sequence) {
  const auto candidates = load_candidates(txn, dbs, sequence);
  if (!candidates) {
    return candidates.error() == Errc::not_found ? ErrorCode() : candidates.error();
  }
  std::size_t shown = 0;
  for (std::size_t i = 0; i < candidates->size() && shown < kActivityMismatchMax; ++i) {
    const CandidateVerdict& candidate = (*candidates)[i];
    if (!candidate.mismatch) continue;
    ++shown;
    const ErrorCode failed = erase_activity_row(txn, dbs, candidate.trigger_ref, sequence,
                                                kActivityNumber + static_cast<std::uint32_t>(i));
    if (failed) return failed;
  }
  const auto erased = txn.erase(dbs.verdict, big_endian_key(sequence));
  return erased ? ErrorCode() : erased.error();
}

UnixMs received_at_ms(const StoredEvent& event) {
  const auto decoded = decode_event_head(event.head_bytes);
  return decoded ? static_cast<UnixMs>(decoded->head.received_at_ms) : 0;
}

}  // namespace

void Retention::start() {
  thread_ = std::thread([this] { run(); });
}

void Retention::stop() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Retention::run() {
  while (!is_stopping_) {
    if (const ErrorCode failed = sweep(); failed && !is_stopping_) {
      log_warning("what is old could not be removed: " + failed.message());
    }
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kSweepInterval, [this] { return is_stopping_.load(); });
  }
}

ErrorCode Retention::sweep() {
  // What an earlier sweep left half done is finished with what begins here.
  const ErrorCode of_heads = begin_removals();
  const ErrorCode of_rest = finish_removals();
  const ErrorCode of_events = remove_events();
  for (const ErrorCode& failed : {of_heads, of_rest}) {
    if (failed) return failed;
  }
  return of_events;
}

/// A stop looks like a failed write: everything on the way up ends.
ErrorCode Retention::write(StateWrite change) {
  if (is_stopping_) return Errc::cancelled;
  if (parts_.on_write) parts_.on_write();
  return parts_.store.write_and_wait(std::move(change));
}

UnixMs Retention::due_before_ms(std::chrono::seconds kept) const {
  if (kept.count() == 0) return 0;
  return parts_.clock.now_ms() - std::chrono::milliseconds(kept).count();
}

/// What cannot be removed keeps nothing else; the next sweep tries it again.
ErrorCode Retention::finish_removals() {
  ErrorCode first_failure;
  for (ExecutionNumber after = 0; !is_stopping_;) {
    std::optional<RemovedExecution> removed;
    {
      const auto txn = parts_.store.begin_read();
      if (!txn) return txn.error();
      auto found = find_removal(*txn, parts_.store.databases(), after);
      if (!found) return found.error();
      removed = std::move(*found);
    }
    if (!removed) return first_failure;
    after = removed->number;
    const ErrorCode failed = finish(*removed);
    if (failed) note("execution " + removed->plan_execution_id, failed, first_failure);
  }
  return Errc::cancelled;
}

ErrorCode Retention::finish(const RemovedExecution& removed) {
  const StateDatabases& dbs = parts_.store.databases();
  std::error_code failure;
  std::filesystem::remove_all(
      std::filesystem::path(parts_.steps_directory) / removed.plan_execution_id, failure);
  if (failure) return {failure.value(), boost::system::system_category()};
  std::size_t erased_count = 0;
  do {
    const ErrorCode failed = write([&](lmdb::WriteTransaction& txn) -> ErrorCode {
      const auto erased = erase_nodes(txn, dbs, removed.number, kErasedPerWrite);
      if (!erased) return erased.error();
      erased_count = *erased;
      return {};
    });
    if (failed) return failed;
  } while (erased_count == kErasedPerWrite);
  if (const ErrorCode failed = remove_left_event(removed.event_sequence)) return failed;
  const ErrorCode failed =
      write([&](lmdb::WriteTransaction& txn) { return end_removal(txn, dbs, removed.number); });
  if (!failed) ++removed_executions_;
  return failed;
}

ErrorCode Retention::begin_removals() {
  const UnixMs before_ms = due_before_ms(parts_.settings.executions);
  const StateDatabases& dbs = parts_.store.databases();
  ErrorCode first_failure;
  for (ExecutionNumber after = 0; !is_stopping_;) {
    std::optional<ExecutionNumber> due;
    {
      const auto txn = parts_.store.begin_read();
      if (!txn) return txn.error();
      const auto found = find_due_execution(*txn, dbs, after, before_ms);
      if (!found) return found.error();
      due = *found;
    }
    if (!due) return first_failure;
    after = *due;
    const ErrorCode failed =
        write([&](lmdb::WriteTransaction& txn) { return begin_removal(txn, dbs, *due); });
    if (failed) note("execution number " + std::to_string(*due), failed, first_failure);
  }
  return Errc::cancelled;
}

void Retention::note(const std::string& what, ErrorCode failed, ErrorCode& first_failure) const {
  if (is_stopping_) return;
  log_warning(what + " could not be removed: " + failed.message());
  if (!first_failure) first_failure = failed;
}

/// Looks at each event once, in the order of their receipt; one that an execution refers to is left
/// to the removal of that.
ErrorCode Retention::remove_events() {
  const UnixMs before_ms = due_before_ms(parts_.settings.events);
  const lmdb::Database meta = parts_.store.databases().meta;
  const auto settled = parts_.journal.settled();
  if (!settled) return settled.error();
  Result<std::uint64_t> mark = make_error_code(Errc::not_found);
  {
    const auto txn = parts_.store.begin_read();
    if (!txn) return txn.error();
    mark = state::load_number(*txn, meta, state::kRetainedKey);
    if (!mark) return mark.error();
  }
  ErrorCode first_failure;
  for (EventSequence after = *mark;;) {
    const auto events = parts_.journal.load_heads_after(after, kEventsPerLook);
    if (!events) return events.error();
    const EventSequence begin = after;
    for (const StoredEvent& event : *events) {
      const bool is_due = received_at_ms(event) < before_ms && event.sequence <= *settled &&
                          event.sequence < parts_.journal.last_stored();
      if (!is_due) break;
      const ErrorCode failed = look_at(event);
      if (failed && failed != Errc::store_corrupt) return failed;
      // No later look would find it whole again.
      if (failed) note("event " + std::to_string(event.sequence), failed, first_failure);
      after = event.sequence;
    }
    if (after == begin) return first_failure;
    const ErrorCode failed = write([&](lmdb::WriteTransaction& txn) {
      return state::put_number(txn, meta, state::kRetainedKey, after);
    });
    if (failed) return failed;
  }
}

ErrorCode Retention::look_at(const StoredEvent& event) {
  Result<bool> is_kept = false;
  {
    const auto txn = parts_.store.begin_read();
    if (!txn) return txn.error();
    is_kept = has_executions(*txn, parts_.store.databases(), event.sequence);
  }
  if (!is_kept) return is_kept.error();
  return *is_kept ? ErrorCode() : remove_event(event);
}

/// An event that was passed over because of an execution goes with the last of them.
ErrorCode Retention::remove_left_event(EventSequence sequence) {
  if (sequence == 0) return {};
  {
    const auto txn = parts_.store.begin_read();
    if (!txn) return txn.error();
    const auto mark = state::load_number(*txn, parts_.store.databases().meta, state::kRetainedKey);
    if (!mark) return mark.error();
    if (sequence > *mark) return {};
  }
  const auto event = parts_.journal.load_head(sequence);
  if (!event) return event.error() == Errc::not_found ? ErrorCode() : event.error();
  return look_at(*event);
}

ErrorCode Retention::remove_event(const StoredEvent& event) {
  const StateDatabases& dbs = parts_.store.databases();
  const auto decoded = decode_event_head(event.head_bytes);
  if (!decoded) return make_error_code(Errc::store_corrupt);
  std::size_t erased_count = 0;
  bool is_kept = false;
  do {
    const ErrorCode failed = write([&](lmdb::WriteTransaction& txn) -> ErrorCode {
      // Somebody may have repeated its run since it was looked at.
      const auto kept = has_executions(txn, dbs, event.sequence);
      if (!kept) return kept.error();
      is_kept = *kept;
      if (is_kept) return {};
      const auto erased = erase_history_rows(txn, dbs, event.sequence, kErasedPerWrite);
      if (!erased) return erased.error();
      erased_count = *erased;
      if (erased_count == kErasedPerWrite) return {};
      if (const ErrorCode wrong = erase_verdict(txn, dbs, event.sequence)) return wrong;
      return parts_.journal.remove(txn, event.sequence, decoded->head.id);
    });
    if (failed) return failed;
  } while (erased_count == kErasedPerWrite && !is_kept);
  if (is_kept) return {};
  parts_.journal.forget(decoded->head.id);
  ++removed_events_;
  return {};
}

}  // namespace tripgate
