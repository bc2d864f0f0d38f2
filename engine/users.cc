// Asks the system's user database once, at start.
#include "engine/users.h"

#include <grp.h>
#include <pwd.h>

namespace tripgate {

Result<StepUser, Diagnostic> find_user(const std::string& name) {
  const passwd* entry = ::getpwnam(name.c_str());
  if (entry == nullptr) return Diagnostic("there is no user [" + name + "]");
  return StepUser{.uid = entry->pw_uid, .gid = entry->pw_gid, .groups = {}};
}

Result<unsigned, Diagnostic> find_group(const std::string& name) {
  const group* entry = ::getgrnam(name.c_str());
  if (entry == nullptr) return Diagnostic("there is no group [" + name + "]");
  return static_cast<unsigned>(entry->gr_gid);
}

}  // namespace tripgate
