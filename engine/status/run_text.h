// What an execution keeps of its own text: the pipeline with its inputs in it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/inputs/merge.h"
#include "engine/journal/state_store.h"
#include "engine/status/execution.h"

namespace tripgate {

/// The text that an execution follows where that is not the stored pipeline's, and where it came
/// from. An execution without this record runs its pipeline's version as it is stored.
struct RunText {
  std::string pipeline;       ///< YAML with the root `pipeline`: inputs merged, stages selected.
  std::string runtime_input;  ///< YAML that it was asked with (root `pipeline`); may be blank.
  /// Values that pass their validators only once they are known.
  std::vector<inputs::DeferredCheck> checks;
};

/// The bytes of a record; `decode` gives an equal text back.
[[nodiscard]] std::string encode_run_text(const RunText& text);

/// Empty when the bytes are damaged or of another version.
[[nodiscard]] std::optional<RunText> decode_run_text(std::string_view bytes);

/// Stores the text of an execution, in place of an earlier one.
[[nodiscard]] ErrorCode put_run_text(lmdb::WriteTransaction& txn, const StateDatabases& dbs,
                                     ExecutionNumber execution, const RunText& text);

/// Nothing if the execution has none. Errors: Errc::store_corrupt.
[[nodiscard]] Result<std::optional<RunText>> find_run_text(const lmdb::Transaction& txn,
                                                           const StateDatabases& dbs,
                                                           ExecutionNumber execution);

}  // namespace tripgate
