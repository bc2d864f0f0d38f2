// One write is under way at a time; the next batch is taken when it is durable. Events go in
// batches until something looks like poison: then one by one, each attempt journaled first.
#include "engine/match/dispatcher.h"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <string>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/match/dispatch_marks.h"
#include "engine/match/judging_mark.h"
#include "engine/match/verdict.h"

namespace tripgate {
namespace {

/// Between two attempts at what failed.
constexpr std::chrono::milliseconds kRetryPause{200};

/// How long one batch may be judged: the loop has others to serve.
constexpr std::chrono::milliseconds kBatchTime{20};

/// Verdicts of a run of events, which one write settles.
using Batch = std::vector<EventVerdict>;

ErrorCode write_verdict(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                        EventVerdict& event) {
  for (VerdictRow& verdict : event.rows) {
    if (verdict.run) {
      if (const ErrorCode error = store_run(txn, dbs, *verdict.run); error) return error;
      const Execution& execution = verdict.run->execution;
      verdict.row.execution = RowExecution{execution.plan_execution_id, execution.run_sequence,
                                           execution.started_at_ms};
    }
    if (const ErrorCode error = put_history_row(txn, dbs, verdict.row); error) return error;
  }
  for (const HistoryRow& row : event.activity) {
    if (const ErrorCode error = put_activity_row(txn, dbs, row); error) return error;
  }
  if (event.candidates.empty()) return {};
  return put_candidates(txn, dbs, event.sequence, event.candidates);
}

ErrorCode write_batch(lmdb::WriteTransaction& txn, const StateDatabases& dbs, Journal& journal,
                      Batch& batch) {
  for (EventVerdict& event : batch) {
    if (const ErrorCode error = write_verdict(txn, dbs, event); error) return error;
  }
  return journal.settle(txn, batch.back().sequence);
}

std::vector<PlannedRun*> runs_of(Batch& batch) {
  std::vector<PlannedRun*> runs;
  for (EventVerdict& event : batch) {
    for (VerdictRow& verdict : event.rows) {
      if (verdict.run) runs.push_back(verdict.run.get());
    }
  }
  return runs;
}

}  // namespace

class Dispatcher::Impl : public std::enable_shared_from_this<Impl> {
 public:
  explicit Impl(Parts parts)
      : parts_(std::move(parts)), retry_timer_(parts_.executor), mark_(parts_.mark_path) {}

  void post(void (Impl::*method)()) {
    boost::asio::post(parts_.executor,
                      [self = shared_from_this(), method] { ((*self).*method)(); });
  }

  void start() {
    const Result<EventSequence> settled = parts_.journal.settled();
    if (!settled) return begin_again(settled.error());
    settled_ = *settled;
    bool made_no_progress = false;
    {
      const auto txn = parts_.store.begin_read();
      if (!txn) return begin_again(txn.error());
      const auto mark = load_start_mark(*txn, dbs());
      const auto attempts = load_attempts(*txn, dbs());
      if (!mark || !attempts) return begin_again(mark ? attempts.error() : mark.error());
      made_no_progress = *mark == settled_ && parts_.journal.last_durable() > settled_;
      attempts_ = *attempts;
    }
    suspect(mark_.left_behind());
    // Whatever it died of was no judging; the mark would name the event.
    if (made_no_progress && mark_.left_behind() <= settled_) {
      careful_count_ = parts_.limits.batch_events;
    }
    submit(
        [self = shared_from_this()](lmdb::WriteTransaction& txn) {
          const ErrorCode failed = put_start_mark(txn, self->dbs(), self->settled_);
          return failed ? failed : put_attempts(txn, self->dbs(), self->attempts_);
        },
        [this] { is_started_ = true; });
  }

  /// Every append calls it, and most find that somebody will look anyway: a run that is posted, or
  /// the end of the write.
  void wake() {
    if (!is_paused_ && !is_busy_ && !is_awake_.exchange(true)) post(&Impl::run);
  }

