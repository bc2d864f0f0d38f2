// What the steps with a script have in common; private to plan/. Source: pipelines.md 2.1 and 2.2.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "engine/plan/plan_context.h"
#include "engine/plan/step_specs.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// Compiles a script so that a placement that the shell would run is refused when the pipeline is
/// saved, with the place of the expression in the file (script_placement.h). A script of another
/// interpreter may hold no expressions at all.
[[nodiscard]] CompiledScript read_script(const yaml::Node& node, ScriptSpec::Shell shell,
                                         const SpecPlace& place);

/// Complains about names that no shell can export or that bash itself obeys.
void check_environment(const std::vector<PlanVariable>& environment, yaml::Position at,
                       yaml::Findings& findings);

/// Reads the list `environmentVariables`; every variable needs a value.
[[nodiscard]] std::vector<PlanVariable> read_environment(yaml::MappingReader& spec,
                                                         const SpecPlace& place);

/// Whether an output variable without `value` reads the shell variable of its own name.
enum class OutputDefault : bool { none, own_name };

[[nodiscard]] std::vector<OutputVariable> read_outputs(yaml::MappingReader& spec,
                                                       OutputDefault fallback,
                                                       const SpecPlace& place);

[[nodiscard]] std::optional<OutputAlias> read_output_alias(yaml::MappingReader& spec,
                                                           const SpecPlace& place);

/// Reads the key `scope`: Pipeline, Stage and perhaps StepGroup. Empty after a complaint.
[[nodiscard]] std::optional<OutputScope> read_scope_word(yaml::MappingReader& reader,
                                                         bool allows_step_group,
                                                         yaml::Findings& findings);

}  // namespace tripgate::plan
