// Which method a call means: Java's own by the kinds of its arguments, then the arithmetic's.
#include "engine/jexl/builtins.h"

#include <algorithm>
#include <array>
#include <vector>

#include "engine/jexl/big_number.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

bool fits(char parameter, const Value& argument) {
  switch (parameter) {
    case 'i':
      return argument.is(Kind::int32);
    case 'c':
      return argument.is(Kind::character);
    case 'b':
      return argument.is(Kind::boolean);
    case 's':
    case 't':
      return argument.is(Kind::string) || argument.is_null();
    case 'A':
      return argument.is(Kind::array) && !argument.elements().empty() &&
             std::ranges::all_of(argument.elements(), [](const Value& element) {
               return element.is(Kind::string) || element.is_null();
             });
    case 'B':
      return argument.is(Kind::big_integer) || argument.is_null();
    case 'D':
      return argument.is(Kind::big_decimal) || argument.is_null();
    case 'C':
      return argument.is(Kind::list) || argument.is(Kind::set) || argument.is(Kind::range) ||
             argument.is_null();
    default:
      return true;
  }
}

bool fits(std::string_view parameters, std::span<const Value> arguments) {
  const bool is_open = parameters.ends_with('*');
  const std::size_t fixed = parameters.size() - (is_open ? 2 : 0);
  if (is_open ? arguments.size() < fixed : arguments.size() != fixed) return false;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    if (!fits(parameters[std::min(i, fixed)], arguments[i])) return false;
  }
  return true;
}

bool has_null_object(std::string_view parameters, std::span<const Value> arguments) {
  constexpr std::string_view kNeeded = "sBDC";
  for (std::size_t i = 0; i < parameters.size() && i < arguments.size(); ++i) {
    if (parameters[i] == '*') break;
    if (arguments[i].is_null() && kNeeded.find(parameters[i]) != kNeeded.npos) return true;
  }
  return false;
}

using Tables = std::array<std::span<const MethodEntry>, 3>;

// From the receiver's own methods to those that it has in common with others.
Tables tables_of(Kind kind) {
  switch (kind) {
    case Kind::string:
      return {string_methods(), pattern_methods(), line_methods()};
    case Kind::list:
      return {list_methods(), object_methods(), {}};
    case Kind::array:
      return {array_methods(), {}, {}};
    case Kind::set:
      return {set_methods(), object_methods(), {}};
    case Kind::range:
      return {range_methods(), {}, {}};
    case Kind::map:
      return {map_methods(), object_methods(), {}};
    case Kind::boolean:
      return {boolean_methods(), object_methods(), {}};
    case Kind::character:
      return {character_methods(), object_methods(), {}};
    case Kind::int32:
    case Kind::int64:
      return {number_methods(), object_methods(), {}};
    case Kind::float32:
    case Kind::float64:
      return {number_methods(), floating_methods(), object_methods()};
    case Kind::big_integer:
      return {big_integer_methods(), number_methods(), object_methods()};
    case Kind::big_decimal:
      return {big_decimal_methods(), number_methods(), object_methods()};
    default:
      return {};
  }
}

std::optional<Outcome> call_in(std::span<const MethodEntry> table, std::string_view name,
                               const Invocation& call) {
  for (const MethodEntry& method : table) {
    if (method.name != name || !fits(method.parameters, call.arguments)) continue;
    if (has_null_object(method.parameters, call.arguments)) {
      return other_error("the argument of " + std::string(name) + "() is null");
    }
    return method.run(call);
  }
  return std::nullopt;
}

std::optional<Outcome> call_java(std::string_view name, const Invocation& call) {
  for (const std::span<const MethodEntry> table : tables_of(call.target.kind())) {
    auto outcome = call_in(table, name, call);
    if (outcome) return outcome;
  }
  return std::nullopt;
}

template <class T>
Outcome as_boolean(const Coerced<T>& result) {
  if (!result) return result.error();
  return Value::boolean(*result);
}

// The functions leave undecided, as null, what the operators decide by equality.
Outcome contains_or_null(const Value& container, const Value& member, Meter& meter) {
  const bool is_decided = container.is_null() || member.is_null() || container.is(Kind::string) ||
                          container.is(Kind::map) || container.is(Kind::list) ||
                          container.is(Kind::set) || container.is(Kind::range);
  if (!is_decided) return Value();
  return as_boolean(matches(member, container, nullptr, meter));
}

