// The same order of checks as at the edge; the first reason is the answer.
#include "engine/entities/judge.h"

#include <string>

#include "engine/base/errc.h"

namespace tripgate::entities {
namespace {

using Verdict = Result<std::optional<Denial>>;

Verdict admit() {
  return std::optional<Denial>();
}

Verdict refuse(const std::string& text) {
  return std::optional(Denial{400, "INVALID_REQUEST", "Invalid request: " + text});
}

Scope scope_of(const EventHead& head) {
  return {std::string(head.account), std::string(head.org), std::string(head.project)};
}

std::string key_mandatory_text(const EventHead& head) {
  std::string text = "Authorization is mandatory for custom triggers in ";
  text.append(head.account).append(":").append(head.org).append(":").append(head.project);
  return text + ". Please add X-Api-Key header in the request";
}

std::string no_trigger_text(const EventHead& head) {
  std::string text = "No enabled custom trigger found for Account:";
  text.append(head.account).append(", Org: ").append(head.org);
  text.append(", Project: ").append(head.project);
  const auto add = [&text](const char* label, const std::optional<std::string_view>& value) {
    if (!value || value->find_first_not_of(" \t\r\n") == std::string_view::npos) return;
    text.append(label).append(*value);
  };
  add(", Pipeline: ", head.pipeline);
  add(", Trigger: ", head.trigger);
  return text;
}

Denial access_denied(const EventHead& head) {
  std::string text = "Principal of type ";
  text.append(principal_type_word(head.principal.type)).append(" with identifier ");
  text.append(head.principal.identifier);
  text += " : Missing permission core_pipeline_execute on pipeline";
  if (head.pipeline) text.append(" with identifier ").append(*head.pipeline);
  return {403, "NG_ACCESS_DENIED", text};
}

/// The key is known by its uuid here: its secret was compared at the edge and never travels.
Verdict judge_key(const EntityReader& reader, const EventHead& head, UnixMs now_ms) {
  const auto found = reader.find_token(head.principal.token);
  if (!found) return found.error();
  const bool is_good = *found && (*found)->token.type == head.principal.type &&
                       (*found)->token.scope.account == head.account &&
                       (*found)->token.is_valid_at(now_ms);
  if (!is_good) return std::optional(Denial{401, "INVALID_TOKEN", "Token is not valid."});
  const Token& token = (*found)->token;
  const bool is_permitted = (permissions_of(token.role) & edge::permission_execute) != 0 &&
                            token.scope.contains(scope_of(head));
  if (!is_permitted) return std::optional(access_denied(head));
  return admit();
}

Verdict judge_caller(const EntityReader& reader, const EventHead& head, UnixMs now_ms) {
  if (!head.principal.is_anonymous()) return judge_key(reader, head, now_ms);
  const Result<bool> is_mandatory = reader.is_key_mandatory(scope_of(head));
  if (!is_mandatory) return is_mandatory.error();
  return *is_mandatory ? refuse(key_mandatory_text(head)) : admit();
}

bool is_selected(const EventHead& head, const Entity& trigger) {
  return trigger.key.scope == scope_of(head) &&
         (!head.pipeline || *head.pipeline == trigger.key.pipeline) &&
         (!head.trigger || *head.trigger == trigger.key.identifier);
}

/// The event was sent to the address of that trigger's token.
Verdict judge_token(const EntityReader& reader, const EventHead& head) {
  const auto trigger = reader.find_trigger(head.trigger_ref);
  if (!trigger) return trigger.error();
  constexpr const char* kText = "custom trigger found for the used custom webhook token: ";
  if (*trigger && is_selected(head, **trigger)) {
    if ((*trigger)->is_enabled) return admit();
    return refuse(std::string("No enabled ") + kText + (*trigger)->webhook_token);
  }
  const auto deleted = reader.find_deleted(head.trigger_ref);
  if (!deleted) return deleted.error();
  const std::optional<Entity>& known = *trigger ? *trigger : *deleted;
  return refuse(std::string("No ") + kText + (known ? known->webhook_token : std::string()));
}

/// The event was sent to a v1 or v2 address: its ids select, and the first selected one decides.
Verdict judge_ids(const EntityReader& reader, const EventHead& head) {
  std::optional<Entity> first;
  const ErrorCode failed =
      reader.for_each(EntityKind::trigger, scope_of(head), head.pipeline, [&](Entity trigger) {
        if (trigger.is_enabled && is_selected(head, trigger)) first = std::move(trigger);
        return !first;
      });
  if (failed) return failed;
  if (!first) return refuse(no_trigger_text(head));
  if (!first->webhook_token.empty() && head.principal.is_anonymous()) {
    return refuse(
        "This webhook url is no longer supported for newly created custom webhook triggers. We "
        "are migrating to new webhook urls using custom webhook tokens in the url.");
  }
  return admit();
}

}  // namespace

Verdict judge_event(const EntityReader& reader, const EventHead& head, UnixMs now_ms) {
  Verdict verdict = judge_caller(reader, head, now_ms);
  if (!verdict || *verdict) return verdict;
  return head.trigger_ref != 0 ? judge_token(reader, head) : judge_ids(reader, head);
}

}  // namespace tripgate::entities
