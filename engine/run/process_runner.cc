// The runner only ever waits on one kind of thing: a descriptor of a supervisor's process, be it
// our child or one that an earlier engine left. What happened is then read from the directory.
#include "engine/run/process_runner.h"

#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <spawn.h>
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

// Moves a descriptor above those that the supervisor expects, so that dup2 overwrites none.
UniqueFd lift(const UniqueFd& fd) {
  return UniqueFd(::fcntl(fd.get(), F_DUPFD_CLOEXEC, step::kEngineFd + 1));
}

// Signals as the supervisor wants them: TERM waits until it can be taken as an abort.
void set_signals(posix_spawnattr_t& attributes) {
  sigset_t blocked;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  sigaddset(&blocked, SIGCHLD);
  sigset_t defaulted;
  sigfillset(&defaulted);
  posix_spawnattr_setsigmask(&attributes, &blocked);
  posix_spawnattr_setsigdefault(&attributes, &defaulted);
  posix_spawnattr_setflags(
      &attributes,
      static_cast<short>(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID));
}

Result<pid_t> spawn_supervisor(const std::string& path, const StepHandover& handover,
                               const UniqueFd& engine) {
  const UniqueFd spec = lift(handover.spec);
  const UniqueFd prologue = lift(handover.prologue);
  const UniqueFd script = lift(handover.script);
  const UniqueFd life = lift(engine);
  if (!spec.is_open() || !prologue.is_open() || !script.is_open() || !life.is_open()) {
    return last_system_error();
  }
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  for (const int fd : {0, 1, 2}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  posix_spawn_file_actions_adddup2(&actions, spec.get(), step::kSpecFd);
  posix_spawn_file_actions_adddup2(&actions, prologue.get(), step::kPrologueFd);
  posix_spawn_file_actions_adddup2(&actions, script.get(), step::kScriptFd);
  posix_spawn_file_actions_adddup2(&actions, life.get(), step::kEngineFd);
  posix_spawn_file_actions_addclosefrom_np(&actions, step::kEngineFd + 1);
  set_signals(attributes);
  std::string name = "tripgate-step";
  char* const argv[] = {name.data(), nullptr};
  char* const envp[] = {nullptr};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, path.c_str(), &actions, &attributes, argv, envp);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return ErrorCode(error, boost::system::system_category());
  return pid;
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
  Watched(const boost::asio::any_io_executor& executor, UniqueFd fd, bool child, OnStepEnd told)
      : process(executor, fd.release()), is_child(child), on_end(std::move(told)) {}

  boost::asio::posix::stream_descriptor process;
  bool is_child;
  OnStepEnd on_end;
};

ProcessRunner::ProcessRunner(boost::asio::any_io_executor executor, ProcessRunnerConfig config)
    : executor_(std::move(executor)), config_(std::move(config)) {
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
  const Result<pid_t> pid = spawn_supervisor(config_.supervisor_path, *handover, supervisors_end_);
  if (!pid) return pid.error();
  // Our own child keeps its process id until we wait for it.
  UniqueFd supervisor(static_cast<int>(::syscall(SYS_pidfd_open, *pid, 0)));
  if (!supervisor.is_open()) return give_up(id, *pid, last_system_error(), on_end);
  watch(id, std::move(supervisor), true, std::move(on_end));
  return {};
}

// A supervisor that cannot be watched is ended. What it did not start by then never will be; what
// it may have started is told like any step whose supervisor was killed.
ErrorCode ProcessRunner::give_up(const AttemptId& id, int supervisor, ErrorCode reason,
                                 const OnStepEnd& on_end) {
  ::kill(supervisor, SIGKILL);
  siginfo_t end{};
  ::waitid(P_PID, static_cast<id_t>(supervisor), &end, WEXITED);
  const Result<Adoption> found = adopt(id, on_end);
  if (found && *found == Adoption::never_started) return reason;
  if (found) return {};
  StepResult lost;
  lost.interrupted = "interrupted: its files cannot be read: " + found.error().message();
  boost::asio::post(executor_, [on_end, lost = std::move(lost)] { on_end(lost); });
  return {};
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
      watch(id, std::move(state->supervisor), false, std::move(on_end));
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

void ProcessRunner::watch(const AttemptId& id, UniqueFd supervisor, bool is_child,
                          OnStepEnd on_end) {
  watched_[id] =
      std::make_unique<Watched>(executor_, std::move(supervisor), is_child, std::move(on_end));
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
  if (watched.is_child) {
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
      watched.is_child = false;
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
