// Everything that an expression of a pipeline can name.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string_view>

#include "engine/base/clock.h"
#include "engine/expressions/aliases.h"
#include "engine/jexl/expression.h"

namespace tripgate {

/// In this order: `secrets`, the aliases, the node's own roots, the functors (pipelines.md 6.8).
///
/// `secrets` comes first so that nothing can stand in its place; so does the function `given`,
/// which stands around what a sender wrote (literal_block.h). The context of trigger conditions is
/// another one and has neither secrets nor functors.
class PipelineContext final : public jexl::Context {
 public:
  struct Hooks {
    /// What `secrets.getValue(reference)` is worth.
    std::function<Result<jexl::Value, jexl::EvalError>(std::string_view reference)> name_secret;
    /// Told whenever an expression reaches for what a sender wrote.
    std::function<void()> on_event_named;
  };

  /// roots: borrowed. now_ms: for `datetime` and `currentDate()`.
  PipelineContext(const jexl::Context& roots, UnixMs now_ms, Hooks hooks);

  [[nodiscard]] std::optional<jexl::Value> find(std::string_view name) const override;
  [[nodiscard]] std::optional<Result<jexl::Value, jexl::EvalError>> call(
      std::string_view name, std::span<const jexl::Value> arguments) const override;

 private:
  const jexl::Context& roots_;
  AliasContext aliases_;
  UnixMs now_ms_;
  mutable jexl::Meter meter_;  // Of all functors that the node's texts call.
  Hooks hooks_;
  jexl::Value secrets_;
};

}  // namespace tripgate
