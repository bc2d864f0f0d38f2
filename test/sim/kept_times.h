// What the plan promised about a run's times, held against what came of it.
#pragma once

#include "test/sim/played_run.h"

namespace tripgate {

/// Every node began and ended exactly when it had to, each attempt was made, and none twice.
void expect_times_kept(const DrawnPipeline& draw, const PlayedRun& played);

}  // namespace tripgate
