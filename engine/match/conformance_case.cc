// Results in the corpus's own words: type, value, and of numbers their text and Java type.
#include "engine/match/conformance_case.h"

#include <cmath>

#include "engine/jexl/json.h"
#include "engine/jexl/number_text.h"
#include "engine/jexl/operators.h"
#include "engine/jexl/template.h"
#include "engine/jexl/text.h"
#include "engine/jexl/value_text.h"
#include "engine/match/condition_operators.h"

namespace tripgate {
namespace {

using jexl::Kind;
using jexl::Outcome;
using jexl::Value;

std::string_view type_name(const Value& value) {
  switch (value.kind()) {
    case Kind::null:
      return "null";
    case Kind::boolean:
      return "boolean";
    case Kind::character:
      return "char";
    case Kind::string:
      return "string";
    case Kind::list:
      return "list";
    case Kind::array:
      return "array";
    case Kind::set:
      return "set";
    case Kind::map:
      return "map";
    case Kind::range:
      return "range";
    case Kind::function:
    case Kind::object:
      return "object";
    default:
      return "number";
  }
}

std::string_view java_type(Kind kind) {
  switch (kind) {
    case Kind::int32:
      return "int";
    case Kind::int64:
      return "long";
    case Kind::big_integer:
      return "bigint";
    case Kind::float32:
      return "float";
    case Kind::float64:
      return "double";
    default:
      return "bigdec";
  }
}

std::string json_string(std::string_view text) {
  return jexl::to_full_json(Value::string(text));
}

std::string describe_value(const Value& value) {
  std::string out = R"("ok":true,"type":)" + json_string(type_name(value)) + R"(,"value":)";
  out += jexl::to_full_json(value);
  if (!value.is_number()) return out;
  out += R"(,"jtype":)" + json_string(java_type(value.kind()));
  return out + R"(,"text":)" + json_string(jexl::number_text(value));
}

std::string text_of(const Value& line, std::string_view field) {
  const Value* const value = line.get(field);
  return value != nullptr && value->is(Kind::string) ? std::string(value->as_string()) : "";
}

Outcome run_script(const Value& line, const jexl::Context& context, jexl::Form form) {
  const auto expression = jexl::Expression::parse(text_of(line, "expr"), form);
  if (!expression) {
    return jexl::EvalError(jexl::ErrorKind::parse, expression.error().to_string());
  }
  return expression->evaluate(context);
}

Outcome run_render(const Value& line, const jexl::Context& context) {
  const auto text =
      jexl::Template::parse(text_of(line, "expr"), jexl::Template::Dialect::condition);
  const auto rendered = text.render(context);
  if (!rendered) return rendered.error();
  return Value::string(*rendered);
}

Outcome run_operator(const Value& line) {
  const auto operation = find_condition_operator(text_of(line, "operator"));
  if (!operation) return jexl::other_error("unknown operator");
  const auto optional_text = [&line](std::string_view field) {
    const Value* const value = line.get(field);
    const bool is_text = value != nullptr && value->is(Kind::string);
    return is_text ? std::optional<std::string>(value->as_string()) : std::nullopt;
  };
  const auto input = optional_text("input");
  const auto standard = optional_text("standard");
  jexl::Meter meter{jexl::Budget{}};
  const auto result = ConditionCheck(*operation, standard).matches(input, meter);
  if (!result) return result.error();
  return Value::boolean(*result);
}

// A condition also says whether the trigger would start: on the Boolean true, or if it is blank.
std::string run_condition(const Value& line, const jexl::Context& context) {
  const std::string text = jexl::lower_header_names(text_of(line, "expr"));
  const auto condition = jexl::Template::parse(text, jexl::Template::Dialect::condition);
  const Outcome outcome = condition.evaluate(context);
  const bool is_blank = jexl::text::is_blank(text);
  const bool is_true = outcome && outcome->is(Kind::boolean) && outcome->as_bool();
  return describe(outcome) + R"(,"match":)" + (is_blank || is_true ? "true" : "false");
}

std::string run_mode(const Value& line) {
  const Value* const variables = line.get("context");
  const jexl::MapContext context(variables == nullptr ? Value::map({}) : *variables);
  const std::string mode = text_of(line, "mode");
  if (mode == "operator") return describe(run_operator(line));
  const Value* const expr = line.get("expr");
  if (expr == nullptr || !expr->is(Kind::string)) {
    return describe(jexl::other_error("the case has no expr"));
  }
  if (mode == "jexl") return describe(run_script(line, context, jexl::Form::script));
  if (mode == "expression") return describe(run_script(line, context, jexl::Form::expression));
  if (mode == "condition") return run_condition(line, context);
  if (mode == "render") return describe(run_render(line, context));
  return describe(jexl::other_error("unknown mode"));
}

// The id of a line that is no JSON as we read it (NaN, a number without end): whoever compares the
// results shall find the line again.
Value find_id(std::string_view broken_line) {
  constexpr std::string_view kKey = "\"id\"";
  constexpr std::string_view kBlanks = " \t";
  const std::size_t key = broken_line.find(kKey);
  if (key == std::string_view::npos) return {};
  const std::size_t colon = broken_line.find_first_not_of(kBlanks, key + kKey.size());
  if (colon == std::string_view::npos || broken_line[colon] != ':') return {};
  const std::size_t open = broken_line.find_first_not_of(kBlanks, colon + 1);
  if (open == std::string_view::npos || broken_line[open] != '"') return {};
  const std::size_t close = broken_line.find('"', open + 1);
  if (close == std::string_view::npos) return {};
  const auto id = jexl::parse_json(broken_line.substr(open, close + 1 - open));
  return id ? *id : Value();
}

}  // namespace

std::string describe(const Outcome& outcome) {
  if (outcome) return describe_value(*outcome);
  const jexl::EvalError error = outcome.error();
  return R"("ok":false,"error":)" + json_string(jexl::to_string(error.kind)) + R"(,"message":)" +
         json_string(error.message);
}

std::string evaluate_case(std::string_view json_line) {
  const auto line = jexl::parse_json(json_line);
  if (!line) {
    return R"({"id":)" + jexl::to_full_json(find_id(json_line)) + "," +
           describe(jexl::other_error(line.error().to_string())) + "}";
  }
  const Value* const id = line->get("id");
  return R"({"id":)" + jexl::to_full_json(id == nullptr ? Value() : *id) + "," + run_mode(*line) +
         "}";
}

}  // namespace tripgate
