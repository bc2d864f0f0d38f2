// The placement scanner on any bytes: it must end, and what it accepts must hold every reference.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "engine/plan/script_placement.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view script(reinterpret_cast<const char*>(bytes), size);
  const auto placement = tripgate::plan::compile_script(script);
  if (!placement.refusals.empty()) return 0;
  for (const auto& reference : placement.script.references) {
    if (placement.script.text.find("${" + reference.variable + "}") == std::string::npos) abort();
  }
  return 0;
}
