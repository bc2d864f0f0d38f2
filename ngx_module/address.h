// Which webhook address a request names, and how its token is kept out of logs.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "shared/event_head.h"

namespace tripgate {

/// A custom webhook address (triggers.md 1.1). The token points into the path.
struct WebhookAddress {
  WebhookVersion version = WebhookVersion::v1;
  std::string_view token;  // empty unless v3
};

/// Reads a normalised, decoded path, with or without `/gateway`; empty when it is another address.
[[nodiscard]] std::optional<WebhookAddress> parse_webhook_address(std::string_view path) noexcept;

/// Characters of a token that a log may show.
inline constexpr std::size_t kShownTokenSize = 4;

/// Copies a decoded path and cuts every segment behind `/custom/` that may be a token.
///
/// out: at least as many bytes as path. Returns the bytes written.
[[nodiscard]] std::size_t cut_token(std::string_view path, std::span<char> out) noexcept;

}  // namespace tripgate
