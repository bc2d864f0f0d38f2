// The runner only ever waits on one kind of thing: a descriptor of a supervisor's process, be it
// our child or one that an earlier engine left. What happened is then read from the directory.
#include "engine/run/process_runner.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <filesystem>

#include "engine/base/errc.h"
#include "engine/run/step_cgroups.h"
#include "engine/run/step_handover.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

// Where it is not set, bash looks it up among the users at each start.
constexpr const char* kShell = "/bin/bash";
// A file name has at most 255 bytes; the attempt's number needs some.
constexpr std::size_t kIdMaxBytes = 200;

bool is_path_part(std::string_view id) {
  return !id.empty() && id.size() <= kIdMaxBytes && id[0] != '.' &&
         std::ranges::all_of(id, [](char c) {
           return c == '_' || c == '-' || c == '.' || (c >= '0' && c <= '9') ||
                  (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
         });
}

std::vector<std::pair<std::string, std::string>> make_environment(const ProcessRunnerConfig& config,
                                                                  const AttemptId& id,
                                                                  const StepCommand& command) {
  std::map<std::string, std::string> variables{
      {"PATH", config.path}, {"HOME", config.home}, {"SHELL", kShell}};
  for (const auto& [name, value] : command.environment) variables[name] = value;
  // Unlike LANG it makes programs read one locale file, not twelve; but it would outrank LANG.
  if (!variables.contains("LANG")) variables.try_emplace("LC_CTYPE", config.lc_ctype);
  variables["TRIPGATE_EVENT_ID"] = command.event_id;
  variables["TRIPGATE_EXECUTION_ID"] = id.execution_id;
  variables["TRIPGATE_NODE_ID"] = id.node_id;
  variables["TRIPGATE_IDEMPOTENCY_KEY"] = command.event_id + "/" + command.node_key;
  return {variables.begin(), variables.end()};
}

// What the supervisor said at its end; nothing if it was killed.
std::optional<std::uint8_t> read_status(const UniqueFd& status) {
  std::uint8_t byte = 0;
  if (::read(status.get(), &byte, 1) != 1) return std::nullopt;
  return byte;
}

// Why a supervisor that left no claim did not start the step.
std::string describe_refusal(std::optional<std::uint8_t> status) {
  if (!status) return "the supervisor was killed before the step started";
  switch (*status) {
    case step::bad_spec:
      return "the supervisor does not understand the specification";
    case step::not_locked:
    case step::claimed:
      return "the attempt was claimed by somebody else";
    case step::io_failed:
      return "the step's directory could not be written";
    default:
      return "the supervisor ended with status " + std::to_string(*status);
  }
}

}  // namespace

struct ProcessRunner::Watched {
  Watched(const boost::asio::any_io_executor& executor, StartedSupervisor supervisor,
          OnStepEnd told)
      : process(executor, supervisor.process.release()),
        status(std::move(supervisor.status)),
        on_end(std::move(told)) {}

  boost::asio::posix::stream_descriptor process;
  UniqueFd status;  // none of a supervisor that an earlier engine started
  OnStepEnd on_end;
  bool is_aborted = false;
};

ProcessRunner::ProcessRunner(boost::asio::any_io_executor executor, ProcessRunnerConfig config)
    : executor_(std::move(executor)),
      config_(std::move(config)),
      spawner_(config_.supervisor_path) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) return;  // Then `start` fails.
  supervisors_end_.reset(ends[0]);
  engine_end_.reset(ends[1]);
}

ProcessRunner::~ProcessRunner() = default;

std::string ProcessRunner::attempt_directory(const AttemptId& id) const {
  return config_.steps_directory + "/" + id.execution_id + "/" + id.node_id + "." +
         std::to_string(id.number);
}

std::string ProcessRunner::cgroup_of(const AttemptId& id) const {
  const std::string name = id.execution_id + "." + id.node_id + "." + std::to_string(id.number);
  if (config_.cgroup_parent.empty() || name.size() > NAME_MAX) return {};
  return config_.cgroup_parent + "/" + name;
}

ErrorCode ProcessRunner::start(const AttemptId& id, const StepCommand& command, OnStepEnd on_end) {
  if (!is_path_part(id.execution_id) || !is_path_part(id.node_id)) {
    return make_error_code(Errc::invalid_argument);
  }
  const std::string directory = attempt_directory(id);
  const auto handover = make_handover({.directory = directory,
                                       .command = command,
                                       .environment = make_environment(config_, id, command),
                                       .user = config_.user,
                                       .limits = config_.limits,
                                       .cgroup = cgroup_of(id)});
  if (!handover) return handover.error();
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return {error.value(), boost::system::system_category()};
  auto supervisor = spawner_.start(*handover, supervisors_end_);
  if (!supervisor) return give_up(id, supervisor.error(), on_end);
  watch(id, std::move(*supervisor), std::move(on_end));
  return {};
}

