// Bodies of any bytes: what parses can be written and parsed again, and is then the same.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/jexl/json.h"

using namespace tripgate::jexl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const Value body = parse_body(text);
  (void)to_compact_json(body);
  const auto parsed = parse_json(text);
  if (!parsed) return 0;
  const std::string written = to_full_json(*parsed);
  const auto again = parse_json(written);
  if (!again || to_full_json(*again) != written) std::abort();
  return 0;
}
