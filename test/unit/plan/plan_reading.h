// Reads pipelines for tests: texts with one hole each, and complaints as lines.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/pipeline_reader.h"
#include "engine/yaml/parser.h"

namespace tripgate::plan {

using Lines = std::vector<std::string>;

/// A plan with what was said about its text.
struct PlanReading {
  PipelinePlan plan;
  Lines errors;
  Lines warnings;
};

inline Lines printed_lines(const std::vector<Diagnostic>& diagnostics) {
  Lines lines;
  for (const Diagnostic& diagnostic : diagnostics) lines.push_back(diagnostic.to_string());
  return lines;
}

/// Reads a document `pipeline: ...`. execution_id: empty as when a document is saved.
inline PlanReading read_plan(std::string_view text, std::string_view execution_id = "") {
  PlanReading reading;
  const auto document = yaml::parse_document(text, "");
  if (!document) {
    reading.errors.push_back(document.error().to_string());
    return reading;
  }
  const yaml::Node* root = document->root.find("pipeline");
  EXPECT_NE(root, nullptr) << text;
  if (root == nullptr) return reading;
  yaml::Findings findings;
  reading.plan = read_pipeline_plan(*root, execution_id, {}, findings);
  reading.errors = printed_lines(findings.errors);
  reading.warnings = printed_lines(findings.warnings);
  return reading;
}

/// A pipeline of one stage; its lines begin on line 5, in column 5 (`- stage:` or `- parallel:`).
inline std::string pipeline_with_stages(const std::string& stages) {
  return "pipeline:\n  name: P\n  identifier: p\n  stages:\n" + stages;
}

/// A stage S with lines of its own from line 9 on, in column 9.
inline std::string pipeline_with_stage(const std::string& lines,
                                       const std::string& type = "Custom") {
  return pipeline_with_stages(
      "    - stage:\n        name: S\n        identifier: s\n        type: " + type + "\n" + lines);
}

/// The steps of the one stage s: lines from line 12 on, in column 13 (`- step:`).
inline std::string pipeline_with_steps(const std::string& steps) {
  return pipeline_with_stage("        spec:\n          execution:\n            steps:\n" + steps);
}

/// A step on one line in column 13 that waits.
inline std::string wait_step(const std::string& identifier, const std::string& rest = "") {
  return "            - step: {name: W, identifier: " + identifier +
         ", type: Wait, spec: {duration: 10s}" + rest + "}\n";
}

/// One step `a` of a type whose spec is a mapping on line 17 from column 23 on; the keys in `rest`
/// stand below it, in column 17.
inline std::string pipeline_with_step(const std::string& type, const std::string& spec,
                                      const std::string& rest = "") {
  return pipeline_with_steps(
      "            - step:\n                name: A\n                identifier: a\n"
      "                type: " +
      type + "\n                timeout: 1m\n                spec: " + spec + "\n" + rest);
}

}  // namespace tripgate::plan
