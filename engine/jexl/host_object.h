// Things that the host puts into a context: their properties and methods are asked for lazily.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/base/result.h"
#include "engine/jexl/eval_error.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

/// A value whose parts are computed when an expression asks for them (`json.select(...)`,
/// `pipeline.stages.build.status`). Must not change while an evaluation runs.
class HostObject {
 public:
  virtual ~HostObject() = default;

  /// The property of that name; nothing if there is none, which reads as null.
  [[nodiscard]] virtual std::optional<Value> property(std::string_view name) const = 0;

  /// Calls a method. Nothing if there is no such method; the evaluator then reports it.
  [[nodiscard]] virtual std::optional<Result<Value, EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const {
    (void)name;
    (void)arguments;
    return std::nullopt;
  }

  /// Text of the object where text is needed.
  [[nodiscard]] virtual std::string text() const { return "{}"; }
};

}  // namespace tripgate::jexl
