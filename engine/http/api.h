// What the handlers ask of the rest of the engine: functions, so that tests answer in its place.
// api_wiring.h fills them from the engine's parts.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/match/repeated_run.h"
#include "engine/match/run_request.h"
#include "engine/run/runner.h"
#include "engine/run/stored_run.h"
#include "engine/run/text_evaluation.h"
#include "engine/status/status_reader.h"
#include "shared/api_key.h"
#include "shared/store_schema.h"

namespace tripgate::http {

/// A place in the tree of scopes; organisation and project may be empty for those above.
struct Scope {
  std::string account;
  std::string org;
  std::string project;
};

/// Who asks, and what they may do.
struct Caller {
  struct Grant {
    std::uint8_t permissions = 0;  // bits of edge::Permission
    std::string org;               // empty: all
    std::string project;
  };

  bool is_administrator = false;
  PrincipalType type = PrincipalType::user;
  std::string identifier;
  std::string name;
  std::string email;
  std::string account;
  std::vector<Grant> grants;

  [[nodiscard]] bool allows(std::uint8_t permissions, const Scope& scope) const;
};

/// An accepted event, for `event list|show` and the raw body.
struct EventView {
  std::string id;
  UnixMs received_at_ms = 0;
  Scope scope;
  std::optional<std::string> pipeline;  // parameters of the call
  std::optional<std::string> trigger;
  std::string peer;
  std::string method;
  std::string query;
  std::string principal;
  std::vector<std::pair<std::string, std::string>> headers;
  std::uint64_t body_size = 0;
  std::string body;  // empty in lists
};

enum class EntityKind : std::uint8_t { pipeline, trigger, input_set };

struct EntityView {
  EntityKind kind = EntityKind::pipeline;
  Scope scope;
  std::string pipeline;  // of a trigger or input set
  std::string identifier;
  std::string name;
  std::string yaml;
  std::uint64_t version = 0;
  bool is_enabled = true;
  std::string webhook_token;      // of a trigger; empty: none
  bool is_key_mandatory = false;  // in the trigger's scope
};

/// Which entity; the pipeline is left out where the identifier says enough.
struct EntityName {
  EntityKind kind = EntityKind::pipeline;
  Scope scope;
  std::optional<std::string> pipeline;
  std::string identifier;
};

struct ApplyFile {
  std::string name;
  std::string text;
};

struct ApplyRequest {
  Scope scope;  // where documents go that name no scope
  std::vector<ApplyFile> files;
  bool is_dry_run = false;
  bool must_be_new = false;  // none of the documents may be there yet
  bool must_exist = false;   // all of them must be
  /// Asked for the scope of each document before anything is written.
  std::function<bool(const Scope&)> may_edit;
  /// Asked for the scope of each pipeline that a document chains.
  std::function<bool(const Scope&)> may_execute;
};

struct ApplyChange {
  std::string kind;    // pipeline, trigger, inputSet, setting
  std::string action;  // created, updated, unchanged
  std::string identifier;
  std::string place;  // org/project[/pipeline]
};

/// What a caller lacks.
struct MissingPermission {
  std::uint8_t permission = 0;  // a bit of edge::Permission
  Scope scope;
  std::optional<std::string> pipeline;  // the one that it is about
};

/// Nothing is written when there are errors.
struct ApplyOutcome {
  std::vector<ApplyChange> changes;
  std::vector<Diagnostic> errors;
  std::vector<Diagnostic> warnings;
  std::optional<MissingPermission> denied;  // the first one
};

/// A piece of a list of entities, in the order of their names.
struct EntityListQuery {
  EntityKind kind = EntityKind::pipeline;
  Scope scope;
  std::optional<std::string> pipeline;  // only its triggers or input sets
  std::optional<EntityName> after;      // the last entity of the piece before
  std::size_t limit = 0;
};

struct SettingView {
  std::string identifier;
  std::string value;
  std::string inherited_value;  // what it would be without a row of its own
  std::string source;           // ACCOUNT, ORG, PROJECT, DEFAULT
  bool allow_overrides = true;
  bool is_editable = true;
  std::optional<UnixMs> updated_at_ms;  // of the row that decides
};

struct SettingWrite {
  std::string identifier;
  std::string value;
  bool allow_overrides = true;
  bool is_restore = false;  // removes the row
};

struct TokenRequest {
  Scope scope;  // of the grant
  std::string name;
  std::string role = "executor";  // admin, executor, viewer
  PrincipalType type = PrincipalType::service_account;
  std::optional<UnixMs> expires_at_ms;
};

struct TokenView {
  std::string name;
  std::string uuid;
  std::string role;
  Scope scope;
  UnixMs valid_from_ms = 0;
  std::optional<UnixMs> expires_at_ms;
  bool is_valid = true;
};

/// What may be known of a secret.
struct SecretView {
  std::string identifier;
  UnixMs updated_at_ms = 0;
};

struct SecretWrite {
  std::string identifier;
  std::string_view value;
  bool must_be_new = false;
};

/// One attempt of a step and where its log lies.
struct StepAttempt {
  std::string stage;
  std::string step;
  std::string directory;
  bool is_over = false;
};

struct ExecutionLogs {
  Scope scope;
  bool is_final = false;
  std::vector<StepAttempt> attempts;  // in the order in which they ran
};

/// Counters for /metrics: name, help, value.
struct Metric {
  std::string name;
  std::string help;
  bool is_counter = true;
  std::uint64_t value = 0;
};

/// A trigger's text to be judged with the newest events that it would have got.
struct WhatIfRequest {
  Scope scope;       // where a trigger belongs that names no scope
  std::string file;  // for complaints
  std::string yaml;
  std::size_t last = 0;
  /// Asked for the scope of the trigger before anything is read.
  std::function<bool(const Scope&)> may_view;
};

struct WhatIfOutcome {
  std::string data;
  std::vector<Diagnostic> errors;
  std::optional<Scope> denied;
};

/// A HarnessApproval step, and what one caller may do about it.
struct ApprovalView {
  Scope scope;
  std::string id;
  std::string status;
  std::string callback_id;
  std::string json;
  std::optional<std::string> refusal;  ///< Why the caller may not act.
};

/// A Wait step.
struct WaitView {
  Scope scope;
  UnixMs created_at_ms = 0;
  std::int64_t duration_ms = 0;
};

/// What is to be merged for a pipeline.
struct InputSetChoice {
  std::vector<std::string> sets;    ///< In order, overlays among them.
  std::vector<std::string> stages;  ///< Of these alone; empty: of all.
  std::string last;                 ///< YAML that wins over the sets, or blank.
};

/// What input sets come to for a pipeline (pipelines.md 7.4); no texts where a set is invalid.
struct InputSetMerge {
  struct SetErrors {
    std::string identifier;
    std::vector<std::pair<std::string, std::string>> fields;  // and what is wrong with each
  };

