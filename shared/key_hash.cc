// SHA-256 by libcrypto's own functions. OpenSSL 3 would rather see EVP used, which allocates and
// frees a state for every hash: 90 ns for a token instead of 55.
#define OPENSSL_SUPPRESS_DEPRECATED
#include "shared/key_hash.h"

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <cstring>

#include "shared/bytes.h"

namespace tripgate {

Sha256Digest KeyHasher::hash(std::string_view text) noexcept {
  Sha256Digest out;
  SHA256_CTX state;
  SHA256_Init(&state);
  SHA256_Update(&state, text.data(), text.size());
  SHA256_Final(out.data(), &state);
  OPENSSL_cleanse(&state, sizeof(state));  // It holds the end of a secret.
  return out;
}

ScopeKey KeyHasher::hash_scope(std::string_view account, std::string_view org,
                               std::string_view project) noexcept {
  std::array<std::uint8_t, sizeof(LastScope::text)> text;
  ByteWriter writer(text);
  for (const std::string_view part : {account, org, project}) writer.put_text<std::uint32_t>(part);
  if (!writer.ok()) return {};  // Longer than a scope can be: the key of none.
  if (writer.size() == last_scope_.size &&
      std::memcmp(text.data(), last_scope_.text.data(), writer.size()) == 0) {
    return last_scope_.key;
  }
  const Sha256Digest digest = hash(as_text(std::span(text).first(writer.size())));
  std::memcpy(last_scope_.text.data(), text.data(), writer.size());
  last_scope_.size = writer.size();
  std::memcpy(last_scope_.key.data(), digest.data(), last_scope_.key.size());
  return last_scope_.key;
}

bool constant_time_equal(const Sha256Digest& left, const Sha256Digest& right) noexcept {
  return CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace tripgate
