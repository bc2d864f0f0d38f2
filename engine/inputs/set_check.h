// Whether what an input set holds is what its pipeline asks for.
#pragma once

#include <string>
#include <vector>

#include "engine/yaml/findings.h"
#include "engine/yaml/node.h"

namespace tripgate::inputs {

/// One field of an input set that its pipeline does not take.
struct FieldError {
  std::string fqn;
  std::string message;
  yaml::Position position;  ///< Of the field.
};

/// Compares the `pipeline` of an input set with the pipeline itself. Texts are those of
/// pipelines.md 7.5: "Field not a runtime input", "Pipeline no longer contains any runtime input",
/// a key that locates something else, and the validators' complaints. Empty: the set is good.
[[nodiscard]] std::vector<FieldError> check_input_set(const yaml::Node& pipeline,
                                                      const yaml::Node& values);

}  // namespace tripgate::inputs
