// Methods of lists, arrays, sets, ranges and maps.
#include "engine/jexl/builtins.h"
#include "engine/jexl/java_views.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

Value boolean(bool value) {
  return Value::boolean(value);
}
const Value& first(const Invocation& call) {
  return call.arguments[0];
}

Outcome get_element(const Invocation& call) {
  const std::int64_t index = first(call).as_int64();
  const auto elements = call.target.elements();
  if (index < 0 || index >= static_cast<std::int64_t>(elements.size())) {
    return other_error("the index is out of range");
  }
  return elements[static_cast<std::size_t>(index)];
}

Coerced<std::int64_t> find_element(const Invocation& call, const Value& wanted, bool from_end) {
  const auto elements = call.target.elements();
  if (!call.meter.step(1 + elements.size())) return limit_error("the list is too long");
  std::int64_t found = -1;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!java_equals(elements[i], wanted)) continue;
    found = static_cast<std::int64_t>(i);
    if (!from_end) break;
  }
  return found;
}

Outcome contains(const Invocation& call) {
  const auto found = find_element(call, first(call), false);
  if (!found) return found.error();
  return boolean(*found >= 0);
}

template <bool from_end>
Outcome index_of(const Invocation& call) {
  const auto found = find_element(call, first(call), from_end);
  if (!found) return found.error();
  return Value::integer(*found);
}

// `left =~ right` asks the same of two collections.
Outcome contains_all(const Invocation& call) {
  const auto is_part = matches(first(call), call.target, nullptr, call.meter);
  if (!is_part) return is_part.error();
  return boolean(*is_part);
}

Outcome to_array(const Invocation& call) {
  auto members = copy_members(call.target, call.meter);
  if (!members) return limit_error("there are too many members");
  return Value::array(std::move(*members));
}

Outcome iterator(const Invocation& call) {
  auto members = copy_members(call.target, call.meter);
  if (!members) return limit_error("there are too many members");
  return make_iterator_view(std::move(*members));
}

Outcome stream(const Invocation& call) {
  auto members = copy_members(call.target, call.meter);
  if (!members) return limit_error("there are too many members");
  return make_stream_view(std::move(*members));
}

Outcome sub_list(const Invocation& call) {
  const auto elements = call.target.elements();
  const std::int64_t begin = first(call).as_int64();
  const std::int64_t end = call.arguments[1].as_int64();
  if (begin < 0 || begin > end || end > static_cast<std::int64_t>(elements.size())) {
    return other_error("the index is out of range");
  }
  if (!call.meter.allocate(static_cast<std::size_t>(end - begin) * sizeof(Value))) {
    return limit_error("the list is too long");
  }
  return Value::list({elements.begin() + begin, elements.begin() + end});
}

Outcome container_text(const Invocation& call) {
  auto text = to_text(call.target, call.meter.memory_left());
  if (!text || !charge_text_of(call.target, text->size(), call.meter)) {
    return limit_error("the text is too long");
  }
  return Value::string(*text);
}

Outcome equals(const Invocation& call) {
  if (!call.meter.step(1 + count_members(call.target))) return limit_error("too many members");
  return boolean(java_equals(call.target, first(call)));
}

Outcome size(const Invocation& call) {
  return size_of(call.target);
}

Outcome is_empty_container(const Invocation& call) {
  return boolean(is_empty(call.target));
}

Outcome has_member(const Invocation& call) {
  if (call.target.is(Kind::set)) return boolean(call.target.contains_key(first(call)));
  if (!first(call).is_number()) return boolean(false);
  const auto found = matches(first(call), call.target, nullptr, call.meter);
  if (!found) return found.error();
  return boolean(*found);
}

Outcome get_entry(const Invocation& call) {
  const Value* const value = call.target.find(first(call));
  return value == nullptr ? Value() : *value;
}

Outcome get_or_default(const Invocation& call) {
  const Value* const value = call.target.find(first(call));
  return value == nullptr ? call.arguments[1] : *value;
}

Outcome contains_value(const Invocation& call) {
  if (!call.meter.step(1 + call.target.entries().size()))
    return limit_error("the map is too large");
  for (const Value::Entry& entry : call.target.entries()) {
    if (java_equals(entry.value, first(call))) return boolean(true);
  }
  return boolean(false);
}

bool charge_view(const Invocation& call) {
  const std::size_t count = call.target.entries().size();
  return call.meter.step(1 + count) && call.meter.allocate(2 * count * sizeof(Value::Entry));
}

