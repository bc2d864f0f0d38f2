// What the nodes of a run ask for when they are reached, and the plans that come of the answers.
#pragma once

#include <memory>
#include <set>
#include <string>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/plan/plan_node.h"
#include "engine/yaml/node.h"

namespace tripgate {

/// A node's answer that is nothing but its defaults, as its record keeps it.
inline constexpr const char* kDefaultsGiven = "# defaults\n";

/// The `executionInput()` fields of one run. Paths are those of PlanNode.
class LateInputs {
 public:
  LateInputs() = default;
  /// text: the run's own, root `pipeline`.
  LateInputs(const std::string& text, const plan::PipelinePlan& plan);

  [[nodiscard]] bool asks(const std::string& path) const { return holders_.contains(path); }

  /// What the node asks for, YAML with its wrapper (`step`) as the root; and the whole node.
  [[nodiscard]] std::string template_of(const std::string& path) const;
  [[nodiscard]] std::string field_of(const std::string& path) const;

  /// The plan of the run as it is with the node's answer in it; its other nodes keep their ids.
  /// given: YAML in the form of the template, or kDefaultsGiven. execution_id: as it was planned.
  /// Errors: the texts of pipelines.md 7.3; what cannot be planned.
  [[nodiscard]] Result<std::shared_ptr<const plan::PipelinePlan>, Diagnostic> plan_with(
      const std::string& path, const std::string& given, std::string_view execution_id,
      const plan::PlanDefaults& defaults) const;

 private:
  yaml::Node pipeline_;
  std::set<std::string, std::less<>> holders_;
};

}  // namespace tripgate
