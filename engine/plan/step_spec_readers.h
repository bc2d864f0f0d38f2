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

// run_step.cc
[[nodiscard]] StepSpec read_run_spec(yaml::MappingReader& spec, const SpecPlace& place);

// http_step.cc
[[nodiscard]] StepSpec read_http_spec(yaml::MappingReader& spec, const SpecPlace& place);

// approval_step.cc
[[nodiscard]] StepSpec read_approval_spec(yaml::MappingReader& spec, const SpecPlace& place);

// waiting_steps.cc
[[nodiscard]] StepSpec read_wait_spec(yaml::MappingReader& spec, const SpecPlace& place);
[[nodiscard]] StepSpec read_barrier_spec(yaml::MappingReader& spec, const SpecPlace& place);
[[nodiscard]] StepSpec read_queue_spec(yaml::MappingReader& spec, const SpecPlace& place);

// message_steps.cc
[[nodiscard]] StepSpec read_email_spec(yaml::MappingReader& spec, const SpecPlace& place);
[[nodiscard]] StepSpec read_event_listener_spec(yaml::MappingReader& spec, const SpecPlace& place);

// chained_stage.cc: of a stage of type Pipeline
[[nodiscard]] StepSpec read_chained_spec(yaml::MappingReader& spec, const SpecPlace& place);

}  // namespace tripgate::plan
