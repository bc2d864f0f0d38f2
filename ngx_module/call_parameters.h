// The five query parameters of a webhook call, found in one pass.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace tripgate {

/// Decoded values; an empty optional stands for an absent parameter (triggers.md 1.2). Views point
/// into the query or into the room for decoding.
struct CallParameters {
  std::optional<std::string_view> account;
  std::optional<std::string_view> org;
  std::optional<std::string_view> project;
  std::optional<std::string_view> pipeline;
  std::optional<std::string_view> trigger;
};

/// True when some value may need decoding, so that room for it must be brought.
[[nodiscard]] bool needs_decoding(std::string_view query) noexcept;

/// Takes the first value of each parameter; unknown ones are skipped.
///
/// room: as many bytes as query has if needs_decoding(query), else none.
[[nodiscard]] CallParameters parse_call_parameters(std::string_view query,
                                                   std::span<char> room) noexcept;

}  // namespace tripgate
