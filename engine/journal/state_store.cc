// The writer thread: takes what is waiting, commits it as one group, tells everyone.
#include "engine/journal/state_store.h"

#include <sys/statvfs.h>

#include <algorithm>
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
#include "engine/journal/state_schema.h"
#include "engine/journal/store_lock.h"

namespace tripgate {
namespace {

using Clock = std::chrono::steady_clock;

struct Submission {
  StateWrite write;
  StateWritten written;
  std::size_t event_count = 0;
  bool is_patient = false;  // as all events are: waits until others make a group with it
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
      {&databases.verdict, "verdict"},
      {&databases.execution, "execution"},
      {&databases.node, "node"},
      {&databases.run_text, "run_text"},
      {&databases.execution_list, "execution_list"},
      {&databases.execution_index, "execution_index"},
      {&databases.active_execution, "active_execution"},
      {&databases.event_execution, "event_execution"},
      {&databases.removed_execution, "removed_execution"},
      {&databases.run_sequence, "run_sequence"},
      {&databases.waiting_node, "waiting_node"},
      {&databases.notification, "notification"},
      {&databases.secret, "secret"},
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

  void submit(Submission submission) {
    {
      const std::lock_guard lock(mutex_);
      if (!is_stopping_ && !is_broken_) {
        const bool is_urgent = !submission.is_patient;
        is_hurried_ = is_hurried_ || is_urgent;
        (submission.event_count > 0 ? events_ : others_).push_back(std::move(submission));
        if (is_urgent || !is_gathering_) wake_.notify_one();
        return;
      }
    }
    submission.written(is_broken_ ? Errc::store_io : Errc::cancelled);
  }

  /// From here on nothing is committed: after a failed flush nobody knows what the disk has.
  void break_store(ErrorCode reason) {
    const std::lock_guard lock(mutex_);
    if (is_broken_.exchange(true)) return;
    broken_by_ = reason;
    wake_.notify_one();
  }

  void stop() {
    {
      const std::lock_guard lock(mutex_);
      is_stopping_ = true;
      wake_.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  [[nodiscard]] bool is_full() const noexcept { return is_full_; }

  const UniqueFd lock_;  // until everything else is closed
  lmdb::Environment environment_;
  const StateDatabases databases_;
  std::function<void(ErrorCode)> on_broken_;

 private:
  /// Writes whose fate is one: events in front, in their order.
  struct Group {
    std::deque<Submission> events;
    std::vector<Submission> others;
  };
  using Queue = std::deque<Submission>;

  void run() {
    Queue events;
    Queue others;
    while (!is_broken_ && wait_for_work(events, others)) {
      commit_group(events, others);
      give_back(events, others);
    }
    is_broken_ ? give_up() : tell_all(Errc::cancelled);
  }

  /// Takes everything that waits and is due; false at the end.
  bool wait_for_work(Queue& events, Queue& others) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] {
      return !events_.empty() || !others_.empty() || is_stopping_ || is_broken_;
    });
    if (is_broken_) return false;
    if (!is_hurried_ && !is_stopping_) {
      is_gathering_ = true;
      wake_.wait_until(lock, std::max(next_events_at_, Clock::now() + state::kEventGroupWaitMin),
                       [this] { return is_hurried_ || is_stopping_ || is_broken_; });
      is_gathering_ = false;
    }
    // At stop a full disk gets one more try.
    if (is_stopping_ && others_.empty() && (events_.empty() || is_full_)) return false;
    if (!is_full_ || is_stopping_ || Clock::now() >= next_events_at_) events.swap(events_);
    others.swap(others_);
    is_hurried_ = false;
    group_began_ = Clock::now();
    return true;
  }

  /// What did not fit into the group goes back in front of what came meanwhile.
  void give_back(Queue& events, Queue& others) {
    if (events.empty() && others.empty()) return;
    const std::lock_guard lock(mutex_);
    is_hurried_ = is_hurried_ || std::ranges::any_of(others, [](const Submission& submission) {
                    return !submission.is_patient;
                  });
    events_.insert(events_.begin(), std::make_move_iterator(events.begin()),
                   std::make_move_iterator(events.end()));
    others_.insert(others_.begin(), std::make_move_iterator(others.begin()),
                   std::make_move_iterator(others.end()));
    events.clear();
    others.clear();
  }

  void commit_group(Queue& events, Queue& others) {
    Group group;
    const ErrorCode failed = write_group(events, others, group);
    if (failed == Errc::store_full) return postpone(events, group);
    if (failed) {
      tell(group, Errc::store_io);
      return break_store(Errc::store_io);
    }
    if (!group.events.empty()) is_full_ = false;
    std::size_t event_count = 0;
    for (const Submission& submission : group.events) event_count += submission.event_count;
    next_events_at_ =
        group_began_ +
        std::min<Clock::duration>(state::kEventGroupWaitMax, state::kEventGroupWait * event_count);
    tell(group, {});
  }

