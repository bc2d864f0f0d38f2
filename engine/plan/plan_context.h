// What the readers of a pipeline's parts hand down to each other; private to plan/.
#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "engine/plan/plan_node.h"
#include "engine/yaml/findings.h"

namespace tripgate::plan {

/// Levels of an execution from the pipeline down to a node, hidden ones included (pipelines.md 5.3
/// and 9.2).
inline constexpr std::size_t kNestingMax = 25;

/// The complaint about a node below that level.
inline constexpr const char* kNestingComplaint =
    "The pipeline has reached the maximum nesting allowed for an execution. Please simplify the "
    "pipeline configuration so that it does not breach the allowed limit of nesting";

/// The way through a parallel block on the way down to a node.
struct Branch {
  std::string parallel_path;
  std::size_t index = 0;

  friend bool operator==(const Branch&, const Branch&) = default;
};

/// A Barrier step outside rollback sections.
struct BarrierUse {
  std::string reference;
  yaml::Position position;
  std::vector<Branch> branches;
};

/// What every reader of a plan's part needs; one for the whole pipeline.
struct PlanContext {
  std::string_view execution_id;
  const PlanDefaults& defaults;
  yaml::Findings& findings;
  std::vector<std::string> barriers = {};           ///< Declared in flowControl; sorted.
  std::vector<BarrierUse>* barrier_uses = nullptr;  ///< Filled while steps are read; may be none.

  /// Whether a run is about to start: no runtime input can be given any more. Documents are planned
  /// without an execution id when they are saved.
  [[nodiscard]] bool is_for_run() const { return !execution_id.empty(); }
};

/// What surrounds a node while it is read. Every level copies it and changes the copy.
struct Enclosure {
  std::string path;           ///< FQN of the list that holds the node.
  std::string fqn;            ///< The same in the notation of pipelines.md 7.3, for complaints.
  std::string parallel_path;  ///< Unique prefix of the paths of parallel nodes in this list.
  FailureHandling inherited;
  std::vector<Branch> branches;  ///< Through every parallel block around the node.
  std::size_t depth = 0;         ///< Levels around the node.
  bool is_rollback = false;
  bool is_in_loop = false;
  bool is_in_group = false;
  /// Identifiers taken in the container; parallel blocks share their container's.
  std::set<std::string>* identifiers = nullptr;
  /// Where each step id of the stage stands first; nullptr outside stages.
  std::map<std::string, yaml::Position>* stage_steps = nullptr;
};

/// Where the spec of a step or stage stands.
struct SpecPlace {
  const std::string& identifier;
  const std::string& fqn;  ///< Of the node, for complaints.
  yaml::Position position;
  bool is_in_loop;  ///< The node's own loop included.
  const Enclosure& around;
  const PlanContext& context;

  [[nodiscard]] yaml::Findings& findings() const { return context.findings; }
};

}  // namespace tripgate::plan
