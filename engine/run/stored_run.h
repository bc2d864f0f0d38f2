// A run as its records tell it, at work or over, for those who ask about it. Nothing of it moves.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/journal/journal.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/run/node_expressions.h"
#include "engine/run/run_tree.h"
#include "engine/status/execution.h"

namespace tripgate {

/// Where runs are read; borrowed for as long as a StoredRun lives.
struct RunArchive {
  const StateStore& store;
  const Journal& journal;
  Catalog& catalog;
  const Clock& clock;
  /// What the addresses of runs begin with.
  std::string public_url = {};
};

/// What is said of a run whose records are not to be had; part: which of them.
[[nodiscard]] Diagnostic unreadable_run(std::string_view part, const ErrorCode& error);

/// What a node asks for (pipelines.md 7.3); texts are YAML.
struct LateInputView {
  std::string account;
  std::string org;
  std::string project;
  std::string instance_id;
  std::string template_yaml;
  std::string field_yaml;
  std::string given;  ///< Empty: nothing yet, or the defaults.
};

class StoredRun {
 public:
  /// Reads all records of a run. Errors: what cannot be read or planned any more.
  [[nodiscard]] static Result<std::unique_ptr<StoredRun>, Diagnostic> load(
      const RunArchive& archive, const Execution& execution);

  StoredRun(const StoredRun&) = delete;
  StoredRun& operator=(const StoredRun&) = delete;

  [[nodiscard]] const RunTree& tree() const { return tree_; }
  /// Knows no secrets: they stay expressions.
  [[nodiscard]] NodeExpressions& expressions() { return expressions_; }
  /// What a node asks for or has asked for. Errors: the text of pipelines.md 7.3.
  [[nodiscard]] Result<LateInputView, Diagnostic> view_input(const std::string& node_execution_id);

 private:
  StoredRun(RunTree tree, NodeExpressions::LoadEvent load_event, const Clock& clock)
      : tree_(std::move(tree)), expressions_(std::move(load_event), clock, nullptr) {}

  RunTree tree_;
  NodeExpressions expressions_;
};

}  // namespace tripgate
