// Coercions and operators on values: the arithmetic of the reference, strict as it comes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "engine/jexl/ast.h"
#include "engine/jexl/budget.h"
#include "engine/jexl/outcome.h"

namespace tripgate::jexl {

struct BigInteger;
struct BigDecimal;

// Coercions, jexl.md section 5. null always fails.

[[nodiscard]] Coerced<bool> to_boolean(const Value& value);
[[nodiscard]] Coerced<std::int64_t> to_long(const Value& value);
[[nodiscard]] Coerced<double> to_double(const Value& value);
[[nodiscard]] Coerced<BigInteger> to_big_integer(const Value& value);
[[nodiscard]] Coerced<BigDecimal> to_big_decimal(const Value& value);
/// Text for `+`, within the meter's memory; NaN is empty there.
[[nodiscard]] Coerced<std::string> to_string(const Value& value, Meter& meter);

// Operators, section 6.

/// + - * / % & | ^
/// Steps that converting and combining two big numbers takes; 0 unless one of them is big.
[[nodiscard]] std::uint64_t combining_cost(const Value& left, const Value& right);
/// What making the text of a value takes, measured by that text: more than reading it takes.
[[nodiscard]] bool charge_text_of(const Value& value, std::size_t text_size, Meter& meter);
/// Charges for two operands that are about to become numbers: a text among them is read for that.
[[nodiscard]] bool charge_operands(const Value& left, const Value& right, Meter& meter);

[[nodiscard]] Outcome calculate(Op op, const Value& left, const Value& right, Meter& meter);
/// Unary - and ~.
[[nodiscard]] Outcome negate(const Value& value);
[[nodiscard]] Outcome complement(const Value& value);
/// Minus straight before a literal; text is the literal as written.
[[nodiscard]] Value negate_literal(const Value& value, std::string_view text);
/// a .. b
[[nodiscard]] Outcome make_range(const Value& first, const Value& last);
/// == without its negation.
[[nodiscard]] Coerced<bool> is_equal(const Value& left, const Value& right, Meter& meter);
/// < <= > >=
[[nodiscard]] Coerced<bool> is_ordered(Op op, const Value& left, const Value& right, Meter& meter);

/// Direct members of a container, 0 for anything else.
[[nodiscard]] std::uint64_t count_members(const Value& value);
/// size(x): null for numbers and booleans.
[[nodiscard]] Value size_of(const Value& value);
[[nodiscard]] bool is_empty(const Value& value);
/// Members of a range; they may be too many for memory, but not for this count.
[[nodiscard]] std::uint64_t range_size(const IntegerRange& range);
[[nodiscard]] Value range_member(const IntegerRange& range, std::uint64_t index);

[[nodiscard]] EvalError arithmetic_error(std::string message);
[[nodiscard]] EvalError number_format_error(std::string_view text);
[[nodiscard]] EvalError other_error(std::string message);
[[nodiscard]] EvalError limit_error(std::string message);

}  // namespace tripgate::jexl
