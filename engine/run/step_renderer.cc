// Texts are the business of TextRenderer; here is only what a variable's type makes of its text.
#include "engine/run/step_renderer.h"

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate {

StepRenderer::StepRenderer(const Execution& execution, const plan::Plan& plan, StepPlace place,
                           std::string_view head_bytes, std::string_view body,
                           const TextRenderer::Surroundings& surroundings)
    : context_(*this, execution, plan, place, head_bytes, body), texts_(context_, surroundings) {}

jexl::Value StepRenderer::variable_value(const plan::PlanVariable& variable) const {
  const jexl::Value value = texts_.own_text(variable.text);
  if (value.is_null() || value.is(jexl::Kind::object)) return value;
  const std::string text = jexl::Template::value_text(value);
  if (variable.type == plan::PlanVariable::Type::number) {
    const auto number = jexl::parse_json(text);
    if (number && number->is_number()) return *number;
  }
  return jexl::Value::string(text);
}

}  // namespace tripgate
