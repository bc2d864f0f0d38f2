// Every handler of the routes table; the files named after their areas hold them.
#pragma once

#include "engine/http/router.h"

namespace tripgate::http {

// events_handlers.cc
Response get_processing_details(const Context& context);
Response get_execution_details(const Context& context);
Response get_event_history(const Context& context);
Response get_trigger_history(const Context& context);
Response get_event_body(const Context& context);
Response list_events(const Context& context);
Response get_event(const Context& context);

// judgement_handlers.cc
Response get_event_explanation(const Context& context);
Response what_if(const Context& context);

// entity_handlers.cc
Response apply_files(const Context& context);
Response list_entities(const Context& context);
Response get_entity(const Context& context);
Response erase_entity(const Context& context);

// execution_list_handler.cc
Response list_executions(const Context& context);

// execution_handlers.cc
Response get_execution(const Context& context);
Response get_execution_with_graph(const Context& context);
Response get_execution_sub_graph(const Context& context);
Response interrupt_execution(const Context& context);
Response interrupt_node(const Context& context);
Response intervene(const Context& context);
Response get_execution_logs(const Context& context);

// approval_handlers.cc
Response get_approval(const Context& context);
Response act_on_approval(const Context& context);
Response get_approval_authorization(const Context& context);
Response list_approvals(const Context& context);
Response act_on_approval_of_execution(const Context& context);

// wait_handlers.cc
Response put_wait_step(const Context& context);
Response get_wait_step(const Context& context);

// repetition_handlers.cc
Response get_retry_stages(const Context& context);
Response get_retry_history(const Context& context);
Response get_latest_execution(const Context& context);
Response list_selectable_stages(const Context& context);

// note_handlers.cc
Response get_notes(const Context& context);
Response put_notes(const Context& context);

// run_handlers.cc
Response run_pipeline(const Context& context);
Response run_with_input_sets(const Context& context);
Response run_stages(const Context& context);
Response rerun_pipeline(const Context& context);
Response rerun_with_input_sets(const Context& context);
Response rerun_stages(const Context& context);
Response retry_pipeline(const Context& context);

// newer_run_handlers.cc
Response newer_run_pipeline(const Context& context);
Response newer_rerun_pipeline(const Context& context);
Response newer_retry_pipeline(const Context& context);

// preflight_handlers.cc
Response begin_preflight(const Context& context);
Response get_preflight(const Context& context);

// run_document_handlers.cc
Response get_run_input(const Context& context);
Response get_run_input_with_template(const Context& context);
Response get_run_metadata(const Context& context);
Response get_run_metadata_details(const Context& context);

// expression_handlers.cc
Response evaluate_expression(const Context& context);

// execution_input_handlers.cc
Response get_execution_input(const Context& context);
Response give_execution_input(const Context& context);

// input_set_handlers.cc
Response get_input_template(const Context& context);
Response newer_get_inputs(const Context& context);
Response merge_input_sets(const Context& context);
Response get_input_set(const Context& context);
Response get_overlay(const Context& context);
Response list_input_sets(const Context& context);

// input_set_write_handlers.cc
Response create_input_set(const Context& context);
Response put_input_set(const Context& context);
Response create_overlay(const Context& context);
Response put_overlay(const Context& context);
Response erase_input_set(const Context& context);

// setting_handlers.cc
Response list_settings(const Context& context);
Response get_setting(const Context& context);
Response put_settings(const Context& context);

// secret_handlers.cc
Response create_secret(const Context& context);
Response put_secret(const Context& context);
Response list_secrets(const Context& context);
Response erase_secret(const Context& context);
Response reseal_secrets(const Context& context);

// token_handlers.cc
Response create_token(const Context& context);
Response rotate_token(const Context& context);
Response revoke_token(const Context& context);
Response list_tokens(const Context& context);

// health_handlers.cc
Response get_healthz(const Context& context);
Response get_readyz(const Context& context);
Response get_metrics(const Context& context);

// openapi.cc
Response get_openapi(const Context& context);

/// 403 unless the caller has the permission in a record's scope.
[[nodiscard]] std::optional<Response> refuse_without(
    std::uint8_t permission, const Context& context, const Scope& scope,
    const std::optional<std::string>& pipeline = std::nullopt);

/// An event whose content the caller may see, or the answer that says why not. The id is the first
/// part of the path.
[[nodiscard]] Result<EventView, Response> load_visible_event(const Context& context);

/// Why the caller may not do something with the execution that the path names first: it does not
/// exist, or the permission is missing where it belongs. Nothing if it may.
[[nodiscard]] std::optional<Response> refuse_execution(std::uint8_t permission,
                                                       const Context& context);

/// 404 for an execution that does not exist in the account.
[[nodiscard]] Response no_execution(const ErrorCode& cause, const std::string& id,
                                    const std::string& correlation_id);

/// Bytes of the notes of one execution: they are a part of its record.
inline constexpr std::size_t kNotesMaxBytes = 16 * 1024;

/// What is wrong with notes; nothing if they can be kept.
[[nodiscard]] std::optional<Diagnostic> refusal_of_notes(std::string_view notes);

/// What the caller asks for when running the pipeline that the path names, without its inputs.
/// Errors: those of refusal_of_notes.
[[nodiscard]] Result<RunRequest, Diagnostic> run_request(const Context& context, std::string notes);

/// An input set or overlay of the pipeline in the query. Errors: the 404 of one that does not
/// exist.
[[nodiscard]] Result<EntityView, Response> load_input_set(const Context& context,
                                                          const std::string& identifier);
[[nodiscard]] Response no_input_set(const std::string& identifier,
                                    const std::string& correlation_id);

/// What is known of a settled event; 400 while it has no history (triggers.md 2.3).
[[nodiscard]] Response event_detail(const Result<std::string>& data, const std::string& event,
                                    const std::string& correlation_id);

/// 400 for documents that were refused: the first error, and all complaints as metadata. As
/// `refuse` where the first error has a cause.
[[nodiscard]] Response refused_documents(const std::vector<Diagnostic>& errors,
                                         const std::vector<Diagnostic>& warnings,
                                         const Context& context);

/// A number of the query; `fallback` where it is absent or something else.
[[nodiscard]] std::size_t number_parameter(const Request& request, std::string_view name,
                                           std::size_t fallback);

/// `page` and `size` of the query, kept within bounds.
struct Paging {
  std::size_t page = 0;
  std::size_t size = 10;
};
[[nodiscard]] Paging paging(const Request& request);

}  // namespace tripgate::http
