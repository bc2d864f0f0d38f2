// The command line: one table of commands, each with its options and its function.
#pragma once

#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/cli/session.h"

namespace tripgate::cli {

struct Command {
  std::string_view name;      // one word or two: "apply", "token create"
  std::string_view operands;  // "TRIGGER", "[ID]"; for the usage line
  std::string_view summary;
  std::span<const Option> options;  // besides kCommonOptions
  std::size_t operands_min;
  std::size_t operands_max;
  int (*run)(const Session& session);
};

[[nodiscard]] std::span<const Command> commands();

/// The list that `help` prints, or one command's usage.
void print_help(std::ostream& out);
void print_usage(std::ostream& out, const Command& command);

/// Runs the command that `words` (without the program's name) begin with; the exit code.
/// `engine` is not among them: main.cc starts it.
[[nodiscard]] int run_command(std::span<const std::string> words, const Environment& environment,
                              std::ostream& out, std::ostream& complain);

// apply.cc
int apply(const Session& session);
int validate(const Session& session);
// entities.cc
int get(const Session& session);
int erase(const Session& session);
int curl(const Session& session);
// token.cc
int token_create(const Session& session);
int token_rotate(const Session& session);
int token_revoke(const Session& session);
int token_list(const Session& session);
// setting.cc
int setting_set(const Session& session);
int setting_get(const Session& session);
int setting_list(const Session& session);
// secret.cc
int secret_set(const Session& session);
int secret_list(const Session& session);
int secret_delete(const Session& session);
int secret_reseal(const Session& session);
// execution.cc
int execution_list(const Session& session);
int execution_show(const Session& session);
int execution_logs(const Session& session);
int execution_eval(const Session& session);
int execution_abort(const Session& session);
int execution_approve(const Session& session);
// repeat.cc
int execution_rerun(const Session& session);
int execution_retry(const Session& session);
// event.cc
int event_list(const Session& session);
int event_show(const Session& session);
// judgement.cc
int event_explain(const Session& session);
int what_if(const Session& session);
// eval.cc
int eval(const Session& session);
// match.cc
int match(const Session& session);
// version.cc
int version(const Session& session);

}  // namespace tripgate::cli
