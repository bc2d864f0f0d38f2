// What a run will do: the pipeline's YAML, checked and compiled. Source: pipelines.md section 1.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/plan/script_placement.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

using Tags = std::vector<std::pair<std::string, std::string>>;

/// Timeouts where the YAML has none. Source: pipelines.md 9.1, advice for self-hosted engines.
struct PlanDefaults {
  std::chrono::seconds step_timeout = std::chrono::minutes(10);
  std::chrono::seconds stage_timeout = std::chrono::days(35);
  std::chrono::seconds pipeline_timeout = std::chrono::days(35);
};

/// A variable of a pipeline or stage, or of a step's environment.
struct PlanVariable {
  enum class Type { string, number };

  std::string name;
  Type type = Type::string;
  std::string text;  ///< May hold blocks; rendered when the node starts.
};

/// A shell variable that is published when the step succeeded.
struct OutputVariable {
  std::string name;            ///< As published.
  std::string shell_variable;  ///< A name that bash can assign to.
  bool is_secret = false;
};

/// A ShellScript step.
struct PlanStep {
  std::string setup_id;
  std::string identifier;
  std::string name;
  std::string type;
  std::string path;  ///< FQN; setup_id is derived from it.
  std::chrono::seconds timeout{};
  CompiledScript script;
  std::string working_directory;          ///< May hold blocks; empty: the runner's default.
  std::vector<PlanVariable> environment;  ///< Exported to the script.
  std::vector<OutputVariable> outputs;
};

struct PlanStage {
  std::string setup_id;
  std::string identifier;
  std::string name;
  std::string type;
  std::string path;
  std::string description;
  Tags tags;
  std::vector<PlanVariable> variables;
  std::chrono::seconds timeout{};
  std::vector<PlanStep> steps;  ///< Run one after the other; never empty.
};

struct Plan {
  std::string identifier;
  std::string name;
  std::string org;      ///< Empty if the YAML has none.
  std::string project;  ///< Empty if the YAML has none.
  std::string description;
  Tags tags;
  std::vector<PlanVariable> variables;
  std::chrono::seconds timeout{};
  std::vector<PlanStage> stages;  ///< Run one after the other; never empty.
};

/// Checks and compiles the value under `pipeline`. Everything that this version cannot do is
/// refused, never ignored; what has no meaning outside the original's cloud is a warning.
///
/// execution_id: seed of all setup ids (setup_id.h); the same text and id give the same plan.
/// The plan is meaningful only if findings stay clean.
[[nodiscard]] Plan read_pipeline(const yaml::Node& node, std::string_view execution_id,
                                 const PlanDefaults& defaults, yaml::Findings& findings);

/// Plans a stored pipeline document (root `pipeline`), at a run's start and again at recovery.
///
/// Errors: the first complaint; only if the text was stored by a version with other rules.
[[nodiscard]] Result<Plan, Diagnostic> plan_pipeline(std::string_view text,
                                                     std::string_view execution_id,
                                                     const PlanDefaults& defaults);

}  // namespace tripgate::plan
