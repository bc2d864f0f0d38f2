// Every scalar of the document by itself, so that no value can become structure.
#include "engine/run/child_inputs.h"

#include "engine/expressions/literal_block.h"
#include "engine/inputs/runtime_input.h"
#include "engine/jexl/template.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate {
namespace {

constexpr std::string_view kSecret = "<+secrets.getValue(";

class ChildInputs {
 public:
  ChildInputs(const RunTree& tree, NodeNumber stage, NodeExpressions& expressions)
      : tree_(tree), stage_(stage), expressions_(expressions) {}

  // The parser's depth bounds the recursion.
  Result<void, Diagnostic> render(yaml::Node& node) {
    if (node.is_scalar()) return render_scalar(node);
    for (yaml::Node& item : node.items) {
      if (const auto done = render(item); !done) return done.error();
    }
    for (yaml::Entry& entry : node.entries) {
      if (const auto done = render(entry.value); !done) return done.error();
    }
    return {};
  }

 private:
  Result<void, Diagnostic> render_scalar(yaml::Node& node) {
    if (inputs::is_runtime_input(node.text) || !inputs::has_expression(node.text)) return {};
    const auto value = expressions_.render_field(tree_, stage_, node.text);
    if (!value) return value.error();
    if (value->is_null()) return {};
    const std::string text = jexl::Template::value_text(*value);
    // Of the host's objects a secret alone is written as an expression.
    const bool is_secret = value->is(jexl::Kind::object) && text.starts_with(kSecret);
    node.text = is_secret ? text : literal_block(text);
    // A text that looks like a number must not become one.
    if (value->is(jexl::Kind::string)) node.style = yaml::ScalarStyle::double_quoted;
    return {};
  }

  const RunTree& tree_;
  NodeNumber stage_;
  NodeExpressions& expressions_;
};

}  // namespace

Result<std::string, Diagnostic> render_child_inputs(const RunTree& tree, NodeNumber stage,
                                                    const std::string& inputs,
                                                    NodeExpressions& expressions) {
  using Rendered = Result<std::string, Diagnostic>;
  if (!inputs::has_expression(inputs)) return Rendered(boost::system::in_place_value, inputs);
  auto document = yaml::parse_document(inputs, {});
  if (!document) return document.error();
  const auto done = ChildInputs(tree, stage, expressions).render(document->root);
  if (!done) return done.error();
  return Rendered(boost::system::in_place_value, yaml::write_document(document->root));
}

}  // namespace tripgate
