// The table, and the way from words to a command. Wrong usage never reaches an engine.
#include "engine/cli/commands.h"

#include <algorithm>
#include <iomanip>

namespace tripgate::cli {
namespace {

constexpr Option kApplyOptions[] = {{"file", 'f', "FILE|DIR", true}, {"dry-run"}};
constexpr Option kGetOptions[] = {{"pipeline", 'p', "PIPELINE"}, {"after", 0, "ID"}};
constexpr Option kPipelineOption[] = {{"pipeline", 'p', "PIPELINE"}};
constexpr Option kCurlOptions[] = {{"pipeline", 'p', "PIPELINE"}, {"public-url", 0, "URL"}};
constexpr Option kTokenCreateOptions[] = {
    {"name", 0, "NAME"}, {"role", 0, "admin|executor|viewer"}, {"expires", 0, "30d"}};
constexpr Option kTokenRotateOptions[] = {{"name", 0, "NAME"}, {"overlap", 0, "1h"}};
constexpr Option kTokenNameOption[] = {{"name", 0, "NAME"}};
constexpr Option kSettingSetOptions[] = {{"no-overrides"}};
constexpr Option kListOptions[] = {{"last", 0, "N"}, {"pipeline", 'p', "PIPELINE"}};
constexpr Option kExecutionListOptions[] = {
    {"last", 0, "N"}, {"pipeline", 'p', "PIPELINE"}, {"status", 's', "STATUS", true}, {"all", 'a'}};
constexpr Option kLastOption[] = {{"last", 0, "N"}};
constexpr Option kLogOptions[] = {{"follow", 'f'}};
constexpr Option kRerunOptions[] = {{"file", 'f', "FILE"}, {"stage", 0, "STAGE", true}};
constexpr Option kRetryOptions[] = {
    {"file", 'f', "FILE"}, {"stage", 0, "STAGE", true}, {"failed-only"}};
constexpr Option kApproveOptions[] = {
    {"reject"}, {"step", 0, "STEP"}, {"input", 0, "NAME=VALUE", true}, {"comment", 0, "TEXT"}};
constexpr Option kNodeOption[] = {{"node", 0, "NODE"}};
constexpr Option kMatchOptions[] = {{"header", 'H', "'NAME: VALUE'", true}};
constexpr Option kEvalOptions[] = {{"context", 0, "FILE"}, {"batch"}};

constexpr Command kCommands[] = {
    {"apply", "", "create or update what YAML files say, all or nothing", kApplyOptions, 0, 0,
     apply},
    {"validate", "FILE ...", "check YAML files without an engine", {}, 1, 1000, validate},
    {"get", "KIND [ID]",
     "show entities; KIND: pipeline trigger inputset setting token event execution", kGetOptions, 1,
     2, get},
    {"delete", "KIND ID", "remove an entity; KIND: pipeline trigger inputset token",
     kPipelineOption, 2, 2, erase},
    {"curl", "TRIGGER", "print the curl command that fires a trigger", kCurlOptions, 1, 1, curl},
    {"token create", "", "make an API key and print it, once", kTokenCreateOptions, 0, 0,
     token_create},
    {"token rotate", "[NAME]", "replace a key's secret; the old one works for --overlap",
     kTokenRotateOptions, 0, 1, token_rotate},
    {"token revoke", "[NAME]", "end a key at once", kTokenNameOption, 0, 1, token_revoke},
    {"token list", "", "show the account's keys", {}, 0, 0, token_list},
    {"setting set", "ID VALUE", "set a setting in the account, --org or --project",
     kSettingSetOptions, 2, 2, setting_set},
    {"setting get", "ID", "print a setting's value as it holds there", {}, 1, 1, setting_get},
    {"secret set",
     "NAME",
     "store a secret in the account, --org or --project; its value from stdin",
     {},
     1,
     1,
     secret_set},
    {"secret list", "", "show the names of secrets; values are never shown", {}, 0, 0, secret_list},
    {"secret delete", "NAME", "remove a secret", {}, 1, 1, secret_delete},
    {"secret reseal",
     "",
     "put all secrets under the first key of the key file",
     {},
     0,
     0,
     secret_reseal},
    {"execution list", "", "show the latest executions; -a: those of chained pipelines too",
     kExecutionListOptions, 0, 0, execution_list},
    {"execution show", "ID", "show one execution and its stages", {}, 1, 1, execution_show},
    {"execution logs", "ID", "print the output of every step; -f: until its end", kLogOptions, 1, 1,
     execution_logs},
    {"execution abort",
     "ID",
     "end an execution: its steps get TERM, nothing more starts",
     {},
     1,
     1,
     execution_abort},
    {"execution rerun", "ID",
     "run its pipeline again, with its inputs and stages unless --file or --stage say others",
     kRerunOptions, 1, 1, execution_rerun},
    {"execution retry", "ID",
     "run it again from the stage that failed, or from --stage; earlier ones are taken over",
     kRetryOptions, 1, 1, execution_retry},
    {"execution eval", "ID TEXT",
     "show what a text with expressions would become in an execution, or at its --node",
     kNodeOption, 2, 2, execution_eval},
    {"execution approve", "ID", "approve or --reject the step of an execution that waits for it",
     kApproveOptions, 1, 1, execution_approve},
    {"event list", "", "show the latest events", kListOptions, 0, 0, event_list},
    {"event show", "ID", "show one event, its payload and what became of it", {}, 1, 1, event_show},
    {"event explain", "ID", "show why each trigger fired or did not", {}, 1, 1, event_explain},
    {"whatif", "TRIGGER.yaml", "judge the --last N events with an edited trigger", kLastOption, 1,
     1, what_if},
    {"eval", "[EXPR]", "evaluate an expression; --batch: corpus lines from standard input",
     kEvalOptions, 0, 1, eval},
    {"match", "EVENT.json TRIGGER.yaml", "judge one event by one trigger, and say why",
     kMatchOptions, 2, 2, match},
    {"version", "", "print the version", {}, 0, 0, version},
};

const Command* find_command(std::span<const std::string> words, std::size_t& word_count) {
  for (const std::size_t count : {std::size_t{2}, std::size_t{1}}) {
    if (words.size() < count) continue;
    const std::string name = count == 2 ? words[0] + ' ' + words[1] : words[0];
    const auto found =
        std::find_if(std::begin(kCommands), std::end(kCommands),
                     [&name](const Command& command) { return command.name == name; });
    word_count = count;
    if (found != std::end(kCommands)) return found;
  }
  return nullptr;
}

std::vector<Option> all_options(const Command& command) {
  std::vector<Option> options(command.options.begin(), command.options.end());
  options.insert(options.end(), std::begin(kCommonOptions), std::end(kCommonOptions));
  return options;
}

void append_option(std::ostream& out, const Option& option) {
  out << " [";
  if (option.letter != 0) {
    out << '-' << option.letter;
  } else {
    out << "--" << option.name;
  }
  if (!option.placeholder.empty()) out << ' ' << option.placeholder;
  out << (option.is_repeatable ? "]..." : "]");
}

}  // namespace

std::span<const Command> commands() {
  return kCommands;
}

void print_usage(std::ostream& out, const Command& command) {
  out << "usage: tripgate " << command.name;
  if (!command.operands.empty()) out << ' ' << command.operands;
  for (const Option& option : command.options) append_option(out, option);
  out << "\n      ";
  for (const Option& option : kCommonOptions) append_option(out, option);
  out << '\n';
}

void print_help(std::ostream& out) {
  out << "usage: tripgate COMMAND [OPTION ...]\n\n"
      << std::left << "  " << std::setw(28) << "engine --config FILE"
      << "run the engine beside nginx\n";
  for (const Command& command : kCommands) {
    const std::string words = std::string(command.name) + ' ' + std::string(command.operands);
    out << "  " << std::setw(28) << words << command.summary << '\n';
  }
  out << "  " << std::setw(28) << "help [COMMAND]"
      << "this list, or a command's options\n"
      << "\nExit codes: 0 done; 1 refused, not found or, as the message says then, not known to be "
         "done;\n2 usage; 3 no engine answered.\n";
}

int run_command(std::span<const std::string> words, const Environment& environment,
                std::ostream& out, std::ostream& complain) {
  if (words.empty()) {
    print_help(complain);
    return exit_usage;
  }
  std::size_t word_count = 0;
  if (words[0] == "help" || words[0] == "--help" || words[0] == "-h") {
    const Command* const command = find_command(words.subspan(1), word_count);
    command != nullptr ? print_usage(out, *command) : print_help(out);
    return exit_done;
  }
  const Command* const command = find_command(words, word_count);
  if (command == nullptr) {
    complain << "tripgate: unknown command " << words[0] << "; `tripgate help` lists them\n";
    return exit_usage;
  }
  const auto refuse = [&](const std::string& text) {
    complain << "tripgate " << command->name << ": " << text << '\n';
    print_usage(complain, *command);
    return int{exit_usage};
  };
  Result<Arguments, Diagnostic> arguments =
      Arguments::parse(all_options(*command), words.subspan(word_count));
  if (!arguments) return refuse(arguments.error().message);
  const std::size_t operand_count = arguments->operands().size();
  if (operand_count < command->operands_min) return refuse("an operand is missing");
  if (operand_count > command->operands_max) {
    return refuse("unexpected " + arguments->operands()[command->operands_max]);
  }
  const Result<Session, Diagnostic> session =
      Session::open(*std::move(arguments), environment, out, complain);
  if (!session) return refuse(session.error().message);
  return command->run(*session);
}

}  // namespace tripgate::cli
