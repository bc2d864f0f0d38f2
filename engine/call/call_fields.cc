// Counts the members that were read: if the object has more, one of them is unknown.
#include "engine/call/call_fields.h"

#include <utility>

namespace tripgate {

using jexl::Kind;
using jexl::Value;

CallFields::CallFields(const Value& object, std::string what)
    : object_(object), what_(std::move(what)) {
  if (!object.is(Kind::map)) complain(what_ + " is no object");
}

void CallFields::complain(std::string message) {
  if (complaint_.empty()) complaint_ = std::move(message);
}

void CallFields::adopt(const CallFields& inner) {
  if (!inner.complaint_.empty()) complain(inner.complaint_);
}

bool CallFields::has(std::string_view name) const {
  return object_.get(name) != nullptr;
}

const Value* CallFields::find(std::string_view name) {
  const Value* const found = object_.get(name);
  if (found == nullptr) {
    complain(what_ + " has no " + std::string(name));
  } else {
    ++read_count_;
  }
  return found;
}

std::string CallFields::text(std::string_view name) {
  const Value* const found = find(name);
  if (found == nullptr) return {};
  if (found->is(Kind::string)) return std::string(found->as_string());
  complain(std::string(name) + " of " + what_ + " is no text");
  return {};
}

std::int64_t CallFields::number(std::string_view name, std::int64_t low, std::int64_t high) {
  const Value* const found = find(name);
  if (found == nullptr) return low;
  if (found->is(Kind::int32) || found->is(Kind::int64)) {
    const std::int64_t number = found->as_int64();
    if (number >= low && number <= high) return number;
  }
  complain(std::string(name) + " of " + what_ + " is no number in its range");
  return low;
}

bool CallFields::flag(std::string_view name) {
  const Value* const found = find(name);
  if (found != nullptr && found->is(Kind::boolean)) return found->as_bool();
  complain(std::string(name) + " of " + what_ + " is no flag");
  return false;
}

std::vector<Value> CallFields::list(std::string_view name) {
  const Value* const found = find(name);
  if (found == nullptr) return {};
  if (found->is(Kind::list)) return {found->elements().begin(), found->elements().end()};
  complain(std::string(name) + " of " + what_ + " is no list");
  return {};
}

std::vector<std::string> CallFields::texts(std::string_view name) {
  std::vector<std::string> texts;
  for (const Value& element : list(name)) {
    if (!element.is(Kind::string)) {
      complain(std::string(name) + " of " + what_ + " holds something else than texts");
      return {};
    }
    texts.emplace_back(element.as_string());
  }
  return texts;
}

Value CallFields::object(std::string_view name) {
  const Value* const found = find(name);
  if (found == nullptr) return {};
  if (found->is(Kind::map)) return *found;
  complain(std::string(name) + " of " + what_ + " is no object");
  return {};
}

std::string CallFields::finish() {
  if (object_.is(Kind::map) && object_.entries().size() > read_count_) {
    complain(what_ + " has an unknown member");
  }
  return complaint_;
}

}  // namespace tripgate
