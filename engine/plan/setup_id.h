// Ids of plan nodes.
#pragma once

#include <string>
#include <string_view>

namespace tripgate::plan {

/// The setup id of a node: 22 characters of URL-safe base64 over 16 bytes of
/// SHA-256(execution id, NUL, path). Derived, so that planning the same stored pipeline again at
/// recovery names every node as before.
///
/// path: the node's FQN (pipelines.md 0.3), such as pipeline.stages.build.spec.execution.steps.a.
[[nodiscard]] std::string setup_id(std::string_view execution_id, std::string_view path);

}  // namespace tripgate::plan
