// There is nothing to compile: blocks are found and refused.
#include "engine/plan/python_script.h"

#include "engine/plan/expression_blocks.h"

namespace tripgate::plan {
namespace {

constexpr const char* kAdvice =
    "a value in a Python script would be run as code; put it into envVariables and read "
    "os.environ";

}  // namespace

Placement compile_python(std::string_view script) {
  Placement placement;
  placement.script.text = script;
  for (const ExpressionBlock& block : find_blocks(script)) {
    placement.refusals.push_back({block.offset, kAdvice});
  }
  const std::size_t nul = script.find('\0');
  if (nul != std::string_view::npos) {
    placement.refusals.push_back({nul, "a script cannot hold a NUL byte"});
  }
  return placement;
}

}  // namespace tripgate::plan
