// Templates of any text over data of any text. A fixed template must hand the data through as it
// is: whatever the data holds, no part of it is evaluated.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "engine/jexl/json.h"
#include "engine/jexl/template.h"
#include "engine/jexl/text.h"

using namespace tripgate::jexl;

namespace {

constexpr Budget kBudget{.steps = 20'000, .memory_bytes = 1 << 20, .match_steps = 50'000};

MapContext context_with(const std::string& data) {
  Value payload = Value::map({{Value::string("a"), Value::string(data)}});
  Value trigger = Value::map({{Value::string("payload"), std::move(payload)},
                              {Value::string("secret"), Value::string("hidden")}});
  return MapContext(Value::map({{Value::string("trigger"), std::move(trigger)}}));
}

void check_that_data_stays_data(const std::string& data, const MapContext& context) {
  for (const auto dialect : {Template::Dialect::condition, Template::Dialect::pipeline}) {
    static const std::string kText =
        "<+trigger.payload.a>|<+<+trigger.payload.a> + ''>|<+'' + trigger.payload.a>";
    const auto rendered = Template::parse(kText, dialect).render(context, kBudget);
    if (!rendered || *rendered != data + "|" + data + "|" + data) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view input(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t split = input.size() * bytes[0] / 255;
  const std::string data = text::scrubbed(input.substr(split));
  const MapContext context = context_with(data);
  if (data.size() < 10'000) check_that_data_stays_data(data, context);
  for (const auto dialect : {Template::Dialect::condition, Template::Dialect::pipeline}) {
    const Template parsed = Template::parse(lower_header_names(input.substr(0, split)), dialect);
    (void)parsed.problem(false);
    (void)parsed.render(context, kBudget);
    (void)parsed.evaluate(context, kBudget);
  }
  return 0;
}
