// The edge environment as its only writer sees it; shared/store_schema.h has the records.
#pragma once

#include <optional>
#include <span>
#include <string>

#include "engine/base/lmdb.h"
#include "engine/base/result.h"

namespace tripgate::entities {

/// Databases of the edge that follow the entities. Values are stored: never renumber.
enum class EdgeDatabase : std::uint8_t { token, api_key, scope, trigger };
inline constexpr std::size_t kEdgeDatabaseCount = 4;

/// One row to be written; without a value the row goes.
struct EdgeWrite {
  EdgeDatabase database = EdgeDatabase::token;
  std::string key;
  std::optional<std::string> value;
};

/// Owns the environment. Its commits leave the meta page to the next one: what a power cut loses is
/// built again from the state store, which commits first.
class EdgeStore {
 public:
  /// directory: what `tripgate_store` names; the environment lies in `v1` below it. group: owner
  /// group of directory and files. Frees reader slots of dead processes.
  [[nodiscard]] static Result<EdgeStore> open(const std::string& directory,
                                              std::optional<unsigned> group);

  /// Generation of the state that the projection shows; 0 when it was never complete.
  [[nodiscard]] Result<std::uint64_t> generation() const;

  /// Applies the rows in one transaction; a generation makes them visible as that view.
  [[nodiscard]] ErrorCode write(std::span<const EdgeWrite> writes,
                                std::optional<std::uint64_t> generation);

  [[nodiscard]] Result<lmdb::ReadTransaction> begin_read() const {
    return environment_.begin_read();
  }
  [[nodiscard]] lmdb::Database database(EdgeDatabase which) const noexcept {
    return databases_[static_cast<std::size_t>(which)];
  }
  [[nodiscard]] ErrorCode check_readers();

 private:
  explicit EdgeStore(lmdb::Environment environment) : environment_(std::move(environment)) {}
  [[nodiscard]] ErrorCode open_databases();

  lmdb::Environment environment_;
  lmdb::Database meta_;
  lmdb::Database databases_[kEdgeDatabaseCount];
};

}  // namespace tripgate::entities