Outcome affix_or_null(Coerced<bool> (*test)(const Value&, const Value&, Meter&),
                      std::span<const Value> arguments, Meter& meter) {
  const bool is_undecided =
      !arguments[0].is_null() && !arguments[1].is_null() && !arguments[0].is(Kind::string);
  if (is_undecided) return Value();
  return as_boolean(test(arguments[0], arguments[1], meter));
}

struct Function {
  std::string_view name;
  std::size_t arity;
  Outcome (*run)(std::span<const Value> arguments, Meter& meter);
};

template <Op op>
Outcome run_operator(std::span<const Value> arguments, Meter& meter) {
  return calculate(op, arguments[0], arguments[1], meter);
}

template <Op op>
Outcome run_order(std::span<const Value> arguments, Meter& meter) {
  return as_boolean(is_ordered(op, arguments[0], arguments[1], meter));
}

Outcome run_to_integer(std::span<const Value> arguments, Meter&) {
  const auto number = to_long(arguments[0]);
  if (!number) return number.error();
  if (arguments[0].is_floating()) {
    const double bounded =
        std::min(std::max(arguments[0].as_double(), -2147483648.0), 2147483647.0);
    return Value::int32(static_cast<std::int32_t>(saturate(bounded)));
  }
  const auto narrow = static_cast<std::int32_t>(*number);
  if (arguments[0].is(Kind::string) && narrow != *number) {
    return number_format_error(arguments[0].as_string());
  }
  return Value::int32(narrow);
}

Outcome run_to_text(std::span<const Value> arguments, Meter& meter) {
  auto text = to_string(arguments[0], meter);
  if (!text) return text.error();
  return Value::string(*text);
}

constexpr Function kFunctions[] = {
    {"add", 2, run_operator<Op::add>},
    {"bitwiseAnd", 2, run_operator<Op::bit_and>},
    {"bitwiseOr", 2, run_operator<Op::bit_or>},
    {"bitwiseXor", 2, run_operator<Op::bit_xor>},
    {"complement", 1, [](std::span<const Value> a, Meter&) { return complement(a[0]); }},
    {"contains", 2,
     [](std::span<const Value> a, Meter& meter) { return contains_or_null(a[0], a[1], meter); }},
    {"divide", 2, run_operator<Op::divide>},
    {"endsWith", 2,
     [](std::span<const Value> a, Meter& meter) { return affix_or_null(ends_with, a, meter); }},
    // Here the arithmetic itself is compared, with whatever it is given.
    {"equals", 1, [](std::span<const Value>, Meter&) { return Outcome(Value::boolean(false)); }},
    {"equals", 2,
     [](std::span<const Value> a, Meter& meter) {
       return as_boolean(is_equal(a[0], a[1], meter));
     }},
    {"greaterThan", 2, run_order<Op::greater>},
    {"greaterThanOrEqual", 2, run_order<Op::greater_equal>},
    {"isEmpty", 1,
     [](std::span<const Value> a, Meter&) {
       if (a[0].is_null()) return Outcome(other_error("the argument of isEmpty() is null"));
       const bool is_undecided = a[0].is(Kind::boolean) || a[0].is(Kind::character);
       return is_undecided ? Outcome(Value()) : Outcome(Value::boolean(is_empty(a[0])));
     }},
    {"lessThan", 2, run_order<Op::less>},
    {"lessThanOrEqual", 2, run_order<Op::less_equal>},
    {"matches", 2,
     [](std::span<const Value> a, Meter& meter) { return contains_or_null(a[1], a[0], meter); }},
    {"mod", 2, run_operator<Op::modulo>},
    {"multiply", 2, run_operator<Op::multiply>},
    {"negate", 1, [](std::span<const Value> a, Meter&) { return negate(a[0]); }},
    {"size", 1, [](std::span<const Value> a, Meter&) { return Outcome(size_of(a[0])); }},
    {"startsWith", 2,
     [](std::span<const Value> a, Meter& meter) { return affix_or_null(starts_with, a, meter); }},
    {"subtract", 2, run_operator<Op::subtract>},
    {"toBigDecimal", 1,
     [](std::span<const Value> a, Meter&) -> Outcome {
       const auto number = to_big_decimal(a[0]);
       if (!number) return number.error();
       return Value::big_decimal(*number);
     }},
    {"toBigInteger", 1,
     [](std::span<const Value> a, Meter&) -> Outcome {
       const auto number = to_big_integer(a[0]);
       if (!number) return number.error();
       return Value::big_integer(*number);
     }},
    {"toBoolean", 1, [](std::span<const Value> a, Meter&) { return as_boolean(to_boolean(a[0])); }},
    {"toDouble", 1,
     [](std::span<const Value> a, Meter&) -> Outcome {
       const auto number = to_double(a[0]);
       if (!number) return number.error();
       return Value::float64(*number);
     }},
    {"toInteger", 1, run_to_integer},
    {"toLong", 1,
     [](std::span<const Value> a, Meter&) -> Outcome {
       const auto number = to_long(a[0]);
       if (!number) return number.error();
       return Value::int64(*number);
     }},
    {"toString", 1, run_to_text},
    {"xor", 2, run_operator<Op::bit_xor>},
};

