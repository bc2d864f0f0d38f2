// The nine operators on any value and input, separated by a NUL: they end and never crash.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/match/condition_operators.h"

using namespace tripgate;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t split = std::min(text.find('\0'), text.size());
  const std::string_view value = text.substr(0, split);
  const std::string_view input = text.substr(std::min(split + 1, text.size()));
  for (int i = 0; i <= static_cast<int>(ConditionOperator::not_in); ++i) {
    jexl::Meter meter(
        jexl::Budget{.steps = 10'000, .memory_bytes = 1 << 20, .match_steps = 20'000});
    (void)ConditionCheck(static_cast<ConditionOperator>(i), value).matches(input, meter);
  }
  return 0;
}
