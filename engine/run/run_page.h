// The address at which people look at a run.
#pragma once

#include <string>
#include <string_view>

#include "engine/status/execution.h"

namespace tripgate {

/// The original's path behind a base such as `https://host`, which may end with slashes.
[[nodiscard]] std::string run_page(std::string_view base, const Execution& execution);

}  // namespace tripgate
