// One engine per store: who writes it holds a lock for as long as the process lives.
#pragma once

#include <string>

#include "engine/base/result.h"
#include "engine/base/unique_fd.h"

namespace tripgate {

/// Two engines on one store would hand out the same numbers and take each other's bodies for
/// orphans. Takes the lock of a store's directory, made if it does not exist; it is held until the
/// descriptor closes. A record lock: a child that the engine forks never holds it.
///
/// Errors: EBUSY when another process holds it, those of make_durable_directory.
[[nodiscard]] Result<UniqueFd> lock_store(const std::string& directory);

}  // namespace tripgate
