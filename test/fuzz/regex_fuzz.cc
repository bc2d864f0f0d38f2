// Java patterns of any bytes, applied to the rest of the input: the translation compiles or
// complains.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "engine/jexl/regex.h"

using namespace tripgate::jexl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const std::size_t split = std::min(text.find('\n'), text.size());
  const auto regex = Regex::compile(text.substr(0, split));
  if (!regex) return 0;
  const std::string_view subject = text.substr(std::min(split + 1, text.size()));
  Meter meter(Budget{.steps = 10'000, .memory_bytes = 1 << 20, .match_steps = 20'000});
  (void)regex->matches(subject, meter);
  (void)regex->find(subject, 0, meter);
  return 0;
}
