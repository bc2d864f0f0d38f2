// Every scalar of the document by itself, so that no value can become structure.
#include "engine/run/child_inputs.h"

#include "engine/expressions/secret_references.h"
#include "engine/inputs/runtime_input.h"
#include "engine/plan/expression_blocks.h"
#include "engine/yaml/parser.h"
#include "engine/yaml/writer.h"

namespace tripgate {
namespace {

class ChildInputs {
 public:
  ChildInputs(const RunTree& tree, NodeNumber stage, const plan::ChainedPipelineSpec& spec,
              NodeExpressions& expressions)
      : tree_(tree),
        stage_(stage),
        expressions_(expressions),
        is_in_org_(spec.org == tree.execution().org),
        is_in_project_(is_in_org_ && spec.project == tree.execution().project) {}

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
    // What the child evaluates, it evaluates with its own project's secrets.
    const Unresolved unresolved = is_in_project_ ? Unresolved::as_written : Unresolved::as_null;
    auto data = expressions_.render_as_data(tree_, stage_, node.text, unresolved);
    if (!data) return data.error();
    node.text = std::move(*data);
    return check_secrets(node.text);
  }

  /// The name of a secret must mean the same one to parent and child.
  [[nodiscard]] Result<void, Diagnostic> check_secrets(const std::string& text) const {
    if (is_in_project_) return {};
    for (const plan::ExpressionBlock& block : plan::find_blocks(text)) {
      const auto name = named_secret(block.text);
      if (!name || name->starts_with("account.")) continue;
      if (is_in_org_ && name->starts_with("org.")) continue;
      return Diagnostic("the secret " + std::string(*name) +
                        " cannot be given to a pipeline of another project, where it would be "
                        "another secret: use one of the account or of an organisation that both "
                        "belong to");
    }
    return {};
  }

  const RunTree& tree_;
  NodeNumber stage_;
  NodeExpressions& expressions_;
  bool is_in_org_;
  bool is_in_project_;
};

}  // namespace

Result<std::string, Diagnostic> render_child_inputs(const RunTree& tree, NodeNumber stage,
                                                    const plan::ChainedPipelineSpec& spec,
                                                    NodeExpressions& expressions) {
  using Rendered = Result<std::string, Diagnostic>;
  if (!inputs::has_expression(spec.inputs)) {
    return Rendered(boost::system::in_place_value, spec.inputs);
  }
  auto document = yaml::parse_document(spec.inputs, {});
  if (!document) return document.error();
  const auto done = ChildInputs(tree, stage, spec, expressions).render(document->root);
  if (!done) return done.error();
  return Rendered(boost::system::in_place_value, yaml::write_document(document->root));
}

}  // namespace tripgate
