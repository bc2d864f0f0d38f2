// Who may approve: groups of owners of API keys, by the names that pipelines give them.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace tripgate {

/// Groups as engine.yaml lists them: `ops`, `org.ops` and `account.ops` are three groups. Everybody
/// who has a key is in `_project_all_users`, `org._organization_all_users` and
/// `account._account_all_users`, which always exist.
class UserGroups {
 public:
  UserGroups() = default;
  /// By reference: the identifiers of the members.
  explicit UserGroups(std::map<std::string, std::vector<std::string>, std::less<>> groups)
      : groups_(std::move(groups)) {}

  [[nodiscard]] bool has_group(std::string_view reference) const;
  [[nodiscard]] bool has_member(std::string_view reference, std::string_view user) const;

 private:
  std::map<std::string, std::vector<std::string>, std::less<>> groups_;
};

}  // namespace tripgate
