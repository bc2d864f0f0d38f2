// A CommandRunner that runs nothing: a test reads what was started and ends it by hand.
#pragma once

#include <map>
#include <vector>

#include "engine/base/errc.h"
#include "engine/run/command_runner.h"

namespace tripgate {

class FakeCommandRunner final : public CommandRunner {
 public:
  struct Started {
    AttemptId id;
    StepCommand command;
  };

  /// Every attempt that may start, in the order of `prepare`.
  std::vector<AttemptId> prepared;
  /// Every accepted attempt, in the order of `start`.
  std::vector<Started> started;
  /// Every abort, in order, of known attempts and others.
  std::vector<AttemptId> aborted;
  /// Answers the next `start`; then success again.
  ErrorCode next_start_error;
  /// What `adopt` finds; an attempt that is not here was never started.
  std::map<AttemptId, Adoption> adoptable;

  void prepare(const AttemptId& id) override { prepared.push_back(id); }

  ErrorCode start(const AttemptId& id, const StepCommand& command, OnStepEnd on_end) override {
    if (next_start_error) return std::exchange(next_start_error, ErrorCode());
    if (waiting_.contains(id)) return make_error_code(Errc::already_exists);
    started.push_back({id, command});
    waiting_[id] = std::move(on_end);
    return {};
  }

  void abort(const AttemptId& id) override { aborted.push_back(id); }

  Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) override {
    const auto found = adoptable.find(id);
    if (found == adoptable.end()) return Adoption::never_started;
    if (found->second != Adoption::never_started) waiting_[id] = std::move(on_end);
    return found->second;
  }

  /// Ends a running or adopted attempt. False if there is none.
  bool end(const AttemptId& id, const StepResult& result) {
    const auto found = waiting_.find(id);
    if (found == waiting_.end()) return false;
    const OnStepEnd on_end = std::move(found->second);
    waiting_.erase(found);
    on_end(result);
    return true;
  }

  /// Ends an attempt with an exit code.
  bool end(const AttemptId& id, int exit_code) {
    StepResult result;
    result.exit_code = exit_code;
    return end(id, result);
  }

  [[nodiscard]] std::size_t running_count() const { return waiting_.size(); }

 private:
  std::map<AttemptId, OnStepEnd> waiting_;
};

}  // namespace tripgate
