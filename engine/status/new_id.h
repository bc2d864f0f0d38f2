// Ids that the engine makes up.
#pragma once

#include <string>

namespace tripgate {

/// A random UUID in its short form of 22 characters (triggers.md 1.12), the first of which is never
/// `-`. Takes its bytes from the kernel; aborts if it has none.
[[nodiscard]] std::string make_short_id();

}  // namespace tripgate
