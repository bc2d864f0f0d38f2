// Every check names a cause for each beginning and each end: a moment without one is a fault, and
// so is a cause without its moment.
#include "test/sim/kept_times.h"

#include <gtest/gtest.h>

#include <map>

namespace tripgate {
namespace {

class Judge {
 public:
  Judge(const DrawnPipeline& draw, const PlayedRun& played)
      : draw_(draw), played_(played), absences_(played.absences) {}

  void judge() {
    expect_started_once();
    expect_reason_of_abort();
    for (const NodeState& node : played_.nodes) {
      SCOPED_TRACE(node.identifier + " " + std::to_string(node.number) + " " +
                   std::string(display_name(node.status)) + " " + hours_of(node.started_at_ms) +
                   " to " + hours_of(node.ended_at_ms));
      EXPECT_TRUE(is_final(node.status) || node.status == RunStatus::not_started);
      if (!is_final(node.status) || node.started_at_ms == 0) continue;
      expect_start(node);
      if (node.status == RunStatus::skipped) {
        expect_reason_of_skip(node);
        continue;
      }
      expect_end_at_cut(node);
      expect_end_of_children(node);
      expect_within(node, draw_.stage_hours);
      expect_wait(node, draw_.wait_hours, RunStatus::succeeded);
      expect_wait(node, draw_.approval_hours, RunStatus::ignore_failed);
      if (draw_.attempts.contains(node.identifier)) expect_script(node);
    }
    expect_retries();
    const Moments last = absences_.after({played_.execution.started_at_ms}, draw_.run_hours);
    EXPECT_LE(played_.execution.ended_at_ms, *last.rbegin());
  }

 private:
  /// Since the run began; for complaints.
  [[nodiscard]] std::string hours_of(UnixMs moment) const {
    const UnixMs since_ms = moment - played_.execution.started_at_ms;
    return std::to_string(static_cast<double>(since_ms) / kHourMs) + " h";
  }

  [[nodiscard]] bool is_cut(const NodeState& node) const {
    return node.ended_at_ms >= played_.cut_of(draw_, node);
  }

  void expect_started_once() const {
    std::map<AttemptId, int> counts;
    for (const SlowWorld::Start& start : played_.starts) {
      if (start.fate != SlowWorld::Fate::refused) ++counts[start.id];
    }
    for (const auto& [id, count] : counts) EXPECT_EQ(count, 1) << id.node_id;
  }

  /// Nobody aborts the run but a step whose word did not come.
  void expect_reason_of_abort() const {
    const UnixMs at_ms = played_.execution.abortion.at_ms;
    if (at_ms == 0) return;
    EXPECT_TRUE(std::any_of(played_.nodes.begin(), played_.nodes.end(), [&](const auto& node) {
      return draw_.aborting.contains(node.identifier) && node.ended_at_ms == at_ms;
    })) << "the run was aborted without a reason";
  }

  /// By default a stage is left out only behind a broken stage, and what it holds behind a broken
  /// node of it.
  void expect_reason_of_skip(const NodeState& node) const {
    const bool is_stage = node.kind == plan::NodeKind::stage;
    EXPECT_TRUE(std::any_of(played_.nodes.begin(), played_.nodes.end(), [&](const auto& other) {
      const bool is_before = other.number < node.number && other.ended_at_ms <= node.ended_at_ms;
      const bool is_same = is_stage ? other.kind == plan::NodeKind::stage
                                    : stage_of(other) == stage_of(node);
      return is_before && is_same && is_broken(other.status);
    })) << "it was skipped without a reason";
  }

  /// What is cut ends when the cut comes, in a state that says so.
  void expect_end_at_cut(const NodeState& node) const {
    if (!is_cut(node)) return;
    EXPECT_TRUE(absences_.when({played_.cut_of(draw_, node)}).contains(node.ended_at_ms))
        << "it went on though it was cut";
  }

  /// A node begins with its parent or when another child of it has ended.
  void expect_start(const NodeState& node) const {
    EXPECT_LE(node.started_at_ms, node.ended_at_ms);
    if (node.parent == kNoNode || node.retry_number != 0) return;
    Moments causes{played_.nodes[node.parent].started_at_ms};
    for (const NodeState& other : played_.nodes) {
      if (other.parent == node.parent && &other != &node) causes.insert(other.ended_at_ms);
    }
    EXPECT_TRUE(causes.contains(node.started_at_ms)) << "it began at no moment that lets it begin";
  }

  /// What holds others ends when the last of them does; later only if they waited to be retried and
  /// its time was up.
  void expect_end_of_children(const NodeState& node) const {
    UnixMs last_ms = 0;
    for (const NodeState& child : played_.nodes) {
      if (child.parent == node.number) last_ms = std::max(last_ms, child.ended_at_ms);
    }
    EXPECT_GE(node.ended_at_ms, last_ms);
    if (last_ms != 0 && !is_cut(node)) {
      EXPECT_EQ(node.ended_at_ms, last_ms);
    }
  }

  void expect_within(const NodeState& node, const std::map<std::string, int>& hours) const {
    const auto promised = hours.find(node.identifier);
    if (promised == hours.end()) return;
    const Moments last = absences_.after({node.started_at_ms}, promised->second);
    EXPECT_LE(node.ended_at_ms, *last.rbegin()) << "its time was up before";
  }

