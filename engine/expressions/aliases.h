// Names that stand for longer expressions of a pipeline.
#pragma once

#include <optional>
#include <string_view>

#include "engine/jexl/expression.h"

namespace tripgate {

/// Another context with the aliases of pipelines.md 5.2 in front: Always, OnPipelineSuccess,
/// OnPipelineFailure, OnStageSuccess, OnStageFailure, OnRollbackModeExecution, matrix and repeat.
///
/// They read `pipeline.currentStatus`, `stage.currentStatus` (engine names: SUCCEEDED, FAILED,
/// ...), `pipeline.executionMode` and `strategy` of that context. A status that it does not know
/// makes both the success and the failure alias false.
class AliasContext final : public jexl::Context {
 public:
  /// inner is borrowed.
  explicit AliasContext(const jexl::Context& inner) : inner_(inner) {}

  [[nodiscard]] std::optional<jexl::Value> find(std::string_view name) const override;
  [[nodiscard]] std::optional<Result<jexl::Value, jexl::EvalError>> call(
      std::string_view name, std::span<const jexl::Value> arguments) const override;

 private:
  [[nodiscard]] jexl::Value member(std::string_view root, std::string_view name) const;
  [[nodiscard]] jexl::Value is_one_of(std::string_view root, std::string_view name,
                                      std::span<const std::string_view> words) const;
  [[nodiscard]] std::optional<jexl::Value> find_status_alias(std::string_view name) const;

  const jexl::Context& inner_;
};

}  // namespace tripgate
