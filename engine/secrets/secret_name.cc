// A reference says how far up its secret lives; the rest comes from whoever asks.
#include "engine/secrets/secret_name.h"

#include "shared/ids.h"

namespace tripgate {
namespace {

/// Bytes of a bad reference that a message repeats.
constexpr std::size_t kShownMax = 128;

/// Removes a prefix; whether it was there.
bool strip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

}  // namespace

Result<SecretName, Diagnostic> resolve_secret_reference(std::string_view reference,
                                                        const SecretScope& from) {
  SecretName name = {.scope = from, .identifier = {}};
  std::string_view identifier = reference;
  if (strip(identifier, "account.")) {
    name.scope.org.clear();
    name.scope.project.clear();
  } else if (strip(identifier, "org.")) {
    name.scope.project.clear();
  }
  if (!is_identifier(identifier)) {
    return Diagnostic("\"" + std::string(reference.substr(0, kShownMax)) +
                      "\" does not name a secret: id, org.id or account.id is expected");
  }
  name.identifier = identifier;
  return name;
}

std::string describe(const SecretName& name) {
  const SecretScope& scope = name.scope;
  std::string text = "secret " + name.identifier + " in ";
  if (!scope.project.empty()) {
    text += "project " + scope.org + "/" + scope.project + " of ";
  } else if (!scope.org.empty()) {
    text += "organisation " + scope.org + " of ";
  }
  return text + "account " + scope.account;
}

}  // namespace tripgate