  void expect_wait(const NodeState& node, const std::map<std::string, int>& hours,
                   RunStatus status) const {
    expect_within(node, hours);
    const auto promised = hours.find(node.identifier);
    if (promised == hours.end() || is_cut(node)) return;
    EXPECT_EQ(node.status, status);
    const Moments ends = absences_.after({node.started_at_ms}, promised->second);
    EXPECT_TRUE(ends.contains(node.ended_at_ms)) << "it waited for another time than it should";
  }

  /// One attempt of a script step.
  void expect_script(const NodeState& node) const {
    const SlowWorld::Start* const start = played_.start_of(node);
    if (start == nullptr) {
      EXPECT_TRUE(is_cut(node)) << "its process was never started";
      return;
    }
    SCOPED_TRACE("its process: " + hours_of(start->started_at_ms) + " to " +
                 hours_of(start->ends_at_ms) + (start->result.aborted ? ", aborted" : ""));
    const int timeout_hours = draw_.timeout_hours.at(node.identifier);
    EXPECT_EQ(start->timeout_ms, timeout_hours * kHourMs);
    EXPECT_LE(start->ends_at_ms, start->started_at_ms + start->timeout_ms);
    if (is_cut(node)) return;
    const bool is_success = start->fate == SlowWorld::Fate::runs && start->result.is_success();
    Moments ends = absences_.when({start->ends_at_ms});
    const auto word = draw_.word_hours.find(node.identifier);
    if (word != draw_.word_hours.end() && !is_success) ends = absences_.after(ends, word->second);
    EXPECT_TRUE(ends.contains(node.ended_at_ms)) << "it ended at another time than its process";
    EXPECT_EQ(is_success, node.status == RunStatus::succeeded && node.failure.message.empty());
    if (is_broken(node.status)) expect_reason(node, *start);
  }

  /// What could not start or was lost says why.
  static void expect_reason(const NodeState& node, const SlowWorld::Start& start) {
    const std::string& message = node.failure.message;
    if (start.fate == SlowWorld::Fate::refused) {
      EXPECT_TRUE(message.starts_with("Shell Script Failed to execute. Reason: ")) << message;
      EXPECT_EQ(node.status, RunStatus::failed);
    } else if (start.fate == SlowWorld::Fate::lost) {
      EXPECT_EQ(message, kLostReason);
      EXPECT_EQ(node.status, RunStatus::failed);
    }
  }

  /// Every attempt that failed is followed by another after the interval, as often as planned.
  void expect_retries() const {
    std::map<std::string, std::map<std::uint32_t, const NodeState*>> by_name;
    for (const NodeState& node : played_.nodes) {
      if (draw_.retry_hours.contains(node.identifier) && is_final(node.status)) {
        by_name[node.identifier][node.retry_number] = &node;
      }
    }
    for (const auto& [name, attempts] : by_name) {
      SCOPED_TRACE(name);
      EXPECT_LE(attempts.size(), draw_.attempts.at(name));
      for (const auto& [number, node] : attempts) {
        const auto next = attempts.find(number + 1);
        expect_next(*node, next == attempts.end() ? nullptr : next->second);
      }
    }
  }

  [[nodiscard]] std::string stage_of(const NodeState& node) const {
    NodeNumber at = node.number;
    while (at != kNoNode && played_.nodes[at].kind != plan::NodeKind::stage) {
      at = played_.nodes[at].parent;
    }
    return at == kNoNode ? std::string() : played_.nodes[at].identifier;
  }

  /// Another step has broken that the stage is rolled back for: none begins again.
  [[nodiscard]] bool is_stage_rolling(const NodeState& node) const {
    return std::any_of(played_.nodes.begin(), played_.nodes.end(), [&](const auto& other) {
      return draw_.rolling.contains(other.identifier) && other.identifier != node.identifier &&
             is_broken(other.status) && other.ended_at_ms <= node.ended_at_ms &&
             stage_of(other) == stage_of(node);
    });
  }

  void expect_next(const NodeState& node, const NodeState* next) const {
    const SlowWorld::Start* const start = played_.start_of(node);
    if (start == nullptr) return;
    const Moments due = absences_.after({node.ended_at_ms}, draw_.retry_hours.at(node.identifier));
    if (next != nullptr) {
      EXPECT_TRUE(due.contains(next->started_at_ms)) << "retried at another time than planned";
      EXPECT_TRUE(start->fate != SlowWorld::Fate::runs || !start->result.is_success());
      return;
    }
    const bool is_last = node.retry_number + 1 == draw_.attempts.at(node.identifier);
    const bool is_success = start->fate == SlowWorld::Fate::runs && start->result.is_success();
    if (is_last || is_success || is_stage_rolling(node)) return;
    EXPECT_LE(played_.cut_of(draw_, node), *due.rbegin()) << "it was not retried";
  }

  const DrawnPipeline& draw_;
  const PlayedRun& played_;
  const Absences& absences_;
};

}  // namespace

void expect_times_kept(const DrawnPipeline& draw, const PlayedRun& played) {
  Judge(draw, played).judge();
}

}  // namespace tripgate
