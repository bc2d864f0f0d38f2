// The writer thread: takes what is waiting, commits it as one group, tells everyone.
//
// Commits leave the meta page to the next fdatasync, which belongs to the next group or, when
// nothing waits, to an explicit sync. A group is told only after that, so one device flush serves a
// group instead of two, and what is told is on disk. An older meta page on disk stays valid all the
// while, because LMDB never uses a page again that the last two snapshots need.
#include "engine/journal/state_store.h"

#include <sys/statvfs.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "engine/base/errc.h"
#include "engine/journal/file_prefill.h"
#include "engine/journal/state_schema.h"
#include "engine/journal/store_lock.h"

namespace tripgate {
namespace {

using namespace std::chrono_literals;

struct Submission {
  StateWrite write;
  StateWritten written;
  std::size_t event_count = 0;
};

/// Opens every database, and checks or writes the schema version.
Result<StateDatabases> open_databases(lmdb::Environment& environment) {
  Result<lmdb::WriteTransaction> txn = environment.begin_write();
  if (!txn) return txn.error();
  StateDatabases databases;
  const std::pair<lmdb::Database*, const char*> names[] = {
      {&databases.meta, "meta"},
      {&databases.event, "event"},
      {&databases.event_index, "event_index"},
      {&databases.entity, "entity"},
      {&databases.entity_version, "entity_version"},
      {&databases.api_key, "api_key"},
      {&databases.setting, "setting"},
      {&databases.history, "history"},
      {&databases.trigger_history, "trigger_history"},
      {&databases.execution, "execution"},
      {&databases.execution_index, "execution_index"},
      {&databases.active_execution, "active_execution"},
      {&databases.run_sequence, "run_sequence"},
  };
  static_assert(std::size(names) == kStateDatabaseCount);
  for (const auto& [database, name] : names) {
    Result<lmdb::Database> opened = txn->open_database(name);
    if (!opened) return opened.error();
    *database = *opened;
  }
  const Result<std::uint64_t> schema = state::load_number(*txn, databases.meta, state::kSchemaKey);
  if (!schema) return schema.error();
  if (*schema != 0 && *schema != state::kSchemaVersion) return ErrorCode(Errc::store_schema);
  if (*schema == 0) {
    const ErrorCode failed =
        state::put_number(*txn, databases.meta, state::kSchemaKey, state::kSchemaVersion);
    if (failed) return failed;
  }
  // Without a change it writes nothing: a store that is there opens on a full disk too.
  if (const ErrorCode failed = txn->commit()) return failed;
  return databases;
}

}  // namespace

class StateStore::Writer {
 public:
  Writer(UniqueFd lock, lmdb::Environment environment, const StateDatabases& databases)
      : lock_(std::move(lock)),
        environment_(std::move(environment)),
        databases_(databases),
        thread_([this] { run(); }) {}

  ~Writer() { stop(); }

