// What a pipeline asks to be done, ready to run: made from a stored version of its text, and made
// again from the same version after a restart.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate {

/// A variable and the text whose rendered form is its value.
struct RunVariable {
  std::string name;
  std::string text;
};

/// One ShellScript step.
struct RunStep {
  std::string identifier;
  std::string name;
  std::string type;
  /// Bash, with a reference to a variable wherever the pipeline had an expression.
  std::string script;
  /// The variables that the script refers to; set in front of it, never exported.
  std::vector<RunVariable> references;
  /// Exported to the script.
  std::vector<RunVariable> environment;
  /// May hold expressions; empty: /tmp.
  std::string working_directory;
  std::chrono::milliseconds timeout = std::chrono::minutes(10);
};

struct RunStage {
  std::string identifier;
  std::string name;
  std::string type;
  std::vector<RunVariable> variables;
  std::chrono::milliseconds timeout = std::chrono::hours(24 * 35);
  std::vector<RunStep> steps;
};

/// Stages run one after the other, and so do a stage's steps.
struct RunPlan {
  std::string pipeline;
  std::string name;
  std::uint64_t version = 0;  // of the pipeline's stored text
  std::vector<std::pair<std::string, std::string>> tags;
  std::vector<RunVariable> variables;
  std::chrono::milliseconds timeout = std::chrono::hours(24 * 35);
  std::vector<RunStage> stages;
};

/// Names a stored version of a pipeline.
struct PlanKey {
  std::string account;
  std::string org;
  std::string project;
  std::string pipeline;
  std::uint64_t version = 0;
};

/// Makes plans again for executions that go on.
class PlanSource {
 public:
  virtual ~PlanSource() = default;

  /// The plan of exactly that version. A Diagnostic says why there is none.
  [[nodiscard]] virtual Result<RunPlan, Diagnostic> load_plan(const PlanKey& key) = 0;
};

}  // namespace tripgate
