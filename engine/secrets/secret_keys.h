// The keys that secrets are encrypted under, and the file that they are read from.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/secret_text.h"

namespace tripgate {

/// Names a key without giving it away: the first bytes of its SHA-256.
using SecretKeyId = std::array<std::uint8_t, 8>;

/// 32 random bytes for AES-256.
struct SecretKey {
  static constexpr std::size_t kSize = 32;
  SecretKeyId id{};
  SecretText bytes;
};

/// The file: one key a line as 64 hexadecimal digits, the first one encrypts, all decrypt. It is
/// read whenever a secret is used, so that an edited file counts at once and no key stays in
/// memory.
class SecretKeyFile {
 public:
  /// $CREDENTIALS_DIRECTORY/tripgate-secrets-key if that exists, else `path`.
  explicit SecretKeyFile(std::string path);

  /// The keys, at least one.
  /// Errors: the file is absent, cannot be read, may be read by others (a credential is the
  /// service manager's business), or holds something else; naming the file and what to do.
  [[nodiscard]] Result<std::vector<SecretKey>, Diagnostic> load() const;

  [[nodiscard]] bool exists() const;

  /// Writes a new file with one new key: 0600, durable, its folder 0700.
  /// Errors: there is a file already, the disk.
  [[nodiscard]] Result<std::vector<SecretKey>, Diagnostic> make() const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }

 private:
  std::string path_;
  bool is_credential_ = false;
};

}  // namespace tripgate
