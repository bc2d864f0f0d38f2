// Java's equality and hashing, and the index of large maps. The hash is seeded with the random
// bytes that the kernel gives every process, so colliding keys cannot be prepared in a body.
#include <sys/auxv.h>

#include <bit>
#include <cmath>

#include "engine/jexl/big_number.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/value_reps.h"

namespace tripgate::jexl {
namespace {

// Below this, comparing 16-byte keys one by one is faster than hashing.
constexpr std::size_t kIndexedSize = 12;

std::uint64_t process_seed() noexcept {
  static const std::uint64_t seed = [] {
    std::uint64_t bits = 0x9e3779b97f4a7c15U;
    const auto* const random = reinterpret_cast<const void*>(::getauxval(AT_RANDOM));
    if (random != nullptr) std::memcpy(&bits, random, sizeof bits);
    return bits | 1U;
  }();
  return seed;
}

std::uint64_t mix(std::uint64_t left, std::uint64_t right) noexcept {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(left) * right;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

std::uint64_t hash_bytes(std::string_view bytes) noexcept {
  constexpr std::uint64_t kSecret = 0xa0761d6478bd642fU;
  std::uint64_t hash = process_seed() ^ bytes.size();
  while (bytes.size() > 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), 8);
    hash = mix(hash ^ word, kSecret);
    bytes.remove_prefix(8);
  }
  std::uint64_t rest = 0;
  std::memcpy(&rest, bytes.data(), bytes.size());
  return mix(hash ^ rest, process_seed() ^ kSecret);
}

std::uint64_t hash_number(Kind kind, std::uint64_t bits) noexcept {
  return mix(bits ^ process_seed(), 0xe7037ed1a0b428dbU + static_cast<std::uint64_t>(kind));
}

bool equal_ranges(const IntegerRange& a, const IntegerRange& b) noexcept {
  return a.first == b.first && a.last == b.last && a.is_wide == b.is_wide;
}

// A script can nest containers deeper than the stack and share them so that a walk takes
// exponential time. What exceeds these bounds is not equal.
class Equality {
 public:
  bool same(const Value& left, const Value& right, int depth) {
    if (left.kind() != right.kind()) return false;
    switch (left.kind()) {
      case Kind::null:
        return true;
      case Kind::boolean:
      case Kind::int32:
      case Kind::int64:
      case Kind::character:
        return left.as_int64() == right.as_int64();
      case Kind::float32:
      case Kind::float64:
        return same_double(left.as_double(), right.as_double());
      case Kind::string:
        return left.is_same_object(right) || left.as_string() == right.as_string();
      case Kind::big_integer:
        return left.as_big_integer().digits == right.as_big_integer().digits;
      case Kind::big_decimal:
        return left.as_big_decimal().scale == right.as_big_decimal().scale &&
               left.as_big_decimal().unscaled == right.as_big_decimal().unscaled;
      case Kind::list:
        return left.is_same_object(right) || same_elements(left, right, depth);
      case Kind::map:
      case Kind::set:
        return left.is_same_object(right) || same_entries(left, right, depth);
      case Kind::range:
        return equal_ranges(left.as_range(), right.as_range());
      default:
        return left.is_same_object(right);
    }
  }

 private:
  static bool same_double(double left, double right) {
    if (std::isnan(left)) return std::isnan(right);
    return std::bit_cast<std::uint64_t>(left) == std::bit_cast<std::uint64_t>(right);
  }

  bool may_go_on(int depth) { return depth < kMaxDepth && visited_++ < kMaxVisited; }

  bool same_elements(const Value& left, const Value& right, int depth) {
    const auto a = left.elements();
    const auto b = right.elements();
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
      if (!may_go_on(depth) || !same(a[i], b[i], depth + 1)) return false;
    }
    return true;
  }

  bool same_entries(const Value& left, const Value& right, int depth) {
    if (left.entries().size() != right.entries().size()) return false;
    for (const Value::Entry& entry : left.entries()) {
      const Value* const other = right.find(entry.key);
      if (other == nullptr || !may_go_on(depth) || !same(entry.value, *other, depth + 1)) {
        return false;
      }
    }
    return true;
  }

  static constexpr std::uint64_t kMaxVisited = 1'000'000;
  std::uint64_t visited_ = 0;
};

}  // namespace

bool java_equals(const Value& left, const Value& right) noexcept {
  return Equality().same(left, right, 0);
}

std::uint64_t hash_of(const Value& value) noexcept {
  switch (value.kind()) {
    case Kind::string:
      return hash_bytes(value.as_string());
    case Kind::boolean:
    case Kind::int32:
    case Kind::int64:
    case Kind::character:
      return hash_number(value.kind(), static_cast<std::uint64_t>(value.as_int64()));
    case Kind::float32:
    case Kind::float64:
      return std::isnan(value.as_double())
                 ? 7
                 : hash_number(value.kind(), std::bit_cast<std::uint64_t>(value.as_double()));
    default:
      // Rare as keys; the kind alone keeps the promise that equal values hash alike.
      return hash_number(value.kind(), 0);
  }
}

const Value::Entry* Value::MapRep::find(const Value& key) const noexcept {
  if (index.empty()) {
    for (const Entry& entry : entries) {
      if (same_key(entry.key, key)) return &entry;
    }
    return nullptr;
  }
  const std::size_t mask = index.size() - 1;
  for (std::size_t at = hash_of(key) & mask;; at = (at + 1) & mask) {
    if (index[at] == 0) return nullptr;
    const Entry& entry = entries[index[at] - 1];
    if (same_key(entry.key, key)) return &entry;
  }
}

void Value::MapRep::build_index() {
  index.clear();
  if (entries.size() < kIndexedSize) return;
  index.resize(std::bit_ceil(entries.size() * 2));
  const std::size_t mask = index.size() - 1;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t at = hash_of(entries[i].key) & mask;
    while (index[at] != 0) at = (at + 1) & mask;
    index[at] = static_cast<std::uint32_t>(i + 1);
  }
}

void Value::MapRep::put(Value key, Value value) {
  const Entry* const entry = find(key);
  if (entry != nullptr) {
    const_cast<Entry*>(entry)->value = std::move(value);
    return;
  }
  entries.push_back({std::move(key), std::move(value)});
  if (entries.size() * 2 > index.size()) return build_index();
  const std::size_t mask = index.size() - 1;
  std::size_t at = hash_of(entries.back().key) & mask;
  while (index[at] != 0) at = (at + 1) & mask;
  index[at] = static_cast<std::uint32_t>(entries.size());
}

void Value::MapRep::remove_duplicates() {
  const bool is_indexed = entries.size() >= kIndexedSize;
  if (is_indexed) index.assign(std::bit_ceil(entries.size() * 2), 0);
  const std::size_t mask = is_indexed ? index.size() - 1 : 0;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < entries.size(); ++i) {
    std::size_t found = kept;
    std::size_t at = 0;
    if (is_indexed) {
      at = hash_of(entries[i].key) & mask;
      while (index[at] != 0 && !same_key(entries[index[at] - 1].key, entries[i].key)) {
        at = (at + 1) & mask;
      }
      if (index[at] != 0) found = index[at] - 1;
    } else {
      for (found = 0; found < kept; ++found) {
        if (same_key(entries[found].key, entries[i].key)) break;
      }
    }
    if (found < kept) {
      entries[found].value = std::move(entries[i].value);
      continue;
    }
    if (kept != i) entries[kept] = std::move(entries[i]);
    ++kept;
    if (is_indexed) index[at] = static_cast<std::uint32_t>(kept);
  }
  entries.resize(kept);
}

}  // namespace tripgate::jexl
