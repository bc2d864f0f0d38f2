// Records are hashed as they are stored: reading them for a look is a hundred times cheaper than
// writing the answer.
#include "engine/status/status_revision.h"

#include <functional>

#include "engine/base/errc.h"
#include "engine/status/execution_store.h"
#include "engine/status/node_store.h"

namespace tripgate {

void StatusRevision::add(std::string_view bytes) {
  // The mixing step of boost::hash_combine, with 64 bits.
  number ^=
      std::hash<std::string_view>{}(bytes) + 0x9e3779b97f4a7c15 + (number << 12U) + (number >> 4U);
}

ErrorCode add_execution(const lmdb::Transaction& txn, const StateDatabases& dbs,
                        std::string_view account, std::string_view plan_execution_id,
                        bool with_all_nodes, StatusRevision& revision) {
  const Result<Execution> execution = find_execution(txn, dbs, plan_execution_id);
  if (!execution) return execution.error();
  if (execution->account != account) return make_error_code(Errc::not_found);
  revision.is_final = is_final(execution->status);
  revision.add(encode_execution(*execution));
  return for_each_node_record(txn, dbs, execution->number, with_all_nodes,
                              [&](std::string_view bytes) { revision.add(bytes); });
}

}  // namespace tripgate
