// Scripts and templates of any bytes: parsing, evaluating and rendering end within their budget.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"

using namespace tripgate::jexl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const MapContext context(parse_body(
      R"({"s":"opened","n":7,"d":2.5,"l":[1,"a",null],"m":{"a":{"b":1}},"t":true,"z":null})"));
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const Budget budget{.steps = 20'000, .memory_bytes = 1 << 20, .match_steps = 50'000};
  for (const Form form : {Form::script, Form::expression}) {
    const auto expression = Expression::parse(text, form);
    if (!expression) continue;
    const auto value = expression->evaluate(context, budget);
    if (value) (void)to_compact_json(*value);
  }
  for (const auto dialect : {Template::Dialect::condition, Template::Dialect::pipeline}) {
    const Template parsed = Template::parse(text, dialect);
    (void)parsed.problem(true);
    (void)parsed.evaluate(context, budget);
    (void)parsed.render(context, budget);
  }
  return 0;
}
