// The store is asked once for the number, and once for each pipeline.
#include "engine/run/number_forecast.h"

#include "engine/status/execution_store.h"

namespace tripgate {

ErrorCode NumberForecast::expect(Execution& execution) {
  const std::string pipeline =
      execution.account + '/' + execution.org + '/' + execution.project + '/' + execution.pipeline;
  auto sequence = next_sequences_.find(pipeline);
  if (sequence == next_sequences_.end()) {
    const auto txn = store_.begin_read();
    if (!txn) return txn.error();
    const auto next = next_numbers(*txn, store_.databases(), execution);
    if (!next) return next.error();
    if (next_number_ == 0) next_number_ = next->number;
    sequence = next_sequences_.emplace(pipeline, next->run_sequence).first;
  }
  execution.number = next_number_++;
  execution.run_sequence = sequence->second++;
  return {};
}

}  // namespace tripgate
