// The language's templates do the work; here is only what a variable's own text adds: it is
// rendered in turn, to a bounded depth, and its result is a value like any other.
#include "engine/run/step_renderer.h"

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

namespace tripgate {
namespace {

/// Variables may refer to variables; a circle ends here. Source: pipelines.md 6.3.
constexpr int kDepthMax = 15;

/// A raw body may become part of a text twice.
constexpr jexl::Budget kBudget{.memory_bytes = 2 * jexl::kMaxJsonSize};

}  // namespace

StepRenderer::StepRenderer(const Execution& execution, const plan::Plan& plan, StepPlace place,
                           std::string_view head_bytes, std::string_view body)
    : context_(*this, execution, plan, place, head_bytes, body) {}

Result<std::string, Diagnostic> StepRenderer::render(std::string_view text) const {
  const auto rendered = jexl::Template::parse(text).render(context_, kBudget);
  if (!rendered) return Diagnostic("Expression evaluation failed: " + rendered.error().message);
  return {boost::system::in_place_value, *rendered};
}

jexl::Value StepRenderer::variable_value(const plan::PlanVariable& variable) const {
  if (depth_ >= kDepthMax) return {};
  ++depth_;
  const Result<std::string, Diagnostic> text = render(variable.text);
  --depth_;
  if (!text) return {};
  if (variable.type == plan::PlanVariable::Type::number) {
    const auto number = jexl::parse_json(*text);
    if (number && number->is_number()) return *number;
  }
  return jexl::Value::string(*text);
}

}  // namespace tripgate
