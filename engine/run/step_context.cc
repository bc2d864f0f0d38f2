// The values are made once for a step. Headers and variables are objects: headers are found in any
// case, and a variable's text, which is the pipeline's own, is rendered when it is asked for.
#include "engine/run/step_context.h"

#include <algorithm>

#include "engine/jexl/host_object.h"
#include "engine/jexl/json.h"
#include "engine/run/step_renderer.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

using jexl::Value;

Value text_value(std::string_view text) {
  return Value::string(text);
}

Value make_map(std::vector<std::pair<std::string_view, Value>> members) {
  std::vector<Value::Entry> entries;
  for (auto& [name, value] : members) entries.push_back({text_value(name), std::move(value)});
  return Value::map(std::move(entries));
}

bool is_same_header(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

/// What can be asked for by name only: `x.name`, `x["name"]`, `x.get("name")`.
class NamedValues : public jexl::HostObject {
 public:
  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    const bool is_get =
        name == "get" && arguments.size() == 1 && arguments[0].is(jexl::Kind::string);
    if (!is_get) return std::nullopt;
    return property(arguments[0].as_string()).value_or(Value());
  }

  std::string text() const override { return jexl::to_compact_json(all()); }

 protected:
  [[nodiscard]] virtual Value all() const = 0;
};

/// Names in any case; several values of one name are joined by commas (triggers.md 10.1).
class Headers final : public NamedValues {
 public:
  explicit Headers(std::string_view head_bytes) {
    const auto decoded = decode_event_head(head_bytes);
    if (!decoded) return;
    ByteReader reader(decoded->header_bytes);
    for (std::uint16_t i = 0; i < decoded->header_count; ++i) {
      add(DecodedEventHead::next_header(reader));
    }
  }

  std::optional<Value> property(std::string_view name) const override {
    for (const auto& [known, value] : values_) {
      if (is_same_header(known, name)) return text_value(value);
    }
    return std::nullopt;
  }

 private:
  void add(const EventHeader& header) {
    for (auto& [known, value] : values_) {
      if (!is_same_header(known, header.name)) continue;
      value.append(",").append(header.value);
      return;
    }
    values_.emplace_back(header.name, header.value);
  }

  Value all() const override {
    std::vector<Value::Entry> entries;
    for (const auto& [name, value] : values_)
      entries.push_back({text_value(name), text_value(value)});
    return Value::map(std::move(entries));
  }

  std::vector<std::pair<std::string, std::string>> values_;
};

/// Variables of the inner lists hide those of the outer ones.
class Variables final : public NamedValues {
 public:
  using List = std::vector<plan::PlanVariable>;

  Variables(const StepRenderer& renderer, std::vector<const List*> lists)
      : renderer_(renderer), lists_(std::move(lists)) {}

  std::optional<Value> property(std::string_view name) const override {
    for (const List* const list : lists_) {
      for (const plan::PlanVariable& variable : *list) {
        if (variable.name == name) return renderer_.variable_value(variable);
      }
    }
    return std::nullopt;
  }

 private:
  Value all() const override {
    std::vector<Value::Entry> entries;
    for (const List* const list : lists_) {
      for (const plan::PlanVariable& variable : *list) {
        entries.push_back({text_value(variable.name), renderer_.variable_value(variable)});
      }
    }
    return Value::map(std::move(entries));
  }

  const StepRenderer& renderer_;
  std::vector<const List*> lists_;
};

Value variables_value(const StepRenderer& renderer, std::vector<const Variables::List*> lists) {
  return Value::object(std::make_shared<Variables>(renderer, std::move(lists)));
}

Value tags_value(const plan::Tags& tags) {
  std::vector<Value::Entry> entries;
  for (const auto& [key, value] : tags) entries.push_back({text_value(key), text_value(value)});
  return Value::map(std::move(entries));
}

Value node_value(const NodeState& node) {
  return make_map({{"identifier", text_value(node.identifier)},
                   {"name", text_value(node.name)},
                   {"type", text_value(node.type)},
                   {"executionId", text_value(node.execution_id)},
                   {"status", text_value(engine_name(node.status))}});
}

Value stage_value(const StepRenderer& renderer, const NodeState& node,
                  const plan::PlanStage& stage) {
  Value value = node_value(node);
  value.put(text_value("description"), text_value(stage.description));
  value.put(text_value("tags"), tags_value(stage.tags));
  value.put(text_value("variables"), variables_value(renderer, {&stage.variables}));
  return value;
}

Value stages_value(const StepRenderer& renderer, const Execution& execution,
                   const plan::Plan& plan) {
  std::vector<Value::Entry> entries;
  for (std::size_t i = 0; i < plan.stages.size() && i < execution.stages.size(); ++i) {
    entries.push_back({text_value(plan.stages[i].identifier),
                       stage_value(renderer, execution.stages[i].node, plan.stages[i])});
  }
  return Value::map(std::move(entries));
}

Value pipeline_value(const StepRenderer& renderer, const Execution& execution,
                     const plan::Plan& plan) {
  const ExecutionOrigin& origin = execution.origin;
  Value email = origin.principal_email.empty() ? Value() : text_value(origin.principal_email);
  return make_map(
      {{"identifier", text_value(execution.pipeline)},
       {"name", text_value(execution.pipeline_name)},
       {"description", text_value(plan.description)},
       {"tags", tags_value(plan.tags)},
       {"executionId", text_value(execution.plan_execution_id)},
       {"sequenceId", Value::integer(static_cast<std::int64_t>(execution.run_sequence))},
       {"startTs", Value::integer(execution.started_at_ms)},
       {"triggerType", text_value("WEBHOOK_CUSTOM")},
       {"triggeredBy",
        make_map({{"name", text_value(origin.trigger_name)}, {"email", std::move(email)}})},
       {"stages", stages_value(renderer, execution, plan)},
       {"variables", variables_value(renderer, {&plan.variables})}});
}

Value scope_value(std::string_view identifier) {
  return make_map({{"identifier", text_value(identifier)}, {"name", text_value(identifier)}});
}

/// A blank body gives no payload at all.
Value payload_value(std::string_view body) {
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return {};
  return jexl::parse_body(body);
}

}  // namespace

StepContext::StepContext(const StepRenderer& renderer, const Execution& execution,
                         const plan::Plan& plan, StepPlace place, std::string_view head_bytes,
                         std::string_view body) {
  const Value payload = payload_value(body);
  const StageState& stage = execution.stages[place.stage];
  const plan::PlanStage& plan_stage = plan.stages[place.stage];
  roots_ = make_map(
      {{"trigger", make_map({{"type", text_value("Custom")},
                             {"sourceType", text_value("Custom")},
                             {"payload", payload},
                             {"eventPayload", text_value(body)},
                             {"header", Value::object(std::make_shared<Headers>(head_bytes))}})},
       {"eventPayload", payload},
       {"pipeline", pipeline_value(renderer, execution, plan)},
       {"stage", stage_value(renderer, stage.node, plan_stage)},
       {"step", node_value(stage.steps[place.step].node)},
       {"variables", variables_value(renderer, {&plan_stage.variables, &plan.variables})},
       {"account", scope_value(execution.account)},
       {"org", scope_value(execution.org)},
       {"project", scope_value(execution.project)}});
}

std::optional<Value> StepContext::find(std::string_view name) const {
  const Value* const value = roots_.get(name);
  return value == nullptr ? std::nullopt : std::optional(*value);
}

}  // namespace tripgate
