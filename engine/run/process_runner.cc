// The runner only ever waits on one kind of thing: a descriptor of a supervisor's process, be it
// our child or one that an earlier engine left. What happened is then read from the directory.
#include "engine/run/process_runner.h"

#include <limits.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
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
      {"PATH", config.path}, {"HOME", config.home}, {"LANG", config.lang}};
  for (const auto& [name, value] : command.environment) variables[name] = value;
  variables["TRIPGATE_EVENT_ID"] = command.event_id;
  variables["TRIPGATE_EXECUTION_ID"] = id.execution_id;
  variables["TRIPGATE_NODE_ID"] = id.node_id;
  variables["TRIPGATE_IDEMPOTENCY_KEY"] = command.event_id + "/" + command.node_key;
  return {variables.begin(), variables.end()};
}

// Why a supervisor that left no claim did not start the step.
std::string describe_refusal(const siginfo_t& end) {
  if (end.si_code != CLD_EXITED) return "the supervisor was killed before the step started";
  switch (end.si_status) {
    case step::bad_spec:
      return "the supervisor does not understand the specification";
    case step::not_locked:
    case step::claimed:
      return "the attempt was claimed by somebody else";
    case step::io_failed:
      return "the step's directory could not be written";
    default:
      return "the supervisor ended with status " + std::to_string(end.si_status);
  }
}

}  // namespace

struct ProcessRunner::Watched {
  Watched(const boost::asio::any_io_executor& executor, UniqueFd fd, UniqueFd engine_link,
          OnStepEnd told)
      : process(executor, fd.release()), link(std::move(engine_link)), on_end(std::move(told)) {}

  /// Whether the supervisor is our child and not an earlier engine's.
  [[nodiscard]] bool is_child() const { return link.is_open(); }

  boost::asio::posix::stream_descriptor process;
  UniqueFd link;  // As long as it is open, the supervisor knows that we are there.
  OnStepEnd on_end;
};

ProcessRunner::ProcessRunner(boost::asio::any_io_executor executor, ProcessRunnerConfig config)
    : executor_(std::move(executor)), config_(std::move(config)) {
  make_ready();
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
  Result<SupervisorProcess> supervisor = supervise(*handover);
  if (!supervisor) return supervisor.error();
  watch(id, supervisor->take_process(), supervisor->take_link(), std::move(on_end));
  make_ready();
  return {};
}

/// The supervisor that has the step. The one that was ready may have been killed meanwhile.
Result<SupervisorProcess> ProcessRunner::supervise(const StepHandover& handover) {
  if (ready_) {
    SupervisorProcess ready = std::move(*ready_);
    ready_.reset();
    if (!ready.hand_over(handover)) return ready;
  }
  Result<SupervisorProcess> fresh = SupervisorProcess::spawn(config_.supervisor_path);
  if (!fresh) return fresh;
  if (const ErrorCode failed = fresh->hand_over(handover)) return failed;
  return fresh;
}

/// Failure shows when there is a step.
void ProcessRunner::make_ready() {
  Result<SupervisorProcess> supervisor = SupervisorProcess::spawn(config_.supervisor_path);
  if (supervisor) ready_.emplace(std::move(*supervisor));
}

void ProcessRunner::abort(const AttemptId& id) {
  const auto found = watched_.find(id);
  if (found == watched_.end()) return;
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
      watch(id, std::move(state->supervisor), UniqueFd(), std::move(on_end));
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

void ProcessRunner::watch(const AttemptId& id, UniqueFd supervisor, UniqueFd link,
                          OnStepEnd on_end) {
  watched_[id] = std::make_unique<Watched>(executor_, std::move(supervisor), std::move(link),
                                           std::move(on_end));
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
  siginfo_t end{};
  if (watched.is_child()) {
    ::waitid(P_PIDFD, static_cast<id_t>(watched.process.native_handle()), &end, WEXITED);
  }
  auto state = settle_attempt(attempt_directory(id));
  if (!state) {
    StepResult result;
    result.interrupted = "interrupted: the exit record cannot be read: " + state.error().message();
    return tell(id, std::move(result));
  }
  switch (state->kind) {
    case AttemptState::Kind::running:  // Another supervisor had the attempt before ours came.
      watched.process.close();
      watched.process.assign(state->supervisor.release());
      watched.link.reset();
      return await_end(id);
    case AttemptState::Kind::never_started:
      state->result.start_error = describe_refusal(end);
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
