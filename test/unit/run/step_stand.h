// A temporary steps directory, a real runner on its own io_context, and real supervisors.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "engine/run/process_runner.h"
#include "engine/run/step_log.h"

namespace tripgate {

/// Bounds every wait of a test; reached only by a failing one.
inline constexpr std::chrono::seconds kTestPatience{30};

inline std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

class StepStand : public ::testing::Test {
 protected:
  StepStand() {
    std::string pattern = ::testing::TempDir() + "tripgate-step-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    std::filesystem::create_directory(steps());
    restart();
  }
  ~StepStand() override { std::filesystem::remove_all(directory_); }

  [[nodiscard]] std::string steps() const { return directory_ + "/steps"; }
  [[nodiscard]] std::string path(const std::string& name) const { return directory_ + "/" + name; }
  [[nodiscard]] std::string attempt() const { return runner_->attempt_directory(id_); }

  static std::string supervisor_path() {
    const char* const given = std::getenv("TRIPGATE_STEP");
    return given != nullptr ? given : "build/tripgate-step";
  }

  /// As after kill -9 of the engine: a runner that knows nothing.
  void restart() {
    runner_.reset();
    context_.restart();
    ProcessRunnerConfig config;
    config.supervisor_path = supervisor_path();
    config.steps_directory = steps();
    runner_.emplace(context_.get_executor(), config);
  }

  static StepCommand bash(const std::string& script) {
    StepCommand command;
    command.shell = StepShell::bash;
    command.script = script;
    command.event_id = "event";
    command.node_key = "node";
    return command;
  }

  /// A step program: the path of a program that gets `script` on the path of its last argument.
  static StepCommand program(const std::string& path, const std::string& script = {}) {
    StepCommand command = bash(script);
    command.shell = StepShell::program;
    command.program = {path};
    return command;
  }

  ErrorCode start(const StepCommand& command) {
    result_.reset();
    return runner_->start(id_, command, [this](const StepResult& result) { result_ = result; });
  }

  Result<Adoption> adopt() {
    result_.reset();
    return runner_->adopt(id_, [this](const StepResult& result) { result_ = result; });
  }

  StepResult wait_for_end() {
    context_.restart();
    const auto deadline = std::chrono::steady_clock::now() + kTestPatience;
    while (!result_ && std::chrono::steady_clock::now() < deadline) {
      context_.run_one_until(deadline);
    }
    EXPECT_TRUE(result_) << "the step did not end";
    return result_.value_or(StepResult());
  }

  StepResult run(const StepCommand& command) {
    const ErrorCode error = start(command);
    EXPECT_FALSE(error) << error.message();
    return error ? StepResult() : wait_for_end();
  }

  StepResult run(const std::string& script) { return run(bash(script)); }

  /// Opens a fifo whose other end a step opens: returns once the step is there.
  void make_fifo(const std::string& name) const { ::mkfifo(path(name).c_str(), 0600); }
  void await_fifo(const std::string& name) const { read_file(path(name)); }
  void release_fifo(const std::string& name) const { std::ofstream(path(name)) << "go\n"; }

  [[nodiscard]] std::string log_text() const {
    const auto chunk = read_step_log(attempt(), 0, 64 * 1024 * 1024);
    std::string text;
    if (!chunk) return "unreadable log";
    for (const LogLine& line : chunk->lines) text += line.text + "\n";
    return text;
  }

  /// The supervisor's process id, from its claim.
  [[nodiscard]] pid_t supervisor_pid() const {
    const std::string claim = read_file(attempt() + "/claim");
    const std::size_t at = claim.find("\npid ");
    return at == std::string::npos ? 0 : std::stoi(claim.substr(at + 5));
  }

  std::string directory_;
  boost::asio::io_context context_;
  std::optional<ProcessRunner> runner_;
  AttemptId id_{"execution", "node", 0};
  std::optional<StepResult> result_;
};

}  // namespace tripgate
