// Questions about runs that are answered from their records, and input for nodes that wait for it,
// which only the runner can take.
#include <memory>

#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/run/stored_run.h"
#include "engine/run/text_evaluation.h"
#include "engine/status/execution_store.h"
#include "engine/status/node_store.h"

namespace tripgate::http {
namespace {

RunArchive archive_of(const ApiParts& parts) {
  return {parts.store, parts.journal, parts.catalog, parts.clock, parts.config.public_url};
}

Result<Execution> load_execution_of(const ApiParts& parts, const std::string& account,
                                    const std::string& id) {
  const auto txn = parts.store.begin_read();
  if (!txn) return txn.error();
  return find_execution_of(*txn, parts.store.databases(), account, id);
}

Result<EvaluatedText, Diagnostic> evaluate(const ApiParts& parts, const Execution& execution,
                                           const std::string& node, std::string_view text) {
  const auto run = StoredRun::load(archive_of(parts), execution);
  if (!run) return run.error();
  NodeNumber number = kRootNode;
  if (!node.empty()) {
    const auto found = (*run)->tree().find(node);
    if (!found) return Diagnostic("the execution has no node " + node);
    number = *found;
  }
  return evaluate_text(**run, number, text);
}

Diagnostic no_input(const std::string& id, const ErrorCode& cause) {
  if (cause == Errc::not_found) return no_input_template(id);
  return Diagnostic("the execution cannot be read: " + cause.message(), cause);
}

/// What a node asks for is on disk before anybody can know its id.
Result<LateInputView, Diagnostic> view_input(const ApiParts& parts, const std::string& id) {
  Execution execution;
  {
    const auto txn = parts.store.begin_read();
    if (!txn) {
      return Diagnostic("the store cannot be read: " + txn.error().message(), txn.error());
    }
    const auto found = find_waiting_node(*txn, parts.store.databases(), id);
    if (!found) return no_input(id, found.error());
    auto loaded = load_execution(*txn, parts.store.databases(), found->execution);
    if (!loaded) return no_input(id, loaded.error());
    execution = std::move(*loaded);
  }
  const auto run = StoredRun::load(archive_of(parts), execution);
  if (!run) return run.error();
  return (*run)->view_input(id);
}

}  // namespace

void wire_stored_runs(Api& api, const ApiParts& parts) {
  api.evaluate_text = [parts](const std::string& account, const std::string& id,
                              const std::string& node,
                              std::string_view text) -> Result<EvaluatedText, Diagnostic> {
    const auto execution = load_execution_of(parts, account, id);
    if (!execution) {
      return Diagnostic("the execution cannot be read: " + execution.error().message(),
                        execution.error());
    }
    return evaluate(parts, *execution, node, text);
  };
  api.execution_input = [parts](const std::string& node) { return view_input(parts, node); };
  api.give_execution_input = [parts](const std::string& node, const std::string& yaml,
                                     const OnInputGiven& on_given) {
    parts.runner.give_input(node, yaml, on_given);
  };
}

}  // namespace tripgate::http
