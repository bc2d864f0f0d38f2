// Every kind of document that apply and validate take.
#pragma once

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "engine/plan/input_set_document.h"
#include "engine/plan/plan_node.h"
#include "engine/plan/setting_document.h"
#include "engine/plan/trigger_document.h"
#include "engine/yaml/findings.h"

namespace tripgate::plan {

/// One document of a stream: its model, and the text to store as the author wrote it.
struct AppliedDocument {
  std::variant<PipelinePlan, TriggerDocument, InputSetDocument, SettingDocument> content;
  std::string text;
  std::string file = {};  ///< For complaints; empty if the stream has no name.
};

/// Parses and validates a stream with the roots pipeline, trigger, inputSet, overlayInputSet and
/// setting, as apply and validate do. Everything wrong goes to findings with file, line and column;
/// the documents are meaningful only if findings stay clean. Pipelines are planned with an empty
/// execution id.
[[nodiscard]] std::vector<AppliedDocument> read_documents(std::string_view text,
                                                          const PlanDefaults& defaults,
                                                          yaml::Findings& findings);

}  // namespace tripgate::plan
