// Looking up parameters in a raw query string, without allocating.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

namespace tripgate {

/// The raw (still encoded) value of the first parameter of that name; empty when it is absent. A
/// parameter without `=` has an empty value. Names are compared after decoding.
[[nodiscard]] std::optional<std::string_view> find_query_parameter(std::string_view query,
                                                                   std::string_view name) noexcept;

/// Decodes `%XX` and `+`. A `%` without two hexadecimal digits stays as it is.
///
/// Returns the part of out that was written, or empty when out is too small; out needs at most as
/// many bytes as text has.
[[nodiscard]] std::optional<std::string_view> decode_query_text(std::string_view text,
                                                                std::span<char> out) noexcept;

}  // namespace tripgate
