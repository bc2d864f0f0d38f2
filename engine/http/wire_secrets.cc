// Secrets, from the store that keeps them.
#include "engine/http/api_wiring.h"
#include "engine/secrets/secret_store.h"

namespace tripgate::http {
namespace {

SecretScope to_store(const Scope& scope) {
  return {scope.account, scope.org, scope.project};
}

}  // namespace

void wire_secrets(Api& api, const ApiParts& parts) {
  api.set_secret = [parts](const Scope& scope,
                           const SecretWrite& write) -> Result<SecretView, Diagnostic> {
    const auto written = parts.secrets.set({to_store(scope), write.identifier}, write.value,
                                           parts.clock.now_ms(), write.must_be_new);
    if (!written) return written.error();
    return SecretView{written->identifier, written->updated_at_ms};
  };
  api.secrets = [parts](const Scope& scope) -> Result<std::vector<SecretView>> {
    const auto entries = parts.secrets.list(to_store(scope));
    if (!entries) return entries.error();
    std::vector<SecretView> views;
    for (const SecretEntry& entry : *entries) {
      views.push_back({entry.identifier, entry.updated_at_ms});
    }
    return views;
  };
  api.erase_secret = [parts](const Scope& scope, const std::string& identifier) {
    return parts.secrets.erase({to_store(scope), identifier});
  };
  api.reseal_secrets = [parts] { return parts.secrets.reseal(); };
}

}  // namespace tripgate::http
