// Timeouts as people write them: 10s, 1m 10s, 2h30m. Source: pipelines.md 1.1.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace tripgate::plan {

/// The complaint about a timeout outside the grammar.
inline constexpr const char* kDurationComplaint =
    "Valid timeouts contain units s/m/h/d/w and are written like 10s or 1m 10s";

/// The longest timeout; longer ones are cut to it (pipelines.md 9.1, 53 weeks).
inline constexpr std::chrono::seconds kDurationMax = std::chrono::weeks(53);

/// A sum of terms: one of seconds alone needs two digits and no leading zero, others start with a
/// term of m, h, d or w; one blank may stand between terms. Nothing outside the grammar.
[[nodiscard]] std::optional<std::chrono::seconds> parse_duration(std::string_view text);

/// The newer grammar of an intervention's timeout: terms of one digit or more without a leading
/// zero, separated by blanks, such as "5s" or "1m 5s"; what parse_duration() takes is fine as well.
[[nodiscard]] std::optional<std::chrono::seconds> parse_short_duration(std::string_view text);

/// A length of time as people write it, the largest units first: "1h 30m"; "0s" for none.
[[nodiscard]] std::string duration_text(std::chrono::seconds length);

}  // namespace tripgate::plan
