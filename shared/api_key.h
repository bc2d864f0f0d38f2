// The text form of an API key, as it stands in X-Api-Key (triggers.md 4.3).
#pragma once

#include <optional>
#include <string_view>

#include "shared/ids.h"

namespace tripgate {

/// Whose key it is; values are stored, never renumber.
enum class PrincipalType : std::uint8_t {
  anonymous = 0,
  user = 1,             // prefix "pat"
  service_account = 2,  // prefix "sat"
};

/// The parts of a well-formed key. Views point into the text that was parsed.
struct ApiKeyText {
  PrincipalType type = PrincipalType::anonymous;
  std::string_view account;  // empty in the old form of three parts
  TokenUuid uuid;
  std::string_view secret;
};

/// Splits `pat.ACCOUNT.UUID.SECRET`, or the old `pat.UUID.SECRET`.
///
/// Empty when a part is missing, left over or of the wrong form: the prefix is not pat or sat, the
/// uuid not 24 hexadecimal digits, the secret not 20 letters and digits, or a dot follows the key.
[[nodiscard]] std::optional<ApiKeyText> parse_api_key(std::string_view text) noexcept;

/// The prefix of a type's keys: "pat" or "sat".
[[nodiscard]] std::string_view api_key_prefix(PrincipalType type) noexcept;

/// The word for a type in messages: USER or SERVICE_ACCOUNT (triggers.md 4.6).
[[nodiscard]] std::string_view principal_type_word(PrincipalType type) noexcept;

/// Characters of a key's secret.
inline constexpr std::size_t kApiKeySecretSize = 20;

}  // namespace tripgate
