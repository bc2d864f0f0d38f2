// Every bound of the expression language: value, unit, reason.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tripgate::jexl {

// An expression is written by a person. Parsing one of this size takes 25 ms and 20 MB at worst.
inline constexpr std::size_t kMaxSourceSize = 128 * 1024;

// Names in one function, and variables that a script assigns: they are looked up one by one.
inline constexpr std::size_t kMaxVariables = 1000;

// Blocks `<+...>` of one text; each is compiled.
inline constexpr std::size_t kMaxBlocks = 2000;

// Parentheses, unary operators, blocks and conditional arms inside each other. The parser and the
// evaluator recurse once per level, and 250 levels need less than 512 kB of stack even in the
// sanitized build. The reference itself gives up at about 1500.
inline constexpr int kMaxNesting = 250;

// Functions calling each other; each call recurses through the evaluator.
inline constexpr int kMaxCallDepth = 64;

// Levels of `<+<+...>>`. The reference allows about seven.
inline constexpr int kMaxWrapperDepth = 16;

// Containers inside each other, in a body or built by a script: text, JSON, comparison and copying
// recurse once per level. Jackson's own default since 2.15.
inline constexpr int kMaxDepth = 1000;

// Characters of one number in a body, as Jackson since 2.15. Converting takes quadratic time.
inline constexpr std::size_t kMaxNumberSize = 1000;

// Bits of a big integer: multiplying two of them stays below 20 us.
inline constexpr std::size_t kMaxBigBits = 16384;

// Exponents of BigDecimal literals and results beyond this cannot be written out.
inline constexpr std::int64_t kMaxScale = 10000;

// Body bytes that become values; beyond this a body stays text. GitHub's own bound is 25 MB.
inline constexpr std::size_t kMaxJsonSize = std::size_t{32} << 20;

// One step is a node evaluated, an element visited or 64 bytes of text scanned: 400,000 of them
// take less than 50 ms, and a real condition needs fewer than 100.
inline constexpr std::uint64_t kDefaultSteps = 400'000;
inline constexpr std::size_t kTextBytesPerStep = 64;

// Bytes of strings and containers that one evaluation may make.
inline constexpr std::size_t kDefaultMemoryBytes = std::size_t{16} << 20;

// Match steps of PCRE2 that one evaluation may take (one is 10 to 40 ns), and its backtracking
// heap.
inline constexpr std::uint64_t kDefaultMatchSteps = 1'000'000;
inline constexpr std::uint32_t kMatchHeapKib = 16'384;

// Length and groups of a pattern; compiling is linear in both.
inline constexpr std::size_t kMaxPatternSize = 64 * 1024;
inline constexpr int kMaxPatternDepth = 100;

}  // namespace tripgate::jexl
