// Which numbers the next executions will get, before they are stored.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "engine/base/result.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"

namespace tripgate {

/// Counts on from what the store has. Right for the executions of one write as long as nobody else
/// creates any meanwhile; the write finds out.
class NumberForecast {
 public:
  explicit NumberForecast(const StateStore& store) : store_(store) {}

  /// Puts number and run sequence into an execution. To be called for every execution of the write,
  /// in their order. Errors: those of the store.
  [[nodiscard]] ErrorCode expect(Execution& execution);

 private:
  const StateStore& store_;
  ExecutionNumber next_number_ = 0;  // 0: not read yet.
  std::map<std::string, std::uint64_t> next_sequences_;
};

}  // namespace tripgate
