// What an operator allows a step, from engine.yaml to the process that meets the bound.
#include "engine/run/step_limits.h"

#include <fstream>

#include "engine/base/errc.h"
#include "engine/config.h"
#include "engine/run/step_cgroups.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

Result<Config, Diagnostic> parse_steps(const std::string& steps) {
  return parse_config("state_dir: /s\nsteps: " + steps + "\n", "engine.yaml");
}

TEST(StepLimitSettings, RefuseWhatIsNoLimit) {
  const std::pair<const char*, const char*> complaints[] = {
      {"{memory: many}", "steps.memory: a whole number, or one of K, M or G, such as 512M"},
      {"{memory: -1}", "steps.memory: a whole number, or one of K, M or G, such as 512M"},
      {"{memory: 1T}", "steps.memory: a whole number, or one of K, M or G, such as 512M"},
      {"{output: 99999999999G}", "steps.output: a whole number, or one of K, M or G, such as 512M"},
      {"{cpu: soon}", "steps.cpu: a duration such as 10m or 2h, or 0"},
      {"{cgroup: steps}", "steps.cgroup: an absolute path"},
  };
  for (const auto& [text, complaint] : complaints) {
    const auto config = parse_steps(text);
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().message, complaint) << text;
    EXPECT_EQ(config.error().line, 2) << text;
  }
  EXPECT_FALSE(parse_steps("{cpus: 1}")) << "an unknown setting";
}

TEST(StepLimitSettings, HaveUnits) {
  const auto config =
      parse_steps("{cpu: 2h, open_files: 1K, memory: 512M, processes: 100, output: 1G}");
  ASSERT_TRUE(config) << config.error().message;
  EXPECT_EQ(config->step_limits.cpu, std::chrono::hours(2));
  EXPECT_EQ(config->step_limits.open_files, 1024U);
  EXPECT_EQ(config->step_limits.memory_bytes, std::uint64_t{512} << 20);
  EXPECT_EQ(config->step_limits.processes, 100U);
  EXPECT_EQ(config->step_limits.output_bytes, std::uint64_t{1} << 30);
}

TEST(StepLimitSettings, AreThoseOfTheShippedFileWhenAbsent) {
  const auto shipped = parse_config(read_file("conf/engine.yaml"), "conf/engine.yaml");
  ASSERT_TRUE(shipped) << shipped.error().message;
  const StepLimits defaults;
  EXPECT_EQ(shipped->step_limits.cpu, defaults.cpu);
  EXPECT_EQ(shipped->step_limits.open_files, defaults.open_files);
  EXPECT_EQ(shipped->step_limits.memory_bytes, defaults.memory_bytes);
  EXPECT_EQ(shipped->step_limits.output_bytes, defaults.output_bytes);
}

class StepLimitsTest : public StepStand {
 protected:
  void limit(const StepLimits& limits, const std::string& cgroup_parent = {}) {
    ProcessRunnerConfig config;
    config.supervisor_path = supervisor_path();
    config.steps_directory = steps();
    config.limits = limits;
    config.cgroup_parent = cgroup_parent;
    runner_.emplace(context_.get_executor(), config);
  }
};

TEST_F(StepLimitsTest, CpuSecondsEndWhatSpins) {
  limit({.cpu = std::chrono::seconds(1)});
  const StepResult result = run("while :; do :; done");
  EXPECT_EQ(result.signal, SIGKILL);
  EXPECT_FALSE(result.timed_out);
}

TEST_F(StepLimitsTest, OpenFilesAreBounded) {
  limit({.open_files = 300});
  EXPECT_TRUE(run("ulimit -n; ulimit -c; ulimit -f").is_success());
  EXPECT_NE(log_text().find("300\n0\nunlimited\n"), std::string::npos) << log_text();
}

TEST_F(StepLimitsTest, OutputIsBoundedOnThePipe) {
  limit({.output_bytes = 1000});
  EXPECT_TRUE(run("head -c 100000 /dev/zero | tr '\\0' '\\n'").is_success());
  EXPECT_EQ(result_->output_bytes, 100000U);
  EXPECT_LT(std::filesystem::file_size(attempt() + "/log"), 1300U);
}

