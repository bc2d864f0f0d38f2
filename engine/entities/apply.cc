// Applies documents in the order of their references and reports in the order of the text.
#include "engine/entities/apply.h"

#include "engine/entities/random_text.h"
#include "engine/entities/settings.h"
#include "engine/inputs/set_check.h"
#include "engine/inputs/set_references.h"
#include "engine/yaml/parser.h"

namespace tripgate::entities {
namespace {

/// The parts of a document that all kinds of entities have.
struct Draft {
  EntityName key;
  std::string name = {};
  bool is_enabled = true;
  std::string input_yaml = {};
  yaml::Position position = {};
};

template <class... Visitors>
struct Overloaded : Visitors... {
  using Visitors::operator()...;
};
template <class... Visitors>
Overloaded(Visitors...) -> Overloaded<Visitors...>;

const char* kind_word(EntityKind kind) {
  switch (kind) {
    case EntityKind::pipeline:
      return "pipeline";
    case EntityKind::trigger:
      return "trigger";
    case EntityKind::input_set:
      return "inputSet";
  }
  return "";
}

/// Texts of pipelines.md 7.5 for input sets.
std::string already_there(const EntityName& key) {
  if (key.kind != EntityKind::input_set) {
    return std::string(kind_word(key.kind)) + " [" + key.identifier + "] already exists";
  }
  return "Input set [" + key.identifier + "] under Project[" + key.scope.project +
         "], Organization [" + key.scope.org + "] for Pipeline [" + key.pipeline +
         "] already exists";
}

std::string not_there(const EntityName& key) {
  const std::string kind = key.kind == EntityKind::input_set ? "InputSet" : kind_word(key.kind);
  return kind + " with the given ID: " + key.identifier + " does not exist or has been deleted";
}

/// Documents of a lower rank come first: the others may refer to them.
constexpr int kLastRank = 3;

int rank_of(const plan::AppliedDocument& document) {
  if (std::holds_alternative<plan::PipelinePlan>(document.content)) return 0;
  const auto* const inputs = std::get_if<plan::InputSetDocument>(&document.content);
  if (inputs == nullptr) return kLastRank;
  return inputs->is_overlay ? 2 : 1;
}

class Applier {
 public:
  Applier(EntityWriter& writer, const ApplyContext& context) : writer_(writer), context_(context) {}

  Result<Change, Diagnostic> apply(const plan::AppliedDocument& document) {
    return std::visit(
        Overloaded{[&](const plan::PipelinePlan& pipeline) {
                     return put({.key = {EntityKind::pipeline,
                                         scope(pipeline.org, pipeline.project),
                                         {},
                                         pipeline.identifier},
                                 .name = pipeline.name},
                                document.text);
                   },
                   [&](const plan::TriggerDocument& trigger) {
                     return put({.key = {EntityKind::trigger, scope(trigger.org, trigger.project),
                                         trigger.pipeline_identifier, trigger.identifier},
                                 .name = trigger.name,
                                 .is_enabled = trigger.is_enabled,
                                 .input_yaml = trigger.input_yaml,
                                 .position = trigger.position},
                                document.text);
                   },
                   [&](const plan::InputSetDocument& inputs) -> Result<Change, Diagnostic> {
                     if (auto defect = find_defect(inputs)) return *std::move(defect);
                     return put({.key = {EntityKind::input_set, scope(inputs.org, inputs.project),
                                         inputs.pipeline_identifier, inputs.identifier},
                                 .name = inputs.name,
                                 .position = inputs.position},
                                document.text);
                   },
                   [&](const plan::SettingDocument& setting) { return put_setting(setting); }},
        document.content);
  }

 private:
  [[nodiscard]] Scope scope(const std::string& org, const std::string& project) const {
    return {context_.scope.account, org.empty() ? context_.scope.org : org,
            project.empty() ? context_.scope.project : project};
  }

  static Diagnostic complain(yaml::Position at, std::string text) {
    return {at.line, at.column, std::move(text)};
  }

  /// Empty when the document's names and references are good.
  [[nodiscard]] std::optional<Diagnostic> find_defect(const Draft& draft) const {
    const EntityName& key = draft.key;
    if (!is_identifier(key.scope.org) || !is_identifier(key.scope.project)) {
      return complain(draft.position, std::string(kind_word(key.kind)) + " [" + key.identifier +
                                          "] needs an organisation and a project");
    }
    if (key.kind == EntityKind::pipeline) return std::nullopt;
    const EntityName pipeline = {EntityKind::pipeline, key.scope, {}, key.pipeline};
    const auto found = writer_.find(pipeline);
    if (!found) return explain(found.error());
    if (*found) return std::nullopt;
    return complain(draft.position, "Pipeline with Ref -> " + key.scope.account + ":" +
                                        key.scope.org + ":" + key.scope.project + ":" +
                                        key.pipeline + " does not exists");
  }

  [[nodiscard]] Result<std::optional<std::string>> find_text(const EntityName& name) const {
    const auto entity = writer_.find(name);
    if (!entity) return entity.error();
    if (!*entity) return std::optional<std::string>();
    return writer_.find_version((*entity)->ref, (*entity)->version);
  }

