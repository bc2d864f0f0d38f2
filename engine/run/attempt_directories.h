// Directories that were made ready for attempts which were never journaled.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/journal/state_store.h"

namespace tripgate {

/// Removes the empty ones of executions that `store` does not know: an engine was killed, or found
/// no room, between CommandRunner::prepare and the write. Nothing that holds a file is touched.
///
/// Before anything is prepared. Errors: those of the store and of reading steps_directory.
[[nodiscard]] ErrorCode remove_unused_attempts(const StateStore& store,
                                               const std::string& steps_directory);

}  // namespace tripgate
