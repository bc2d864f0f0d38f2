// Texts are rendered once. If what came of them is too long, it is written again with all texts cut
// shorter, until it fits.
#include "engine/run/step_parameters.h"

#include <vector>

#include "engine/base/json_document.h"
#include "engine/base/json_writer.h"
#include "engine/jexl/json.h"
#include "engine/plan/duration.h"
#include "engine/plan/expression_blocks.h"

namespace tripgate {
namespace {

using plan::NodeKind;
using plan::PlanVariable;

/// A rendered text; of a long one the beginning.
struct Shown {
  std::string text;
  std::size_t size_bytes = 0;  ///< Of all of it.
};

/// As much of a text as fits, whole characters of it.
std::string_view beginning(std::string_view text, std::size_t size_bytes) {
  if (text.size() <= size_bytes) return text;
  const auto is_inside = [&] {
    return (static_cast<unsigned char>(text[size_bytes]) & 0xC0U) == 0x80U;
  };
  while (size_bytes > 0 && is_inside()) --size_bytes;
  return text.substr(0, size_bytes);
}

/// What becomes of blocks without a value (pipelines.md section 2). Blocks of these steps may be
/// about a response or an event that is not there yet.
Unresolved unresolved_of(const plan::StepSpec& spec) {
  const bool is_open = std::holds_alternative<plan::HttpSpec>(spec) ||
                       std::holds_alternative<plan::ApprovalSpec>(spec) ||
                       std::holds_alternative<plan::EventListenerSpec>(spec);
  return is_open ? Unresolved::as_written : Unresolved::as_null;
}

class Parameters {
 public:
  Parameters(const RunTree& tree, NodeNumber node, RunExpressions& expressions)
      : tree_(tree),
        node_(node),
        plan_(*tree.at(node).plan),
        unresolved_(unresolved_of(plan_.spec)),
        expressions_(expressions) {
    if (plan_.written_spec.empty()) return;
    if (auto parsed = JsonDocument::parse(plan_.written_spec)) spec_.emplace(std::move(*parsed));
  }

  std::string text() {
    for (std::size_t text_max = kParametersMax;; text_max /= 2) {
      std::string json = write(text_max);
      if (json.size() <= kParametersMax) return json;
      // Then it is the names that are too many.
      if (text_max == 0) return write_head().end_object().take();
    }
  }

 private:
  std::string write(std::size_t text_max) {
    text_max_ = text_max;
    next_ = 0;
    JsonWriter json = write_head();
    if (plan_.kind == NodeKind::stage) {
      write_variables(json);
      write_tags(json);
      json.key("specConfig");
      plan_.children.empty() ? write_spec(json) : write_child(json, "childNodeID");
    } else if (plan_.kind == NodeKind::step_group) {
      write_variables(json);
      json.member("childNodeID", plan_.children.front().setup_id);
    } else {
      json.key("spec");
      write_spec(json);
    }
    return json.end_object().take();
  }

  JsonWriter write_head() {
    const NodeState& state = tree_.state(node_);
    JsonWriter json;
    json.begin_object().member("uuid", state.setup_id).member("identifier", state.identifier);
    json.member("name", state.name);
    if (const std::string timeout = timeout_text(); !timeout.empty()) {
      json.member("timeout", timeout);
    }
    json.member("type", state.type);
    return json;
  }

  std::string timeout_text() {
    const plan::PlanTimeout& timeout = plan_.timeout;
    if (!timeout.expression.empty()) return render(timeout.expression);
    return timeout.fixed.count() == 0 ? std::string() : plan::duration_text(timeout.fixed);
  }

  void write_child(JsonWriter& json, std::string_view name) {
    json.begin_object().member(name, plan_.children.front().setup_id).end_object();
  }

  void write_variables(JsonWriter& json) {
    json.key("variables").begin_object();
    for (const PlanVariable& variable : plan_.variables) {
      json.key(variable.name);
      if (variable.type == PlanVariable::Type::secret) {
        write_text(json, "<+secrets.getValue(\"" + variable.text + "\")>");
      } else if (variable.type == PlanVariable::Type::number) {
        write_number(json, variable.text);
      } else {
        write_text(json, variable.text);
      }
    }
    json.end_object();
  }

  void write_tags(JsonWriter& json) {
    json.key("tags").begin_object();
    for (const auto& [key, value] : plan_.tags) {
      json.key(key);
      write_text(json, value);
    }
    json.end_object();
  }

  void write_spec(JsonWriter& json) {
    if (!spec_) {
      json.begin_object().end_object();
    } else {
      write_value(json, spec_->root());
    }
  }

  // Recursion is bounded by the depth that the YAML parser allows.
  void write_value(JsonWriter& json, const JsonView& value) {
    if (value.is_object()) {
      json.begin_object();
      for (const auto& [key, member] : value.members()) {
        json.key(key);
        write_value(json, member);
      }
      json.end_object();
    } else if (value.is_array()) {
      json.begin_array();
      for (const JsonView& element : value.elements()) write_value(json, element);
      json.end_array();
    } else if (const auto text = value.string()) {
      write_text(json, *text);
    } else if (const auto flag = value.boolean()) {
      json.boolean(*flag);
    } else if (value) {
      json.raw(value.text());  // A number, as it is written.
    } else {
      json.null();
    }
  }

  void write_number(JsonWriter& json, std::string_view written) {
    const Shown& shown = shown_text(written);
    const auto number = jexl::parse_json(shown.text);
    number && number->is_number() ? json.raw(shown.text) : json.string(shown.text);
  }

  void write_text(JsonWriter& json, std::string_view written) {
    const Shown& shown = shown_text(written);
    const std::string_view text = beginning(shown.text, text_max_);
    if (text.size() == shown.size_bytes) {
      json.string(text);
    } else {
      json.string(std::string(text) + "... (" + std::to_string(shown.size_bytes) + " bytes)");
    }
  }

  /// The next text in the order of writing.
  const Shown& shown_text(std::string_view written) {
    if (next_ == texts_.size()) {
      const std::string text = render(written);
      texts_.push_back({std::string(beginning(text, kParametersMax)), text.size()});
    }
    return texts_[next_++];
  }

  std::string render(std::string_view written) {
    if (!plan::has_block(written)) return std::string(written);
    auto rendered = expressions_.render(tree_, node_, written, unresolved_);
    return rendered ? std::move(*rendered) : std::string(written);
  }

  const RunTree& tree_;
  NodeNumber node_;
  const plan::PlanNode& plan_;
  Unresolved unresolved_;
  RunExpressions& expressions_;
  std::optional<JsonDocument> spec_;
  std::vector<Shown> texts_;
  std::size_t next_ = 0;
  std::size_t text_max_ = kParametersMax;
};

}  // namespace

std::string step_parameters(const RunTree& tree, NodeNumber node, RunExpressions& expressions) {
  switch (tree.at(node).plan->kind) {
    case NodeKind::stage:
    case NodeKind::step_group:
    case NodeKind::step:
      return Parameters(tree, node, expressions).text();
    case NodeKind::stages:
    case NodeKind::section:
    case NodeKind::parallel:
      return {};
  }
  return {};
}

}  // namespace tripgate
