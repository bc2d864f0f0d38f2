// A check belongs to the node that holds its field; objects are made when an expression names them.
#include "engine/run/given_inputs.h"

#include "engine/inputs/fqn.h"
#include "engine/inputs/runtime_input.h"
#include "engine/inputs/validator.h"
#include "engine/jexl/template.h"
#include "engine/run/field_holders.h"
#include "engine/run/named_values.h"
#include "engine/yaml/parser.h"

namespace tripgate {
namespace {

using jexl::Value;

yaml::Node scalar_node(const Value& value) {
  yaml::Node node;
  node.text = jexl::Template::value_text(value);
  return node;
}

yaml::Node value_node(const Value& value) {
  if (!value.is_sequence()) return scalar_node(value);
  yaml::Node list;
  list.kind = yaml::NodeKind::sequence;
  for (const Value& element : value.elements()) list.items.push_back(scalar_node(element));
  return list;
}

bool names_event(std::string_view text) {
  return text.find("trigger.") != std::string_view::npos ||
         text.find("eventPayload") != std::string_view::npos;
}

/// A mapping or list of a document.
class InputObject final : public NamedValues {
 public:
  InputObject(const RunView& view, const yaml::Node& node) : view_(view), node_(node) {}

  std::optional<Value> property(std::string_view name) const override {
    if (const yaml::Node* const member = node_.find(name)) return input_value(view_, *member);
    for (const inputs::ListItem& item : inputs::identified_items(node_)) {
      if (item.label != name) continue;
      // A variable is called by its name; what it is worth needs no word.
      const yaml::Node* const value = item.node->find("value");
      return input_value(view_, value == nullptr ? *item.node : *value);
    }
    return std::nullopt;
  }

 private:
  Value all() const override {
    std::vector<Value::Entry> entries;
    for (const auto& [key, value] : node_.entries) {
      entries.push_back({text_value(key.text), input_value(view_, value)});
    }
    for (const inputs::ListItem& item : inputs::identified_items(node_)) {
      entries.push_back({text_value(item.label), input_value(view_, *item.node)});
    }
    return Value::map(std::move(entries));
  }

  const RunView& view_;
  const yaml::Node& node_;
};

}  // namespace

GivenInputs::GivenInputs(const RunText& text, const plan::PipelinePlan& plan)
    : late_(text.pipeline, plan) {
  if (auto document = yaml::parse_document(text.runtime_input, {})) {
    document_ = std::move(document->root);
  }
  if (text.checks.empty()) return;
  const FieldHolders holders(plan);
  for (const inputs::DeferredCheck& check : text.checks) {
    checks_[holders.of(check.fqn)].push_back(check);
  }
}

std::span<const inputs::DeferredCheck> GivenInputs::checks_of(const std::string& path) const {
  const auto found = checks_.find(path);
  if (found == checks_.end()) return {};
  return found->second;
}

std::optional<std::string> find_violation(const inputs::DeferredCheck& check, const Value& value,
                                          bool may_come_later) {
  // Secrets are written where they are used and read nowhere else.
  if (value.is(jexl::Kind::object)) return std::nullopt;
  if (value.is_null()) {
    if (may_come_later && !names_event(check.value)) return std::nullopt;
    return "Current value is null";
  }
  const auto input = inputs::parse_runtime_input(check.input);
  if (!input) return std::nullopt;
  return inputs::find_violation(*input, value_node(value), check.fqn, inputs::Moment::resolved);
}

Value input_value(const RunView& view, const yaml::Node& document) {
  if (document.is_null()) return {};
  if (document.is_scalar()) return view.texts.own_text(document.text);
  const bool is_plain_list = document.is_sequence() && !inputs::has_identities(document);
  if (!is_plain_list) return Value::object(std::make_shared<InputObject>(view, document));
  std::vector<Value> values;
  for (const yaml::Node& item : document.items) values.push_back(input_value(view, item));
  return Value::list(std::move(values));
}

}  // namespace tripgate
