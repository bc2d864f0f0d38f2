// The Http step. Source: pipelines.md 2.3.
#include <set>

#include "engine/plan/plan_parts.h"
#include "engine/plan/step_spec_readers.h"

namespace tripgate::plan {
namespace {

using Headers = std::vector<std::pair<std::string, std::string>>;

void read_header(const yaml::Node& node, const std::string& owner, Headers& headers,
                 std::set<std::string>& keys, yaml::Findings& findings) {
  yaml::MappingReader reader(node, "a header of " + owner, findings);
  const std::string key = require_text(reader, "key", findings);
  headers.emplace_back(key, reader.text("value"));
  reader.finish();
  if (!keys.insert(key).second) {
    findings.error(node.position, "the header " + key + " of " + owner + " is given twice");
  }
}

Headers read_headers(yaml::MappingReader& spec, const SpecPlace& place) {
  Headers headers;
  std::set<std::string> keys;
  const yaml::Node* list = find_list(spec, "headers");
  if (list == nullptr) return headers;
  for (const yaml::Node& entry : list->items) {
    read_header(entry, spec.what(), headers, keys, place.findings());
  }
  return headers;
}

}  // namespace

StepSpec read_http_spec(yaml::MappingReader& spec, const SpecPlace& place) {
  HttpSpec http;
  http.url = require_text(spec, "url", place.findings());
  http.method = require_text(spec, "method", place.findings());
  http.headers = read_headers(spec, place);
  http.body = spec.text("requestBody");
  http.assertion = spec.text("assertion");
  const std::string fqn = place.fqn + ".spec";
  http.inputs = read_variables(spec, "inputVariables", fqn, place.findings());
  http.outputs = read_variables(spec, "outputVariables", fqn, place.findings());
  http.certificate = spec.text("certificate");
  http.certificate_key = spec.text("certificateKey");
  return http;
}

}  // namespace tripgate::plan