  std::string runtime_input;  // YAML, root `pipeline`
  std::string pipeline;       // with the values in it
  std::vector<std::string> invalid_sets;
  std::vector<SetErrors> errors;
};

/// The texts of one run, each with the root `pipeline`.
struct RunDocuments {
  Execution execution;
  RunText text;
  std::string input_template;  ///< What the pipeline asked for then; empty: nothing.
};

/// Errors: Errc::not_found, and those of the store. A Diagnostic is a text for the caller.
struct Api {
  std::function<UnixMs()> now_ms;
  /// Base of the links in `curl` when the caller names none; with or without a slash at its end.
  std::string public_url;

  /// Any defect of the key is Errc::unauthorized (triggers.md 4.4).
  std::function<Result<Caller>(const std::string& key, const std::string& account)> authenticate;

  // `data` of an envelope, as StatusReader makes it.
  std::function<Result<std::string>(const std::string&account, const std::string&event)>
      processing_details, execution_details;
  std::function<Result<std::string>(const std::string& account, const std::string& execution,
                                    const GraphQuery& graph)>
      execution_detail;
  std::function<Result<std::string>(const std::string& account, const std::string& execution,
                                    const std::string& node)>
      execution_sub_graph;
  std::function<Result<std::string>(const std::string&account, const std::string&execution)>
      retry_stages, retry_history, latest_execution, execution_notes;
  std::function<ErrorCode(const std::string& account, const std::string& execution,
                          const std::string& notes)>
      set_execution_notes;
  /// Where an execution belongs, for permissions.
  std::function<Result<Scope>(const std::string& account, const std::string& execution)>
      execution_scope;

  /// Grows with every change of the store: while it stands still nothing else has to be asked.
  std::function<std::uint64_t()> store_generation;
  std::function<Result<StatusRevision>(const std::string& account, const std::string& event)>
      event_revision;
  std::function<Result<StatusRevision>(const std::string& account, const std::string& execution,
                                       const GraphQuery& graph)>
      execution_revision;
  /// Acts on a run. Told on any thread, when that is durable: the interrupt's id. Errors: the texts
  /// of pipelines.md 8.7.
  std::function<void(const std::string& execution, const InterruptRequest& request,
                     OnInterrupted on_done)>
      interrupt;
  // Steps that wait for people; they are named by their node execution ids.
  std::function<Result<ApprovalView>(const std::string& account, const std::string& id,
                                     const ApprovalUser& user)>
      approval;
  /// Of one execution, in the order in which they began.
  std::function<Result<std::vector<ApprovalView>>(
      const std::string& account, const std::string& execution, const ApprovalUser& user)>
      approvals;
  /// Told on any thread, when the activity is durable. Errors: the texts of pipelines.md 2.5.
  std::function<void(const std::string& id, const ApprovalRequest& request, OnAnswered on_done)>
      act_on_approval;
  std::function<Result<WaitView>(const std::string& account, const std::string& node)> wait_step;
  /// Told on any thread, when the end of the step is durable.
  std::function<void(const std::string& node, bool is_success, OnAnswered on_done)> end_wait;

