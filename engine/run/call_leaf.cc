// The request is rendered with the plain text of secrets, for the program alone; what is published
// afterwards is rendered without.
#include "engine/run/call_leaf.h"

#include "engine/base/secret_text.h"
#include "engine/call/email_step.h"
#include "engine/call/http_step.h"

namespace tripgate {
namespace {

FailureType failure_type(CallFailureKind kind) {
  switch (kind) {
    case CallFailureKind::connectivity:
      return FailureType::connectivity;
    case CallFailureKind::timeout:
      return FailureType::timeout;
    case CallFailureKind::application:
      return FailureType::application;
    case CallFailureKind::authentication:
      return FailureType::authentication;
    case CallFailureKind::authorization:
      return FailureType::authorization;
  }
  return FailureType::unknown;
}

LeafEnd leaf_end(CallEnd end) {
  LeafEnd leaf;
  if (!end.output.empty()) leaf.outcomes.emplace_back("output", std::move(end.output));
  if (end.is_success) return leaf;
  leaf.status = RunStatus::failed;
  leaf.failure.message = std::move(end.message);
  for (const CallFailureKind kind : end.failure_kinds) leaf.failure.types.add(failure_type(kind));
  return leaf;
}

}  // namespace

Result<StepCommand, Diagnostic> make_http_leaf(const RunTree& tree, NodeNumber node,
                                               const plan::HttpSpec& spec,
                                               NodeExpressions& expressions,
                                               const CallSettings& settings) {
  std::vector<std::string> secrets;
  const auto rendered = render_http_step(spec, [&](std::string_view text) {
    return expressions.render_for_process(tree, node, text, secrets, Unresolved::as_written);
  });
  if (!rendered) return rendered.error();
  auto command = make_http_command(*rendered, settings);
  if (command) command->secrets = std::move(secrets);
  return command;
}

Result<StepCommand, Diagnostic> make_email_leaf(const RunTree& tree, NodeNumber node,
                                                const plan::EmailSpec& spec,
                                                NodeExpressions& expressions,
                                                const CallSettings& settings) {
  std::vector<std::string> secrets;
  const auto render = [&](std::string_view text) {
    return expressions.render_for_process(tree, node, text, secrets);
  };
  const auto rendered = render_email_step(spec, render);
  if (!rendered) return rendered.error();
  std::string password;
  if (settings.smtp && !settings.smtp->user.empty()) {
    auto revealed = render("<+secrets.getValue(\"" + settings.smtp->password_secret + "\")>");
    if (!revealed) return revealed.error();
    password = std::move(*revealed);
  }
  auto command = make_email_command(*rendered, settings, password, tree.state(node).execution_id);
  wipe(password);
  if (command) command->secrets = std::move(secrets);
  return command;
}

LeafEnd judge_email_leaf(const RunTree& tree, NodeNumber node, const StepResult& result) {
  return leaf_end(judge_email_result(result, tree.state(node).execution_id));
}

LeafEnd judge_http_leaf(const RunTree& tree, NodeNumber node, const plan::HttpSpec& spec,
                        NodeExpressions& expressions, const StepResult& result) {
  const auto rendered = render_http_step(spec, [&](std::string_view text) {
    return expressions.render(tree, node, text, Unresolved::as_written);
  });
  if (!rendered) return {RunStatus::failed, {rendered.error().message, {}}, {}};
  LeafEnd end;
  expressions.with_roots(
      tree, node, [&](const jexl::Context& roots, const TextRenderer::Surroundings& surroundings) {
        end = leaf_end(judge_http_result(*rendered, result, roots, surroundings));
      });
  return end;
}

}  // namespace tripgate
