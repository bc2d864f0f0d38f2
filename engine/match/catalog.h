// What dispatcher and runner ask of the entities: which triggers there are, and what they start.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/result.h"

namespace tripgate {

class Conditions;

/// A custom webhook trigger, as far as selecting and starting need it.
struct CatalogTrigger {
  std::uint64_t ref = 0;
  std::uint64_t version = 0;
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
  /// Compiled; nullptr if the trigger has none.
  std::shared_ptr<const Conditions> conditions;
  /// Input sets that the runtime input is laid over, in order.
  std::vector<std::string> input_set_refs = {};
  /// Identifiers of the only stages that it runs; empty: all.
  std::vector<std::string> stages_to_execute = {};
};

/// Shared with the catalog, which may keep it.
using TriggerPointer = std::shared_ptr<const CatalogTrigger>;

/// The ids of a v1 or v2 request. An absent one selects all.
struct TriggerQuery {
  std::string_view account;
  std::string_view org;
  std::string_view project;
  std::optional<std::string_view> pipeline;
  std::optional<std::string_view> trigger;
};

/// Names a pipeline.
struct PipelineKey {
  std::string_view account;
  std::string_view org;
  std::string_view project;
  std::string_view pipeline;
};

/// A stored pipeline document (root `pipeline`).
struct PipelineText {
  std::uint64_t version = 0;
  std::string text;
};

/// Reads entities as they are now: triggers on the executor of the dispatcher, pipelines and input
/// sets on any thread. Errors are those of the store.
class Catalog {
 public:
  virtual ~Catalog() = default;

  /// A trigger by its number; nullptr if it was deleted.
  [[nodiscard]] virtual Result<TriggerPointer> find_trigger(std::uint64_t ref) = 0;

  /// All custom triggers that the ids select, disabled ones included, in the order in which they
  /// were created (triggers.md 1.6).
  [[nodiscard]] virtual Result<std::vector<TriggerPointer>> select_triggers(
      const TriggerQuery& query) = 0;

  /// The current version of a pipeline; nothing if it does not exist.
  [[nodiscard]] virtual Result<std::optional<PipelineText>> find_pipeline(
      const PipelineKey& key) = 0;

  /// The stored document of an input set or overlay of a pipeline; nothing if it does not exist.
  [[nodiscard]] virtual Result<std::optional<std::string>> find_input_set(
      const PipelineKey& key, std::string_view identifier) = 0;

  /// The text of exactly that version, deleted pipelines included. Errors: Errc::not_found.
  [[nodiscard]] virtual Result<std::string> load_pipeline_version(const PipelineKey& key,
                                                                  std::uint64_t version) = 0;
};

}  // namespace tripgate
