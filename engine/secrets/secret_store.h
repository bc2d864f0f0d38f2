// The secrets of this engine: set, listed, deleted, and revealed to executions.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/base/secret_text.h"
#include "engine/expressions/secret_source.h"
#include "engine/journal/state_store.h"
#include "engine/secrets/sealed_secret.h"
#include "engine/secrets/secret_keys.h"
#include "engine/secrets/secret_name.h"

namespace tripgate {

/// Bytes of one secret: a private key with its certificates fits, a script does not belong here.
inline constexpr std::size_t kSecretSizeMax = 24'000;

/// What everybody may know of a secret.
struct SecretEntry {
  std::string identifier;
  UnixMs updated_at_ms = 0;
};

/// Keeps secrets encrypted in the state store, under a key that lies outside it.
///
/// Safe to call from any thread but the writer's. A lost or wrong key file stops nothing but the
/// use of secrets, and says so there. Diagnostics name secret, scope and file, never a value.
class SecretStore {
 public:
  /// store: borrowed.
  SecretStore(StateStore& store, SecretKeyFile keys) : store_(store), keys_(std::move(keys)) {}

  /// Writes a secret; makes the key file with the first one. `must_be_new` refuses one that exists.
  /// Errors: a bad identifier, scope or value; a key file that is missing while secrets exist.
  [[nodiscard]] Result<SecretEntry, Diagnostic> set(const SecretName& name, std::string_view value,
                                                    UnixMs now_ms, bool must_be_new = false);

  /// The secrets of exactly this scope, by identifier.
  [[nodiscard]] Result<std::vector<SecretEntry>> list(const SecretScope& scope) const;

  /// False when there was none. Needs no key.
  [[nodiscard]] Result<bool> erase(const SecretName& name);

  /// Errors: no such secret; no key that opens it; a record that was changed.
  [[nodiscard]] Result<SecretText, Diagnostic> reveal(const SecretName& name) const;

  /// Encrypts every secret that is under an older key under the first key of the file, all or none;
  /// how many those were. Errors: a secret that no key opens.
  [[nodiscard]] Result<std::size_t, Diagnostic> reseal();

 private:
  [[nodiscard]] Result<std::vector<SecretKey>, Diagnostic> load_or_make_keys();

  StateStore& store_;
  SecretKeyFile keys_;
  std::mutex making_keys_;  // Two first secrets at once make one file.
};

/// What the expressions of one execution may read: secrets of its project, organisation and
/// account.
class ScopedSecrets final : public SecretSource {
 public:
  /// store: borrowed; nullptr reveals nothing.
  ScopedSecrets(const SecretStore* store, SecretScope scope)
      : store_(store), scope_(std::move(scope)) {}

  [[nodiscard]] Result<SecretText, Diagnostic> reveal(std::string_view reference) const override;

 private:
  const SecretStore* store_;
  SecretScope scope_;
};

}  // namespace tripgate
