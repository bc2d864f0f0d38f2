// Runs that take weeks: pipelines drawn by a seed, of steps that take hours, fail, time out, cannot
// start or are lost, waits and approvals of days, retries and people's words hours later, under
// time-outs at all levels. Whatever the seed, the times that the plan promises hold to the hour. An
// engine that dies and is back at once changes nothing; one that was away for days does what was
// due meanwhile when it is back, and takes the results of the steps that ended without it.
// SEEDS: how many; SEED: only that one.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "test/sim/kept_times.h"

namespace tripgate {
namespace {

/// Hours that a run may take at most: all steps one after the other, with all retries.
constexpr int kHoursMax = 24 * 365;

/// How an engine fares.
struct Fate {
  std::uint64_t kill_chance = 0;  ///< One in so many handlers is its last; 0: none is.
  UnixMs away_hours_max = 0;      ///< Until the next one starts.
};

/// Plays one seed.
class Play {
 public:
  Play(std::uint64_t seed, const DrawnPipeline& draw, Fate fate)
      : random_(seed), fate_(fate), world_(seed, clock_), stand_(world_) {
    clock_ = &stand_.clock;
    stand_.catalog.pipelines["deploy"] = draw.text;
    stand_.catalog.add(7, "custom", "deploy");
    stand_.dispatch_limits.attempts_max = 1000;
  }

  PlayedRun run() {
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    begin();
    if (::testing::Test::HasFailure()) return {};
    for (int hours = 0; hours < kHoursMax && !is_done(); ++hours) {
      settle();
      while (world_.tell_ends()) settle();
      stand_.clock.now += kHourMs;
      stand_.runner->check_deadlines();
    }
    settle();
    EXPECT_TRUE(is_done()) << "it never ended";
    const std::vector<Execution> all = stand_.executions();
    EXPECT_EQ(all.size(), 1u);
    if (all.size() != 1) return {};
    return {all[0], stand_.nodes(all[0].number), world_.starts(), absences_};
  }

 private:
  /// The log hands its events on by and by, in real time: clock and fate stand still until ours has
  /// begun its run, so that a seed is always the same life.
  void begin() {
    EXPECT_TRUE(stand_.run_until([this] { return !stand_.rows_of(event_id(1)).empty(); }));
    for (const HistoryRow& row : stand_.rows_of(event_id(1))) EXPECT_TRUE(row.execution);
  }

  /// Does whatever there is to do without time going on.
  void settle() {
    do {
      EXPECT_FALSE(stand_.store->write_and_wait([](auto&) { return ErrorCode(); }));
      stand_.io->restart();
    } while (do_all());
  }

  bool do_all() {
    bool has_done = false;
    while (stand_.io->poll_one() != 0) {
      has_done = true;
      maybe_die();
    }
    return has_done;
  }

  void maybe_die() {
    if (fate_.kill_chance == 0 || random_() % fate_.kill_chance != 0) return;
    world_.forget_engine();
    stand_.kill();
    if (fate_.away_hours_max == 0) return stand_.start();
    const UnixMs from = stand_.clock.now;
    stand_.clock.now += static_cast<UnixMs>(random_() % fate_.away_hours_max) * kHourMs;
    absences_.add(from, stand_.clock.now);
    stand_.start();
    // Its clock may be faster than its word of steps that have ended.
    if (random_() % 2 == 0) stand_.runner->check_deadlines();
    world_.tell_past_ends();
    while (stand_.io->poll_one() != 0) {
    }
    stand_.runner->check_deadlines();
  }

  [[nodiscard]] bool is_done() const {
    const std::vector<Execution> all = stand_.executions();
    return !all.empty() && is_final(all.front().status);
  }

  std::mt19937_64 random_;
  Fate fate_;
  const HandClock* clock_ = nullptr;
  SlowWorld world_;
  RunStand stand_;
  Absences absences_;
};

/// Where a node stands in the pipeline, and when and how it ended.
using Outcome = std::map<std::string, std::tuple<RunStatus, UnixMs, UnixMs>>;

Outcome outcome_of(const PlayedRun& played) {
  Outcome outcome;
  for (const NodeState& node : played.nodes) {
    const std::string name = base_fqn(played.nodes, node.number) + "#" +
                             std::to_string(node.retry_number) +
                             (node.kind == plan::NodeKind::parallel ? "parallel" : "");
    outcome[name] = {node.status, node.started_at_ms, node.ended_at_ms};
  }
  return outcome;
}

void play_seed(std::uint64_t seed) {
  const DrawnPipeline draw(seed);
  SCOPED_TRACE("SEED=" + std::to_string(seed) + "\n" + draw.text);
  const PlayedRun undisturbed = Play(seed, draw, {}).run();
  {
    SCOPED_TRACE("undisturbed");
    expect_times_kept(draw, undisturbed);
  }
  if (::testing::Test::HasFailure()) return;
  {
    SCOPED_TRACE("killed and back at once");
    const PlayedRun killed = Play(seed, draw, {5 + seed % 12, 0}).run();
    expect_times_kept(draw, killed);
    EXPECT_EQ(killed.execution.status, undisturbed.execution.status);
    EXPECT_EQ(outcome_of(killed), outcome_of(undisturbed));
  }
  SCOPED_TRACE("killed and away for days");
  expect_times_kept(draw,
                    Play(seed, draw, {10 + seed % 20, 12 + static_cast<UnixMs>(seed % 100)}).run());
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(LongWaits, KeepTheirTimesWhateverTheSeed) {
  const std::uint64_t only = number_from("SEED", 0);
  const std::uint64_t first = only != 0 ? only : 1;
  const std::uint64_t count = only != 0 ? 1 : number_from("SEEDS", 50);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    play_seed(seed);
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tripgate