  ErrorCode write_group(Queue& events, Queue& others, Group& group) {
    Result<lmdb::WriteTransaction> txn = environment_.begin_write();
    if (!txn) return txn.error();
    if (const ErrorCode failed = write_events(*txn, events, group.events)) return failed;
    if (const ErrorCode failed = write_slice(*txn, others, group.others)) return failed;
    const std::uint64_t before = environment_.last_commit();
    const ErrorCode failed = txn->commit();
    // LMDB takes a write that the end of the disk cut short for an I/O error. It comes to its meta
    // page last: while that is the old one, nothing of this group is in the store.
    const bool is_untouched = environment_.last_commit() == before;
    if (failed == Errc::store_io && is_untouched && is_room_scarce()) return Errc::store_full;
    return failed;
  }

  [[nodiscard]] bool is_room_scarce() const {
    struct statvfs disk {};
    return ::statvfs(data_path_.c_str(), &disk) != 0 ||
           static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize < state::kScarceRoom;
  }

  /// Nothing of the group is written. Its events stay: they are durable, somebody was told so.
  void postpone(Queue& events, Group& group) {
    if (!group.events.empty()) {
      is_full_ = true;
      next_events_at_ = Clock::now() + state::kFullRetryInterval;
      events.insert(events.begin(), std::make_move_iterator(group.events.begin()),
                    std::make_move_iterator(group.events.end()));
      group.events.clear();
    }
    tell(group, Errc::store_full);
  }

  static ErrorCode write_events(lmdb::WriteTransaction& txn, Queue& events, Queue& written) {
    std::size_t event_count = 0;
    while (!events.empty() && event_count < state::kGroupMaxEvents) {
      event_count += events.front().event_count;
      written.push_back(std::move(events.front()));
      events.pop_front();
      if (const ErrorCode failed = written.back().write(txn)) return failed;
    }
    return {};
  }

  /// Other writes get a transaction inside the group's, for kSliceTime.
  ErrorCode write_slice(lmdb::WriteTransaction& txn, Queue& others,
                        std::vector<Submission>& written) {
    const auto end = Clock::now() + state::kSliceTime;
    while (!others.empty()) {
      Submission submission = std::move(others.front());
      others.pop_front();
      const ErrorCode failed = write_nested(txn, submission.write);
      if (failed == Errc::store_full || failed == Errc::store_io) {
        written.push_back(std::move(submission));
        return failed;
      }
      if (failed) {
        submission.written(failed);
      } else {
        written.push_back(std::move(submission));
      }
      if (Clock::now() >= end) break;
    }
    return {};
  }

  static ErrorCode write_nested(lmdb::WriteTransaction& txn, const StateWrite& write) {
    Result<lmdb::WriteTransaction> nested = txn.begin_nested();
    if (!nested) return nested.error();
    if (const ErrorCode failed = write(*nested)) return failed;
    return nested->commit();
  }

  static void tell(const Group& group, ErrorCode result) {
    for (const Submission& submission : group.events) submission.written(result);
    for (const Submission& submission : group.others) submission.written(result);
  }

  /// The end of a broken store: everyone who still waits hears of it.
  void give_up() {
    tell_all(Errc::store_io);
    if (on_broken_) on_broken_(broken_by_);
  }

  void tell_all(ErrorCode result) {
    Group waiting;
    {
      const std::lock_guard lock(mutex_);
      waiting.events.swap(events_);
      waiting.others.assign(std::make_move_iterator(others_.begin()),
                            std::make_move_iterator(others_.end()));
      others_.clear();
    }
    tell(waiting, result);
  }

  std::mutex mutex_;
  std::condition_variable wake_;
  Queue events_;
  Queue others_;
  bool is_stopping_ = false;
  bool is_hurried_ = false;    // something waits that is not patient
  bool is_gathering_ = false;  // the writer waits for more that is patient, or for a hurry
  std::atomic<bool> is_broken_ = false;
  std::atomic<bool> is_full_ = false;

  ErrorCode broken_by_;

  // The writer thread's own.
  Clock::time_point group_began_{};
  Clock::time_point next_events_at_{};
  const std::string data_path_ = environment_.data_path();
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
                                          .lock_mode = 0600});
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
  writer_->submit({std::move(write), std::move(written)});
}

void StateStore::submit_patiently(StateWrite write, StateWritten written) {
  writer_->submit({std::move(write), std::move(written), 0, true});
}

void StateStore::submit_events(StateWrite write, StateWritten written, std::size_t count) {
  writer_->submit({std::move(write), std::move(written), count, true});
}

void StateStore::fail(ErrorCode reason) {
  writer_->break_store(reason);
}

bool StateStore::is_full() const noexcept {
  return writer_->is_full();
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
