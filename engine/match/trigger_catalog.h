// What the dispatcher asks of the entities: which triggers there are, and what they start.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/run/run_plan.h"

namespace tripgate {

/// A custom webhook trigger, as far as selecting and starting need it.
struct CatalogTrigger {
  std::uint64_t ref = 0;
  bool is_enabled = false;
  bool has_token = false;
  std::string account;
  std::string org;
  std::string project;
  std::string pipeline;
  std::string identifier;
  std::string name;
  /// The runtime input that the trigger gives to its pipeline; absent if it gives none.
  std::optional<std::string> runtime_input;
};

/// The ids of a v1 or v2 request. An absent one selects all.
struct TriggerQuery {
  std::string_view account;
  std::string_view org;
  std::string_view project;
  std::optional<std::string_view> pipeline;
  std::optional<std::string_view> trigger;
};

/// Reads entities as they are now. Called by the dispatcher and the runner on their executor.
class TriggerCatalog {
 public:
  virtual ~TriggerCatalog() = default;

  /// A trigger by its number; nothing if it was deleted. Errors are those of the store.
  [[nodiscard]] virtual Result<std::optional<CatalogTrigger>> find_trigger(std::uint64_t ref) = 0;

  /// All custom triggers that the ids select, disabled ones included, in the order in which they
  /// were created (triggers.md 1.6).
  [[nodiscard]] virtual Result<std::vector<CatalogTrigger>> select_triggers(
      const TriggerQuery& query) = 0;

  /// The plan of a trigger's pipeline in its current version. The Diagnostic's message becomes part
  /// of the history row (triggers.md 3.3); nothing if the pipeline does not exist.
  [[nodiscard]] virtual Result<std::optional<RunPlan>, Diagnostic> plan_target(
      const CatalogTrigger& trigger) = 0;
};

}  // namespace tripgate
