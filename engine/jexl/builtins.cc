// Which method a call means: Java's own by the kinds of its arguments, then the arithmetic's.
#include "engine/jexl/builtins.h"

#include <algorithm>
#include <vector>

#include "engine/jexl/number_text.h"
#include "engine/jexl/regex.h"
#include "engine/jexl/value_text.h"

namespace tripgate::jexl {
namespace {

bool fits(char parameter, const Value& argument) {
  switch (parameter) {
    case 'i':
      return argument.is(Kind::int32);
    case 's':
    case 't':
      return argument.is(Kind::string) || argument.is_null();
    default:
      return true;
  }
}

bool fits(std::string_view parameters, std::span<const Value> arguments) {
  if (parameters.size() != arguments.size()) return false;
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (!fits(parameters[i], arguments[i])) return false;
  }
  return true;
}

bool has_null_text(std::string_view parameters, std::span<const Value> arguments) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    if (parameters[i] == 's' && arguments[i].is_null()) return true;
  }
  return false;
}

std::optional<Outcome> call_in(std::span<const MethodEntry> table, std::string_view name,
                               const Invocation& call) {
  for (const MethodEntry& method : table) {
    if (method.name != name || !fits(method.parameters, call.arguments)) continue;
    if (has_null_text(method.parameters, call.arguments)) {
      return other_error("the argument of " + std::string(name) + "() is null");
    }
    return method.run(call);
  }
  return std::nullopt;
}

std::optional<Outcome> call_java(std::string_view name, const Invocation& call) {
  switch (call.target.kind()) {
    case Kind::string: {
      auto outcome = call_in(string_methods(), name, call);
      return outcome ? outcome : call_in(pattern_methods(), name, call);
    }
    case Kind::list:
      return call_in(list_methods(), name, call);
    case Kind::array:
      return call_in(array_methods(), name, call);
    case Kind::set:
      return call_in(set_methods(), name, call);
    case Kind::range:
      return call_in(range_methods(), name, call);
    case Kind::map:
      return call_in(map_methods(), name, call);
    case Kind::boolean:
      return call_in(boolean_methods(), name, call);
    case Kind::character:
      return call_in(character_methods(), name, call);
    default:
      return call.target.is_number() ? call_in(number_methods(), name, call) : std::nullopt;
  }
}

template <class T>
Outcome as_boolean(const Coerced<T>& result) {
  if (!result) return result.error();
  return Value::boolean(*result);
}

// The functions leave undecided, as null, what the operators decide by equality.
Outcome contains_or_null(const Value& container, const Value& member, Meter& meter) {
  const bool is_undecided = !container.is_null() && !member.is_null() &&
                            (container.is_number() || container.is(Kind::boolean));
  if (is_undecided) return Value();
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
    {"contains", 2,
     [](std::span<const Value> a, Meter& meter) { return contains_or_null(a[0], a[1], meter); }},
    {"divide", 2, run_operator<Op::divide>},
    {"endsWith", 2,
     [](std::span<const Value> a, Meter& meter) { return affix_or_null(ends_with, a, meter); }},
    {"equals", 2,
     [](std::span<const Value> a, Meter& meter) {
       return as_boolean(is_equal(a[0], a[1], meter));
     }},
    {"greaterThan", 2, run_order<Op::greater>},
    {"greaterThanOrEqual", 2, run_order<Op::greater_equal>},
    {"isEmpty", 1,
     [](std::span<const Value> a, Meter&) {
       return a[0].is(Kind::boolean) ? Outcome(Value()) : Outcome(Value::boolean(is_empty(a[0])));
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
    } else if (argument.is(Kind::big_decimal) && argument.as_big_decimal().is_whole()) {
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

// Nearly every method reads its texts, once.
bool charge_texts(std::string_view name, const Invocation& call) {
  const auto size_of_text = [](const Value& value) {
    return value.is(Kind::string) ? value.as_string().size() : 0;
  };
  const bool is_free = name == "length" || name == "isEmpty" || name == "toString";
  std::size_t bytes = is_free ? 0 : size_of_text(call.target);
  for (const Value& argument : call.arguments) bytes += size_of_text(argument);
  return call.meter.scan(bytes);
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
