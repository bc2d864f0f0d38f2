// The methods of Java that values answer to, and the arithmetic functions behind them.
#pragma once

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "engine/jexl/operators.h"

namespace tripgate::jexl {

class Regex;

/// What a method is called with. regex is the compiled first argument where that is a literal.
struct Invocation {
  const Value& target;
  std::span<const Value> arguments;
  Meter& meter;
  const Regex* regex = nullptr;
};

/// One overload: parameters gives a letter per argument: i an int, c a char, b a boolean, s text, t
/// text or null, B a BigInteger, D a BigDecimal, A an array of texts, C a list, set or range, o
/// anything. Given for an s, B, D or C, null fails. `*` behind the last letter: any number of
/// those.
struct MethodEntry {
  std::string_view name;
  std::string_view parameters;
  Outcome (*run)(const Invocation& call);
};

// One table per receiver, sorted by name. Source: jexl.md section 8.

[[nodiscard]] std::span<const MethodEntry> string_methods();
[[nodiscard]] std::span<const MethodEntry> pattern_methods();
[[nodiscard]] std::span<const MethodEntry> line_methods();
[[nodiscard]] std::span<const MethodEntry> list_methods();
[[nodiscard]] std::span<const MethodEntry> array_methods();
[[nodiscard]] std::span<const MethodEntry> set_methods();
[[nodiscard]] std::span<const MethodEntry> range_methods();
[[nodiscard]] std::span<const MethodEntry> map_methods();
[[nodiscard]] std::span<const MethodEntry> number_methods();
[[nodiscard]] std::span<const MethodEntry> floating_methods();
[[nodiscard]] std::span<const MethodEntry> big_integer_methods();
[[nodiscard]] std::span<const MethodEntry> big_decimal_methods();
/// Of every value but arrays, ranges and functions.
[[nodiscard]] std::span<const MethodEntry> object_methods();
[[nodiscard]] std::span<const MethodEntry> boolean_methods();
[[nodiscard]] std::span<const MethodEntry> character_methods();

/// Calls the Java method, else the arithmetic function of that name, else either of them with its
/// whole numbers narrowed; nothing if there is none. The target must not be null.
[[nodiscard]] std::optional<Outcome> call_method(std::string_view name, const Invocation& call);

/// Calls an arithmetic function such as toInteger(x); nothing if there is none.
[[nodiscard]] std::optional<Outcome> call_function(std::string_view name,
                                                   std::span<const Value> arguments, Meter& meter);

/// `left =~ right`; regex is right, compiled, where it is a literal.
[[nodiscard]] Coerced<bool> matches(const Value& left, const Value& right, const Regex* regex,
                                    Meter& meter);
/// `left =^ right` and `left =$ right`.
[[nodiscard]] Coerced<bool> starts_with(const Value& left, const Value& right, Meter& meter);
[[nodiscard]] Coerced<bool> ends_with(const Value& left, const Value& right, Meter& meter);

/// The members of a list, array, set or range, copied, with steps and memory charged; nothing if
/// they are too many.
[[nodiscard]] std::optional<std::vector<Value>> copy_members(const Value& container, Meter& meter);

/// The same as the caller's text, charged to its memory.
[[nodiscard]] Outcome make_string(std::string_view text, Meter& meter);

}  // namespace tripgate::jexl
