// Keys are a hash of the scope and the identifier, as everywhere in the state store; the record
// repeats both and is compared on reading, and the cipher authenticates them.
#include "engine/secrets/secret_store.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "engine/base/errc.h"
#include "shared/ids.h"
#include "shared/key_hash.h"

namespace tripgate {
namespace {

std::string scope_prefix(const SecretScope& scope) {
  KeyHasher hasher;
  const ScopeKey key = hasher.hash_scope(scope.account, scope.org, scope.project);
  return std::string(reinterpret_cast<const char*>(key.data()), key.size());
}

std::string key_of(const SecretName& name) {
  return scope_prefix(name.scope) + name.identifier;
}

bool is_scope(const SecretScope& scope) {
  const bool is_account = is_account_identifier(scope.account);
  const bool is_org = scope.org.empty() ? scope.project.empty() : is_identifier(scope.org);
  return is_account && is_org && (scope.project.empty() || is_identifier(scope.project));
}

std::optional<Diagnostic> complaint_about(const SecretName& name, std::string_view value) {
  if (!is_identifier(name.identifier)) {
    return Diagnostic("the identifier of a secret is a letter or _ and then letters, digits and _");
  }
  if (!is_scope(name.scope)) return Diagnostic("a secret's scope is account, org and project");
  if (value.empty()) return Diagnostic("the value is empty");
  if (value.size() > kSecretSizeMax) {
    return Diagnostic("the value is longer than " + std::to_string(kSecretSizeMax) + " bytes");
  }
  // Neither bash nor an environment can hold one.
  if (value.find('\0') != std::string_view::npos) return Diagnostic("the value holds a NUL byte");
  return std::nullopt;
}

Diagnostic failure_of(const SecretName& name, const ErrorCode& why) {
  return {describe(name) + ": " + why.message(), why};
}

Result<SecretText, Diagnostic> open_with(const std::string& key_path,
                                         const std::vector<SecretKey>& keys,
                                         const SealedSecret& sealed) {
  const auto key = std::ranges::find(keys, sealed.key_id, &SecretKey::id);
  if (key == keys.end()) {
    return Diagnostic(describe(sealed.name) + " was stored under a key that " + key_path +
                      " does not hold; restore that key, or set the secret again");
  }
  Result<SecretText> plain = open_secret(sealed, *key);
  if (!plain) return failure_of(sealed.name, plain.error());
  return std::move(*plain);
}

/// Puts every record under the first key, inside one transaction.
class Resealing {
 public:
  Resealing(const std::string& key_path, const std::vector<SecretKey>& keys)
      : key_path_(key_path), keys_(keys) {}

  ErrorCode run(lmdb::WriteTransaction& txn, lmdb::Database database) {
    ErrorCode failed_inside;
    const ErrorCode failed = lmdb::for_each_with_prefix(
        txn, database, "", [&](std::string_view key, std::string_view record) {
          failed_inside = renew(key, record);
          return !failed_inside;
        });
    if (failed || failed_inside) return failed ? failed : failed_inside;
    for (const auto& [key, record] : renewed_) {
      if (const ErrorCode unwritten = txn.put(database, key, record)) return unwritten;
    }
    return {};
  }

  [[nodiscard]] std::size_t count() const { return renewed_.size(); }
  [[nodiscard]] const std::optional<Diagnostic>& complaint() const { return complaint_; }

 private:
  ErrorCode renew(std::string_view key, std::string_view record) {
    const Result<SealedSecret> sealed = parse_sealed_secret(record);
    if (!sealed) return sealed.error();
    if (sealed->key_id == keys_.front().id) return {};
    const Result<SecretText, Diagnostic> plain = open_with(key_path_, keys_, *sealed);
    if (!plain) {
      complaint_ = plain.error();
      return make_error_code(Errc::store_corrupt);
    }
    Result<std::string> again =
        seal_secret(sealed->name, plain->view(), keys_.front(), sealed->updated_at_ms);
    if (!again) return again.error();
    renewed_.emplace_back(key, std::move(*again));
    return {};
  }

