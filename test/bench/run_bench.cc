// usage: run_bench SHAPE COUNT...
//
// What the engine itself spends on a run: dispatcher, runner and store as they are, with steps that
// end at once and a store in memory. SHAPE `stages`: so many stages with five steps each; `loop`:
// one step in a matrix of so many, 50 at once. Prints for each count `NODES MICROSECONDS BYTES`:
// nodes of the run, time per node, and how much memory grew per node at the most.
#include <malloc.h>

#include <boost/asio/post.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "test/lib/run_stand.h"

namespace tripgate {
namespace {

constexpr int kStepsPerStage = 5;
/// How often a run looks at the heap, which costs more than a step does.
constexpr std::size_t kLooks = 64;

std::size_t used_memory() {
  return ::mallinfo2().uordblks;
}

/// Steps that succeed as soon as somebody looks.
class InstantRunner final : public CommandRunner {
 public:
  explicit InstantRunner(std::size_t step_count) : starts_per_look_(step_count / kLooks + 1) {}

  ErrorCode start(const AttemptId&, const StepCommand&, OnStepEnd on_end) override {
    if (++start_count_ % starts_per_look_ == 0) peak_ = std::max(peak_, used_memory());
    ends_.push_back(std::move(on_end));
    return {};
  }
  void abort(const AttemptId&) override {}
  Result<Adoption> adopt(const AttemptId&, OnStepEnd) override { return Adoption::never_started; }

  void end_all() {
    StepResult success;
    success.exit_code = 0;
    for (const OnStepEnd& on_end : std::exchange(ends_, {})) on_end(success);
  }
  [[nodiscard]] std::size_t peak() const { return peak_; }

 private:
  std::vector<OnStepEnd> ends_;
  std::size_t starts_per_look_;
  std::size_t start_count_ = 0;
  std::size_t peak_ = 0;
};

/// Written in flow style: thousands of stages have to fit into the longest text that is accepted.
std::string stages_yaml(int count) {
  std::string steps;
  for (int i = 0; i < kStepsPerStage; ++i) {
    const std::string name = "s" + std::to_string(i);
    steps += (i == 0 ? "" : ", ");
    steps += "{step: {type: ShellScript, name: " + name + ", identifier: " + name +
             ", spec: {shell: Bash, source: {type: Inline, spec: {script: \"true\"}}}}}";
  }
  std::string text = "pipeline:\n  name: bench\n  identifier: bench\n  stages:\n";
  for (int i = 0; i < count; ++i) {
    const std::string name = "stage" + std::to_string(i);
    text += "  - stage: {name: " + name + ", identifier: " + name +
            ", type: Custom, spec: {execution: {steps: [" + steps + "]}}}\n";
  }
  return text;
}

/// A matrix has two axes, so that a count of ten thousand takes no text of as many words.
std::string loop_yaml(int count) {
  std::string text = pipeline_yaml("bench", {1});
  const std::string indent(18, ' ');
  const auto axis = [&](int size) {
    std::string values;
    for (int i = 0; i < size; ++i) values += (i == 0 ? "v" : ", v") + std::to_string(i);
    return "[" + values + "]";
  };
  return text + indent + "strategy:\n" + indent + "  matrix:\n" + indent +
         "    x: " + axis(count / 10) + "\n" + indent + "    y: " + axis(10) + "\n" + indent +
         "    maxConcurrency: 50\n";
}

void measure(const std::string& shape, int count) {
  const bool is_loop = shape == "loop";
  InstantRunner commands(static_cast<std::size_t>(is_loop ? count : count * kStepsPerStage));
  RunStand stand(commands);
  stand.catalog.pipelines["bench"] = is_loop ? loop_yaml(count) : stages_yaml(count);
  stand.catalog.add(1, "bench", "bench");
  stand.start();
  const std::size_t before = used_memory();
  const auto begin = std::chrono::steady_clock::now();
  stand.append(event_id(1), 1, "{}");
  const bool has_ended = static_cast<bool>(stand.run_until([&] {
    commands.end_all();
    return stand.runner->running_count() == 0 && commands.peak() != 0;
  }));
  const std::chrono::duration<double, std::micro> took = std::chrono::steady_clock::now() - begin;
  const std::vector<Execution> executions = stand.executions();
  if (!has_ended || executions.size() != 1 || executions[0].status != RunStatus::succeeded) {
    std::fprintf(stderr, "the run did not succeed\n");
    std::exit(1);
  }
  const auto nodes = static_cast<double>(stand.nodes(executions[0].number).size());
  std::printf("%.0f %.2f %.0f\n", nodes, took.count() / nodes,
              static_cast<double>(commands.peak() - before) / nodes);
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  const std::string shape = argc > 2 ? argv[1] : "";
  if (shape != "stages" && shape != "loop") {
    std::fputs("usage: run_bench stages|loop COUNT...\n", stderr);
    return 2;
  }
  for (int i = 2; i < argc; ++i) tripgate::measure(shape, std::atoi(argv[i]));
  return 0;
}
