// usage: step_driver start STEPS SUPERVISOR SCRIPT | step_driver adopt STEPS
//
// start: starts one attempt of a step below STEPS, which exists, and stays there as an engine does
// until its standard input ends; it looks at nothing. Prints a line once it has tried. adopt: what
// the next engine finds. Prints `never_started`, `interrupted`, `finished CODE OUTPUT`,
// `lost its outputs`, `not started: REASON`, or why nobody can tell.
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <cstdio>
#include <string>
#include <vector>

#include "engine/run/process_runner.h"

namespace tripgate {
namespace {

const AttemptId kAttempt{"execution", "node", 0};

void print_end(const StepResult& result) {
  if (!result.interrupted.empty()) {
    std::puts("interrupted");
  } else if (!result.start_error.empty()) {
    std::printf("not started: %s\n", result.start_error.c_str());
  } else if (!result.output_error.empty()) {
    std::puts("lost its outputs");
  } else {
    std::printf("finished %d %s\n", result.exit_code.value_or(-1),
                result.outputs.empty() ? "" : result.outputs[0].second.c_str());
  }
}

StepCommand command_of(const std::string& script) {
  StepCommand command;
  command.script = script;
  command.outputs = {{"left", "left", false}};
  command.event_id = "event";
  command.node_key = "node";
  return command;
}

int run_driver(const std::vector<std::string>& words) {
  boost::asio::io_context io;
  ProcessRunnerConfig config;
  config.steps_directory = words[2];
  if (words[1] == "start") config.supervisor_path = words[3];
  ProcessRunner runner(io.get_executor(), config);
  if (words[1] == "start") {
    const ErrorCode failed = runner.start(kAttempt, command_of(words[4]), print_end);
    std::printf("%s\n", failed ? failed.message().c_str() : "started");
    std::fflush(stdout);
    while (std::getchar() != EOF) {
    }
    ::_exit(0);
  }
  const Result<Adoption> found = runner.adopt(kAttempt, print_end);
  if (!found) std::printf("unknown: %s\n", found.error().message().c_str());
  if (found && *found == Adoption::never_started) std::puts("never_started");
  io.run();
  return 0;
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  const bool is_start = words.size() == 5 && words[1] == "start";
  if (is_start || (words.size() == 3 && words[1] == "adopt")) return tripgate::run_driver(words);
  std::fputs("usage: step_driver start STEPS SUPERVISOR SCRIPT | adopt STEPS\n", stderr);
  return 1;
}
