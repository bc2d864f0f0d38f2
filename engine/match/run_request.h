// From what somebody asks for to a run that can be stored: the one place where inputs are merged,
// the pipeline is planned and the first records are made.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/match/catalog.h"
#include "engine/match/first_turn.h"
#include "engine/match/retry_nodes.h"
#include "engine/plan/plan_node.h"
#include "engine/status/execution.h"
#include "engine/status/node_state.h"
#include "engine/status/run_text.h"

namespace tripgate {

/// An earlier run of the pipeline, of which a retry takes over what was done before `start`.
struct EarlierRun {
  plan::PipelinePlan plan;
  std::vector<NodeState> nodes;  ///< All, by number.
  RetryStart start;
};

/// Asks for a run: a trigger that fires, a person, or a stage of another run. What is empty was not
/// asked for.
struct RunRequest {
  std::string account;
  std::string org;
  std::string project;
  std::string pipeline;
  std::string runtime_input;  ///< YAML with the root `pipeline`; may be blank. Wins over the sets.
  /// Identifiers of input sets, overlays among them; a later one wins.
  std::vector<std::string> input_sets;
  /// A trigger passes over input sets that do not exist (triggers.md 9.4); others are refused.
  bool must_find_input_sets = true;
  /// Identifiers of the stages that run; empty: all of them.
  std::vector<std::string> selected_stages;
  ExecutionOrigin origin;
  ExecutionLineage lineage;
  std::shared_ptr<const EarlierRun> retried;  ///< nullptr: nothing is taken over.
  ParentStage parent;
  std::string notes;
  std::string plan_execution_id;  ///< Empty: a fresh one.
  /// Whether whoever asks may run the pipelines of a project, for those that are chained. Empty:
  /// nobody asks, and what was decided when the pipeline was saved holds.
  std::function<bool(const std::string& org, const std::string& project)> may_execute;
};

/// A run that only has to be stored.
struct PlannedRun {
  Execution execution;           ///< The store gives its number and run sequence.
  std::vector<NodeState> nodes;  ///< Its stages.
  std::optional<RunText> text;   ///< Absent: it runs as its pipeline is stored.
  /// What it runs, for whoever begins it; gone once somebody has.
  std::shared_ptr<plan::PipelinePlan> plan;
  /// Of a run that has its place already; nullptr: it waits.
  std::shared_ptr<FirstTurn> first_turn;
};

/// What became of a planned run.
struct CreatedRun {
  ExecutionNumber number = 0;  ///< 0: it could not be stored.
  std::shared_ptr<FirstTurn> first_turn;
};

/// Why no run comes of a request.
struct RunRefusal {
  enum class Reason : std::uint8_t {
    no_pipeline,  ///< It does not exist, or was deleted.
    input_sets,   ///< They cannot be merged (triggers.md 3.3).
    run,          ///< A value is not allowed, or the pipeline cannot be planned.
  };

  Reason reason = Reason::run;
  std::string
      message;  ///< Of pipelines.md 7.5, 8.3 and 1.x, or triggers.md 9.6, letter for letter.
};

/// What a request comes to.
struct RunAnswer {
  std::variant<RunRefusal, PlannedRun> outcome;
  /// What the run is given: as it was asked for, or merged (triggers.md 9.9); absent if merging
  /// failed.
  std::optional<std::string> runtime_input;

  [[nodiscard]] PlannedRun* run() { return std::get_if<PlannedRun>(&outcome); }
  [[nodiscard]] const RunRefusal* refusal() const { return std::get_if<RunRefusal>(&outcome); }
};

/// Merges, validates and plans. Reads nothing but pipelines and input sets of the catalog, and
/// stores nothing. Errors: those of the catalog; a request that is refused is no error.
[[nodiscard]] Result<RunAnswer> plan_run(const RunRequest& request, Catalog& catalog,
                                         const Clock& clock, const plan::PlanDefaults& defaults);

/// Stores a planned run with its records as active: as its first turn left it if that counted on
/// the right numbers, else as waiting. Then the runner can be told. A retry is noted with the run
/// that it retries. Errors: Errc::conflict if that has been retried already, Errc::not_found if it
/// is gone; those of the store.
[[nodiscard]] ErrorCode store_run(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                  PlannedRun& run);

}  // namespace tripgate
