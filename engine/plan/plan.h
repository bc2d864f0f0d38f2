// The flat plan of sequential stages and steps, which plan_node.h is about to replace.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/result.h"
#include "engine/plan/plan_node.h"
#include "engine/plan/script_placement.h"
#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::plan {

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
