// An alias is worked out when an expression names it, from what the node's own context says then.
// It is a variable rather than a piece of text: nothing that a value holds can change its meaning.
#include "engine/expressions/aliases.h"

#include <algorithm>
#include <array>

#include "engine/jexl/host_object.h"

namespace tripgate {
namespace {

using jexl::Value;

constexpr std::array<std::string_view, 2> kSuccesses = {"SUCCEEDED", "IGNORE_FAILED"};

// ABORTED and FREEZE_FAILED are missing on purpose: an aborted run does not go on to its failure
// branches.
constexpr std::array<std::string_view, 4> kFailures = {"FAILED", "ERRORED", "EXPIRED",
                                                       "APPROVAL_REJECTED"};

constexpr std::array<std::string_view, 2> kRollbackModes = {"POST_EXECUTION_ROLLBACK",
                                                            "PIPELINE_ROLLBACK"};

Value member_of(const Value& value, std::string_view name) {
  if (value.is(jexl::Kind::object)) return value.as_object().property(name).value_or(Value());
  const Value* const found = value.get(name);
  return found == nullptr ? Value() : *found;
}

}  // namespace

std::optional<Value> AliasContext::find(std::string_view name) const {
  if (name == "Always") return Value::boolean(true);
  if (auto alias = find_status_alias(name)) return alias;
  if (name == "matrix" || name == "repeat") {
    Value axis = member("strategy", name);
    if (!axis.is_null()) return axis;
  }
  return inner_.find(name);
}

std::optional<Value> AliasContext::find_status_alias(std::string_view name) const {
  constexpr std::string_view kStatus = "currentStatus";
  if (name == "OnPipelineSuccess") return is_one_of("pipeline", kStatus, kSuccesses);
  if (name == "OnPipelineFailure") return is_one_of("pipeline", kStatus, kFailures);
  if (name == "OnStageSuccess") return is_one_of("stage", kStatus, kSuccesses);
  if (name == "OnStageFailure") return is_one_of("stage", kStatus, kFailures);
  if (name == "OnRollbackModeExecution") {
    return is_one_of("pipeline", "executionMode", kRollbackModes);
  }
  return std::nullopt;
}

std::optional<Result<Value, jexl::EvalError>> AliasContext::call(
    std::string_view name, std::span<const Value> arguments) const {
  return inner_.call(name, arguments);
}

Value AliasContext::member(std::string_view root, std::string_view name) const {
  const auto found = inner_.find(root);
  return found ? member_of(*found, name) : Value();
}

Value AliasContext::is_one_of(std::string_view root, std::string_view name,
                              std::span<const std::string_view> words) const {
  const Value word = member(root, name);
  const bool is_text = word.is(jexl::Kind::string);
  return Value::boolean(is_text && std::ranges::find(words, word.as_string()) != words.end());
}

}  // namespace tripgate
