// Overlays: input sets that are lists of others.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tripgate::inputs {

/// What a stored document with the root `overlayInputSet` refers to, in order; nothing if the
/// document is no overlay.
[[nodiscard]] std::optional<std::vector<std::string>> overlay_references(std::string_view text);

}  // namespace tripgate::inputs