  /// An input set must hold what its pipeline asks for, an overlay must name input sets
  /// (pipelines.md 7.5). A pipeline that does not exist is somebody else's complaint.
  [[nodiscard]] std::optional<Diagnostic> find_defect(
      const plan::InputSetDocument& document) const {
    const Scope at = scope(document.org, document.project);
    if (document.is_overlay) return find_defect_of_overlay(document, at);
    const auto text = find_text({EntityKind::pipeline, at, {}, document.pipeline_identifier});
    if (!text) return explain(text.error());
    if (!*text) return std::nullopt;
    const auto pipeline = yaml::parse_document(**text, {});
    const yaml::Node* const root = pipeline ? pipeline->root.find("pipeline") : nullptr;
    if (root == nullptr) return std::nullopt;
    const std::vector<inputs::FieldError> errors = inputs::check_input_set(*root, document.values);
    if (errors.empty()) return std::nullopt;
    const inputs::FieldError& first = errors.front();
    return complain(first.position, first.fqn + ": " + first.message);
  }

  [[nodiscard]] std::optional<Diagnostic> find_defect_of_overlay(
      const plan::InputSetDocument& overlay, const Scope& at) const {
    for (const auto& [reference, position] : overlay.references) {
      const auto text =
          find_text({EntityKind::input_set, at, overlay.pipeline_identifier, reference});
      if (!text) return explain(text.error());
      if (!*text) return complain(position, reference + ": Reference does not exist");
      if (inputs::overlay_references(**text)) {
        return complain(position, reference + ": References can't be other overlay input sets");
      }
    }
    return std::nullopt;
  }

  Result<Change, Diagnostic> put(const Draft& draft, const std::string& text) {
    if (std::optional<Diagnostic> defect = find_defect(draft)) return *std::move(defect);
    const auto found = writer_.find_any(draft.key);
    if (!found) return explain(found.error());
    Change change{kind_word(draft.key.kind), ChangeAction::created, draft.key.identifier,
                  draft.key.scope, draft.key.pipeline};
    Entity entity;
    if (*found) entity = **found;
    const bool is_there = *found && !entity.is_deleted;
    if (context_.rules.must_be_new && is_there) {
      return complain(draft.position, already_there(draft.key));
    }
    if (context_.rules.must_exist && !is_there) {
      return complain(draft.position, not_there(draft.key));
    }
    if (is_there) {
      const auto stored = writer_.find_version(entity.ref, entity.version);
      if (!stored) return explain(stored.error());
      change.action = *stored == text ? ChangeAction::unchanged : ChangeAction::updated;
      if (change.action == ChangeAction::unchanged) return change;
    }
    fill(entity, draft, change.action == ChangeAction::created);
    if (const ErrorCode failed = writer_.ensure_scope(draft.key.scope)) return explain(failed);
    if (const ErrorCode failed = writer_.put(entity, text)) return explain(failed);
    return change;
  }

  void fill(Entity& entity, const Draft& draft, bool is_created) const {
    entity.key = draft.key;
    entity.name = draft.name;
    entity.version += 1;
    entity.is_deleted = false;
    entity.is_enabled = draft.is_enabled;
    entity.input_yaml = draft.input_yaml;
    entity.updated_at_ms = context_.now_ms;
    if (!is_created) return;
    entity.created_at_ms = context_.now_ms;
    // An update keeps the token, so that the trigger's address never changes (triggers.md 1.8).
    if (draft.key.kind == EntityKind::trigger && context_.are_webhook_tokens_made) {
      entity.webhook_token = new_webhook_token();
    }
  }

  Result<Change, Diagnostic> put_setting(const plan::SettingDocument& setting) {
    const Scope at = {context_.scope.account, setting.org, setting.project};
    Change change{"setting", ChangeAction::created, setting.identifier, at, {}};
    const auto own = writer_.find_setting(at, setting.identifier);
    if (!own) return explain(own.error());
    if (*own) {
      const bool is_same =
          (*own)->value == setting.value && (*own)->allows_overrides == setting.allows_overrides;
      change.action = is_same ? ChangeAction::unchanged : ChangeAction::updated;
      if (is_same) return change;
    }
    const auto written = write_setting(writer_, {.scope = at,
                                                 .identifier = setting.identifier,
                                                 .value = setting.value,
                                                 .allows_overrides = setting.allows_overrides,
                                                 .updated_at_ms = context_.now_ms});
    if (!written) {
      Diagnostic refused = complain(setting.position, written.error().message);
      refused.cause = written.error().cause;
      return refused;
    }
    return change;
  }

  EntityWriter& writer_;
  const ApplyContext& context_;
};

}  // namespace

Result<ApplyReport, Diagnostic> apply_documents(EntityWriter& writer,
                                                std::span<const plan::AppliedDocument> documents,
                                                const ApplyContext& context) {
  Applier applier(writer, context);
  ApplyReport report(documents.size());
  for (int rank = 0; rank <= kLastRank; ++rank) {
    for (std::size_t i = 0; i < documents.size(); ++i) {
      if (rank_of(documents[i]) != rank) continue;
      Result<Change, Diagnostic> change = applier.apply(documents[i]);
      if (!change) {
        Diagnostic complaint = change.error();
        complaint.file = documents[i].file;
        return complaint;
      }
      report[i] = *std::move(change);
    }
  }
  return report;
}

}  // namespace tripgate::entities
