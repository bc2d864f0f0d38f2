// Pipelines that take weeks, drawn by a seed.
#pragma once

#include <map>
#include <random>
#include <set>
#include <string>

#include "test/lib/machine_stand.h"

namespace tripgate {

/// The time-out of pipelines and stages that give none (pipelines.md 9.1).
inline constexpr int kDefaultHours = 24 * 35;

/// Draws a pipeline, and remembers what its steps were promised.
class DrawnPipeline {
 public:
  explicit DrawnPipeline(std::uint64_t seed) : random_(seed) {
    std::string stages;
    const std::size_t count = 1 + lot(3);
    for (std::size_t i = 0; i < count; ++i) stages += stage();
    const bool has_timeout = lot(3) == 0;
    if (has_timeout) run_hours = static_cast<int>(24 * (2 + lot(10)));
    text = pipeline_of("deploy", stages,
                       has_timeout ? "  timeout: " + std::to_string(run_hours) + "h\n" : "");
  }

  std::string text;
  int run_hours = kDefaultHours;
  std::map<std::string, int> stage_hours;       ///< Time-outs of stages.
  std::map<std::string, int> timeout_hours;     ///< Of script steps.
  std::map<std::string, int> wait_hours;        ///< Of Wait steps.
  std::map<std::string, int> approval_hours;    ///< Until an approval that nobody gives expires.
  std::map<std::string, int> word_hours;        ///< That a broken step waits for a person.
  std::map<std::string, int> retry_hours;       ///< Between attempts.
  std::map<std::string, std::size_t> attempts;  ///< At the most.
  std::set<std::string> rolling;                ///< May ask for their stage's rollback.
  std::set<std::string> aborting;               ///< End the run if nobody says a word.

 private:
  std::size_t lot(std::size_t count) { return random_() % count; }
  std::string fresh(const char* prefix) { return prefix + std::to_string(++names_); }

  std::string stage() {
    const std::string name = fresh("stage");
    std::string steps;
    const std::size_t count = 1 + lot(3);
    for (std::size_t i = 0; i < count; ++i) steps += (i == 0 ? "" : ", ") + part();
    std::string keys;
    stage_hours[name] = kDefaultHours;
    if (lot(4) == 0) {
      stage_hours[name] = static_cast<int>(24 * (1 + lot(6)));
      keys = "timeout: " + std::to_string(stage_hours[name]) + "h";
    }
    return stage_yaml(name, steps, keys, lot(3) == 0 ? script(true) : "");
  }

  std::string part() {
    switch (lot(12)) {
      case 0:
      case 1:
        return wait();
      case 2:
        return approval();
      case 3:
      case 4:
        return "{parallel: [" + script() + ", " + wait() + ", " + script() + "]}";
      case 5:
      case 6:
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

  std::string approval() {
    const std::string name = fresh("approval");
    approval_hours[name] = static_cast<int>(12 * (1 + lot(10)));
    return typed_step_yaml(
        name, "HarnessApproval",
        "approvalMessage: go, approvers: {userGroups: [_project_all_users], minimumCount: 1}",
        "timeout: " + std::to_string(approval_hours[name]) + "h, " +
            on_error("AllErrors", "type: Ignore"));
  }

  /// is_rollback: among steps that roll a stage back, which no step of theirs can ask for.
  std::string script(bool is_rollback = false) {
    const std::string name = fresh("step");
    timeout_hours[name] = static_cast<int>(5 + lot(40));
    std::string keys = "timeout: " + std::to_string(timeout_hours[name]) + "h";
    attempts[name] = 1;
    const std::size_t strategy = lot(5);
    if (strategy < 2) keys += ", " + retry(name, is_rollback);
    if (strategy == 2) keys += ", " + intervention(name, is_rollback);
    return step_yaml(name, keys);
  }

  std::string retry(const std::string& name, bool is_rollback) {
    const std::size_t count = 1 + lot(3);
    attempts[name] = 1 + count;
    retry_hours[name] = static_cast<int>(1 + lot(50));
    const char* const afterwards[] = {"MarkAsFailure", "Ignore", "MarkAsSuccess", "StageRollback"};
    const std::size_t choice = lot(is_rollback ? 3 : 4);
    if (choice == 3) rolling.insert(name);
    return on_error("AllErrors", "type: Retry, spec: {retryCount: " + std::to_string(count) +
                                     ", retryIntervals: [" + std::to_string(retry_hours[name]) +
                                     "h], onRetryFailure: {action: {type: " + afterwards[choice] +
                                     "}}}");
  }

  std::string intervention(const std::string& name, bool is_rollback) {
    word_hours[name] = static_cast<int>(1 + lot(30));
    const char* const afterwards[] = {"MarkAsFailure", "Ignore", "Abort", "StageRollback"};
    const std::size_t choice = lot(is_rollback ? 3 : 4);
    if (choice == 2) aborting.insert(name);
    if (choice == 3) rolling.insert(name);
    return on_error("AllErrors", "type: ManualIntervention, spec: {timeout: " +
                                     std::to_string(word_hours[name]) +
                                     "h, onTimeout: {action: {type: " + afterwards[choice] + "}}}");
  }

  std::mt19937_64 random_;
  int names_ = 0;
};

}  // namespace tripgate
