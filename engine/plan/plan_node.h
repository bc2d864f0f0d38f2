// The compiled pipeline: a tree of nodes. Source: pipelines.md sections 1 and 1.13.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "engine/plan/failure_handling.h"
#include "engine/plan/loop_strategy.h"
#include "engine/plan/step_specs.h"

namespace tripgate::plan {

using Tags = std::vector<std::pair<std::string, std::string>>;

/// A timeout is fixed, or known when its node starts.
struct PlanTimeout {
  std::chrono::seconds fixed{};
  std::string expression;  ///< Empty: `fixed` holds.
};

enum class NodeKind : std::uint8_t {
  stages,      ///< The list of the pipeline's stages: one after the other.
  stage,       ///< Its one child is the section `execution`; a chained pipeline has none.
  section,     ///< `execution` or `rollbackSteps`: children one after the other.
  step_group,  ///< Children one after the other.
  parallel,    ///< Children at the same time; no identifier of its own.
  step,
};

/// Stages, groups and steps alike. A node with a loop is the template of its iterations.
struct PlanNode {
  NodeKind kind = NodeKind::step;
  /// Derived from the execution id and `path` (setup_id.h).
  std::string setup_id;
  std::string identifier;  ///< Of a parallel node `parallel` + setup id, of a section its own word.
  std::string name;
  std::string
      type;  ///< As in YAML; `NG_EXECUTION`, `NG_SECTION`, `NG_FORK`, ... where YAML has none.
  std::string path;  ///< FQN; parallel adds nothing to it, so a parallel's path ends in an index.
  std::string description;
  Tags tags;
  std::vector<PlanVariable> variables;
  PlanTimeout timeout;  ///< Zero for nodes that have none: parallel, section and most groups.
  /// The one expression of pipelines.md 5.1; empty for nodes that no condition can hold back.
  std::string run_condition;
  FailureHandling on_failure;      ///< Merged with what encloses the node (pipelines.md 4.4).
  FailureHandling own_on_failure;  ///< Of the node's own list alone.
  std::optional<LoopStrategy> loop;
  std::vector<PlanNode> children;
  /// Section `rollbackSteps` of a stage or group; nullptr without one. Never empty.
  std::unique_ptr<PlanNode> rollback;
  StepSpec spec;
  /// The `spec` of a step or chained stage as it is written, as JSON; only in plans of runs.
  std::string written_spec;
};

/// A rule of `notificationRules` (pipelines.md 1.11).
struct NotificationRule {
  struct Event {
    std::string type;                 ///< PipelineFailed, StageStart, ...
    std::vector<std::string> stages;  ///< Empty: all of them.
    std::vector<std::string> steps;
  };
  enum class Method : std::uint8_t { webhook, email };

  std::string identifier;
  std::string name;
  bool is_enabled = true;
  std::vector<Event> events;
  Method method = Method::webhook;
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::vector<std::string> recipients;
};

/// Timeouts where the YAML has none. Source: pipelines.md 9.1, advice for self-hosted engines.
struct PlanDefaults {
  std::chrono::seconds step_timeout = std::chrono::minutes(10);
  std::chrono::seconds approval_timeout = std::chrono::days(1);
  std::chrono::seconds stage_timeout = std::chrono::days(35);
  std::chrono::seconds pipeline_timeout = std::chrono::days(35);
};

/// What a run will do.
struct PipelinePlan {
  std::string identifier;
  std::string name;
  std::string org;      ///< Empty if the YAML has none.
  std::string project;  ///< Empty if the YAML has none.
  std::string description;
  Tags tags;
  std::vector<PlanVariable> variables;
  PlanTimeout timeout;
  bool allows_stage_selection = false;  ///< allowStageExecutions.
  std::vector<std::string> barriers;    ///< Identifiers declared in flowControl.
  std::vector<NotificationRule> notification_rules;
  /// Kind `stages`, identifier `stages`; children are stages and parallel nodes of stages.
  PlanNode stages;
};

/// Finds the nodes of a plan by setup id, rollback sections included. Borrows the plan.
class PlanIndex {
 public:
  explicit PlanIndex(const PipelinePlan& plan);
  /// Of a node and what is below it.
  explicit PlanIndex(const PlanNode& node);

  /// nullptr if the plan has no such node.
  [[nodiscard]] const PlanNode* find(std::string_view setup_id) const;

 private:
  void add(const PlanNode& node);

  std::unordered_map<std::string_view, const PlanNode*> by_setup_id_;
};

}  // namespace tripgate::plan
