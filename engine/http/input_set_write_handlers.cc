// Input sets and overlays that are created, updated and deleted over REST; they go the way of
// `apply`. Source: pipelines.md 7.4 and 7.5.
#include <variant>

#include "engine/base/errc.h"
#include "engine/base/json_writer.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"
#include "engine/http/input_set_json.h"
#include "engine/plan/documents.h"

namespace tripgate::http {
namespace {

/// What a call writes.
struct Writing {
  bool is_overlay = false;
  bool is_new = false;
};

/// Why a document does not belong where the request says; empty if it does.
std::string misplacement(const plan::InputSetDocument& set, const Context& context) {
  const auto differ = [](const char* what, const std::string& there, const std::string& here) {
    return std::string(what) + " of the input set is " + there + ", of the request " + here;
  };
  const std::string pipeline = context.request.parameter_or_empty("pipelineIdentifier");
  const std::string identifier = context.path.find("identifier");
  const Scope& scope = context.scope;
  if (set.pipeline_identifier != pipeline) {
    return differ("The pipeline", set.pipeline_identifier, pipeline);
  }
  if (!set.org.empty() && set.org != scope.org) return differ("orgIdentifier", set.org, scope.org);
  if (!set.project.empty() && set.project != scope.project) {
    return differ("projectIdentifier", set.project, scope.project);
  }
  if (!identifier.empty() && set.identifier != identifier) {
    return differ("The identifier", set.identifier, identifier);
  }
  return {};
}

/// The one document of the body, of the kind that the address is for.
Result<plan::InputSetDocument, Response> read_set(const Context& context, bool is_overlay) {
  yaml::Findings findings;
  std::vector<plan::AppliedDocument> documents =
      plan::read_documents(context.request.body, {}, findings);
  if (!findings.is_clean()) return refused_documents(findings.errors, findings.warnings, context);
  const bool is_one = documents.size() == 1;
  auto* const set =
      is_one ? std::get_if<plan::InputSetDocument>(&documents.front().content) : nullptr;
  if (set == nullptr || set->is_overlay != is_overlay) {
    const std::string root = is_overlay ? "overlayInputSet" : "inputSet";
    return invalid_request("the body is not one document with the root " + root,
                           context.correlation_id);
  }
  const std::string misplaced = misplacement(*set, context);
  if (!misplaced.empty()) return invalid_request(misplaced, context.correlation_id);
  return std::move(*set);
}

Response already_exists(const plan::InputSetDocument& set, const Context& context) {
  return error({.code = "DUPLICATE_FIELD",
                .message = "Input set [" + set.identifier + "] under Project[" +
                           context.scope.project + "], Organization [" + context.scope.org +
                           "] for Pipeline [" + set.pipeline_identifier + "] already exists"},
               context.correlation_id);
}

/// The usual refusals with a status of their own; two writes at once are told apart by `apply`.
std::optional<Response> refuse(const plan::InputSetDocument& set, const Writing& writing,
                               const Context& context) {
  const Result<EntityView, Response> stored = load_input_set(context, set.identifier);
  if (!stored && stored.error().status != 404) return stored.error();
  if (writing.is_new) {
    return stored ? std::optional(already_exists(set, context)) : std::nullopt;
  }
  if (!stored) return stored.error();
  if (is_overlay(*stored) == writing.is_overlay) return std::nullopt;
  return no_input_set(set.identifier, context.correlation_id);
}

Response show(const Context& context, const std::string& identifier, bool is_overlay) {
  const Result<EntityView, Response> set = load_input_set(context, identifier);
  if (!set) return set.error();
  JsonWriter json;
  if (is_overlay) {
    write_overlay(json, *set);
  } else {
    write_input_set(json, *set);
  }
  return success(json.take(), context.correlation_id);
}

Response write(const Context& context, const Writing& writing) {
  const auto set = read_set(context, writing.is_overlay);
  if (!set) return set.error();
  if (auto refused = refuse(*set, writing, context)) return *std::move(refused);
  const Result<ApplyOutcome> outcome = context.api.apply(
      {.scope = context.scope,
       .files = {{.name = {}, .text = context.request.body}},
       .must_be_new = writing.is_new,
       .must_exist = !writing.is_new,
       .may_edit =
           [&](const Scope& scope) { return context.caller.allows(edge::permission_edit, scope); },
       .may_execute =
           [&](const Scope& scope) {
             return context.caller.allows(edge::permission_execute, scope);
           }});
  if (!outcome) return store_failure(outcome.error(), context.correlation_id);
  if (!outcome->errors.empty()) {
    return refused_documents(outcome->errors, outcome->warnings, context);
  }
  return show(context, set->identifier, writing.is_overlay);
}

}  // namespace

Response create_input_set(const Context& context) {
  return write(context, {.is_overlay = false, .is_new = true});
}

Response put_input_set(const Context& context) {
  return write(context, {.is_overlay = false, .is_new = false});
}

Response create_overlay(const Context& context) {
  return write(context, {.is_overlay = true, .is_new = true});
}

Response put_overlay(const Context& context) {
  return write(context, {.is_overlay = true, .is_new = false});
}

/// Of either kind. An overlay that names it is told so when it is used.
Response erase_input_set(const Context& context) {
  const std::string identifier = context.path.find("identifier");
  const Result<bool, Diagnostic> erased =
      context.api.erase_entity({.kind = EntityKind::input_set,
                                .scope = context.scope,
                                .pipeline = context.request.parameter("pipelineIdentifier"),
                                .identifier = identifier});
  if (!erased) return refuse(erased.error(), context.correlation_id);
  if (!*erased) return no_input_set(identifier, context.correlation_id);
  return success("true", context.correlation_id);
}

}  // namespace tripgate::http
