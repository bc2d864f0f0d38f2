// Sums and products modulo 2^32, in the order that Java's own classes document.
#include "engine/jexl/java_hash.h"

#include <bit>

#include "engine/jexl/big_number.h"
#include "engine/jexl/host_object.h"
#include "engine/jexl/jexl_limits.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/text.h"

namespace tripgate::jexl {
namespace {

constexpr std::uint32_t kFactor = 31;

std::uint32_t fold_halves(std::uint64_t bits) {
  return static_cast<std::uint32_t>(bits ^ (bits >> 32U));
}

std::uint32_t hash_text(std::string_view utf8) {
  std::uint32_t hash = 0;
  for (const char16_t unit : text::to_units(utf8)) hash = hash * kFactor + unit;
  return hash;
}

std::uint32_t hash_big_integer(const WideInt& value) {
  WideInt rest = abs(value);
  std::uint32_t hash = 0;
  if (rest.is_zero()) return hash;
  for (auto word = static_cast<int>(msb(rest) / 32); word >= 0; --word) {
    const WideInt shifted = rest >> (word * 32);
    hash = hash * kFactor + static_cast<std::uint32_t>(shifted & 0xffffffffU);
  }
  return value < 0 ? 0 - hash : hash;
}

// Java keeps unscaled values of up to 63 bits in a long, whose hash differs in nothing but speed.
std::uint32_t hash_big_decimal(const BigDecimal& value) {
  return kFactor * hash_big_integer(value.unscaled) + static_cast<std::uint32_t>(value.scale);
}

// NaN has one representation there.
std::uint32_t hash_double(double value) {
  constexpr std::uint64_t kNan = 0x7ff8000000000000U;
  return fold_halves(value != value ? kNan : std::bit_cast<std::uint64_t>(value));
}

std::uint32_t hash_float(float value) {
  constexpr std::uint32_t kNan = 0x7fc00000U;
  return value != value ? kNan : std::bit_cast<std::uint32_t>(value);
}

class Hasher {
 public:
  explicit Hasher(Meter& meter) : meter_(meter) {}

  std::uint32_t hash(const Value& value, int depth) {
    // Each word of a big number is shifted out of all of it.
    const std::uint64_t number_steps = 4 * combining_cost(value, Value());
    if (depth > kMaxDepth || !meter_.step(1 + number_steps)) {
      is_exhausted_ = true;
      return 0;
    }
    switch (value.kind()) {
      case Kind::null:
        return 0;
      case Kind::boolean:
        return value.as_bool() ? 1231 : 1237;
      case Kind::int32:
      case Kind::character:
        return static_cast<std::uint32_t>(value.as_int64());
      case Kind::int64:
        return fold_halves(static_cast<std::uint64_t>(value.as_int64()));
      case Kind::float32:
        return hash_float(static_cast<float>(value.as_double()));
      case Kind::float64:
        return hash_double(value.as_double());
      case Kind::big_integer:
        return hash_big_integer(value.as_big_integer().digits);
      case Kind::big_decimal:
        return hash_big_decimal(value.as_big_decimal());
      case Kind::string:
        is_exhausted_ = is_exhausted_ || !meter_.scan(2 * value.as_string().size());
        return hash_text(value.as_string());
      case Kind::list:
        return hash_elements(value, depth);
      case Kind::map:
      case Kind::set:
        return hash_entries(value, depth);
      default:
        return static_cast<std::uint32_t>(value.kind());
    }
  }

  [[nodiscard]] bool is_exhausted() const { return is_exhausted_; }

 private:
  std::uint32_t hash_elements(const Value& list, int depth) {
    std::uint32_t sum = 1;
    for (const Value& element : list.elements()) sum = sum * kFactor + hash(element, depth + 1);
    return sum;
  }

  std::uint32_t hash_entries(const Value& container, int depth) {
    std::uint32_t sum = 0;
    for (const Value::Entry& entry : container.entries()) {
      const std::uint32_t key = hash(entry.key, depth + 1);
      sum += container.is(Kind::set) ? key : key ^ hash(entry.value, depth + 1);
    }
    return sum;
  }

  Meter& meter_;
  bool is_exhausted_ = false;
};

}  // namespace

Coerced<std::int32_t> java_hash(const Value& value, Meter& meter) {
  Hasher hasher(meter);
  const std::uint32_t hash = hasher.hash(value, 0);
  if (hasher.is_exhausted()) return limit_error("this value is too large to be hashed");
  return static_cast<std::int32_t>(hash);
}

}  // namespace tripgate::jexl
