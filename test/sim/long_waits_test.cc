// Runs that take weeks: pipelines drawn by a seed, of steps that take hours, fail and time out,
// waits of days and retries hours later, under time-outs at all levels. Whatever the seed, what the
// plan promises about times holds, and an engine that dies on the way changes nothing.
// SEEDS: how many; SEED: only that one.
#include <gtest/gtest.h>

#include <map>
#include <random>

#include "test/lib/machine_stand.h"
#include "test/sim/slow_world.h"

namespace tripgate {
namespace {

/// Hours that a run may take at most: all steps one after the other, with all retries.
constexpr int kHoursMax = 24 * 365;

/// Draws a pipeline, and remembers what its steps were promised.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_(seed) {
    std::string stages;
    const std::size_t count = 1 + lot(3);
    for (std::size_t i = 0; i < count; ++i) stages += stage();
    const bool has_timeout = lot(3) == 0;
    if (has_timeout) run_hours = static_cast<int>(24 * (2 + lot(10)));
    text = pipeline_of("deploy", stages,
                       has_timeout ? "  timeout: " + std::to_string(run_hours) + "h\n" : "");
  }

  std::string text;
  int run_hours = 0;                            ///< 0: no time-out.
  std::map<std::string, int> timeout_hours;     ///< Of script steps.
  std::map<std::string, int> wait_hours;        ///< Of Wait steps.
  std::map<std::string, int> retry_hours;       ///< Between attempts.
  std::map<std::string, std::size_t> attempts;  ///< At the most.

 private:
  std::size_t lot(std::size_t count) { return random_() % count; }
  std::string fresh(const char* prefix) { return prefix + std::to_string(++names_); }

  std::string stage() {
    const std::string name = fresh("stage");
    std::string steps;
    const std::size_t count = 1 + lot(3);
    for (std::size_t i = 0; i < count; ++i) steps += (i == 0 ? "" : ", ") + part();
    const std::string keys =
        lot(4) == 0 ? "timeout: " + std::to_string(24 * (1 + lot(6))) + "h" : "";
    return stage_yaml(name, steps, keys, lot(3) == 0 ? script() : "");
  }

  std::string part() {
    switch (lot(5)) {
      case 0:
        return wait();
      case 1:
        return "{parallel: [" + script() + ", " + wait() + ", " + script() + "]}";
      case 2:
        return group_yaml(fresh("group"), script() + ", " + script());
      default:
        return script();
    }
  }

  std::string wait() {
    const std::string name = fresh("wait");
    wait_hours[name] = static_cast<int>(6 * (1 + lot(20)));
    return typed_step_yaml(name, "Wait", "duration: " + std::to_string(wait_hours[name]) + "h",
                           "timeout: 30d");
  }

  std::string script() {
    const std::string name = fresh("step");
    timeout_hours[name] = static_cast<int>(5 + lot(40));
    std::string keys = "timeout: " + std::to_string(timeout_hours[name]) + "h";
    attempts[name] = 1;
    if (lot(2) == 0) keys += ", " + retry(name);
    return step_yaml(name, keys);
  }

  std::string retry(const std::string& name) {
    const std::size_t count = 1 + lot(3);
    attempts[name] = 1 + count;
    retry_hours[name] = static_cast<int>(1 + lot(50));
    const char* const afterwards[] = {"MarkAsFailure", "Ignore", "StageRollback", "MarkAsSuccess"};
    return on_error("AllErrors", "type: Retry, spec: {retryCount: " + std::to_string(count) +
                                     ", retryIntervals: [" + std::to_string(retry_hours[name]) +
                                     "h], onRetryFailure: {action: {type: " + afterwards[lot(4)] +
                                     "}}}");
  }

  std::mt19937_64 random_;
  int names_ = 0;
};

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
  Play(std::uint64_t seed, const Draw& draw, std::uint64_t kill_chance)
      : random_(seed), kill_chance_(kill_chance), world_(seed, clock_), stand_(world_) {
    clock_ = &stand_.clock;
    stand_.catalog.pipelines["deploy"] = draw.text;
    stand_.catalog.add(7, "custom", "deploy");
    stand_.dispatch_limits.attempts_max = 1000;
  }

  Played run() {
    stand_.start();
    stand_.append(event_id(1), 7, "{}");
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
      if (kill_chance_ == 0 || random_() % kill_chance_ != 0) continue;
      world_.forget_engine();
      stand_.kill();
      stand_.start();
    }
    return has_done;
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

/// Time goes on by hours: whatever is due is done within the next.
void expect_times_kept(const Draw& draw, const Played& played) {
  for (const NodeState& node : played.nodes) {
    if (!is_final(node.status) || node.started_at_ms == 0) continue;
    const UnixMs took_ms = node.ended_at_ms - node.started_at_ms;
    if (const auto wait = draw.wait_hours.find(node.identifier); wait != draw.wait_hours.end()) {
      EXPECT_LE(took_ms, (wait->second + 1) * kHourMs) << node.identifier;
      const bool is_whole = node.status == RunStatus::succeeded;
      EXPECT_GE(took_ms, is_whole ? wait->second * kHourMs : 0) << node.identifier;
    }
    const auto timeout = draw.timeout_hours.find(node.identifier);
    if (timeout != draw.timeout_hours.end()) {
      EXPECT_LE(took_ms, (timeout->second + 1) * kHourMs) << node.identifier;
    }
  }
  if (draw.run_hours == 0) return;
  EXPECT_LE(played.execution.ended_at_ms - played.execution.started_at_ms,
            (draw.run_hours + 1) * kHourMs);
}

void expect_retries_as_planned(const Draw& draw, const Played& played) {
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
  for (const SlowWorld::Start& start : played.starts) ++counts[start.id];
  for (const auto& [id, count] : counts) EXPECT_EQ(count, 1) << id.node_id;
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
    const Draw draw(seed);
    SCOPED_TRACE("SEED=" + std::to_string(seed) + "\n" + draw.text);
    const Played undisturbed = Play(seed, draw, 0).run();
    expect_each_node_ended(undisturbed);
    expect_times_kept(draw, undisturbed);
    expect_retries_as_planned(draw, undisturbed);
    const Played killed = Play(seed, draw, 5 + seed % 12).run();
    expect_started_once(killed);
    EXPECT_EQ(killed.execution.status, undisturbed.execution.status);
    EXPECT_EQ(outcome_of(killed), outcome_of(undisturbed));
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace tripgate
