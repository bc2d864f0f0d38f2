// Small rules of scopes and roles.
#include "engine/entities/entity.h"

namespace tripgate::entities {

std::optional<Scope> Scope::parent() const {
  if (!project.empty()) return Scope{account, org, {}};
  if (!org.empty()) return Scope{account, {}, {}};
  return std::nullopt;
}

bool Scope::contains(const Scope& other) const {
  return account == other.account && (org.empty() || org == other.org) &&
         (project.empty() || project == other.project);
}

std::uint8_t permissions_of(Role role) noexcept {
  switch (role) {
    case Role::viewer:
      return edge::permission_view;
    case Role::executor:
      return edge::permission_view | edge::permission_execute;
    case Role::admin:
      return edge::permission_view | edge::permission_execute | edge::permission_edit;
  }
  return 0;
}

std::string_view role_name(Role role) noexcept {
  switch (role) {
    case Role::viewer:
      return "viewer";
    case Role::executor:
      return "executor";
    case Role::admin:
      return "admin";
  }
  return "";
}

std::optional<Role> parse_role(std::string_view text) noexcept {
  for (const Role role : {Role::viewer, Role::executor, Role::admin}) {
    if (text == role_name(role)) return role;
  }
  return std::nullopt;
}

}  // namespace tripgate::entities