  void submit(Submission submission, bool is_urgent) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_stopping_ && !is_broken_) {
        (is_urgent ? urgent_ : normal_).push_back(std::move(submission));
        wake_.notify_one();
        return;
      }
    }
    submission.written(is_broken_ ? Errc::store_io : Errc::cancelled);
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  const UniqueFd lock_;  // until everything else is closed
  lmdb::Environment environment_;
  const StateDatabases databases_;
  std::function<void(ErrorCode)> on_broken_;

 private:
  /// Writes whose fate is one.
  using Group = std::vector<Submission>;

  void run() {
    while (!is_broken_) {
      std::deque<Submission> urgent;
      std::deque<Submission> normal;
      if (!wait_for_work(urgent, normal)) break;
      if (urgent.empty() && normal.empty()) {
        settle_committed();
        continue;
      }
      commit_group(urgent, normal);
      give_back(urgent, normal);
      prefill_.advance(environment_.used_size());
    }
    settle_committed();
    if (is_broken_) give_up();
  }

  /// Takes everything that waits. Returns at once with nothing when a committed group still has to
  /// be made durable; false at the end.
  bool wait_for_work(std::deque<Submission>& urgent, std::deque<Submission>& normal) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] {
      return !urgent_.empty() || !normal_.empty() || is_stopping_ || !committed_.empty();
    });
    urgent.swap(urgent_);
    normal.swap(normal_);
    return !(urgent.empty() && normal.empty() && is_stopping_);
  }

  /// What did not fit into the group goes back in front of what came meanwhile.
  void give_back(std::deque<Submission>& urgent, std::deque<Submission>& normal) {
    if (urgent.empty() && normal.empty()) return;
    const std::lock_guard lock(mutex_);
    urgent_.insert(urgent_.begin(), std::make_move_iterator(urgent.begin()),
                   std::make_move_iterator(urgent.end()));
    normal_.insert(normal_.begin(), std::make_move_iterator(normal.begin()),
                   std::make_move_iterator(normal.end()));
  }

  void commit_group(std::deque<Submission>& urgent, std::deque<Submission>& normal) {
    Group group;
    const std::uint64_t before = environment_.last_commit();
    Result<lmdb::WriteTransaction> txn = environment_.begin_write();
    if (!txn) return break_store(txn.error());
    if (const ErrorCode failed = write_events(*txn, urgent, group)) {
      settle_committed();
      return tell(group, failed);
    }
    if (const ErrorCode failed = write_slice(*txn, normal, group)) {
      settle_committed();
      return tell(group, failed);
    }
    const bool is_scarce = is_room_scarce();
    if (is_scarce) settle_committed();
    if (is_broken_) return tell(group, Errc::store_io);
    if (ErrorCode failed = txn->commit()) {
      // LMDB takes a write that the end of the disk cut short for an I/O error. It comes to its
      // meta page last: while that is the old one, nothing of this group is in the store.
      const bool is_untouched = is_scarce && environment_.last_commit() == before;
      if (failed == Errc::store_io && is_untouched) failed = Errc::store_full;
      // A failed flush may have taken the meta page of the group before with it.
      if (failed != Errc::store_full || !committed_.empty()) {
        tell(group, Errc::store_io);
        return break_store(Errc::store_io);
      }
      return tell(group, failed);
    }
    // A transaction that changed nothing flushes nothing: a group of copies, or of refused writes.
    if (environment_.last_commit() == before) {
      settle_committed();
      return tell(group, is_broken_ ? ErrorCode(Errc::store_io) : ErrorCode());
    }
    // This commit's flush has made the meta page of the group before durable.
    tell(std::exchange(committed_, std::move(group)), {});
  }

  /// Urgent writes share the group's transaction: one that fails takes all of them with it.
  static ErrorCode write_events(lmdb::WriteTransaction& txn, std::deque<Submission>& urgent,
                                Group& group) {
    std::size_t event_count = 0;
    while (!urgent.empty() && event_count < state::kGroupMaxEvents) {
      event_count += urgent.front().event_count;
      group.push_back(std::move(urgent.front()));
      urgent.pop_front();
      if (const ErrorCode failed = group.back().write(txn)) return failed;
    }
    return {};
  }

  /// Other writes get a transaction inside the group's, for kSliceTime.
  ErrorCode write_slice(lmdb::WriteTransaction& txn, std::deque<Submission>& normal, Group& group) {
    const auto end = std::chrono::steady_clock::now() + state::kSliceTime;
    while (!normal.empty()) {
      Submission submission = std::move(normal.front());
      normal.pop_front();
      const ErrorCode failed = write_nested(txn, submission.write);
      if (failed == Errc::store_full || failed == Errc::store_io) {
        group.push_back(std::move(submission));
        return failed;
      }
      if (failed) {
        submission.written(failed);
      } else {
        group.push_back(std::move(submission));
      }
      if (std::chrono::steady_clock::now() >= end) break;
    }
    return {};
  }

  static ErrorCode write_nested(lmdb::WriteTransaction& txn, const StateWrite& write) {
    Result<lmdb::WriteTransaction> nested = txn.begin_nested();
    if (!nested) return nested.error();
    if (const ErrorCode failed = write(*nested)) return failed;
    return nested->commit();
  }

  /// True when this commit may run out of disk. The group before must not hang on its flush then:
  /// with nobody waiting for that, a commit without room is a clean refusal. 1 us.
  [[nodiscard]] bool is_room_scarce() const {
    struct statvfs disk {};
    return ::statvfs(data_path_.c_str(), &disk) != 0 ||
           static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < state::kScarceRoom;
  }

  /// Flushes the meta page of the last group, and tells that group.
  void settle_committed() {
    if (committed_.empty()) return;
    const ErrorCode failed = environment_.sync();
    tell(std::exchange(committed_, {}), failed ? ErrorCode(Errc::store_io) : ErrorCode());
    if (failed) break_store(Errc::store_io);
  }

  static void tell(const Group& group, ErrorCode result) {
    for (const Submission& submission : group) submission.written(result);
  }

  /// From here on nothing is committed: after a failed flush nobody knows what the disk has.
  void break_store(ErrorCode reason) {
    {
      const std::lock_guard lock(mutex_);
      if (is_broken_.exchange(true)) return;
      is_stopping_ = true;
    }
    broken_by_ = reason;
    tell(std::exchange(committed_, {}), Errc::store_io);
  }

  /// The end of a broken store: everyone who still waits hears of it.
  void give_up() {
    Group waiting;
    {
      const std::lock_guard lock(mutex_);
      for (std::deque<Submission>* queue : {&urgent_, &normal_}) {
        for (Submission& submission : *queue) waiting.push_back(std::move(submission));
        queue->clear();
      }
    }
    tell(waiting, Errc::store_io);
    if (on_broken_) on_broken_(broken_by_);
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Submission> urgent_;
  std::deque<Submission> normal_;
  bool is_stopping_ = false;
  std::atomic<bool> is_broken_ = false;

  // The writer thread's own.
  Group committed_;
  ErrorCode broken_by_;
  const std::string data_path_ = environment_.data_path();
  FilePrefill prefill_{data_path_};
  std::thread thread_;
};

