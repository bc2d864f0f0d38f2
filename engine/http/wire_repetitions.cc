// What is kept of executions beside their runs: notes, and the chains of those that repeat others.
#include "engine/base/errc.h"
#include "engine/http/api_wiring.h"
#include "engine/match/repeated_run.h"
#include "engine/status/execution_store.h"
#include "engine/status/status_reader.h"

namespace tripgate::http {
namespace {

ErrorCode set_notes(StateStore& store, const std::string& account, const std::string& id,
                    const std::string& notes) {
  return store.write_and_wait([&](lmdb::WriteTransaction& txn) -> ErrorCode {
    const Result<Execution> execution = find_execution_of(txn, store.databases(), account, id);
    if (!execution) return execution.error();
    return annotate_execution(txn, store.databases(), execution->number,
                              [&](Execution& stored) { stored.notes = notes; });
  });
}

Result<std::string> tell_retry_stages(const ApiParts& parts, const StatusReader& status,
                                      const std::string& account, const std::string& id) {
  std::optional<std::string> change;
  {
    const auto txn = parts.store.begin_read();
    if (!txn) return txn.error();
    const Result<Execution> execution =
        find_execution_of(*txn, parts.store.databases(), account, id);
    if (!execution) return execution.error();
    const RunRecords records{*txn, parts.store.databases(), parts.catalog};
    auto found = find_pipeline_change(records, *execution);
    if (!found) return found.error();
    change = std::move(*found);
  }
  return status.retry_stages(account, id, parts.clock.now_ms(), change);
}

}  // namespace

void wire_repetitions(Api& api, const ApiParts& parts) {
  const StatusReader status(parts.store, parts.journal);
  api.retry_stages = [status, parts](const std::string& account, const std::string& execution) {
    return tell_retry_stages(parts, status, account, execution);
  };
  api.retry_history = [status](const std::string& account, const std::string& execution) {
    return status.retry_history(account, execution);
  };
  api.latest_execution = [status](const std::string& account, const std::string& execution) {
    return status.latest_execution(account, execution);
  };
  api.execution_notes = [status](const std::string& account, const std::string& execution) {
    return status.execution_notes(account, execution);
  };
  api.set_execution_notes = [&store = parts.store](const std::string& account,
                                                   const std::string& execution,
                                                   const std::string& notes) {
    return set_notes(store, account, execution, notes);
  };
}

}  // namespace tripgate::http
