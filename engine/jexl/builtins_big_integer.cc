// Methods of BigInteger. Negative numbers have endless leading ones, as in two's complement.
#include <algorithm>

#include "engine/jexl/builtins.h"
#include "engine/jexl/builtins_big.h"
#include "engine/jexl/jexl_limits.h"

namespace tripgate::jexl {

EvalError too_many_digits() {
  return limit_error("this number has too many digits");
}

EvalError division_by_zero() {
  return arithmetic_error("division by zero");
}

unsigned bits_of(const WideInt& value) {
  return value.is_zero() ? 0 : static_cast<unsigned>(msb(value < 0 ? WideInt(-value) : value)) + 1;
}

Outcome make_big_integer(const WideInt& value) {
  if (bits_of(value) > kMaxBigBits) return too_many_digits();
  return Value::big_integer({value});
}

Outcome pair_of(const Outcome& first, const Outcome& second) {
  if (!first) return first;
  if (!second) return second;
  return Value::array({*first, *second});
}

namespace {

const WideInt& self(const Invocation& call) {
  return call.target.as_big_integer().digits;
}
const WideInt& other(const Invocation& call) {
  return call.arguments[0].as_big_integer().digits;
}
std::int64_t number(const Invocation& call) {
  return call.arguments[0].as_int64();
}

template <class Compute>
Outcome with_divisor(const Invocation& call, Compute compute) {
  if (other(call).is_zero()) return division_by_zero();
  return compute(self(call), other(call));
}

// Of a negative number, the length of its complement, as Java counts.
Outcome bit_length(const Invocation& call) {
  const WideInt magnitude = self(call) < 0 ? WideInt(-self(call) - 1) : self(call);
  return Value::integer(bits_of(magnitude));
}

Outcome bit_count(const Invocation& call) {
  WideInt rest = self(call) < 0 ? WideInt(-self(call) - 1) : self(call);
  std::int64_t count = 0;
  for (; !rest.is_zero(); rest &= rest - 1) ++count;
  return Value::integer(count);
}

Outcome lowest_set_bit(const Invocation& call) {
  if (self(call).is_zero()) return Value::int32(-1);
  return Value::integer(lsb(WideInt(abs(self(call)))));
}

Outcome shift(const WideInt& value, std::int64_t left) {
  if (left > static_cast<std::int64_t>(kMaxBigBits)) return too_many_digits();
  if (left >= 0) return make_big_integer(WideInt(value << static_cast<unsigned>(left)));
  const auto right = static_cast<unsigned>(std::min<std::int64_t>(-left, kMaxBigBits + 1));
  // Towards minus infinity.
  if (value < 0) return make_big_integer(WideInt(-((-value - 1) >> right) - 1));
  return make_big_integer(WideInt(value >> right));
}

bool is_bit_set(const WideInt& value, unsigned index) {
  if (value < 0) return !bit_test(WideInt(-value - 1), index);
  return bit_test(value, index);
}

template <class Change>
Outcome change_bit(const Invocation& call, Change wanted) {
  if (number(call) < 0) return arithmetic_error("a bit has no negative index");
  if (number(call) > static_cast<std::int64_t>(kMaxBigBits)) return too_many_digits();
  const auto index = static_cast<unsigned>(number(call));
  const bool is_set = is_bit_set(self(call), index);
  const WideInt bit = WideInt(1) << index;
  if (wanted(is_set) == is_set) return call.target;
  return make_big_integer(is_set ? WideInt(self(call) - bit) : WideInt(self(call) + bit));
}

Outcome test_bit(const Invocation& call) {
  if (number(call) < 0) return arithmetic_error("a bit has no negative index");
  const auto index = std::min<std::int64_t>(number(call), kMaxBigBits + 1);
  return Value::boolean(is_bit_set(self(call), static_cast<unsigned>(index)));
}

Outcome power(const Invocation& call) {
  if (number(call) < 0) return arithmetic_error("the exponent is negative");
  const auto exponent = static_cast<std::uint64_t>(number(call));
  const bool is_unit = abs(self(call)) <= 1;
  if (!is_unit && (bits_of(self(call)) - 1) * exponent > kMaxBigBits) return too_many_digits();
  const auto bounded = static_cast<unsigned>(is_unit ? 2 - exponent % 2 : exponent);
  if (exponent == 0) return make_big_integer(1);
  return make_big_integer(boost::multiprecision::pow(self(call), bounded));
}

Outcome modulus(const WideInt& value, const WideInt& divisor) {
  if (divisor <= 0) return arithmetic_error("the modulus is not positive");
  const WideInt rest = value % divisor;
  return make_big_integer(rest < 0 ? WideInt(rest + divisor) : rest);
}

Outcome square_root(const Invocation& call) {
  if (self(call) < 0) return arithmetic_error("the root of a negative number");
  return make_big_integer(WideInt(sqrt(self(call))));
}

Outcome text_in_base(const Invocation& call) {
  // Java takes 10 for what is no base.
  const std::int64_t given = number(call);
  const unsigned base = given < 2 || given > 36 ? 10 : static_cast<unsigned>(given);
  std::string out;
  for (WideInt rest = abs(self(call)); !rest.is_zero() || out.empty(); rest /= base) {
    out += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<unsigned>(rest % base)];
  }
  if (self(call) < 0) out += '-';
  return make_string(std::string(out.rbegin(), out.rend()), call.meter);
}

Outcome sign_of(const WideInt& value) {
  return Value::int32(value.sign());
}

constexpr MethodEntry kBigInteger[] = {
    {"abs", "", [](const Invocation& c) { return make_big_integer(abs(self(c))); }},
    {"add", "B", [](const Invocation& c) { return make_big_integer(self(c) + other(c)); }},
    {"and", "B", [](const Invocation& c) { return make_big_integer(self(c) & other(c)); }},
    {"andNot", "B",
     [](const Invocation& c) { return make_big_integer(self(c) & WideInt(-other(c) - 1)); }},
    {"bitCount", "", bit_count},
    {"bitLength", "", bit_length},
    {"byteValueExact", "", [](const Invocation& c) { return exactly<std::int8_t>(self(c)); }},
    {"clearBit", "i",
     [](const Invocation& c) { return change_bit(c, [](bool) { return false; }); }},
    {"divide", "B",
     [](const Invocation& c) {
       return with_divisor(c, [](auto& a, auto& b) { return make_big_integer(a / b); });
     }},
    {"divideAndRemainder", "B",
     [](const Invocation& c) {
       return with_divisor(c, [](auto& a, auto& b) {
         return pair_of(make_big_integer(a / b), make_big_integer(a % b));
       });
     }},
    {"flipBit", "i", [](const Invocation& c) { return change_bit(c, [](bool b) { return !b; }); }},
    {"gcd", "B", [](const Invocation& c) { return make_big_integer(gcd(self(c), other(c))); }},
    {"getLowestSetBit", "", lowest_set_bit},
    {"intValueExact", "", [](const Invocation& c) { return exactly<std::int32_t>(self(c)); }},
    {"longValueExact", "", [](const Invocation& c) { return exactly<std::int64_t>(self(c)); }},
    {"max", "B", [](const Invocation& c) { return make_big_integer(std::max(self(c), other(c))); }},
    {"min", "B", [](const Invocation& c) { return make_big_integer(std::min(self(c), other(c))); }},
    {"mod", "B", [](const Invocation& c) { return modulus(self(c), other(c)); }},
    {"multiply", "B", [](const Invocation& c) { return make_big_integer(self(c) * other(c)); }},
    {"negate", "", [](const Invocation& c) { return make_big_integer(-self(c)); }},
    {"not", "", [](const Invocation& c) { return make_big_integer(-self(c) - 1); }},
    {"or", "B", [](const Invocation& c) { return make_big_integer(self(c) | other(c)); }},
    {"pow", "i", power},
    {"remainder", "B",
     [](const Invocation& c) {
       return with_divisor(c, [](auto& a, auto& b) { return make_big_integer(a % b); });
     }},
    {"setBit", "i", [](const Invocation& c) { return change_bit(c, [](bool) { return true; }); }},
    {"shiftLeft", "i", [](const Invocation& c) { return shift(self(c), number(c)); }},
    {"shiftRight", "i", [](const Invocation& c) { return shift(self(c), -number(c)); }},
    {"shortValueExact", "", [](const Invocation& c) { return exactly<std::int16_t>(self(c)); }},
    {"signum", "", [](const Invocation& c) { return sign_of(self(c)); }},
    {"sqrt", "", square_root},
    {"subtract", "B", [](const Invocation& c) { return make_big_integer(self(c) - other(c)); }},
    {"testBit", "i", test_bit},
    {"toString", "i", text_in_base},
    {"xor", "B", [](const Invocation& c) { return make_big_integer(self(c) ^ other(c)); }},
};

}  // namespace

std::span<const MethodEntry> big_integer_methods() {
  return kBigInteger;
}

}  // namespace tripgate::jexl
