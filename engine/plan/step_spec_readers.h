// Readers of the `spec` of each type of step, one function each; private to plan/. Source:
// pipelines.md section 2.
//
// A reader takes the keys that it knows; the caller remarks those of delegates and names the rest.
// What it returns is meaningful only without errors.
#pragma once

#include "engine/plan/plan_context.h"
#include "engine/plan/step_specs.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

using ReadStepSpec = StepSpec (*)(yaml::MappingReader& spec, const SpecPlace& place);

// shell_script_step.cc
[[nodiscard]] StepSpec read_shell_script_spec(yaml::MappingReader& spec, const SpecPlace& place);

// waiting_steps.cc
[[nodiscard]] StepSpec read_wait_spec(yaml::MappingReader& spec, const SpecPlace& place);

}  // namespace tripgate::plan
