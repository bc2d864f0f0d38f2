// Steps that do nothing but wait: for a while, for each other, for a lock. Source: pipelines.md
// 1.10, 2.4, 2.6 and 2.8.
#include <algorithm>

#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"
#include "engine/plan/plan_parts.h"
#include "engine/plan/script_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {

StepSpec read_wait_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  const yaml::Node* duration = spec.require_scalar("duration");
  if (duration == nullptr) return WaitSpec{};
  if (duration->text.empty() || duration->text.starts_with('0') ||
      duration->text.starts_with('-')) {
    place.findings().error(duration->position,
                           "Invalid input for duration of wait step, Duration should be greater "
                           "than 0");
  } else if (!has_block(duration->text) && !parse_duration(duration->text)) {
    place.findings().error(duration->position, kDurationComplaint);
  }
  return WaitSpec{duration->text};
}

StepSpec read_barrier_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  const yaml::Node* reference = spec.find_scalar("barrierRef");
  if (reference == nullptr || reference->text.empty()) {
    place.findings().error(spec.position(), "barrierRef cannot be null -> " + place.identifier);
    return BarrierSpec{};
  }
  const PlanContext& context = place.context;
  const bool is_open = is_runtime_input(*reference) && !context.is_for_run();
  if (!is_open && !std::ranges::binary_search(context.barriers, reference->text)) {
    place.findings().error(reference->position, "Barrier Identifier " + reference->text +
                                                    " was not present in flowControl");
  }
  if (place.is_in_loop) {
    place.findings().error(place.position,
                           "Barrier step [" + place.identifier + "] cannot stand inside a loop");
  }
  if (context.barrier_uses != nullptr && !place.around.is_rollback) {
    context.barrier_uses->push_back({reference->text, place.position, place.around.branches});
  }
  return BarrierSpec{reference->text};
}

StepSpec read_queue_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  QueueSpec queue;
  queue.key = require_text(spec, "key", place.findings());
  queue.scope = read_scope_word(spec, false, place.findings()).value_or(OutputScope::pipeline);
  return queue;
}

}  // namespace tripgate::plan
