// Tokens and secrets that nobody can guess, from the kernel's generator.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "shared/ids.h"

namespace tripgate::entities {

inline constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
inline constexpr std::string_view kLettersAndDigits =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// `size` characters, each equally likely; the alphabet has at most 64.
[[nodiscard]] std::string random_text(std::string_view alphabet, std::size_t size);

/// 22 characters of the URL-safe alphabet (triggers.md 1.12).
[[nodiscard]] std::string new_webhook_token();

[[nodiscard]] TokenUuid new_token_uuid(UnixMs now_ms);

}  // namespace tripgate::entities
