// What the methods of BigInteger and BigDecimal share: results within the limits.
#pragma once

#include <cstdint>
#include <limits>

#include "engine/jexl/big_number.h"
#include "engine/jexl/operators.h"

namespace tripgate::jexl {

[[nodiscard]] EvalError too_many_digits();
[[nodiscard]] EvalError division_by_zero();

/// Bits of the magnitude; 0 for zero.
[[nodiscard]] unsigned bits_of(const WideInt& value);

/// The number as a BigInteger. Errors: limit, if it has more than kMaxBigBits.
[[nodiscard]] Outcome make_big_integer(const WideInt& value);

/// An array of both, or the first failure.
[[nodiscard]] Outcome pair_of(const Outcome& first, const Outcome& second);

/// The number as that type of Java's; narrower ones than Integer become an Integer.
template <class Whole>
Outcome exactly(const WideInt& value) {
  if (value < std::numeric_limits<Whole>::min() || value > std::numeric_limits<Whole>::max()) {
    return arithmetic_error("the number is out of range");
  }
  const auto whole = static_cast<std::int64_t>(value);
  return sizeof(Whole) == 8 ? Value::int64(whole) : Value::integer(whole);
}

}  // namespace tripgate::jexl
