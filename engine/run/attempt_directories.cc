// What the store knows an execution of stays. Anything else can only be directories that were made
// ahead and are empty: rmdir takes no others.
#include "engine/run/attempt_directories.h"

#include <unistd.h>

#include <filesystem>
#include <vector>

namespace tripgate {
namespace {

namespace fs = std::filesystem;

using Paths = std::vector<fs::path>;

ErrorCode list(const fs::path& directory, Paths& found) {
  std::error_code failure;
  for (fs::directory_iterator at(directory, failure), end; !failure && at != end;
       at.increment(failure)) {
    found.push_back(at->path());
  }
  return {failure.value(), boost::system::system_category()};
}

}  // namespace

ErrorCode remove_unused_attempts(const StateStore& store, const std::string& steps_directory) {
  const Result<lmdb::ReadTransaction> txn = store.begin_read();
  if (!txn) return txn.error();
  Paths executions;
  if (const ErrorCode failed = list(steps_directory, executions)) return failed;
  for (const fs::path& execution : executions) {
    const auto known = txn->find(store.databases().execution_index, execution.filename().native());
    if (!known) return known.error();
    if (*known) continue;
    Paths attempts;
    if (list(execution, attempts)) continue;  // not a directory, or not ours
    for (const fs::path& attempt : attempts) ::rmdir(attempt.c_str());
    ::rmdir(execution.c_str());
  }
  return {};
}

}  // namespace tripgate
