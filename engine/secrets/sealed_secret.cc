// With random nonces of 96 bits one key is good for 2^32 writes; nobody sets so many secrets.
#include "engine/secrets/sealed_secret.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>

#include "engine/base/errc.h"
#include "engine/status/record_writer.h"

namespace tripgate {
namespace {

constexpr std::uint8_t kRecordVersion = 1;
constexpr std::size_t kNonceSize = 12;
constexpr std::size_t kTagSize = 16;

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

int size_of(std::string_view text) {
  return static_cast<int>(text.size());
}

template <std::size_t kSize>
std::string text_of(const std::array<std::uint8_t, kSize>& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Everything of a record in front of the ciphertext.
std::string make_header(const SecretName& name, const SecretKeyId& key_id, std::string_view nonce,
                        UnixMs now_ms) {
  RecordWriter out(kRecordVersion);
  for (const std::uint8_t byte : key_id) out.put(byte);
  for (const char byte : nonce) out.put(static_cast<std::uint8_t>(byte));
  out.put(static_cast<std::uint64_t>(now_ms));
  out.put_text(name.scope.account);
  out.put_text(name.scope.org);
  out.put_text(name.scope.project);
  out.put_text(name.identifier);
  return out.take();
}

}  // namespace

Result<std::string> seal_secret(const SecretName& name, std::string_view value,
                                const SecretKey& key, UnixMs now_ms) {
  std::array<std::uint8_t, kNonceSize> nonce{};
  if (RAND_bytes(nonce.data(), kNonceSize) != 1) return make_error_code(Errc::io);
  std::string record = make_header(name, key.id, text_of(nonce), now_ms);
  std::string ciphertext(value.size(), '\0');
  std::array<std::uint8_t, kTagSize> tag{};
  const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  const bool is_sealed =
      cipher != nullptr &&
      EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.bytes.view()),
                         nonce.data()) == 1 &&
      EVP_EncryptUpdate(cipher.get(), nullptr, &written, bytes_of(record), size_of(record)) == 1 &&
      EVP_EncryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(ciphertext.data()), &written,
                        bytes_of(value), size_of(value)) == 1 &&
      EVP_EncryptFinal_ex(cipher.get(), nullptr, &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagSize, tag.data()) == 1;
  if (!is_sealed) return make_error_code(Errc::io);
  return record + ciphertext + text_of(tag);
}

Result<SealedSecret> parse_sealed_secret(std::string_view record) {
  ByteReader reader(record);
  const bool is_known = reader.get<std::uint8_t>() == kRecordVersion;
  SealedSecret sealed;
  for (std::uint8_t& byte : sealed.key_id) byte = reader.get<std::uint8_t>();
  sealed.nonce = reader.get_bytes(kNonceSize);
  sealed.updated_at_ms = static_cast<UnixMs>(reader.get<std::uint64_t>());
  sealed.name.scope.account = read_text(reader);
  sealed.name.scope.org = read_text(reader);
  sealed.name.scope.project = read_text(reader);
  sealed.name.identifier = read_text(reader);
  if (!is_known || !reader.ok() || reader.remaining() < kTagSize) {
    return make_error_code(Errc::store_corrupt);
  }
  sealed.header = record.substr(0, record.size() - reader.remaining());
  sealed.ciphertext = reader.get_bytes(reader.remaining() - kTagSize);
  sealed.tag = reader.get_bytes(kTagSize);
  return sealed;
}

Result<SecretText> open_secret(const SealedSecret& sealed, const SecretKey& key) {
  SecretText plain(sealed.ciphertext.size());
  std::string tag = sealed.tag;
  const CipherContext cipher(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  int written = 0;
  const bool is_open =
      cipher != nullptr &&
      EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, bytes_of(key.bytes.view()),
                         bytes_of(sealed.nonce)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), nullptr, &written, bytes_of(sealed.header),
                        size_of(sealed.header)) == 1 &&
      EVP_DecryptUpdate(cipher.get(), reinterpret_cast<unsigned char*>(plain.bytes()), &written,
                        bytes_of(sealed.ciphertext), size_of(sealed.ciphertext)) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagSize, tag.data()) == 1 &&
      EVP_DecryptFinal_ex(cipher.get(), nullptr, &written) == 1;
  if (!is_open) return make_error_code(Errc::store_corrupt);
  return plain;
}

}  // namespace tripgate
