// Keys are handed out by an administrator, so whoever has one is a user.
#include "engine/run/user_groups.h"

#include <algorithm>

namespace tripgate {
namespace {

bool is_of_everybody(std::string_view reference) {
  return reference == "_project_all_users" || reference == "org._organization_all_users" ||
         reference == "account._account_all_users";
}

}  // namespace

bool UserGroups::has_group(std::string_view reference) const {
  return is_of_everybody(reference) || groups_.find(reference) != groups_.end();
}

bool UserGroups::has_member(std::string_view reference, std::string_view user) const {
  if (is_of_everybody(reference)) return true;
  const auto group = groups_.find(reference);
  return group != groups_.end() && std::ranges::find(group->second, user) != group->second.end();
}

}  // namespace tripgate