  const std::string& key_path_;
  const std::vector<SecretKey>& keys_;
  std::vector<std::pair<std::string, std::string>> renewed_;
  std::optional<Diagnostic> complaint_;
};

}  // namespace

Result<std::vector<SecretKey>, Diagnostic> SecretStore::load_or_make_keys() {
  const std::lock_guard lock(making_keys_);
  if (keys_.exists()) return keys_.load();
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return Diagnostic(txn.error().message(), txn.error());
  const Result<std::uint64_t> count = txn->count(store_.databases().secret);
  if (!count) return Diagnostic(count.error().message(), count.error());
  if (*count == 0) return keys_.make();
  return Diagnostic("the key of the secrets is missing: " + keys_.path() + "; " +
                    std::to_string(*count) +
                    " secrets are stored under it: restore the file, or delete them first");
}

Result<SecretEntry, Diagnostic> SecretStore::set(const SecretName& name, std::string_view value,
                                                 UnixMs now_ms, bool must_be_new) {
  if (auto complaint = complaint_about(name, value)) return *complaint;
  const auto keys = load_or_make_keys();
  if (!keys) return keys.error();
  const std::string key = key_of(name);
  const Result<std::string> record = seal_secret(name, value, keys->front(), now_ms);
  if (!record) return failure_of(name, record.error());
  const ErrorCode failed = store_.write_and_wait([&](lmdb::WriteTransaction& txn) {
    const lmdb::Database database = store_.databases().secret;
    return must_be_new ? txn.insert(database, key, *record) : txn.put(database, key, *record);
  });
  if (failed) return failure_of(name, failed);
  return SecretEntry{.identifier = name.identifier, .updated_at_ms = now_ms};
}

Result<std::vector<SecretEntry>> SecretStore::list(const SecretScope& scope) const {
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return txn.error();
  std::vector<SecretEntry> entries;
  ErrorCode damaged;
  const ErrorCode failed = lmdb::for_each_with_prefix(
      *txn, store_.databases().secret, scope_prefix(scope),
      [&](std::string_view, std::string_view record) {
        const Result<SealedSecret> sealed = parse_sealed_secret(record);
        if (!sealed) damaged = sealed.error();
        if (!sealed || sealed->name.scope != scope) return !damaged;
        entries.push_back({sealed->name.identifier, sealed->updated_at_ms});
        return true;
      });
  if (failed || damaged) return failed ? failed : damaged;
  return entries;
}

Result<bool> SecretStore::erase(const SecretName& name) {
  const std::string key = key_of(name);
  bool was_there = false;
  const ErrorCode failed = store_.write_and_wait([&](lmdb::WriteTransaction& txn) {
    const Result<bool> erased = txn.erase(store_.databases().secret, key);
    if (!erased) return erased.error();
    was_there = *erased;
    return ErrorCode();
  });
  if (failed) return {boost::system::in_place_error, failed};
  return was_there;
}

Result<SecretText, Diagnostic> SecretStore::reveal(const SecretName& name) const {
  const std::string key = key_of(name);
  const Result<lmdb::ReadTransaction> txn = store_.begin_read();
  if (!txn) return failure_of(name, txn.error());
  const auto record = txn->find(store_.databases().secret, key);
  if (!record) return failure_of(name, record.error());
  if (!*record) return Diagnostic("There is no " + describe(name));
  const Result<SealedSecret> sealed = parse_sealed_secret(**record);
  if (!sealed) return failure_of(name, sealed.error());
  if (sealed->name != name) return failure_of(name, make_error_code(Errc::store_corrupt));
  const auto keys = keys_.load();
  if (!keys) return Diagnostic(describe(name) + ": " + keys.error().message);
  return open_with(keys_.path(), *keys, *sealed);
}

Result<std::size_t, Diagnostic> SecretStore::reseal() {
  const auto keys = keys_.load();
  if (!keys) return keys.error();
  Resealing resealing(keys_.path(), *keys);
  // Read and written inside one transaction, so that no secret set meanwhile is overwritten.
  const ErrorCode failed = store_.write_and_wait(
      [&](lmdb::WriteTransaction& txn) { return resealing.run(txn, store_.databases().secret); });
  if (resealing.complaint()) return *resealing.complaint();
  if (failed) return Diagnostic(failed.message(), failed);
  return resealing.count();
}

Result<SecretText, Diagnostic> ScopedSecrets::reveal(std::string_view reference) const {
  const Result<SecretName, Diagnostic> name = resolve_secret_reference(reference, scope_);
  if (!name) return name.error();
  if (store_ == nullptr) return Diagnostic("there is no store of secrets here");
  return store_->reveal(*name);
}

}  // namespace tripgate
