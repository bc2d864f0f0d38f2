// `regex`: Java's patterns with the language's own bounds. The pattern comes first, the text last;
// a pattern that does not compile gives null.
#include <array>

#include "engine/functors/functor.h"
#include "engine/jexl/builtins.h"
#include "engine/jexl/regex.h"

namespace tripgate {
namespace {

using jexl::Value;

/// The pattern of a call; compiling is charged by its size.
Result<jexl::Regex, jexl::EvalError> compile(const FunctorCall& call) {
  const std::string pattern = call.text(0);
  if (!call.meter.step(jexl::kCompileStepsPerByte * pattern.size())) {
    return jexl::limit_error("too many patterns");
  }
  return jexl::Regex::compile(pattern);
}

/// null for a bad pattern, the error for a limit.
jexl::Outcome without_pattern(const jexl::EvalError& error) {
  if (error.kind == jexl::ErrorKind::limit) return error;
  return Value();
}

/// The first match that is not empty, as a whole.
jexl::Outcome extract(const FunctorCall& call) {
  const auto regex = compile(call);
  if (!regex) return without_pattern(regex.error());
  const std::string text = call.text(1);
  for (std::size_t start = 0; start <= text.size();) {
    const auto found = regex->find(text, start, call.meter);
    if (!found) return found.error();
    if (!*found) break;
    const auto [begin, end] = (**found)[0];
    if (end > begin) return Value::string(std::string_view(text).substr(begin, end - begin));
    start = end + 1;
    while (start < text.size() && (static_cast<unsigned char>(text[start]) & 0xC0U) == 0x80U) {
      ++start;
    }
  }
  return Value::string("");
}

jexl::Outcome match(const FunctorCall& call) {
  const auto regex = compile(call);
  if (!regex) return without_pattern(regex.error());
  const auto found = regex->find(call.text(1), 0, call.meter);
  if (!found) return found.error();
  return Value::boolean(found->has_value());
}

jexl::Outcome replace(const FunctorCall& call) {
  const auto regex = compile(call);
  if (!regex) return without_pattern(regex.error());
  const Value text = Value::string(call.text(2));
  const std::array<Value, 2> arguments = {Value::string(call.text(0)), Value::string(call.text(1))};
  auto replaced = jexl::call_method(
      "replaceAll",
      {.target = text, .arguments = arguments, .meter = call.meter, .regex = &*regex});
  if (!replaced) return functor_error("nothing can be replaced in this");
  return std::move(*replaced);
}

constexpr FunctorEntry kFunctions[] = {
    {"extract", 2, extract}, {"match", 2, match}, {"replace", 3, replace}};

}  // namespace

std::span<const FunctorEntry> regex_functions() {
  return kFunctions;
}

}  // namespace tripgate
