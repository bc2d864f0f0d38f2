// The edge store: what the engine writes and nginx workers read; store_schema.md is the page.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "shared/api_key.h"
#include "shared/ids.h"
#include "shared/key_hash.h"
#include "shared/limits.h"

namespace tripgate::edge {

/// Schema that this source reads and writes; part of the directory's name (`v1`). A change that an
/// older reader would misread takes the next number.
inline constexpr std::uint32_t kSchemaVersion = 1;

/// Directory of the environment below the one that `tripgate_store` names.
inline constexpr const char* kDirectoryName = "v1";

/// Named databases of the environment. Never rename, never renumber.
inline constexpr const char* kMetaDatabase = "meta";
inline constexpr const char* kTokenDatabase = "token";
inline constexpr const char* kApiKeyDatabase = "api_key";
inline constexpr const char* kScopeDatabase = "scope";
inline constexpr const char* kTriggerDatabase = "trigger";
inline constexpr unsigned kDatabaseCount = 5;

/// Reader slots: one for each worker, old workers of a reload and binary upgrade included.
inline constexpr unsigned kMaxReaders = 1024;

/// Bytes of address space; the file is sparse and grows with what it holds.
inline constexpr std::size_t kMapSize = std::size_t{16} << 30;

/// Keys of `meta`; both values are 8-byte little-endian numbers.
inline constexpr std::string_view kMetaSchemaKey = "schema";
inline constexpr std::string_view kMetaGenerationKey = "generation";

/// Value of `token` (key: SHA-256 of the webhook token) and `trigger` (key: trigger_key below).
struct TriggerRecord {
  static constexpr std::size_t kMaxSize = 16 + 5 * (2 + limits::kIdentifierMaxSize);

  std::uint64_t trigger_ref = 0;  // the engine's number of the trigger; never 0, never used again
  bool is_enabled = false;
  bool has_token = false;
  std::string_view account;
  std::string_view org;
  std::string_view project;
  std::string_view pipeline;
  std::string_view trigger;

  /// Bytes written; 0 when out is too small or an identifier too long.
  [[nodiscard]] std::size_t encode(std::span<std::uint8_t> out) const noexcept;

  /// Empty when the bytes are damaged or of another version. Views point into bytes.
  [[nodiscard]] static std::optional<TriggerRecord> decode(std::string_view bytes) noexcept;
};

/// What a key may do in a scope and everything below it. Bits are stored, never renumber.
enum Permission : std::uint8_t {
  permission_view = 1,     // core_pipeline_view
  permission_execute = 2,  // core_pipeline_execute
  permission_edit = 4,     // core_pipeline_edit, settings and keys of the scope
};

/// One grant of an API key. An empty organisation or project stands for all of them.
struct Grant {
  std::uint8_t permissions = 0;
  std::string_view org;
  std::string_view project;

  [[nodiscard]] bool covers(std::string_view wanted_org,
                            std::string_view wanted_project) const noexcept;
};

/// Value of `api_key` (key: the 12 bytes of the token's uuid).
struct ApiKeyRecord {
  static constexpr std::size_t kMaxSize =
      64 + 4 * (2 + limits::kIdentifierMaxSize * 2) +
      limits::kApiKeyGrantsMax * (5 + 2 * limits::kIdentifierMaxSize);

  PrincipalType type = PrincipalType::user;
  Sha256Digest secret_hash{};
  std::uint64_t valid_from_ms = 0;  // Unix time; the key works strictly after it
  std::uint64_t expires_ms = 0;     // Unix time; the key works strictly before it
  std::string_view account;
  std::string_view identifier;  // of the user or service account
  std::string_view username;
  std::string_view email;
  std::uint8_t grant_count = 0;
  std::array<Grant, limits::kApiKeyGrantsMax> grants{};

  /// True when some grant for that scope has all the bits of `permissions`.
  [[nodiscard]] bool allows(std::uint8_t permissions, std::string_view org,
                            std::string_view project) const noexcept;

  [[nodiscard]] std::size_t encode(std::span<std::uint8_t> out) const noexcept;
  [[nodiscard]] static std::optional<ApiKeyRecord> decode(std::string_view bytes) noexcept;
};

/// Value of `scope` (key: KeyHasher::hash_scope). Rows exist for every known project, and for the
/// organisations and accounts above them with the parts below left empty.
struct ScopeRecord {
  static constexpr std::size_t kMaxSize = 8 + 3 * (2 + limits::kIdentifierMaxSize);

  bool is_key_mandatory = false;  // mandate_custom_webhook_authorization, resolved
  std::string_view account;
  std::string_view org;
  std::string_view project;

  [[nodiscard]] std::size_t encode(std::span<std::uint8_t> out) const noexcept;
  [[nodiscard]] static std::optional<ScopeRecord> decode(std::string_view bytes) noexcept;
};

/// A key of `trigger`: scope, pipeline identifier, a NUL, trigger identifier. All triggers of a
/// project, or of one pipeline, are neighbours.
struct TriggerKey {
  static constexpr std::size_t kMaxSize =
      sizeof(ScopeKey) + limits::kIdentifierMaxSize + 1 + limits::kIdentifierMaxSize;
  static_assert(kMaxSize <= 300, "design section 2: no key is longer than 300 bytes");

  std::array<std::uint8_t, kMaxSize> bytes{};
  std::size_t size = 0;

  [[nodiscard]] std::string_view view() const noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), size};
  }
};

/// The key, or the common start of the keys: without a trigger of all in the pipeline, without a
/// pipeline of all in the project. Empty when a part is no identifier; then nothing can match.
[[nodiscard]] std::optional<TriggerKey> trigger_key(
    const ScopeKey& scope, std::optional<std::string_view> pipeline,
    std::optional<std::string_view> trigger) noexcept;

}  // namespace tripgate::edge
