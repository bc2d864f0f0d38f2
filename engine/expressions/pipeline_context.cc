// A chain of look-ups. Functors are made when an expression names them: most texts name none.
#include "engine/expressions/pipeline_context.h"

#include <algorithm>
#include <array>

#include "engine/expressions/literal_block.h"
#include "engine/functors/functor.h"
#include "engine/jexl/host_object.h"
#include "engine/jexl/operators.h"

namespace tripgate {
namespace {

using jexl::Value;

/// Roots below which a sender's words stand (triggers.md 10.1).
constexpr std::array<std::string_view, 3> kEventRoots = {"trigger", "eventPayload", "event"};

/// What the functors of one node may cost: a second at worst, 64 MB.
constexpr jexl::Budget kFunctorBudget{.steps = 10 * jexl::kDefaultSteps,
                                      .memory_bytes = 4 * jexl::kDefaultMemoryBytes,
                                      .match_steps = 10 * jexl::kDefaultMatchSteps};

/// `secrets`, whose one method is `getValue("id")`.
class Secrets final : public jexl::HostObject {
 public:
  using NameSecret = decltype(PipelineContext::Hooks::name_secret);
  explicit Secrets(NameSecret name_secret) : name_secret_(std::move(name_secret)) {}

  std::optional<Value> property(std::string_view) const override { return std::nullopt; }

  std::optional<Result<Value, jexl::EvalError>> call(
      std::string_view name, std::span<const Value> arguments) const override {
    if (name != "getValue") return std::nullopt;
    const bool is_named = arguments.size() == 1 && arguments[0].is(jexl::Kind::string);
    if (is_named) return name_secret_(arguments[0].as_string());
    jexl::EvalError error = jexl::other_error("secrets.getValue wants the identifier of a secret");
    error.is_foreign = true;
    return error;
  }

 private:
  NameSecret name_secret_;
};

}  // namespace

PipelineContext::PipelineContext(const jexl::Context& roots, UnixMs now_ms, Hooks hooks)
    : roots_(roots),
      aliases_(roots),
      now_ms_(now_ms),
      meter_(kFunctorBudget),
      hooks_(std::move(hooks)),
      secrets_(Value::object(std::make_shared<Secrets>(hooks_.name_secret))) {}

std::optional<Value> PipelineContext::find(std::string_view name) const {
  if (name == "secrets") return secrets_;
  if (std::ranges::find(kEventRoots, name) != kEventRoots.end()) hooks_.on_event_named();
  if (auto root = aliases_.find(name)) return root;
  return find_functor(name, now_ms_, meter_);
}

std::optional<Result<Value, jexl::EvalError>> PipelineContext::call(
    std::string_view name, std::span<const Value> arguments) const {
  if (name == kGivenFunction && arguments.size() == 1) {
    hooks_.on_event_named();
    return arguments[0];
  }
  if (auto outcome = roots_.call(name, arguments)) return outcome;
  return call_bare_function(name, arguments, now_ms_, meter_);
}

}  // namespace tripgate
