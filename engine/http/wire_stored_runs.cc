// Questions about runs that are answered from their records, and input for nodes that wait for it,
// which only the runner can take.
#include <chrono>
#include <future>
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

/// How long a caller waits for the runner, which lives on its own thread.
constexpr std::chrono::seconds kRunnerWait{30};

/// Asks the runner, and waits for what it tells.
template <class T>
Result<T, Diagnostic> ask_runner(
    const std::function<void(std::function<void(const Result<T, Diagnostic>&)>)>& ask) {
  using Answer = Result<T, Diagnostic>;
  const auto answer = std::make_shared<std::promise<Answer>>();
  std::future<Answer> waiting = answer->get_future();
  ask([answer](const Answer& told) { answer->set_value(told); });
  if (waiting.wait_for(kRunnerWait) == std::future_status::ready) return waiting.get();
  return Diagnostic("the engine does not answer in time");
}

/// What a node asked for, whose run may be over.
Result<LateInputView, Diagnostic> view_stored_input(const ApiParts& parts, const std::string& id) {
  Execution execution;
  {
    const auto txn = parts.store.begin_read();
    if (!txn) return Diagnostic("the store cannot be read: " + txn.error().message());
    const auto found = find_waiting_node(*txn, parts.store.databases(), id);
    if (!found) return no_input_template(id);
    auto loaded = load_execution(*txn, parts.store.databases(), found->execution);
    if (!loaded) return no_input_template(id);
    execution = std::move(*loaded);
  }
  const auto run = StoredRun::load(archive_of(parts), execution);
  if (!run) return run.error();
  const auto node = (*run)->tree().find(id);
  if (!node || !(*run)->expressions().asks_for_input((*run)->tree(), *node))
    return no_input_template(id);
  return view_input((*run)->tree(), (*run)->expressions().late_inputs(), *node);
}

Result<LateInputView, Diagnostic> view(const ApiParts& parts, const std::string& id) {
  auto asked = ask_runner<LateInputView>(
      [&](OnInputViewed on_viewed) { parts.runner.view_input(id, std::move(on_viewed)); });
  if (asked) return asked;
  return view_stored_input(parts, id);
}

/// A node whose run is over has taken what it was given, or nothing: it takes no more.
Result<bool, Diagnostic> give(const ApiParts& parts, const std::string& id,
                              const std::string& yaml) {
  auto taken = ask_runner<bool>(
      [&](OnInputGiven on_given) { parts.runner.give_input(id, yaml, std::move(on_given)); });
  const bool is_unknown = !taken && taken.error() == no_input_template(id);
  if (!is_unknown || !view_stored_input(parts, id)) return taken;
  return false;
}

}  // namespace

void wire_stored_runs(Api& api, const ApiParts& parts) {
  api.evaluate_text = [parts](const std::string& account, const std::string& id,
                              const std::string& node,
                              std::string_view text) -> Result<EvaluatedText, Diagnostic> {
    const auto execution = load_execution_of(parts, account, id);
    if (!execution)
      return Diagnostic("the execution cannot be read: " + execution.error().message());
    return evaluate(parts, *execution, node, text);
  };
  api.execution_input = [parts](const std::string& node) { return view(parts, node); };
  api.give_execution_input = [parts](const std::string& node, const std::string& yaml) {
    return give(parts, node, yaml);
  };
}

}  // namespace tripgate::http
