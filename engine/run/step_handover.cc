// Memory files rather than arguments or environment: one environment string over 128 KiB fails
// exec, and both are readable by others. Sealed, so that what was checked is what runs.
#include "engine/run/step_handover.h"

#include <fcntl.h>
#include <sys/mman.h>

#include <algorithm>
#include <string_view>

#include "engine/base/errc.h"
#include "engine/run/secret_forms.h"
#include "engine/run/step_shell.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

// Linux refuses a longer argument or environment string (MAX_ARG_STRLEN).
constexpr std::size_t kExecStringMaxBytes = 128 * 1024 - 1;
// What the supervisor's tables hold (engine/step/spec.h).
constexpr std::size_t kVariablesMax = 1000;
constexpr std::size_t kArgumentsMax = 60;
constexpr std::size_t kSecretFormsMax = 4096;
constexpr std::size_t kOutputsMax = 500;

constexpr std::string_view kWindowsLineEnds =
    "The script has Windows line ends (CR LF): the shell takes CR as a part of each line's last "
    "word";

bool has_nul(std::string_view text) {
  return text.find('\0') != std::string_view::npos;
}

bool is_variable_name(std::string_view name) {
  return !name.empty() && !(name[0] >= '0' && name[0] <= '9') &&
         std::ranges::all_of(name, [](char c) {
           return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                  (c >= 'a' && c <= 'z');
         });
}

Result<UniqueFd> make_file(const char* name, std::string_view text) {
  UniqueFd file(::memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING));
  if (!file.is_open()) return last_system_error();
  while (!text.empty()) {
    const ssize_t written = ::write(file.get(), text.data(), text.size());
    if (written < 0) return last_system_error();
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  ::fcntl(file.get(), F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL);
  return file;
}

class SpecText {
 public:
  void add(std::string_view name, std::string_view value) {
    text_.append(name).append("=").append(value).push_back('\0');
  }
  void add(std::string_view name, std::int64_t number) { add(name, std::to_string(number)); }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_ = std::string(step::kSpecMagic) + '\0';
};

void add_user(SpecText& spec, const StepUser& user) {
  spec.add("uid", user.uid);
  spec.add("gid", user.gid);
  for (const std::uint32_t group : user.groups) spec.add("group", group);
}

void add_outputs(SpecText& spec, const StepCommand& command) {
  for (const StepOutput& output : command.outputs) {
    spec.add(output.is_secret ? "secret_output" : "output", output.name);
  }
  spec.add("output_value_limit_bytes", static_cast<std::int64_t>(command.output_value_max_bytes));
  if (command.shell == StepShell::program) spec.add("is_program", 1);
}

bool is_output(const StepOutput& output) {
  return !output.name.empty() && !has_nul(output.name) &&
         output.name.find('=') == std::string::npos && is_variable_name(output.variable);
}

// Only shells of the Bourne family have prologues; only programs have arguments.
bool suits_shell(const StepCommand& command) {
  const bool is_program = command.shell == StepShell::program;
  const bool has_prologue = command.shell == StepShell::bash || command.shell == StepShell::sh;
  return is_program != command.program.empty() && (has_prologue || command.prologue.empty()) &&
         (!is_program || command.outputs.empty());
}

ErrorCode check(const StepCommand& command,
                const std::vector<std::pair<std::string, std::string>>& environment) {
  bool is_clean =
      !has_nul(command.prologue) && !has_nul(command.script) && !has_nul(command.working_directory);
  bool is_small = environment.size() <= kVariablesMax && command.program.size() <= kArgumentsMax &&
                  command.outputs.size() <= kOutputsMax;
  for (const std::string& argument : command.program) is_clean = is_clean && !has_nul(argument);
  for (const std::string& secret : command.secrets) is_clean = is_clean && !has_nul(secret);
  for (const auto& [name, value] : environment) {
    is_clean = is_clean && is_variable_name(name) && !has_nul(value);
    is_small = is_small && name.size() + value.size() + 2 <= kExecStringMaxBytes;
  }
  is_clean = is_clean && suits_shell(command) && std::ranges::all_of(command.outputs, is_output);
  if (!is_clean || command.timeout.count() <= 0) return make_error_code(Errc::invalid_argument);
  return is_small ? ErrorCode() : make_error_code(Errc::too_large);
}

void add_limits(SpecText& spec, const StepOrder& order) {
  const StepLimits& limits = order.limits;
  spec.add("log_limit_bytes", static_cast<std::int64_t>(limits.output_bytes));
  spec.add("open_files", static_cast<std::int64_t>(limits.open_files));
  spec.add("cpu_seconds", limits.cpu.count());
  if (order.cgroup.empty()) return;
  spec.add("cgroup", order.cgroup);
  spec.add("memory_bytes", static_cast<std::int64_t>(limits.memory_bytes));
  spec.add("processes", static_cast<std::int64_t>(limits.processes));
}

// YAML turns CR LF into LF, but not in a quoted script and not in an escape.
bool has_windows_line_ends(const StepCommand& command) {
  const bool is_shell = command.shell == StepShell::bash || command.shell == StepShell::sh;
  return is_shell && command.script.find("\r\n") != std::string::npos;
}

// Everything but the secrets, which may be too many.
SpecText make_spec(const StepOrder& order, const ShellTexts& texts) {
  SpecText spec;
  spec.add("directory", order.directory);
  spec.add("working_directory", order.command.working_directory);
  spec.add("timeout_ms", order.command.timeout.count());
  spec.add("kill_after_ms", order.command.kill_after.count());
  for (const std::string& argument : texts.arguments) spec.add("arg", argument);
  if (has_windows_line_ends(order.command)) spec.add("remark", kWindowsLineEnds);
  add_limits(spec, order);
  add_outputs(spec, order.command);
  if (order.user) add_user(spec, *order.user);
  for (const auto& [name, value] : order.environment) spec.add("env", name + "=" + value);
  for (const std::string& variable : texts.environment) spec.add("env", variable);
  return spec;
}

}  // namespace

Result<StepHandover> make_handover(const StepOrder& order) {
  if (const ErrorCode error = check(order.command, order.environment)) return error;
  const ShellTexts texts = shell_texts(order.command);
  SpecText spec = make_spec(order, texts);
  const std::vector<std::string> forms = secret_forms(order.command.secrets);
  if (forms.size() > kSecretFormsMax) return make_error_code(Errc::too_large);
  for (const std::string& form : forms) spec.add("secret", form);
  auto spec_file = make_file("tripgate-spec", spec.text());
  if (!spec_file) return spec_file.error();
  auto prologue_file = make_file("tripgate-prologue", texts.prologue);
  if (!prologue_file) return prologue_file.error();
  auto script_file = make_file("tripgate-script", texts.script);
  if (!script_file) return script_file.error();
  return StepHandover{std::move(*spec_file), std::move(*prologue_file), std::move(*script_file)};
}

}  // namespace tripgate