  // Runs that a person asks for.
  /// Stores a run and hands it to the runner. Errors: why it is refused (pipelines.md 8.3).
  std::function<Result<Execution, Diagnostic>(const RunRequest&)> start_run;
  /// As start_run, for a run that repeats another one. Errors also: the texts of pipelines.md 8.8.
  std::function<Result<Execution, Diagnostic>(const RunRequest&, const Repetition&)> repeat_run;
  /// What an execution runs and what it was given. Errors as those of load_run_text.
  std::function<Result<RunDocuments>(const std::string& account, const std::string& execution)>
      run_documents;
  /// What a text would become in an execution, at a node of it or, if that is empty, above all
  /// stages. Errors: those of evaluate_text and StoredRun::load; no such execution or node.
  std::function<Result<EvaluatedText, Diagnostic>(const std::string& account,
                                                  const std::string& execution,
                                                  const std::string& node, std::string_view text)>
      evaluate_text;
  /// What a node asks for or has asked for, by its node execution id. Errors: there is none.
  std::function<Result<LateInputView, Diagnostic>(const std::string& node)> execution_input;
  /// Told on any thread, when it is durable: whether a node at work took what it was given. Errors:
  /// the texts of pipelines.md 7.3.
  std::function<void(const std::string& node, const std::string& yaml, OnInputGiven on_given)>
      give_execution_input;
  /// What a pipeline asks for, as YAML; empty if it asks for nothing. `stages`: of these alone;
  /// empty: of all. Errors: there is no such pipeline, or no such stage.
  std::function<Result<std::string, Diagnostic>(const Scope&, const std::string& pipeline,
                                                const std::vector<std::string>& stages)>
      input_template;
  /// Errors: there is no such pipeline, or no such stage; YAML that cannot be merged.
  std::function<Result<InputSetMerge, Diagnostic>(const Scope&, const std::string& pipeline,
                                                  const InputSetChoice&)>
      merge_input_sets;
  std::function<Result<std::string>(const ExecutionChoice&, const ListPage&)> execution_list;
  std::function<Result<std::string>(const std::string& account, const std::string& event,
                                    std::size_t page, std::size_t size)>
      event_history;
  std::function<Result<std::string>(const EntityName& trigger, std::size_t page, std::size_t size)>
      trigger_history;
  std::function<Result<ExecutionLogs>(const std::string& account, const std::string& execution)>
      execution_logs;

  std::function<Result<std::string>(const std::string& account, const std::string& event)>
      event_explanation;
  std::function<Result<WhatIfOutcome>(const WhatIfRequest&)> what_if;

  std::function<Result<EventView>(const std::string& account, const std::string& event)> event;
  /// Newest first.
  std::function<Result<std::vector<EventView>>(const Scope&, std::size_t limit)> events;

  std::function<Result<ApplyOutcome>(const ApplyRequest&)> apply;
  std::function<Result<EntityView>(const EntityName&)> entity;
  std::function<Result<std::vector<EntityView>>(const EntityListQuery&)> entities;
  std::function<Result<bool, Diagnostic>(const EntityName&)> erase_entity;

  std::function<Result<SettingView, Diagnostic>(const Scope&, const std::string&)> setting;
  std::function<Result<std::vector<SettingView>>(const Scope&)> settings;
  std::function<Result<SettingView, Diagnostic>(const Scope&, const SettingWrite&)> set_setting;

  std::function<Result<SecretView, Diagnostic>(const Scope&, const SecretWrite&)> set_secret;
  /// Of exactly that scope.
  std::function<Result<std::vector<SecretView>>(const Scope&)> secrets;
  /// False when there was none.
  std::function<Result<bool>(const Scope&, const std::string& identifier)> erase_secret;
  /// Puts all secrets under the newest key; how many were under another one.
  std::function<Result<std::size_t, Diagnostic>()> reseal_secrets;

  /// The key's text, the only time that it is visible.
  std::function<Result<std::string, Diagnostic>(const TokenRequest&)> create_token;
  /// The old key works until `old_expires_at_ms`.
  std::function<Result<std::string, Diagnostic>(const std::string& account, const std::string& name,
                                                UnixMs old_expires_at_ms)>
      rotate_token;
  std::function<Result<bool, Diagnostic>(const std::string& account, const std::string& name)>
      revoke_token;
  std::function<Result<std::vector<TokenView>>(const std::string& account)> tokens;

  /// False while events cannot be accepted, and why.
  std::function<std::optional<std::string>()> why_not_ready;
  std::function<std::vector<Metric>()> metrics;
};

}  // namespace tripgate::http
