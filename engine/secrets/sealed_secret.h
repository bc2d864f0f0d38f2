// One secret at rest; secret_records.md is the page.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/secret_text.h"
#include "engine/secrets/secret_keys.h"
#include "engine/secrets/secret_name.h"

namespace tripgate {

/// What a record says without a key.
struct SealedSecret {
  SecretName name;
  UnixMs updated_at_ms = 0;
  SecretKeyId key_id{};
  std::string nonce;
  std::string header;      ///< The bytes that are authenticated: all in front of the ciphertext.
  std::string ciphertext;  ///< As long as the plain text.
  std::string tag;
};

/// Encrypts a value into a record: AES-256-GCM, a nonce of 96 random bits for each write, and the
/// whole header authenticated, so that a record is worth nothing under another name.
/// Errors: Errc::io when the cryptographic library fails.
[[nodiscard]] Result<std::string> seal_secret(const SecretName& name, std::string_view value,
                                              const SecretKey& key, UnixMs now_ms);

/// Reads a record. Errors: Errc::store_corrupt.
[[nodiscard]] Result<SealedSecret> parse_sealed_secret(std::string_view record);

/// Errors: Errc::store_corrupt when the record was changed or belongs to another key.
[[nodiscard]] Result<SecretText> open_secret(const SealedSecret& sealed, const SecretKey& key);

}  // namespace tripgate
