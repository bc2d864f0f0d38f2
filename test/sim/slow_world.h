// Processes of a simulated world: they take hours, some fail, cannot start or are lost, and they
// live on when the engine dies.
#pragma once

#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/errc.h"
#include "test/lib/run_stand.h"

namespace tripgate {

inline constexpr UnixMs kHourMs = 3'600'000;

/// Of a step whose supervisor was killed.
inline constexpr const char* kLostReason = "interrupted: the step's supervisor was killed";

/// A step is named by the last word of its script. How long its nth attempt takes and how it ends
/// depends on seed, name and n alone, so that a disturbed run can be compared with an undisturbed.
class SlowWorld final : public CommandRunner {
 public:
  enum class Fate : std::uint8_t { runs, refused, lost };

  /// One start, in the order of starts.
  struct Start {
    std::string name;
    AttemptId id;
    Fate fate = Fate::runs;
    UnixMs started_at_ms = 0;
    UnixMs ends_at_ms = 0;
    UnixMs timeout_ms = 0;
    StepResult result;
    bool has_ended = false;
    OnStepEnd on_end;
  };

  SlowWorld(std::uint64_t seed, const HandClock*& clock) : seed_(seed), clock_(clock) {}

  ErrorCode start(const AttemptId& id, const StepCommand& command, OnStepEnd on_end) override {
    Start start;
    start.name = command.script.substr(command.script.rfind(' ') + 1);
    start.id = id;
    const std::size_t lot = lot_of(start);
    start.started_at_ms = start.ends_at_ms = now_ms();
    start.timeout_ms = command.timeout.count();
    if (lot / 192 % 12 == 0) {
      start.fate = Fate::refused;
      start.has_ended = true;
      starts_.push_back(std::move(start));
      return make_error_code(Errc::io);
    }
    const UnixMs takes_ms = static_cast<UnixMs>(1 + lot % 40) * kHourMs;
    start.result.timed_out = takes_ms >= start.timeout_ms;
    start.result.exit_code = start.result.timed_out || lot / 64 % 3 == 0 ? 1 : 0;
    start.ends_at_ms += std::min(takes_ms, start.timeout_ms);
    if (!start.result.timed_out && lot / 4096 % 12 == 0) {
      start.fate = Fate::lost;
      start.result.interrupted = kLostReason;
    }
    start.on_end = std::move(on_end);
    starts_.push_back(std::move(start));
    return {};
  }

  /// A step needs no time to end when it is asked to. One that has ended by itself hears nothing.
  void abort(const AttemptId& id) override {
    for (Start& start : starts_) {
      if (start.id != id || start.has_ended || start.ends_at_ms < now_ms()) continue;
      start.ends_at_ms = now_ms();
      start.result.aborted = true;
      start.result.interrupted.clear();
      start.fate = Fate::runs;
    }
  }

  Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) override {
    for (Start& start : starts_) {
      if (start.id != id || start.fate == Fate::refused) continue;
      start.on_end = std::move(on_end);
      const bool has_ended = start.has_ended || start.ends_at_ms < now_ms();
      return has_ended ? Adoption::ended : Adoption::running;
    }
    return Adoption::never_started;
  }

  void forget_engine() {
    for (Start& start : starts_) start.on_end = nullptr;
  }

  /// Tells the ends that are due. False if there was none.
  bool tell_ends() { return tell_ends_until(now_ms()); }

  /// Tells what ended while nobody looked, as `adopt` promises.
  void tell_past_ends() { tell_ends_until(now_ms() - 1); }

  [[nodiscard]] const std::vector<Start>& starts() const { return starts_; }

 private:
  [[nodiscard]] UnixMs now_ms() const { return clock_->now_ms(); }

  bool tell_ends_until(UnixMs last_ms) {
    bool has_told = false;
    for (std::size_t i = 0; i < starts_.size(); ++i) {
      if (!starts_[i].on_end || starts_[i].ends_at_ms > last_ms) continue;
      starts_[i].has_ended = true;
      std::exchange(starts_[i].on_end, nullptr)(starts_[i].result);
      has_told = true;
    }
    return has_told;
  }

  /// A start that was refused before the engine died comes again as the same attempt.
  [[nodiscard]] std::size_t lot_of(const Start& start) const {
    std::set<std::string> nodes{start.id.node_id};
    for (const Start& other : starts_) {
      if (other.name == start.name) nodes.insert(other.id.node_id);
    }
    return std::hash<std::string>{}(start.name + "/" + std::to_string(nodes.size()) + "/" +
                                    std::to_string(seed_));
  }

  std::uint64_t seed_;
  const HandClock*& clock_;
  std::vector<Start> starts_;
};

}  // namespace tripgate
