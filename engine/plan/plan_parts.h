// Pieces that pipeline, stage and step have in common; private to plan/.
#pragma once

#include <chrono>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// What every reader of a plan's part needs.
struct PlanContext {
  std::string_view execution_id;
  const PlanDefaults& defaults;
  yaml::Findings& findings;
};

/// Refuses keys that this version does not act on: "KEY is not supported yet (WHAT)".
void refuse_unsupported(yaml::MappingReader& reader, std::initializer_list<std::string_view> keys);

/// Warns about the keys that only mean something with delegates (pipelines.md 10.3).
void remark_delegates(yaml::MappingReader& reader);

/// Refuses `template` with the text of pipelines.md 10.3. True if there is one.
bool refuse_template(yaml::MappingReader& reader, yaml::Findings& findings);

[[nodiscard]] std::chrono::seconds read_timeout(yaml::MappingReader& reader,
                                                std::chrono::seconds fallback,
                                                yaml::Findings& findings);

/// Reads a list of variables of type String or Number; path: FQN of their owner.
[[nodiscard]] std::vector<PlanVariable> read_variables(yaml::MappingReader& reader,
                                                       std::string_view key,
                                                       const std::string& path,
                                                       yaml::Findings& findings);

/// Complains " This element is coming twice in yaml PATH" (pipelines.md 1.1).
void complain_twice(yaml::Position at, const std::string& path, yaml::Findings& findings);

/// Reads the value under `step`. path: FQN of the list it stands in.
[[nodiscard]] PlanStep read_step(const yaml::Node& node, const std::string& path,
                                 const PlanContext& context);

}  // namespace tripgate::plan