StateStore::StateStore(std::unique_ptr<Writer> writer) : writer_(std::move(writer)) {}
StateStore::~StateStore() = default;

Result<std::unique_ptr<StateStore>> StateStore::open(const std::string& directory) {
  Result<UniqueFd> lock = lock_store(directory);
  if (!lock) return lock.error();
  Result<lmdb::Environment> environment =
      lmdb::Environment::open(directory, {.map_size = state::kMapSize,
                                          .max_databases = kStateDatabaseCount,
                                          .max_readers = state::kMaxReaders,
                                          .mode = 0600,
                                          .lock_mode = 0600,
                                          .is_meta_sync_lazy = true});
  if (!environment) return environment.error();
  const Result<StateDatabases> databases = open_databases(*environment);
  if (!databases) return databases.error();
  return std::unique_ptr<StateStore>(new StateStore(
      std::make_unique<Writer>(std::move(*lock), std::move(*environment), *databases)));
}

const StateDatabases& StateStore::databases() const noexcept {
  return writer_->databases_;
}

Result<lmdb::ReadTransaction> StateStore::begin_read() const {
  return writer_->environment_.begin_read();
}

void StateStore::submit(StateWrite write, StateWritten written) {
  writer_->submit({std::move(write), std::move(written), 0}, false);
}

void StateStore::submit_urgent(StateWrite write, StateWritten written, std::size_t count) {
  writer_->submit({std::move(write), std::move(written), count}, true);
}

ErrorCode StateStore::write_and_wait(StateWrite write) {
  std::promise<ErrorCode> promise;
  submit(std::move(write), [&promise](ErrorCode result) { promise.set_value(result); });
  return promise.get_future().get();
}

void StateStore::on_broken(std::function<void(ErrorCode)> callback) {
  writer_->on_broken_ = std::move(callback);
}

void StateStore::stop() {
  writer_->stop();
}

lmdb::Environment& StateStore::environment() noexcept {
  return writer_->environment_;
}

}  // namespace tripgate