  void run() {
    is_awake_ = false;
    if (!is_started_ || is_paused_ || is_stopped_ || is_busy_) return;
    const std::size_t room = parts_.room ? parts_.room() : parts_.limits.batch_events;
    if (room == 0) return;
    const std::size_t limit = careful_count_ > 0 ? 1 : std::min(room, parts_.limits.batch_events);
    auto events = parts_.journal.load_after(settled_, limit, parts_.limits.batch_bytes);
    if (!events) return retry_later("cannot read events", events.error());
    if (events->empty()) return;
    const bool is_suspect = events->front().sequence == attempts_.sequence;
    if (careful_count_ > 0 || is_suspect) return attempt(std::move(events->front()));
    std::erase_if(*events, [this](const StoredEvent& event) {
      return attempts_.sequence > settled_ && event.sequence >= attempts_.sequence;
    });
    settle(*events);
  }

  void stop() {
    is_stopped_ = true;
    retry_timer_.cancel();
  }

  std::atomic<bool> is_paused_ = false;

 private:
  [[nodiscard]] const StateDatabases& dbs() const { return parts_.store.databases(); }

  /// Counts the attempt that ended with an earlier engine, unless it was journaled before.
  void suspect(EventSequence sequence) {
    if (sequence <= settled_ || attempts_.sequence == sequence) return;
    log_warning("an engine died while it judged event " + std::to_string(sequence));
    attempts_ = {sequence, 1};
  }

  /// Journals an attempt at one event, then makes it; or puts the event aside.
  void attempt(StoredEvent event) {
    if (attempts_.sequence != event.sequence) attempts_ = {event.sequence, 0};
    if (attempts_.count >= parts_.limits.attempts_max) return put_aside(event);
    ++attempts_.count;
    submit([self = shared_from_this(), attempts = attempts_](
               lmdb::WriteTransaction& txn) { return put_attempts(txn, self->dbs(), attempts); },
           [this, shared = std::make_shared<StoredEvent>(std::move(event))] {
             if (!is_stopped_) settle({std::move(*shared)});
           });
  }

  void put_aside(const StoredEvent& event) {
    const std::string reason =
        last_failure_.empty() ? "processing ended with the engine" : last_failure_;
    log_error("event " + std::to_string(event.sequence) + " is put aside: " + reason);
    Batch batch;
    batch.push_back(exception_verdict(event, reason, parts_.clock.now_ms()));
    write(std::move(batch));
  }

  /// Judges events up to the first that fails, or for as long as a batch may take, and settles
  /// those.
  void settle(const std::vector<StoredEvent>& events) {
    const auto deadline = std::chrono::steady_clock::now() + kBatchTime;
    Batch batch;
    batch.reserve(events.size());
    for (const StoredEvent& event : events) {
      Result<EventVerdict> verdict = judge(event);
      if (!verdict) {
        careful_count_ = std::max<std::size_t>(careful_count_, 1);
        if (batch.empty()) return retry_later("cannot judge an event", verdict.error());
        break;
      }
      batch.push_back(std::move(*verdict));
      if (std::chrono::steady_clock::now() > deadline) break;
    }
    write(std::move(batch));
  }

  /// The one place where an exception of a library (out of memory, above all) becomes an error: an
  /// event must not take the engine down if that can be helped.
  Result<EventVerdict> judge(const StoredEvent& event) {
    const JudgingMark::Scope being_judged(mark_, event.sequence);
    try {
      auto verdict = judge_event(event, parts_.catalog, parts_.clock, parts_.plan_defaults);
      if (!verdict) last_failure_ = verdict.error().message();
      return verdict;
    } catch (const std::exception& exception) {
      last_failure_ = exception.what();
      return make_error_code(Errc::io);
    }
  }

