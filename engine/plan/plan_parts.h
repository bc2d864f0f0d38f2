// Pieces that pipeline, stage, group and step have in common; private to plan/.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/plan/plan_context.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate::plan {

/// A scalar that begins with `<+input>`. Before inputs are merged any field may hold one; in a run
/// it is an expression that stays unresolved (pipelines.md 7.1).
[[nodiscard]] bool is_runtime_input(const yaml::Node& node);

/// find_sequence() and find_mapping() for which a runtime input in the place of the whole value
/// reads as absent.
[[nodiscard]] const yaml::Node* find_list(yaml::MappingReader& reader, std::string_view key);
[[nodiscard]] const yaml::Node* find_map(yaml::MappingReader& reader, std::string_view key);

/// true or false; a runtime input reads as the fallback.
[[nodiscard]] bool read_flag(yaml::MappingReader& reader, std::string_view key, bool fallback);

/// The texts of a list of scalars, or one text if the value is an expression that gives a list.
[[nodiscard]] std::vector<std::string> read_texts(yaml::MappingReader& reader,
                                                  std::string_view key);

/// Pairs of a mapping of scalars; a runtime input reads as none.
[[nodiscard]] std::vector<std::pair<std::string, std::string>> read_pairs(
    yaml::MappingReader& reader, std::string_view key);

/// Complains "KEY must not be empty in WHAT" if a required text is empty or absent.
[[nodiscard]] std::string require_text(yaml::MappingReader& reader, std::string_view key,
                                       yaml::Findings& findings);

/// Warns about the keys that only mean something with delegates (pipelines.md 10.3).
void remark_delegates(yaml::MappingReader& reader);

/// Refuses `template` with the text of pipelines.md 10.3. True if there is one.
bool refuse_template(yaml::MappingReader& reader, yaml::Findings& findings);

/// Reads `timeout`: a duration, an expression or a runtime input; the fallback where there is none.
[[nodiscard]] PlanTimeout read_plan_timeout(yaml::MappingReader& reader,
                                            std::chrono::seconds fallback,
                                            yaml::Findings& findings);

/// Reads a list of variables. The text of one whose value is a runtime input that nobody gave is
/// its default (pipelines.md 1.9).
///
/// fqn: of the list's owner, for complaints.
[[nodiscard]] std::vector<PlanVariable> read_variables(yaml::MappingReader& reader,
                                                       std::string_view key, const std::string& fqn,
                                                       yaml::Findings& findings);

/// Complains " This element is coming twice in yaml PATH" (pipelines.md 1.1).
void complain_twice(yaml::Position at, const std::string& path, yaml::Findings& findings);

}  // namespace tripgate::plan