// What no supervisor has started by now never will be; one that nobody heard of is watched as if an
// earlier engine had started it.
ErrorCode ProcessRunner::give_up(const AttemptId& id, ErrorCode reason, const OnStepEnd& on_end) {
  const Result<Adoption> found = adopt(id, on_end);
  if (found && *found == Adoption::never_started) return reason;
  if (found) return {};
  StepResult lost;
  lost.interrupted = "interrupted: its files cannot be read: " + found.error().message();
  boost::asio::post(executor_, [on_end, lost = std::move(lost)] { on_end(lost); });
  return {};
}

/// Errors are met again by `start`.
void ProcessRunner::prepare(const AttemptId& id) {
  if (!is_path_part(id.execution_id) || !is_path_part(id.node_id)) return;
  std::error_code ignored;
  std::filesystem::create_directories(attempt_directory(id), ignored);
}

void ProcessRunner::abort(const AttemptId& id) {
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
  found->second->is_aborted = true;
  ::syscall(SYS_pidfd_send_signal, found->second->process.native_handle(), SIGTERM, nullptr, 0);
}

Result<Adoption> ProcessRunner::adopt(const AttemptId& id, OnStepEnd on_end) {
  if (!is_path_part(id.execution_id) || !is_path_part(id.node_id)) {
    return make_error_code(Errc::invalid_argument);
  }
  auto state = settle_attempt(attempt_directory(id));
  if (!state) return state.error();
  switch (state->kind) {
    case AttemptState::Kind::never_started:
      return Adoption::never_started;
    case AttemptState::Kind::running:
      watch(id, {std::move(state->supervisor), UniqueFd()}, std::move(on_end));
      return Adoption::running;
    case AttemptState::Kind::interrupted:
      end_step_cgroup(cgroup_of(id));
      break;
    case AttemptState::Kind::finished:
      break;
  }
  boost::asio::post(executor_, [on_end = std::move(on_end), result = std::move(state->result)] {
    on_end(result);
  });
  return Adoption::ended;
}

void ProcessRunner::watch(const AttemptId& id, StartedSupervisor supervisor, OnStepEnd on_end) {
  watched_[id] = std::make_unique<Watched>(executor_, std::move(supervisor), std::move(on_end));
  await_end(id);
}

void ProcessRunner::await_end(const AttemptId& id) {
  // Destroying the runner destroys the descriptor and thereby cancels the wait.
  watched_[id]->process.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                                   [this, id](const ErrorCode& error) {
                                     if (!error) on_supervisor_end(id);
                                   });
}

void ProcessRunner::on_supervisor_end(const AttemptId& id) {
  Watched& watched = *watched_[id];
  auto state = settle_attempt(attempt_directory(id));
  if (!state) {
    StepResult result;
    // A full disk keeps recovery from taking the claim, too; but its supervisor said what was.
    const auto status = read_status(watched.status);
    if (status == step::bad_spec || status == step::io_failed) {
      result.start_error = describe_refusal(status);
    } else {
      result.interrupted =
          "interrupted: the exit record cannot be read: " + state.error().message();
    }
    return tell(id, std::move(result));
  }
  switch (state->kind) {
    case AttemptState::Kind::running:  // Another supervisor had the attempt before ours came.
      watched.process.close();
      watched.process.assign(state->supervisor.release());
      watched.status.reset();
      if (watched.is_aborted) abort(id);
      return await_end(id);
    case AttemptState::Kind::never_started:
      state->result.start_error = describe_refusal(read_status(watched.status));
      break;
    case AttemptState::Kind::interrupted:
      end_step_cgroup(cgroup_of(id));
      break;
    case AttemptState::Kind::finished:
      break;
  }
  tell(id, std::move(state->result));
}

// By value: the watch that the result comes from ends in here.
// NOLINTNEXTLINE(performance-unnecessary-value-param)
void ProcessRunner::tell(const AttemptId& id, StepResult result) {
  const OnStepEnd on_end = std::move(watched_[id]->on_end);
  watched_.erase(id);
  on_end(result);
}

}  // namespace tripgate
