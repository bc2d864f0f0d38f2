// Runs that take weeks: pipelines drawn by a seed, of steps that take hours, fail, time out, cannot
// start or are lost, waits and approvals of days, retries and people's words hours later, under
// time-outs at all levels. Whatever the seed, what the plan promises about times holds, and an
// engine that dies on the way changes nothing.
// SEEDS: how many; SEED: only that one.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "test/sim/drawn_pipeline.h"
#include "test/sim/slow_world.h"

namespace tripgate {
namespace {

/// Hours that a run may take at most: all steps one after the other, with all retries.
constexpr int kHoursMax = 24 * 365;

/// A run that was played to its end.
struct Played {
  Execution execution;
  std::vector<NodeState> nodes;
  std::vector<SlowWorld::Start> starts;
};

/// Where a node stands in the pipeline, and when and how it ended.
using Outcome = std::map<std::string, std::tuple<RunStatus, UnixMs, UnixMs>>;

Outcome outcome_of(const Played& played) {
  Outcome outcome;
  for (const NodeState& node : played.nodes) {
    const std::string name = base_fqn(played.nodes, node.number) + "#" +
                             std::to_string(node.retry_number) +
                             (node.kind == plan::NodeKind::parallel ? "parallel" : "");
    outcome[name] = {node.status, node.started_at_ms, node.ended_at_ms};
  }
  return outcome;
}

/// Plays one seed; kill_chance: one in so many handlers is the engine's last (0: none is).
class Play {
 public:
  Play(std::uint64_t seed, const DrawnPipeline& draw, std::uint64_t kill_chance)
      : random_(seed), kill_chance_(kill_chance), world_(seed, clock_), stand_(world_) {
    clock_ = &stand_.clock;
    stand_.catalog.pipelines["deploy"] = draw.text;
    stand_.catalog.add(7, "custom", "deploy");
    stand_.dispatch_limits.attempts_max = 1000;
  }

  Played run() {
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
    begin();
    for (int hours = 0; hours < kHoursMax && !is_done(); ++hours) {
      settle();
      while (world_.tell_ends()) settle();
      stand_.clock.now += kHourMs;
      stand_.runner->check_deadlines();
    }
    settle();
    EXPECT_TRUE(is_done()) << "it never ended";
    const std::vector<Execution> all = stand_.executions();
    if (all.size() != 1) return {};
    return {all[0], stand_.nodes(all[0].number), world_.starts()};
  }

 private:
  /// The log hands its events on by and by: time stands still until ours has begun its run.
  void begin() {
    EXPECT_TRUE(stand_.run_until([this] {
      maybe_kill();
      return !stand_.executions().empty();
    }));
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
      maybe_kill();
    }
    return has_done;
  }

  void maybe_kill() {
    if (kill_chance_ == 0 || random_() % kill_chance_ != 0) return;
    world_.forget_engine();
    stand_.kill();
    stand_.start();
  }

  [[nodiscard]] bool is_done() const {
    const std::vector<Execution> all = stand_.executions();
    return !all.empty() && is_final(all.front().status);
  }

