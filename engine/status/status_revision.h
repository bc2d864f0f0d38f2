// Whether what somebody asks about has changed: a number made from the records that are shown.
#pragma once

#include <cstdint>
#include <string_view>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"
#include "engine/journal/state_store.h"

namespace tripgate {

/// A state of an event or an execution. Equal records have equal numbers, after a restart too.
struct StatusRevision {
  std::uint64_t number = 0;
  bool is_final = false;  ///< It will not change any more.

  /// Makes the number depend on some bytes more.
  void add(std::string_view bytes);
};

/// Adds an execution's records to a revision, which is final then if the execution is.
///
/// account: Errc::not_found for an execution of another one. with_all_nodes: those below the stages
/// count too. Errors: those of find_execution.
[[nodiscard]] ErrorCode add_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                                      std::string_view account, std::string_view plan_execution_id,
                                      bool with_all_nodes, StatusRevision& revision);

}  // namespace tripgate
