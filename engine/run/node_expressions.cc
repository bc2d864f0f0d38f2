// TextRenderer does the work (pipelines.md section 6); here is what a run adds: its tree as roots,
// and its event, which is read when an expression first names it.
#include "engine/run/node_expressions.h"

#include "engine/base/log.h"
#include "engine/jexl/json.h"
#include "engine/jexl/template.h"
#include "engine/run/execution_tags.h"
#include "engine/run/loop_expansion.h"
#include "engine/yaml/parser.h"

namespace tripgate {

/// One evaluation: its values borrow the view, which borrows the tree.
class NodeExpressions::Evaluation final : public RunTexts {
 public:
  Evaluation(NodeExpressions& owner, const RunTree& tree, NodeNumber node,
             const jexl::Value* event = nullptr)
      : owner_(owner),
        view_{tree, *this, event},
        context_(view_, node),
        renderer_(context_, {owner.clock_.now_ms(), owner.secrets_}) {}

  [[nodiscard]] const TextRenderer& renderer() const { return renderer_; }
  [[nodiscard]] const jexl::Context& roots() const { return context_; }

  jexl::Value variable_value(NodeNumber, const plan::PlanVariable& variable) const override {
    if (variable.type == plan::PlanVariable::Type::secret) {
      return renderer_.own_text("<+secrets.getValue(\"" + variable.text + "\")>");
    }
    const jexl::Value value = renderer_.own_text(variable.text);
    if (value.is_null() || value.is(jexl::Kind::object)) return value;
    const std::string text = jexl::Template::value_text(value);
    if (variable.type == plan::PlanVariable::Type::number) {
      const auto number = jexl::parse_json(text);
      if (number && number->is_number()) return *number;
    }
    return jexl::Value::string(text);
  }

  jexl::Value own_text(std::string_view text) const override { return renderer_.own_text(text); }

  const yaml::Node& given() const override { return owner_.given_.document(); }

  const yaml::Node* given_to(NodeNumber node) const override {
    const std::string& given = view_.tree.state(node).given_input;
    return given.empty() ? nullptr : owner_.parsed_input(node, given);
  }

  const EventRoots& event() const override { return owner_.event(); }

  const std::string& page_base() const override { return owner_.page_base_; }

  bool add_tag(std::string name, std::string value) const override {
    std::map<std::string, std::string>& tags = owner_.tags_;
    const bool has_room = view_.tree.execution().tags.size() + tags.size() < kAddedTagsMax;
    if (!has_room && !tags.contains(name)) return false;
    tags.insert_or_assign(std::move(name), std::move(value));
    return true;
  }

 private:
  NodeExpressions& owner_;
  RunView view_;
  NodeContext context_;
  TextRenderer renderer_;
};

Result<NodeRunInfo, Diagnostic> NodeExpressions::judge(const RunTree& tree, NodeNumber node,
                                                       const std::string& condition) {
  const Evaluation evaluation(*this, tree, node);
  RunConditionOutcome outcome = evaluation.renderer().evaluate_condition(condition);
  if (!outcome.is_met) return outcome.is_met.error();
  NodeRunInfo info{condition, *outcome.is_met, {}};
  for (ConditionExpression& expression : outcome.expressions) {
    info.expressions.push_back(
        {std::move(expression.expression), std::move(expression.value), expression.count});
  }
  return info;
}

Result<LoopExpansion, Diagnostic> NodeExpressions::expand(const RunTree& tree, NodeNumber node) {
  return expand_loop(*tree.at(node).plan->loop,
                     [&](std::string_view text) { return evaluate(tree, node, text); });
}

Result<std::string, Diagnostic> NodeExpressions::render(const RunTree& tree, NodeNumber node,
                                                        std::string_view text,
                                                        Unresolved unresolved) {
  return Evaluation(*this, tree, node).renderer().render(text, unresolved);
}

void NodeExpressions::with_roots(
    const RunTree& tree, NodeNumber node,
    const std::function<void(const jexl::Context&, const TextRenderer::Surroundings&)>& use) {
  const Evaluation evaluation(*this, tree, node);
  use(evaluation.roots(), {clock_.now_ms(), secrets_});
}

Result<std::string, Diagnostic> NodeExpressions::render_for_process(
    const RunTree& tree, NodeNumber node, std::string_view text, std::vector<std::string>& secrets,
    Unresolved unresolved) {
  return Evaluation(*this, tree, node).renderer().render_for_process(text, secrets, unresolved);
}

Result<std::string, Diagnostic> NodeExpressions::render_as_data(const RunTree& tree,
                                                                NodeNumber node,
                                                                std::string_view text,
                                                                Unresolved unresolved) {
  return Evaluation(*this, tree, node).renderer().render_as_data(text, unresolved);
}

Result<void, Diagnostic> NodeExpressions::check_inputs(const RunTree& tree, NodeNumber node) {
  return check_values(tree, node, given_.checks_of(tree.at(node).plan->path));
}

Result<void, Diagnostic> NodeExpressions::check_values(
    const RunTree& tree, NodeNumber node, std::span<const inputs::DeferredCheck> checks) {
  const bool is_pipeline = node == kRootNode;
  for (const inputs::DeferredCheck& check : checks) {
    const Evaluation evaluation(*this, tree, node);
    const auto value = evaluation.renderer().render_field(check.value);
    if (!value) return value.error();
    if (auto complaint = find_violation(check, *value, is_pipeline)) {
      return Diagnostic(std::move(*complaint));
    }
  }
  return {};
}

const yaml::Node* NodeExpressions::parsed_input(NodeNumber node, const std::string& given) {
  const auto known = late_documents_.find(node);
  if (known != late_documents_.end()) return &known->second;
  auto document = yaml::parse_document(given, {});
  if (!document) return nullptr;  // Nothing but defaults.
  return &late_documents_.emplace(node, std::move(document->root)).first->second;
}

bool NodeExpressions::asks_for_input(const RunTree& tree, NodeNumber node) const {
  return given_.late().asks(tree.at(node).plan->path);
}

Result<jexl::Value, Diagnostic> NodeExpressions::evaluate(const RunTree& tree, NodeNumber node,
                                                          std::string_view text,
                                                          const jexl::Value* event) {
  return Evaluation(*this, tree, node, event).renderer().evaluate(text);
}

const EventRoots& NodeExpressions::event() {
  if (event_) return event_->roots;
  event_ = std::make_unique<LoadedEvent>();
  if (!load_event_) return event_->roots;
  Result<StoredEvent> loaded = load_event_();
  if (!loaded) {
    log_error("the event of a run cannot be read: " + loaded.error().message());
    return event_->roots;
  }
  event_->event = std::move(*loaded);
  event_->roots = EventRoots::of_event(event_->event.head_bytes, event_->event.body);
  return event_->roots;
}

}  // namespace tripgate
