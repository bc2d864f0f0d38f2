// What cannot run is refused when it is saved, never when it runs.
#include "engine/plan/unready.h"

#include <gtest/gtest.h>

#include "engine/yaml/parser.h"

namespace tripgate::plan {
namespace {

std::vector<std::string> errors_of(const std::string& text) {
  const auto document = yaml::parse_document(text, "f");
  EXPECT_TRUE(document) << text;
  yaml::Findings findings;
  findings.file = "f";
  refuse_unready(document->root, findings);
  std::vector<std::string> lines;
  for (const Diagnostic& error : findings.errors) lines.push_back(error.to_string());
  return lines;
}

TEST(Unready, RefusesWithPlaceWhatDoesNotRun) {
  const std::pair<const char*, const char*> rows[] = {
      {"stages: [{stage: {type: Pipeline, spec: {pipeline: c, inputs: {identifier: c}}}}]\n",
       "f:1:63: inputs of a chained pipeline have no effect in this version"},
      {"variables: [{name: a, value: <+input>.default(x)}]\n",
       "f:1:30: runtime inputs (<+input>) are not supported yet"},
  };
  for (const auto& [text, error] : rows) {
    EXPECT_EQ(errors_of(text), std::vector<std::string>{error}) << text;
  }
}

TEST(Unready, LeavesTheRestAlone) {
  EXPECT_TRUE(
      errors_of("notificationRules: [{name: a}]\nvariables: [{name: a, value: 'x <+input>'}]\n"
                "stages: [{stage: {type: Pipeline, spec: {pipeline: c}}}]\n"
                "steps: [{step: {type: ShellScript}}]\n")
          .empty());
}

}  // namespace
}  // namespace tripgate::plan
