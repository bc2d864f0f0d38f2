// Every bound on a YAML text: value and reason.
#pragma once

#include <cstddef>

namespace tripgate::yaml {

/// Longest text of one stream, in bytes. Resolved pipelines may hold 3 MB in the original; a
/// document of 1 MB is far beyond what a person maintains.
inline constexpr std::size_t kTextMaxBytes = std::size_t{1} << 20;

/// Deepest nesting of sequences and mappings. A pipeline of 25 levels (pipelines.md 9.2) needs four
/// mappings per level; walks over the tree recurse, so this also bounds the stack.
inline constexpr std::size_t kDepthMax = 128;

/// Nodes of one stream after aliases are expanded; an alias bomb ends here.
inline constexpr std::size_t kNodesMax = 200'000;

/// Bytes of all scalars of one stream after aliases are expanded.
inline constexpr std::size_t kScalarsMaxBytes = std::size_t{4} << 20;

/// Longest key. Longer ones are never looked up, and libyaml itself stops at 1024.
inline constexpr std::size_t kKeyMaxBytes = 1024;

}  // namespace tripgate::yaml
