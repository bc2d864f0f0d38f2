// The one method of maps that works on named objects too.
#include "engine/run/named_values.h"

#include "engine/jexl/json.h"

namespace tripgate {

using jexl::Value;

std::optional<Result<Value, jexl::EvalError>> NamedValues::call(
    std::string_view name, std::span<const Value> arguments) const {
  const bool is_get = name == "get" && arguments.size() == 1 && arguments[0].is(jexl::Kind::string);
  if (!is_get) return std::nullopt;
  return property(arguments[0].as_string()).value_or(Value());
}

std::string NamedValues::text() const {
  return jexl::to_compact_json(all());
}

Value make_map(std::vector<std::pair<std::string_view, Value>> members) {
  std::vector<Value::Entry> entries;
  entries.reserve(members.size());
  for (auto& [name, value] : members) entries.push_back({text_value(name), std::move(value)});
  return Value::map(std::move(entries));
}

}  // namespace tripgate
