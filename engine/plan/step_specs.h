// What each type of step is told by its `spec`. Texts may hold blocks unless they say otherwise;
// they are rendered when the step starts. Source: pipelines.md section 2.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "engine/plan/script_placement.h"

namespace tripgate::plan {

/// A variable of a pipeline, stage, group or step.
struct PlanVariable {
  enum class Type : std::uint8_t { string, number, secret };

  std::string name;
  Type type = Type::string;
  std::string text;  ///< Of a secret: the secret's id with its scope, `account.token`.
  bool is_required = false;
};

/// A shell variable that is published when the step succeeded.
struct OutputVariable {
  std::string name;            ///< As published.
  std::string shell_variable;  ///< A name that the shell can assign to.
  bool is_secret = false;
};

/// How far an output alias or a Queue's hold reaches.
enum class OutputScope : std::uint8_t { pipeline, stage, step_group };

/// Republishes a step's outputs as <+exportedVariables.getValue("SCOPE.KEY.NAME")>.
struct OutputAlias {
  std::string key;
  OutputScope scope = OutputScope::pipeline;
};

/// ShellScript (2.1) and Run (2.2).
struct ScriptSpec {
  enum class Shell : std::uint8_t { bash, sh, python };

  Shell shell = Shell::bash;
  bool stops_at_first_error = false;  ///< Run prefixes `set -e`.
  CompiledScript script;
  std::string working_directory;          ///< Empty: the runner's default.
  std::vector<PlanVariable> environment;  ///< Exported to the script.
  std::vector<OutputVariable> outputs;
  std::optional<OutputAlias> alias;
};

struct HttpSpec {
  std::string method;  ///< As written; the step upper-cases it.
  std::string url;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string assertion;  ///< An expression; empty: every response passes.
  std::vector<PlanVariable> inputs;
  std::vector<PlanVariable> outputs;  ///< Expressions over the response.
  std::string certificate;
  std::string certificate_key;
};

struct WaitSpec {
  std::string duration;
};

struct ApproverInput {
  std::string name;
  std::string default_value;
  bool is_required = false;
  std::vector<std::string> allowed_values;
  std::string regex;
  std::string description;
};

struct ApprovalSpec {
  std::string message;
  bool includes_history = false;
  std::vector<std::string> user_groups;  ///< Or one block that gives a list.
  std::string minimum_count;             ///< A number or a block.
  bool excludes_executor = false;
  std::vector<ApproverInput> inputs;
  bool rejects_older = false;  ///< isAutoRejectEnabled.
  std::string callback_id;
  /// autoApproval; time empty: none. Time: "2026-01-31 09:24 AM" in the time zone.
  std::string auto_approval_time;
  std::string auto_approval_time_zone;
  std::string auto_approval_comments;
};

struct BarrierSpec {
  std::string reference;  ///< One of the plan's barriers; no blocks.
};

struct QueueSpec {
  std::string key;
  OutputScope scope = OutputScope::pipeline;  ///< Pipeline or stage.
};

struct EmailSpec {
  std::string to;
  std::string cc;
  std::string subject;
  std::string body;
};

struct EventListenerSpec {
  std::string webhook_identifier;
  std::string success_criteria;
  std::string failure_criteria;
  std::vector<PlanVariable> inputs;
  std::vector<PlanVariable> outputs;
};

/// The spec of a stage of type Pipeline (1.8).
struct ChainedPipelineSpec {
  std::string pipeline;
  std::string org;
  std::string project;
  std::string
      inputs;  ///< YAML of the value under `inputs` as a document `pipeline: ...`, or empty.
  std::vector<std::string> input_sets;
  std::vector<PlanVariable> outputs;  ///< Evaluated in the child at its end.
};

using StepSpec =
    std::variant<std::monostate, ScriptSpec, HttpSpec, WaitSpec, ApprovalSpec, BarrierSpec,
                 QueueSpec, EmailSpec, EventListenerSpec, ChainedPipelineSpec>;

}  // namespace tripgate::plan
