// SHA-256 through libcrypto, with everything that can be made once made once.
#include "shared/key_hash.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <cstring>

#include "shared/bytes.h"

namespace tripgate {

bool KeyHasher::open() noexcept {
  if (is_open()) return true;
  digest_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  context_ = digest_ == nullptr ? nullptr : EVP_MD_CTX_new();
  if (context_ == nullptr) close();
  return is_open();
}

void KeyHasher::close() noexcept {
  EVP_MD_CTX_free(context_);
  EVP_MD_free(digest_);
  context_ = nullptr;
  digest_ = nullptr;
}

Sha256Digest KeyHasher::hash(std::string_view text) noexcept {
  Sha256Digest out{};
  EVP_DigestInit_ex2(context_, digest_, nullptr);
  EVP_DigestUpdate(context_, text.data(), text.size());
  EVP_DigestFinal_ex(context_, out.data(), nullptr);
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