/// A group of cgroup v2 that the test may make others in; empty if there is none.
class StepCgroupsTest : public StepLimitsTest {
 protected:
  StepCgroupsTest() {
    std::ifstream mounts("/proc/self/mountinfo");
    for (std::string line; std::getline(mounts, line);) {
      if (line.find(" - cgroup2 ") == std::string::npos) continue;
      std::istringstream fields(line);
      std::string mount;
      for (int i = 0; i < 5; ++i) fields >> mount;
      parent_ = mount + "/tripgate-test-" + std::to_string(::getpid());
    }
    const auto prepared =
        parent_.empty() ? Result<StepCgroups>(Errc::not_found) : prepare_step_cgroups(parent_);
    if (prepared) groups_ = *prepared;
    if (!prepared) parent_.clear();
  }
  ~StepCgroupsTest() override {
    if (!parent_.empty()) ::rmdir(parent_.c_str());
  }

  [[nodiscard]] std::string group() const { return parent_ + "/execution.node.0"; }

  std::string parent_;
  StepCgroups groups_;
};

TEST_F(StepCgroupsTest, RefusesPlaceThatIsNoGroup) {
  EXPECT_FALSE(prepare_step_cgroups("/no/such/place"));
  EXPECT_FALSE(prepare_step_cgroups(directory_));
}

TEST_F(StepCgroupsTest, StepWithoutItsGroupSaysSoAndRuns) {
  limit({}, path("no-group"));
  EXPECT_TRUE(run("true").is_success());
  EXPECT_NE(log_text().find("no control group for the step: No such file or directory"),
            std::string::npos)
      << log_text();
}

TEST_F(StepCgroupsTest, StepRunsInAGroupThatGoesWithIt) {
  if (parent_.empty()) GTEST_SKIP() << "needs the right to make control groups";
  limit({}, parent_);
  EXPECT_TRUE(run("grep '^0::' /proc/self/cgroup").is_success());
  EXPECT_NE(log_text().find("/execution.node.0\n"), std::string::npos) << log_text();
  EXPECT_FALSE(std::filesystem::exists(group()));
}

TEST_F(StepCgroupsTest, AbortEndsTheWholeGroup) {
  if (parent_.empty()) GTEST_SKIP() << "needs the right to make control groups";
  limit({}, parent_);
  make_fifo("held");
  StepCommand command = bash("exec 9>" + path("held") +
                             "; for i in {1..50}; do setsid sh -c 'trap \"\" TERM; sleep 1000' & "
                             "done; echo up >&9; trap '' TERM; sleep 1000");
  command.kill_after = std::chrono::milliseconds(50);
  ASSERT_EQ(start(command), ErrorCode());
  std::ifstream held(path("held"));
  std::string word;
  ASSERT_TRUE(std::getline(held, word));
  runner_->abort(id_);
  EXPECT_FALSE(std::getline(held, word)) << "ends with the last process that has it";
  EXPECT_TRUE(wait_for_end().aborted);
  EXPECT_FALSE(std::filesystem::exists(group()));
}

TEST_F(StepCgroupsTest, KilledSupervisorLeavesNobodyBehind) {
  if (parent_.empty()) GTEST_SKIP() << "needs the right to make control groups";
  limit({}, parent_);
  make_fifo("held");
  ASSERT_EQ(
      start(bash("setsid sh -c 'exec 9>" + path("held") + "; echo up >&9; sleep 1000' & wait")),
      ErrorCode());
  std::ifstream held(path("held"));
  std::string word;
  ASSERT_TRUE(std::getline(held, word));
  ASSERT_EQ(::kill(supervisor_pid(), SIGKILL), 0);
  EXPECT_FALSE(wait_for_end().interrupted.empty());
  EXPECT_FALSE(std::getline(held, word)) << "ends with the last process that has it";
}

TEST_F(StepCgroupsTest, MemoryIsBoundedForAllProcessesTogether) {
  if (!groups_.bounds_memory) GTEST_SKIP() << "needs the memory controller of cgroup v2";
  limit({.memory_bytes = std::uint64_t{32} << 20}, parent_);
  EXPECT_FALSE(run("x=$(head -c 100000000 /dev/zero | tr '\\0' x)").is_success());
  EXPECT_NE(log_text().find("it used more than 33554432 bytes of memory"), std::string::npos);
}

TEST_F(StepCgroupsTest, LimitThatIsNotInForceIsSaid) {
  if (parent_.empty() || groups_.bounds_memory) GTEST_SKIP() << "needs groups without controllers";
  limit({.memory_bytes = 1 << 20, .processes = 5}, parent_);
  EXPECT_TRUE(run("true").is_success());
  EXPECT_NE(log_text().find("the limit of memory is not in force"), std::string::npos)
      << log_text();
}

}  // namespace
}  // namespace tripgate
