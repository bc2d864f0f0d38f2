// Local times of the time zones that the system knows.
#pragma once

#include <chrono>
#include <string>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate {

/// The Unix time of a wall clock's reading in a zone such as `Europe/Berlin` or `UTC`. A reading
/// that a clock skips or shows twice is one of the two that come close.
///
/// Errors: a zone that the system's database (/usr/share/zoneinfo) does not have, or a time beyond
/// those that it describes.
[[nodiscard]] Result<UnixMs, Diagnostic> unix_time_of(std::chrono::local_seconds reading,
                                                      const std::string& zone);

}  // namespace tripgate