  std::mt19937_64 random_;
  std::uint64_t kill_chance_;
  const HandClock* clock_ = nullptr;
  SlowWorld world_;
  RunStand stand_;
};

void expect_each_node_ended(const Played& played) {
  for (const NodeState& node : played.nodes) {
    EXPECT_TRUE(is_final(node.status) || node.status == RunStatus::not_started) << node.identifier;
    if (!is_final(node.status)) continue;
    EXPECT_LE(node.started_at_ms, node.ended_at_ms) << node.identifier;
    EXPECT_LE(node.ended_at_ms, played.execution.ended_at_ms) << node.identifier;
  }
}

/// That a node took from so many hours to one more: time goes on by hours, and whatever is due is
/// done within the next. Less only if it was ended from outside.
void expect_hours(const NodeState& node, int hours, bool is_whole) {
  const UnixMs took_ms = node.ended_at_ms - node.started_at_ms;
  EXPECT_LE(took_ms, (hours + 1) * kHourMs) << node.identifier;
  if (is_whole) {
    EXPECT_GE(took_ms, hours * kHourMs) << node.identifier;
  }
}

void expect_times_kept(const DrawnPipeline& draw, const Played& played) {
  for (const NodeState& node : played.nodes) {
    if (!is_final(node.status) || node.started_at_ms == 0) continue;
    if (const auto wait = draw.wait_hours.find(node.identifier); wait != draw.wait_hours.end()) {
      expect_hours(node, wait->second, node.status == RunStatus::succeeded);
    }
    const auto approval = draw.approval_hours.find(node.identifier);
    if (approval != draw.approval_hours.end()) {
      expect_hours(node, approval->second, node.status == RunStatus::ignore_failed);
    }
    const auto timeout = draw.timeout_hours.find(node.identifier);
    if (timeout == draw.timeout_hours.end()) continue;
    const auto word = draw.word_hours.find(node.identifier);
    // One hour more in which the word is awaited.
    const int more = word == draw.word_hours.end() ? 0 : word->second + 1;
    expect_hours(node, timeout->second + more, false);
  }
  if (draw.run_hours == 0) return;
  EXPECT_LE(played.execution.ended_at_ms - played.execution.started_at_ms,
            (draw.run_hours + 1) * kHourMs);
}

void expect_retries_as_planned(const DrawnPipeline& draw, const Played& played) {
  std::map<std::string, std::vector<const SlowWorld::Start*>> by_name;
  for (const SlowWorld::Start& start : played.starts) by_name[start.name].push_back(&start);
  for (const auto& [name, starts] : by_name) {
    EXPECT_LE(starts.size(), draw.attempts.at(name)) << name;
    for (std::size_t i = 1; i < starts.size(); ++i) {
      const UnixMs paused_ms = starts[i]->started_at_ms - starts[i - 1]->ends_at_ms;
      EXPECT_GE(paused_ms, draw.retry_hours.at(name) * kHourMs) << name;
      EXPECT_LE(paused_ms, (draw.retry_hours.at(name) + 1) * kHourMs) << name;
    }
  }
}

void expect_started_once(const Played& played) {
  std::map<AttemptId, int> counts;
  for (const SlowWorld::Start& start : played.starts) {
    if (start.fate != SlowWorld::Fate::refused) ++counts[start.id];
  }
  for (const auto& [id, count] : counts) EXPECT_EQ(count, 1) << id.node_id;
}

/// What could not start or was lost has failed, and says why.
void expect_reasons(const Played& played) {
  std::map<std::string, SlowWorld::Fate> fates;
  for (const SlowWorld::Start& start : played.starts) {
    if (start.has_ended) fates[start.id.node_id] = start.fate;
  }
  for (const NodeState& node : played.nodes) {
    const auto fate = fates.find(node.execution_id);
    if (fate == fates.end() || !is_broken(node.status)) continue;
    const std::string& message = node.failure.message;
    if (fate->second == SlowWorld::Fate::refused) {
      EXPECT_TRUE(message.starts_with("Shell Script Failed to execute. Reason: ")) << message;
      EXPECT_EQ(node.status, RunStatus::failed);
    } else if (fate->second == SlowWorld::Fate::lost) {
      EXPECT_EQ(message, kLostReason);
      EXPECT_EQ(node.status, RunStatus::failed);
    }
  }
}

std::uint64_t number_from(const char* name, std::uint64_t otherwise) {
  const char* const text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

TEST(LongWaits, KeepTheirTimesWhateverTheSeed) {
  const std::uint64_t only = number_from("SEED", 0);
  const std::uint64_t first = only != 0 ? only : 1;
  const std::uint64_t count = only != 0 ? 1 : number_from("SEEDS", 40);
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    const DrawnPipeline draw(seed);
    SCOPED_TRACE("SEED=" + std::to_string(seed) + "\n" + draw.text);
    const Played undisturbed = Play(seed, draw, 0).run();
    expect_each_node_ended(undisturbed);
    expect_times_kept(draw, undisturbed);
    expect_retries_as_planned(draw, undisturbed);
    expect_reasons(undisturbed);
    const Played killed = Play(seed, draw, 5 + seed % 12).run();
    expect_started_once(killed);
    EXPECT_EQ(killed.execution.status, undisturbed.execution.status);
    EXPECT_EQ(outcome_of(killed), outcome_of(undisturbed));
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tripgate
