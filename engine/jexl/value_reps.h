// The heap side of Value; private to value*.cc.
#pragma once

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

#include "engine/jexl/ast.h"
#include "engine/jexl/big_number.h"
#include "engine/jexl/value.h"

namespace tripgate::jexl {

struct Value::Rep {
  std::atomic<std::uint32_t> references{1};
};

template <class T>
struct Value::Box : Rep {
  explicit Box(T value) : boxed(std::move(value)) {}
  T boxed;
};

struct Value::StringRep : Rep {
  std::uint32_t size = 0;
  std::uint32_t utf16_size = 0;
  // The bytes follow the struct in the same allocation.
  [[nodiscard]] char* text() { return reinterpret_cast<char*>(this + 1); }
};

// The dead are chained and freed in a loop, so that a deep nest cannot overflow the stack.
struct Value::ContainerRep : Rep {
  Kind kind = Kind::list;
  ContainerRep* next_dead = nullptr;
};

struct Value::ListRep : ContainerRep {
  std::vector<Value> elements;
};

struct Value::MapRep : ContainerRep {
  std::vector<Entry> entries;
  // Open addressing over positions + 1, a power of two; empty while the map is small.
  std::vector<std::uint32_t> index;

  [[nodiscard]] const Entry* find(const Value& key) const noexcept;
  /// java_equals, with a short way for keys that lie inside their values.
  [[nodiscard]] static bool same_key(const Value& left, const Value& right) noexcept {
    if (left.is_on_heap() != right.is_on_heap()) return false;
    if (left.is_on_heap()) return java_equals(left, right);
    return left.kind_ == right.kind_ && left.small_size_ == right.small_size_ &&
           left.small_ == right.small_;
  }
  void put(Value key, Value value);
  void build_index();
  /// Drops all but the last value of equal keys, keeping the first one's place.
  void remove_duplicates();
};

struct Value::FunctionRep : ContainerRep {
  FunctionParts parts;
};

}  // namespace tripgate::jexl