  /// Verdicts that start nothing may wait for a large group: nobody waits for them.
  void write(Batch batch) {
    auto shared = std::make_shared<Batch>(std::move(batch));
    const std::vector<PlannedRun*> runs = runs_of(*shared);
    if (!runs.empty() && parts_.begin) parts_.begin(runs);
    const auto method = runs.empty() ? &StateStore::submit_patiently : &StateStore::submit;
    submit(
        [self = shared_from_this(), shared](lmdb::WriteTransaction& txn) {
          return write_batch(txn, self->dbs(), self->parts_.journal, *shared);
        },
        [this, shared] {
          settled_ = shared->back().sequence;
          last_failure_.clear();
          careful_count_ -= std::min(careful_count_, shared->size());
          hand_over(*shared, true);
          if (parts_.on_settled) parts_.on_settled();
        },
        [this, shared] { hand_over(*shared, false); }, method);
  }

  void hand_over(Batch& batch, bool is_stored) {
    std::vector<CreatedRun> created;
    for (PlannedRun* const run : runs_of(batch)) {
      created.push_back({is_stored ? run->execution.number : 0, std::move(run->first_turn)});
    }
    if (!created.empty() && parts_.on_created) parts_.on_created(created);
  }

  using Submit = void (StateStore::*)(StateWrite, StateWritten);

  /// Submits a write and goes on once it is durable; calls `otherwise` if it never will be.
  template <class Then, class Otherwise>
  void submit(StateWrite write, Then then, Otherwise otherwise, Submit method) {
    is_busy_ = true;
    (parts_.store.*method)(
        std::move(write), [self = shared_from_this(), then, otherwise](ErrorCode error) {
          boost::asio::post(self->parts_.executor, [self, then, otherwise, error] {
            self->is_busy_ = false;
            if (error) otherwise();
            if (error) return self->on_write_failed(error);
            then();
            self->run();
          });
        });
  }

  template <class Then>
  void submit(StateWrite write, Then then) {
    submit(
        std::move(write), std::move(then), [] {}, &StateStore::submit);
  }

  void on_write_failed(ErrorCode error) {
    if (error == Errc::cancelled || error == Errc::store_io) return;  // The engine is going down.
    // A full store heals; a record that cannot be written stays the event's own trouble.
    if (error != Errc::store_full && is_started_)
      careful_count_ = std::max<std::size_t>(careful_count_, 1);
    last_failure_ = error.message();
    if (!is_started_) return begin_again(error);
    retry_later("cannot settle events", error);
  }

  void begin_again(ErrorCode error) {
    log_error("dispatcher cannot begin: " + error.message());
    wait_then(&Impl::start);
  }

  void retry_later(const char* what, ErrorCode error) {
    log_warning(std::string(what) + ": " + error.message());
    wait_then(&Impl::run);
  }

  void wait_then(void (Impl::*method)()) {
    retry_timer_.expires_after(kRetryPause);
    retry_timer_.async_wait([self = shared_from_this(), method](const ErrorCode& error) {
      if (!error && !self->is_stopped_) ((*self).*method)();
    });
  }

  Parts parts_;
  boost::asio::steady_timer retry_timer_;
  JudgingMark mark_;
  std::atomic<bool> is_awake_ = false;  // A run is posted.
  bool is_started_ = false;
  bool is_stopped_ = false;
  std::atomic<bool> is_busy_ = false;  // A write is under way.
  EventSequence settled_ = 0;          // Durably.
  std::size_t careful_count_ = 0;      // Events that are still to be processed alone.
  DispatchAttempts attempts_;          // At the event that is processed alone.
  std::string last_failure_;
};

Dispatcher::Dispatcher(Parts parts) : impl_(std::make_shared<Impl>(std::move(parts))) {}

Dispatcher::~Dispatcher() = default;

void Dispatcher::start(bool is_paused) {
  impl_->is_paused_ = is_paused;
  impl_->post(&Impl::start);
}

void Dispatcher::wake() {
  impl_->wake();
}

void Dispatcher::set_paused(bool is_paused) {
  impl_->is_paused_ = is_paused;
  if (!is_paused) wake();
}

void Dispatcher::stop() {
  impl_->post(&Impl::stop);
}

}  // namespace tripgate
