// `json`: reads JSON texts and writes values as JSON.
#include "engine/functors/functor.h"
#include "engine/functors/json_path.h"
#include "engine/jexl/json.h"

namespace tripgate {
namespace {

using jexl::Value;

/// The value behind an argument: of a text what it says, null if it is no JSON; a list or a map as
/// it is.
Value parsed(const FunctorCall& call, std::size_t index) {
  const Value& argument = call.arguments[index];
  if (!argument.is(jexl::Kind::string)) return argument;
  const auto value = jexl::parse_json(argument.as_string());
  return value ? *value : Value();
}

jexl::Outcome select(const FunctorCall& call) {
  const auto path = JsonPath::parse(call.text(0));
  if (!path) return functor_error("JSON path: " + path.error().to_string());
  const Value root = parsed(call, 1);
  if (root.is_null()) return Value();
  const auto found = path->select(root, call.meter);
  if (!found) return functor_error(found.error().message);
  return *found;
}

jexl::Outcome list(const FunctorCall& call) {
  jexl::Outcome found = select(call);
  const bool is_list = found && (found->is_null() || found->is_sequence());
  if (found && !is_list)
    return functor_error("the path " + call.text(0) + " does not lead to a list");
  return found;
}

constexpr FunctorEntry kFunctions[] = {
    {"select", 2, select},
    {"list", 2, list},
    {"object", 1, [](const FunctorCall& call) -> jexl::Outcome { return parsed(call, 0); }},
    {"format", 1,
     [](const FunctorCall& call) -> jexl::Outcome {
       return Value::string(jexl::to_compact_json(call.arguments[0]));
     }},
};

}  // namespace

std::span<const FunctorEntry> json_functions() {
  return kFunctions;
}

}  // namespace tripgate
