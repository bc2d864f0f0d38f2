// Steps that do nothing but wait: for a while, for each other, for a lock. Source: pipelines.md
// 2.4, 2.6 and 2.8.
#include <algorithm>

#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {

StepSpec read_wait_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  const yaml::Node* duration = spec.require_scalar("duration");
  if (duration == nullptr) return WaitSpec{};
  if (duration->text.empty() || duration->text == "0" || duration->text.starts_with('-')) {
    place.findings().error(duration->position,
                           "Invalid input for duration of wait step, Duration should be greater "
                           "than 0");
  } else if (!has_block(duration->text) && !parse_duration(duration->text)) {
    place.findings().error(duration->position, kDurationComplaint);
  }
  return WaitSpec{duration->text};
}

}  // namespace tripgate::plan
