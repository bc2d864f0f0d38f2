// Keys and records of the entities in the state store; entity_records.md is the page.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/entities/entity.h"
#include "shared/key_hash.h"

namespace tripgate::entities {

/// First bytes of keys in `entity` besides those of EntityKind; stored, never renumber.
inline constexpr char kScopeKeyKind = 's';    // known scope -> its identifiers
inline constexpr char kRefKeyKind = 'r';      // ref -> key of the living entity
inline constexpr char kDeletedKeyKind = 'd';  // ref -> record of a deleted trigger

/// Kind, hash of the scope, pipeline, NUL, identifier: 1 + 16 + 128 + 1 + 128 bytes at most.
inline constexpr std::size_t kEntityKeyMaxSize = 274;
static_assert(kEntityKeyMaxSize <= 300, "design section 2: no key is longer than 300 bytes");

/// The thread's own hasher.
[[nodiscard]] KeyHasher& key_hasher();
[[nodiscard]] std::string scope_hash(const Scope& scope);

[[nodiscard]] std::string entity_key(const EntityName& name);
/// Common start of the keys of a kind in a project, of one pipeline if given.
[[nodiscard]] std::string entity_prefix(EntityKind kind, const Scope& scope,
                                        std::optional<std::string_view> pipeline);
[[nodiscard]] std::string scope_key(const Scope& scope);
[[nodiscard]] std::string ref_key(char kind, std::uint64_t ref);
/// Key in `entity_version`.
[[nodiscard]] std::string version_key(std::uint64_t ref, std::uint64_t version);
/// Key in `setting`.
[[nodiscard]] std::string setting_key(const Scope& scope, std::string_view identifier);
/// Key in `api_key`.
[[nodiscard]] std::string token_key(const TokenUuid& uuid);

/// A row of `setting`.
struct SettingRow {
  Scope scope;
  std::string identifier;
  bool value = false;
  bool allows_overrides = true;
  UnixMs updated_at_ms = 0;
};

/// A row of `api_key`: a token and the hash of its secret.
struct TokenRow {
  Token token;
  Sha256Digest secret_hash{};
};

// Each encodes a version byte first; decoding is empty for damaged bytes and unknown versions.
[[nodiscard]] std::string encode_entity(const Entity& entity);
[[nodiscard]] std::optional<Entity> decode_entity(std::string_view bytes);
[[nodiscard]] std::string encode_scope(const Scope& scope);
[[nodiscard]] std::optional<Scope> decode_scope(std::string_view bytes);
[[nodiscard]] std::string encode_setting(const SettingRow& row);
[[nodiscard]] std::optional<SettingRow> decode_setting(std::string_view bytes);
[[nodiscard]] std::string encode_token(const TokenRow& row);
[[nodiscard]] std::optional<TokenRow> decode_token(std::string_view bytes);

/// A row of `entity_version`.
struct VersionRow {
  std::string_view text;
  /// Last settled event when the version was written: none up to it was judged by it. Absent in
  /// rows of the first format.
  std::optional<std::uint64_t> settled;
};
[[nodiscard]] std::string encode_version(std::string_view text, std::uint64_t settled);
[[nodiscard]] std::optional<VersionRow> decode_version(std::string_view bytes);

}  // namespace tripgate::entities
