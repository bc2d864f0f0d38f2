// Expressions of one run, evaluated against its tree.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "engine/base/clock.h"
#include "engine/expressions/text_renderer.h"
#include "engine/journal/journal.h"
#include "engine/run/given_inputs.h"
#include "engine/run/node_context.h"
#include "engine/run/run_expressions.h"

namespace tripgate {

/// Renders and evaluates the texts of a run's plan (pipelines.md section 6).
class NodeExpressions final : public RunExpressions {
 public:
  /// Loads the event that started the run; called when an expression first needs it.
  using LoadEvent = std::function<Result<StoredEvent>()>;

  /// load_event: empty for a run without an event. secrets: borrowed; nullptr: there are none.
  NodeExpressions(LoadEvent load_event, const Clock& clock, const SecretSource* secrets)
      : load_event_(std::move(load_event)), clock_(clock), secrets_(secrets) {}

  /// What the run was given; nothing unless this is called, before the first expression.
  void give(GivenInputs given) { given_ = std::move(given); }

  /// What the addresses of runs begin with; empty unless this is called.
  void show_at(std::string page_base) { page_base_ = std::move(page_base); }

  /// The tags that expressions have asked for since the last call.
  [[nodiscard]] std::map<std::string, std::string> take_tags() { return std::exchange(tags_, {}); }

  Result<NodeRunInfo, Diagnostic> judge(const RunTree& tree, NodeNumber node,
                                        const std::string& condition) override;
  Result<LoopExpansion, Diagnostic> expand(const RunTree& tree, NodeNumber node) override;
  Result<std::string, Diagnostic> render(const RunTree& tree, NodeNumber node,
                                         std::string_view text,
                                         Unresolved unresolved = Unresolved::as_null) override;
  Result<jexl::Value, Diagnostic> evaluate(const RunTree& tree, NodeNumber node,
                                           std::string_view text,
                                           const jexl::Value* event = nullptr) override;

  /// As render, with the plain text of secrets, for what a process gets and nothing else. Adds each
  /// one that it used to `secrets`, for the masker.
  [[nodiscard]] Result<std::string, Diagnostic> render_for_process(
      const RunTree& tree, NodeNumber node, std::string_view text,
      std::vector<std::string>& secrets, Unresolved unresolved = Unresolved::as_null);

  Result<void, Diagnostic> check_inputs(const RunTree& tree, NodeNumber node) override;
  /// Evaluates values that a node holds or shall hold, and holds them against their validators.
  /// Errors: the first one that is not allowed (pipelines.md 7.5).
  [[nodiscard]] Result<void, Diagnostic> check_values(
      const RunTree& tree, NodeNumber node, std::span<const inputs::DeferredCheck> checks);
  bool asks_for_input(const RunTree& tree, NodeNumber node) const override;
  [[nodiscard]] const LateInputs& late_inputs() const { return given_.late(); }

  /// For another run: see TextRenderer::render_as_data.
  [[nodiscard]] Result<std::string, Diagnostic> render_as_data(const RunTree& tree, NodeNumber node,
                                                               std::string_view text,
                                                               Unresolved unresolved);

  /// Lends a node's roots for the length of a call, without the aliases.
  void with_roots(const RunTree& tree, NodeNumber node,
                  const std::function<void(const jexl::Context& roots,
                                           const TextRenderer::Surroundings& surroundings)>& use);

  /// Drops the event's bytes; they are loaded again when they are needed.
  void release_event() { event_.reset(); }

 private:
  class Evaluation;
  struct LoadedEvent {
    StoredEvent event;
    EventRoots roots;
  };

  const EventRoots& event();
  const yaml::Node* parsed_input(NodeNumber node, const std::string& given);

  LoadEvent load_event_;
  const Clock& clock_;
  const SecretSource* secrets_;
  GivenInputs given_;
  std::map<NodeNumber, yaml::Node> late_documents_;  // Of nodes that were given input.
  std::string page_base_;
  std::map<std::string, std::string> tags_;
  std::unique_ptr<LoadedEvent> event_;
};

}  // namespace tripgate
