// What an expression gave stays data wherever it is written next.
#include "engine/expressions/literal_block.h"

#include <gtest/gtest.h>

#include "engine/expressions/text_renderer.h"
#include "engine/jexl/expression.h"

namespace tripgate {
namespace {

std::string rendered(const std::string& text) {
  const jexl::MapContext roots(jexl::Value::map({}));
  const auto result = TextRenderer(roots, {}).render(text);
  return result ? *result : "failed: " + result.error().message;
}

TEST(LiteralBlock, IsWorthItsTextWhateverThatHolds) {
  const std::string texts[] = {
      "<+secrets.getValue(\"account.token\")>",
      "a <+pipeline.name> b",
      "<+",
      "<+x",
      "<+a\\>b>",
      "<+\"it's\" `quoted`>\\n\\u0041\n\t\x01>",
      "<+\xC3\xA4\xF0\x9F\x98\x80>",
      "<+<+<+a>>>",
  };
  for (const std::string& text : texts) EXPECT_EQ(rendered(literal_block(text)), text);
}

TEST(LiteralBlock, LeavesATextWithoutBlocksAlone) {
  EXPECT_EQ(literal_block("a > b + \"c\" < d"), "a > b + \"c\" < d");
  EXPECT_EQ(literal_block(""), "");
}

}  // namespace
}  // namespace tripgate
