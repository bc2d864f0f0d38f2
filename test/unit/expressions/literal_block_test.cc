// What an expression gave stays data wherever it is written next.
#include "engine/expressions/literal_block.h"

#include <gtest/gtest.h>

#include "engine/expressions/text_renderer.h"
#include "engine/jexl/json.h"
#include "test/unit/expressions/pipeline_roots.h"

namespace tripgate {
namespace {

constexpr ValueOrigin kOrigins[] = {ValueOrigin::pipeline, ValueOrigin::sender};

std::string rendered(const std::string& text) {
  const jexl::MapContext roots(jexl::Value::map({}));
  const auto result = TextRenderer(roots, {}).render(text);
  return result ? *result : "failed: " + result.error().message;
}

const std::string kTexts[] = {
    "<+secrets.getValue(\"account.token\")>",
    "a <+pipeline.name> b",
    "<+",
    "<+x",
    "<+a\\>b>",
    "<+\"it's\" `quoted`>\\n\\u0041\n\t\x01>",
    "<+\xC3\xA4\xF0\x9F\x98\x80>",
    "<+<+<+a>>>",
    "a > b + \"c\" < d",
    "v1; $(id)",
    "\xC3\xA4",
};

TEST(LiteralBlock, IsWorthItsTextWhateverThatHolds) {
  for (const ValueOrigin origin : kOrigins) {
    for (const std::string& text : kTexts) {
      const std::string block = literal_block(text, origin);
      EXPECT_TRUE(block.starts_with("<+") && block.ends_with(">")) << block;
      EXPECT_EQ(rendered(block), text);
      EXPECT_EQ(literal_text(block), text);
    }
    EXPECT_EQ(rendered(literal_block("", origin)), "");
  }
}

TEST(LiteralBlock, IsReadBackOnlyAlone) {
  for (const char* const text :
       {"", "x", "<+\"a\"> ", "x<+\"a\">", "<+\"a\"><+\"b\">", "<+a>", "<+\"a\" + \"b\">", "<+\"",
        "<+given(\"a\")", "<+given(a)>", "<+\"a\\\"\">", "<+\"\\u00g1\">"}) {
    EXPECT_EQ(literal_text(text), std::nullopt) << text;
  }
}

TEST(LiteralBlock, KeepsTheKindsOfValues) {
  const std::pair<const char*, const char*> kCases[] = {
      {"7", "7"},
      {"-1.5", "-1.5"},
      {"true", "true"},
      {"null", "null"},
      {"\"\"", ""},
      {"\"7\"", "<+\"7\">"},
      {"[\"a\",\"b c\"]", "<+json.object(\"[\\u0022a\\u0022,\\u0022b c\\u0022]\")>"}};
  for (const auto& [json, block] : kCases) {
    const auto value = jexl::parse_json(json);
    ASSERT_TRUE(value);
    EXPECT_EQ(literal_block(*value, ValueOrigin::pipeline), block) << json;
  }
  const auto map = jexl::parse_json(R"({"k":"<+x>","n":[]})");
  ASSERT_TRUE(map);
  const jexl::MapContext roots(jexl::Value::map({}));
  for (const ValueOrigin origin : kOrigins) {
    const auto again = TextRenderer(roots, {}).evaluate(literal_block(*map, origin));
    ASSERT_TRUE(again);
    EXPECT_EQ(jexl::to_compact_json(*again), R"({"k":"<+x>","n":[]})");
  }
}

TEST(LiteralBlock, OfASenderNamesNoSecret) {
  const test::PipelineRoots roots("{}");
  test::FakeSecrets secrets;
  secrets.values = {{"tok", "s3cret"}};
  const TextRenderer renderer(roots, {.now_ms = 0, .secrets = &secrets});
  std::vector<std::string> used;
  const auto reveal = [&](const std::string& name) {
    const auto text = renderer.render_for_process("<+secrets.getValue(\"" + name + "\")>", used);
    return text ? *text : "error: " + text.error().message;
  };
  EXPECT_EQ(reveal(literal_block("tok", ValueOrigin::pipeline)), "s3cret");
  EXPECT_TRUE(reveal(literal_block("tok", ValueOrigin::sender)).starts_with("error: "));
  roots.own->renderer = &renderer;
  roots.own->texts = {{"name", literal_block("tok", ValueOrigin::sender)}};
  EXPECT_TRUE(reveal("<+V.name>").starts_with("error: "));
}

}  // namespace
}  // namespace tripgate
