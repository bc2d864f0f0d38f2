// What the entity store hands out: owned copies, valid for as long as the caller likes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/clock.h"
#include "shared/api_key.h"
#include "shared/store_schema.h"

namespace tripgate::entities {

/// A place in the tree of scopes; project, or org and project, are empty above a project.
struct Scope {
  std::string account;
  std::string org;
  std::string project;

  /// The scope that contains this one; empty optional for an account.
  [[nodiscard]] std::optional<Scope> parent() const;
  /// True for this scope and everything below it.
  [[nodiscard]] bool contains(const Scope& other) const;

  friend bool operator==(const Scope&, const Scope&) = default;
};

/// First byte of an entity's key; stored, never renumber.
enum class EntityKind : char { pipeline = 'p', trigger = 't', input_set = 'i' };

/// Which entity. Triggers and input sets belong to a pipeline and are unique in it.
struct EntityName {
  EntityKind kind = EntityKind::pipeline;
  Scope scope;
  std::string pipeline;  // of a trigger or input set; empty for a pipeline
  std::string identifier;

  friend bool operator==(const EntityName&, const EntityName&) = default;
};

/// A pipeline, trigger or input set in its current version.
struct Entity {
  EntityName key;
  std::string name;
  std::uint64_t ref = 0;      // never 0, never used again
  std::uint64_t version = 0;  // counts from 1
  UnixMs created_at_ms = 0;
  UnixMs updated_at_ms = 0;
  bool is_deleted = false;    // a pipeline's name that keeps its ref, or a trigger that is gone
  bool is_enabled = true;     // of a trigger
  std::string webhook_token;  // of a trigger; empty: none
  std::string input_yaml;     // of a trigger; empty: none
};

/// What an apply may do besides creating and updating.
struct ApplyRules {
  bool is_dry_run = false;   // reports and writes nothing
  bool must_be_new = false;  // none of the documents may be there yet
  bool must_exist = false;   // all of them must be
};

/// What became of one applied document.
enum class ChangeAction : std::uint8_t { created, updated, unchanged };

struct Change {
  std::string kind;  // pipeline, trigger, inputSet, setting
  ChangeAction action = ChangeAction::unchanged;
  std::string identifier;
  Scope scope;
  std::string pipeline;  // of a trigger or input set
};

/// In the order of the documents.
using ApplyReport = std::vector<Change>;

/// The ids that select triggers (triggers.md 1.6); an absent one selects all.
struct Selection {
  Scope scope;
  std::optional<std::string> pipeline;
  std::optional<std::string> trigger;
};

/// A setting as it stands for a scope.
struct SettingView {
  enum class Source : std::uint8_t { factory, account, org, project };

  bool value = false;
  bool allows_overrides = true;
  Source source = Source::factory;
  bool inherited_value = false;  // what it would be without a row of its own
  bool is_editable = true;       // false when an ancestor forbids overrides
  std::optional<UnixMs> updated_at_ms;
};

/// What a person may do with a token, in its scope and everything below.
enum class Role : std::uint8_t { viewer = 1, executor = 2, admin = 3 };

/// Bits of edge::Permission.
[[nodiscard]] std::uint8_t permissions_of(Role role) noexcept;
[[nodiscard]] std::string_view role_name(Role role) noexcept;
[[nodiscard]] std::optional<Role> parse_role(std::string_view text) noexcept;

/// A token without its secret.
struct Token {
  TokenUuid uuid;
  PrincipalType type = PrincipalType::user;
  std::string name;  // unique in the account
  Role role = Role::executor;
  Scope scope;
  std::string identifier;  // of the principal
  std::string username;
  std::string email;
  UnixMs created_at_ms = 0;
  UnixMs valid_from_ms = 0;
  UnixMs expires_ms = 0;  // kNever: does not expire
  bool is_rotated = false;

  /// Strictly after valid_from and strictly before its expiry (triggers.md 4.4).
  [[nodiscard]] bool is_valid_at(UnixMs now_ms) const noexcept {
    return now_ms > valid_from_ms && now_ms < expires_ms;
  }
};

inline constexpr UnixMs kNever = INT64_MAX;

struct NewToken {
  PrincipalType type = PrincipalType::user;
  std::string name;
  Role role = Role::executor;
  Scope scope;
  UnixMs expires_ms = kNever;
};

/// Why an event must not be stored: what the edge would have answered.
struct Denial {
  std::uint16_t http_status = 400;
  std::string code;
  std::string message;
};

}  // namespace tripgate::entities