// Whole numbers in the smallest type that holds them; whether anything changed.
bool narrow_arguments(std::vector<Value>& arguments) {
  bool is_changed = false;
  for (Value& argument : arguments) {
    if (argument.is(Kind::int64)) {
      const Value narrow = Value::integer(argument.as_int64());
      is_changed = is_changed || narrow.is(Kind::int32);
      argument = narrow;
    } else if (argument.is(Kind::big_integer) && argument.as_big_integer().fits_int64()) {
      argument = Value::integer(argument.as_big_integer().low_bits());
      is_changed = true;
    } else if (argument.is(Kind::big_decimal)) {
      const auto whole = argument.as_big_decimal().whole_part();
      if (!whole || !whole->fits_int64()) continue;
      argument = Value::integer(whole->low_bits());
      is_changed = true;
    }
  }
  return is_changed;
}

std::optional<Outcome> call_exactly(std::string_view name, const Invocation& call) {
  auto outcome = call_java(name, call);
  if (outcome) return outcome;
  std::vector<Value> arguments{call.target};
  arguments.insert(arguments.end(), call.arguments.begin(), call.arguments.end());
  return call_function(name, arguments, call.meter);
}

// Methods that decode or convert what they read take about this much longer than a search.
constexpr std::size_t kSlowFactor = 4;
constexpr std::string_view kSlowMethods[] = {
    "codePointCount", "compareToIgnoreCase", "equalsIgnoreCase", "strip",    "stripLeading",
    "stripTrailing",  "toBigDecimal",        "toBigInteger",     "toDouble", "toInteger",
    "toLong",         "toLowerCase",         "toUpperCase"};

// Nearly every method reads its texts, once.
bool charge_texts(std::string_view name, const Invocation& call) {
  const auto size_of_text = [](const Value& value) {
    return value.is(Kind::string) ? value.as_string().size() : 0;
  };
  const bool is_free = name == "length" || name == "isEmpty" || name == "toString";
  std::size_t bytes = is_free ? 0 : size_of_text(call.target);
  for (const Value& argument : call.arguments) bytes += size_of_text(argument);
  if (std::ranges::find(kSlowMethods, name) != std::end(kSlowMethods)) bytes *= kSlowFactor;
  const std::uint64_t number_steps =
      combining_cost(call.target, call.arguments.empty() ? Value() : call.arguments[0]);
  return call.meter.step(number_steps) && call.meter.scan(bytes);
}

// A failure inside a method is always of the reference's own error type.
std::optional<Outcome> as_method_error(std::optional<Outcome> outcome) {
  if (!outcome || *outcome) return outcome;
  EvalError error = outcome->error();
  error.is_foreign = false;
  return Outcome(std::move(error));
}

}  // namespace

std::optional<Outcome> call_method(std::string_view name, const Invocation& call) {
  if (!charge_texts(name, call)) return Outcome(limit_error("the expression takes too many steps"));
  auto outcome = call_exactly(name, call);
  if (outcome) return as_method_error(std::move(outcome));
  std::vector<Value> narrowed(call.arguments.begin(), call.arguments.end());
  if (!narrow_arguments(narrowed)) return std::nullopt;
  return as_method_error(call_exactly(name, {call.target, narrowed, call.meter, call.regex}));
}

std::optional<Outcome> call_function(std::string_view name, std::span<const Value> arguments,
                                     Meter& meter) {
  for (const Function& function : kFunctions) {
    if (function.name != name || function.arity != arguments.size()) continue;
    return as_method_error(function.run(arguments, meter));
  }
  return std::nullopt;
}

Outcome make_string(std::string_view text, Meter& meter) {
  if (!meter.allocate(text.size())) return limit_error("the text is too long");
  return Value::string(text);
}

}  // namespace tripgate::jexl
