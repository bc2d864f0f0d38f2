// Identifiers need no encoding in a URL: their grammar has no character that would.
#include "engine/http/trigger_links.h"

namespace tripgate::http {

std::string webhook_url(const EntityView& trigger, std::string_view base) {
  while (base.ends_with('#') || base.ends_with('/')) base.remove_suffix(1);
  if (base.empty()) return {};
  std::string url(base);
  url += "/gateway/pipeline/api/webhook/custom/";
  url += trigger.webhook_token.empty() ? "v2" : trigger.webhook_token + "/v3";
  url += "?accountIdentifier=" + trigger.scope.account;
  url += "&orgIdentifier=" + trigger.scope.org;
  url += "&projectIdentifier=" + trigger.scope.project;
  url += "&pipelineIdentifier=" + trigger.pipeline;
  url += "&triggerIdentifier=" + trigger.identifier;
  return url;
}

std::string webhook_curl_command(const EntityView& trigger, std::string_view base) {
  const std::string url = webhook_url(trigger, base);
  if (url.empty()) return {};
  std::string command = "curl -X POST -H 'content-type: application/json'";
  if (trigger.is_key_mandatory) command += " -H 'X-Api-Key: sample_api_key'";
  return command + " --url '" + url + "' -d '{\"sample_key\": \"sample_value\"}'";
}

}  // namespace tripgate::http
