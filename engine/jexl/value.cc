// Construction, sharing and destruction of values. Containers die in a loop rather than by
// recursion, for a hostile script can nest them as deeply as its steps allow.
#include "engine/jexl/value.h"

#include <cstdlib>
#include <new>

#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_reps.h"

namespace tripgate::jexl {

void Value::add_reference() const noexcept {
  rep()->references.fetch_add(1, std::memory_order_relaxed);
}

void Value::drop_reference() noexcept {
  if (rep()->references.fetch_sub(1, std::memory_order_acq_rel) == 1) destroy(kind_, rep());
}

void Value::destroy(Kind kind, Rep* rep) noexcept {
  switch (kind) {
    case Kind::string:
      static_cast<StringRep*>(rep)->~StringRep();
      std::free(rep);
      return;
    case Kind::big_integer:
      delete static_cast<Box<BigInteger>*>(rep);
      return;
    case Kind::big_decimal:
      delete static_cast<Box<BigDecimal>*>(rep);
      return;
    case Kind::range:
      delete static_cast<Box<IntegerRange>*>(rep);
      return;
    case Kind::object:
      delete static_cast<Box<std::shared_ptr<const HostObject>>*>(rep);
      return;
    default:
      bury(static_cast<ContainerRep*>(rep));
  }
}

void Value::bury(ContainerRep* dead) noexcept {
  thread_local ContainerRep* graveyard = nullptr;
  thread_local bool is_digging = false;
  dead->next_dead = graveyard;
  graveyard = dead;
  if (is_digging) return;
  is_digging = true;
  while (graveyard != nullptr) {
    ContainerRep* const next = std::exchange(graveyard, graveyard->next_dead);
    switch (next->kind) {
      case Kind::list:
      case Kind::array:
        delete static_cast<ListRep*>(next);
        break;
      case Kind::function:
        delete static_cast<FunctionRep*>(next);
        break;
      default:
        delete static_cast<MapRep*>(next);
    }
  }
  is_digging = false;
}

Value Value::boolean(bool value) noexcept {
  Value out(Kind::boolean);
  out.store<std::int64_t>(value ? 1 : 0);
  return out;
}

Value Value::int32(std::int32_t value) noexcept {
  Value out(Kind::int32);
  out.store<std::int64_t>(value);
  return out;
}

Value Value::int64(std::int64_t value) noexcept {
  Value out(Kind::int64);
  out.store(value);
  return out;
}

Value Value::integer(std::int64_t value) noexcept {
  const auto narrow = static_cast<std::int32_t>(value);
  return narrow == value ? int32(narrow) : int64(value);
}

Value Value::float32(float value) noexcept {
  Value out(Kind::float32);
  out.store<double>(value);
  return out;
}

Value Value::float64(double value) noexcept {
  Value out(Kind::float64);
  out.store(value);
  return out;
}

Value Value::character(char16_t unit) noexcept {
  Value out(Kind::character);
  out.store<std::int64_t>(unit);
  return out;
}

Value Value::big_integer(BigInteger value) {
  return {Kind::big_integer, new Box<BigInteger>(std::move(value))};
}

Value Value::big_decimal(BigDecimal value) {
  return {Kind::big_decimal, new Box<BigDecimal>(std::move(value))};
}

Value Value::string(std::string_view utf8) {
  if (utf8.size() <= kSmallSize) {
    Value out(Kind::string);
    out.small_size_ = static_cast<std::uint8_t>(utf8.size());
    if (!utf8.empty()) std::memcpy(out.small_.data(), utf8.data(), utf8.size());
    return out;
  }
  void* const memory = std::malloc(sizeof(StringRep) + utf8.size());
  if (memory == nullptr) std::abort();
  auto* const rep = new (memory) StringRep;
  rep->size = static_cast<std::uint32_t>(utf8.size());
  rep->utf16_size = static_cast<std::uint32_t>(text::utf16_size(utf8));
  std::memcpy(rep->text(), utf8.data(), utf8.size());
  return {Kind::string, rep};
}

Value Value::list(std::vector<Value> elements) {
  auto* const rep = new ListRep;
  rep->kind = Kind::list;
  rep->elements = std::move(elements);
  return {Kind::list, rep};
}

Value Value::array(std::vector<Value> elements) {
  auto* const rep = new ListRep;
  rep->kind = Kind::array;
  rep->elements = std::move(elements);
  return {Kind::array, rep};
}

Value Value::map(std::vector<Entry> entries) {
  auto* const rep = new MapRep;
  rep->kind = Kind::map;
  rep->entries = std::move(entries);
  rep->remove_duplicates();
  return {Kind::map, rep};
}

Value Value::set(std::vector<Value> members) {
  auto* const rep = new MapRep;
  rep->kind = Kind::set;
  rep->entries.reserve(members.size());
  for (Value& member : members) rep->entries.push_back({std::move(member), {}});
  rep->remove_duplicates();
  return {Kind::set, rep};
}

Value Value::range(IntegerRange range) {
  return {Kind::range, new Box<IntegerRange>(range)};
}

Value Value::object(std::shared_ptr<const HostObject> object) {
  return {Kind::object, new Box<std::shared_ptr<const HostObject>>(std::move(object))};
}

Value Value::function(std::shared_ptr<const Ast> owner, const FunctionBody* body,
                      std::vector<Value> captured, std::int32_t self_slot) {
  auto* const rep = new FunctionRep;
  rep->kind = Kind::function;
  rep->parts = {std::move(owner), body, std::move(captured), self_slot};
  return {Kind::function, rep};
}

const BigInteger& Value::as_big_integer() const noexcept {
  return static_cast<Box<BigInteger>*>(rep())->boxed;
}

const BigDecimal& Value::as_big_decimal() const noexcept {
  return static_cast<Box<BigDecimal>*>(rep())->boxed;
}

const IntegerRange& Value::as_range() const noexcept {
  return static_cast<Box<IntegerRange>*>(rep())->boxed;
}

const HostObject& Value::as_object() const noexcept {
  return *static_cast<Box<std::shared_ptr<const HostObject>>*>(rep())->boxed;
}

const Value::FunctionParts& Value::as_function() const noexcept {
  return static_cast<FunctionRep*>(rep())->parts;
}

std::string_view Value::as_string() const& noexcept {
  if (!is_on_heap()) return {small_.data(), small_size_};
  auto* const string = static_cast<StringRep*>(rep());
  return {string->text(), string->size};
}

std::size_t Value::utf16_size() const noexcept {
  return is_on_heap() ? static_cast<StringRep*>(rep())->utf16_size : text::utf16_size(as_string());
}

bool Value::is_ascii() const noexcept {
  return utf16_size() == as_string().size();
}

std::span<const Value> Value::elements() const noexcept {
  return static_cast<ListRep*>(rep())->elements;
}

std::span<const Value::Entry> Value::entries() const noexcept {
  return static_cast<MapRep*>(rep())->entries;
}

void Value::set_element(std::size_t index, Value value) {
  static_cast<ListRep*>(rep())->elements[index] = std::move(value);
}

void Value::put(Value key, Value value) {
  static_cast<MapRep*>(rep())->put(std::move(key), std::move(value));
}

const Value* Value::find(const Value& key) const noexcept {
  const Entry* const entry = static_cast<MapRep*>(rep())->find(key);
  return entry == nullptr ? nullptr : &entry->value;
}

const Value* Value::get(std::string_view key) const noexcept {
  return is(Kind::map) ? find(Value::string(key)) : nullptr;
}

bool Value::contains_key(const Value& key) const noexcept {
  return static_cast<MapRep*>(rep())->find(key) != nullptr;
}

bool Value::is_same_object(const Value& other) const noexcept {
  return is_on_heap() && other.is_on_heap() && kind_ == other.kind_ && rep() == other.rep();
}

Value Value::deep_copy() const {
  if (is_sequence()) {
    std::vector<Value> copies;
    copies.reserve(elements().size());
    for (const Value& element : elements()) copies.push_back(element.deep_copy());
    return is(Kind::list) ? list(std::move(copies)) : array(std::move(copies));
  }
  if (!is(Kind::map)) return *this;
  std::vector<Entry> copies;
  copies.reserve(entries().size());
  for (const Entry& entry : entries()) copies.push_back({entry.key, entry.value.deep_copy()});
  return map(std::move(copies));
}

}  // namespace tripgate::jexl
