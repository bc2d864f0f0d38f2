// Which secret: an identifier in an account, an organisation or a project.
#pragma once

#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"

namespace tripgate {

/// Where a secret lives; project, or organisation and project, are empty above a project.
struct SecretScope {
  std::string account;
  std::string org;
  std::string project;

  friend bool operator==(const SecretScope&, const SecretScope&) = default;
};

struct SecretName {
  SecretScope scope;
  std::string identifier;

  friend bool operator==(const SecretName&, const SecretName&) = default;
};

/// The secret that an expression of a project means: `id` is the project's, `org.id` its
/// organisation's, `account.id` its account's (pipelines.md 6.7).
/// Errors: what comes after the scope is no identifier.
[[nodiscard]] Result<SecretName, Diagnostic> resolve_secret_reference(std::string_view reference,
                                                                      const SecretScope& from);

/// "secret deploy_key in project default/demo of account demo", for messages.
[[nodiscard]] std::string describe(const SecretName& name);

}  // namespace tripgate