Outcome key_set(const Invocation& call) {
  if (!charge_view(call)) return limit_error("the map is too large");
  std::vector<Value> keys;
  for (const Value::Entry& entry : call.target.entries()) keys.push_back(entry.key);
  return Value::set(std::move(keys));
}

Outcome values(const Invocation& call) {
  if (!charge_view(call)) return limit_error("the map is too large");
  std::vector<Value> values;
  for (const Value::Entry& entry : call.target.entries()) values.push_back(entry.value);
  return Value::list(std::move(values));
}

Outcome entry_set(const Invocation& call) {
  if (!charge_view(call)) return limit_error("the map is too large");
  std::vector<Value> entries;
  for (const Value::Entry& entry : call.target.entries()) {
    entries.push_back(make_entry_view(entry.key, entry.value));
  }
  return Value::list(std::move(entries));
}

// The reference finds these methods on an array and cannot call them.
Outcome refuse(const Invocation&) {
  return other_error("an array has no such method");
}

constexpr MethodEntry kList[] = {
    {"contains", "o", contains},
    {"containsAll", "C", contains_all},
    {"equals", "o", equals},
    {"get", "i", get_element},
    {"indexOf", "o", index_of<false>},
    {"isEmpty", "", is_empty_container},
    {"iterator", "", iterator},
    {"lastIndexOf", "o", index_of<true>},
    {"listIterator", "", iterator},
    {"size", "", size},
    {"stream", "", stream},
    {"subList", "ii", sub_list},
    {"toArray", "", to_array},
    {"toString", "", container_text},
};

constexpr MethodEntry kArray[] = {
    {"contains", "o", contains},
    {"containsAll", "C", refuse},
    {"equals", "o",
     [](const Invocation& c) { return Outcome(boolean(c.target.is_same_object(first(c)))); }},
    {"get", "i", get_element},
    {"indexOf", "o", index_of<false>},
    {"isEmpty", "", refuse},
    {"iterator", "", refuse},
    {"lastIndexOf", "o", refuse},
    {"size", "", size},
    {"stream", "", refuse},
    {"subList", "ii", refuse},
    {"toArray", "", refuse},
};

constexpr MethodEntry kSet[] = {
    {"contains", "o", has_member},    {"containsAll", "C", contains_all},
    {"equals", "o", equals},          {"isEmpty", "", is_empty_container},
    {"iterator", "", iterator},       {"size", "", size},
    {"stream", "", stream},           {"toArray", "", to_array},
    {"toString", "", container_text},
};

constexpr MethodEntry kRange[] = {
    {"contains", "o", has_member}, {"containsAll", "C", contains_all},
    {"equals", "o", equals},       {"isEmpty", "", is_empty_container},
    {"iterator", "", iterator},    {"size", "", size},
    {"stream", "", stream},        {"toArray", "", to_array},
};

constexpr MethodEntry kMap[] = {
    {"containsKey", "o",
     [](const Invocation& c) { return Outcome(boolean(c.target.contains_key(first(c)))); }},
    {"containsValue", "o", contains_value},
    {"entrySet", "", entry_set},
    {"equals", "o", equals},
    {"get", "o", get_entry},
    {"getOrDefault", "oo", get_or_default},
    {"isEmpty", "", is_empty_container},
    {"keySet", "", key_set},
    {"size", "", size},
    {"toString", "", container_text},
    {"values", "", values},
};

}  // namespace

std::optional<std::vector<Value>> copy_members(const Value& container, Meter& meter) {
  const bool is_range = container.is(Kind::range);
  const std::uint64_t count =
      is_range ? range_size(container.as_range()) : count_members(container);
  // Wrapped to 0: all the whole numbers there are.
  if ((is_range && count == 0) || !meter.step(count)) return std::nullopt;
  if (!meter.allocate(count * sizeof(Value))) return std::nullopt;
  std::vector<Value> members;
  members.reserve(count);
  for (std::uint64_t i = 0; i < count; ++i) {
    members.push_back(is_range                  ? range_member(container.as_range(), i)
                      : container.is_sequence() ? container.elements()[i]
                                                : container.entries()[i].key);
  }
  return members;
}

std::span<const MethodEntry> list_methods() {
  return kList;
}
std::span<const MethodEntry> array_methods() {
  return kArray;
}
std::span<const MethodEntry> set_methods() {
  return kSet;
}
std::span<const MethodEntry> range_methods() {
  return kRange;
}
std::span<const MethodEntry> map_methods() {
  return kMap;
}

}  // namespace tripgate::jexl
