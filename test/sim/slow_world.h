// Processes of a simulated world: they take hours, some fail, and they live on when the engine
// dies.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "test/lib/run_stand.h"

namespace tripgate {

inline constexpr UnixMs kHourMs = 3'600'000;

/// A step is named by the last word of its script. How long its nth start takes and how it ends
/// depends on seed, name and n alone, so that a disturbed run can be compared with an undisturbed.
class SlowWorld final : public CommandRunner {
 public:
  /// One start, in the order of starts.
  struct Start {
    std::string name;
    AttemptId id;
    UnixMs started_at_ms = 0;
    UnixMs ends_at_ms = 0;
    StepResult result;
    bool has_ended = false;
    OnStepEnd on_end;
  };

  SlowWorld(std::uint64_t seed, const HandClock*& clock) : seed_(seed), clock_(clock) {}

  ErrorCode start(const AttemptId& id, const StepCommand& command, OnStepEnd on_end) override {
    Start start;
    start.name = command.script.substr(command.script.rfind(' ') + 1);
    start.id = id;
    const auto ordinal = std::count_if(starts_.begin(), starts_.end(), [&](const Start& other) {
      return other.name == start.name;
    });
    const std::size_t lot = std::hash<std::string>{}(start.name + "/" + std::to_string(ordinal) +
                                                     "/" + std::to_string(seed_));
    const UnixMs takes_ms = static_cast<UnixMs>(1 + lot % 40) * kHourMs;
    start.started_at_ms = now_ms();
    start.result.timed_out = takes_ms > command.timeout.count();
    start.result.exit_code = start.result.timed_out || lot / 64 % 3 == 0 ? 1 : 0;
    start.ends_at_ms = start.started_at_ms + std::min<UnixMs>(takes_ms, command.timeout.count());
    start.on_end = std::move(on_end);
    starts_.push_back(std::move(start));
    return {};
  }

  /// A step needs no time to end when it is asked to.
  void abort(const AttemptId& id) override {
    for (Start& start : starts_) {
      if (start.id != id || start.has_ended) continue;
      start.ends_at_ms = now_ms();
      start.result.aborted = true;
    }
  }

  Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) override {
    for (Start& start : starts_) {
      if (start.id != id) continue;
      start.on_end = std::move(on_end);
      return start.has_ended ? Adoption::ended : Adoption::running;
    }
    return Adoption::never_started;
  }

  void forget_engine() {
    for (Start& start : starts_) start.on_end = nullptr;
  }

  /// Tells the ends that are due. False if there was none.
  bool tell_ends() {
    bool has_told = false;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      if (!starts_[i].on_end || starts_[i].ends_at_ms > now_ms()) continue;
      starts_[i].has_ended = true;
      std::exchange(starts_[i].on_end, nullptr)(starts_[i].result);
      has_told = true;
    }
    return has_told;
  }

  [[nodiscard]] const std::vector<Start>& starts() const { return starts_; }

 private:
  [[nodiscard]] UnixMs now_ms() const { return clock_->now_ms(); }

  std::uint64_t seed_;
  const HandClock*& clock_;
  std::vector<Start> starts_;
};

}  // namespace tripgate
