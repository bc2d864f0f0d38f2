// Steps as real processes, each under a supervisor that outlives the engine.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "engine/run/claim.h"
#include "engine/run/command_runner.h"
#include "engine/run/step_limits.h"
#include "engine/run/step_spawner.h"

namespace tripgate {

/// What all steps of an engine share.
struct ProcessRunnerConfig {
  /// The program tripgate-step.
  std::string supervisor_path;
  /// Holds <execution>/<node>.<number>/ for each attempt; exists.
  std::string steps_directory;
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::string home = "/tmp";
  std::string lc_ctype = "C.UTF-8";
  /// Absent: steps run as the engine's user.
  std::optional<StepUser> user;
  StepLimits limits;
  /// Holds a control group per attempt (step_cgroups.h); empty: there are none.
  std::string cgroup_parent;
};

/// One thread's; callbacks arrive on `executor`. The engine must wait for no child but its own
/// (no waitpid(-1)). Destroying the runner leaves the steps running.
class ProcessRunner final : public CommandRunner {
 public:
  ProcessRunner(boost::asio::any_io_executor executor, ProcessRunnerConfig config);
  ~ProcessRunner() override;

  [[nodiscard]] ErrorCode start(const AttemptId& id, const StepCommand& command,
                                OnStepEnd on_end) override;
  void prepare(const AttemptId& id) override;
  void abort(const AttemptId& id) override;
  [[nodiscard]] Result<Adoption> adopt(const AttemptId& id, OnStepEnd on_end) override;

  /// Where the attempt's log and other files lie.
  [[nodiscard]] std::string attempt_directory(const AttemptId& id) const;
  /// Attempts that have not ended.
  [[nodiscard]] std::size_t running_count() const { return watched_.size(); }

 private:
  struct Watched;

  [[nodiscard]] std::string cgroup_of(const AttemptId& id) const;
  [[nodiscard]] ErrorCode give_up(const AttemptId& id, ErrorCode reason, const OnStepEnd& on_end);
  void watch(const AttemptId& id, StartedSupervisor supervisor, OnStepEnd on_end);
  void await_end(const AttemptId& id);
  void on_supervisor_end(const AttemptId& id);
  void tell(const AttemptId& id, StepResult result);

  boost::asio::any_io_executor executor_;
  ProcessRunnerConfig config_;
  StepSpawner spawner_;
  /// A pipe that hangs up with this process: supervisors have its read end.
  UniqueFd engine_end_;
  UniqueFd supervisors_end_;
  std::map<AttemptId, std::unique_ptr<Watched>> watched_;
};

}  // namespace tripgate
