// Blocks: where they are, what they become, and that data is never evaluated.
#include "engine/jexl/template.h"

#include <gtest/gtest.h>

#include "engine/jexl/json.h"

namespace tripgate::jexl {
namespace {

MapContext variables() {
  return MapContext(parse_body(
      R"({"V":{"env":"prod","num":5,"key":"env","evil":"env]; 1","blank":""},
          "data":{"inj":"<+V.env>","o":{"k":null}}})"));
}

std::string render(const std::string& text) {
  const auto rendered = Template::parse(text).render(variables());
  return rendered ? *rendered : "error: " + rendered.error().message;
}

struct RenderCase {
  const char* text;
  const char* result;
};

// Rows of pipelines.md 6.1 and 6.6.
TEST(Template, RendersEachOutermostBlock) {
  const RenderCase cases[] = {
      {"hello <+V.env>!", "hello prod!"},
      {"v=<+V.missing>", "v=null"},
      {"[<+V.blank>]", "[]"},
      {"<+V.<+V.key>>", "prod"},
      {"<+V.get(<+V.key>)>", "prod"},
      {"<+data.o>", "{}"},
      {"<+<+V.num> + 1>", "6"},
      {"<+V.env == \"prod\">", "true"},
      {"<+<+V.num> \\> 3>", "true"},
      {"<+<+V.num> > 3>", "5 3>"},
      {"<+\"a>b\">", "nullb\">"},
      {"text <+ unclosed", "text <+ unclosed"},
      {"<+>", ""},
      {"\\<+V.env>", "\\prod"},
      {"<<+V.env>>", "<prod>"},
      {"<+ V . env >", "prod"},
      {"<+1 / 0>", "null"},
      {"${x} < +x>", "${x} < +x>"},
  };
  for (const RenderCase& one : cases) EXPECT_EQ(render(one.text), one.result) << one.text;
}

TEST(Template, NeverEvaluatesData) {
  EXPECT_EQ(render("<+data.inj>"), "<+V.env>");
  EXPECT_EQ(render("<+data>"), R"({"inj":"<+V.env>","o":{}})");
  EXPECT_EQ(render("<+V.<+V.evil>>"), "error: only a plain name can be spliced into a path");
}

TEST(Template, KeepsTheOffsetsOfItsPieces) {
  const Template parsed = Template::parse("a <+b> c <+d.<+e>>");
  ASSERT_EQ(parsed.pieces().size(), 4U);
  EXPECT_EQ(parsed.pieces()[1].offset, 2U);
  EXPECT_EQ(parsed.pieces()[1].text, "<+b>");
  EXPECT_EQ(parsed.pieces()[3].offset, 9U);
  EXPECT_EQ(parsed.pieces()[3].text, "<+d.<+e>>");
  std::string all;
  for (const Template::Piece& piece : parsed.pieces()) all += piece.text;
  EXPECT_EQ(all, parsed.source());
}

TEST(Template, PlacesAComplaintInTheWholeText) {
  const auto problem = Template::parse("x <+V.env> &&\n <+V.size> y").problem(false);
  ASSERT_TRUE(problem);
  EXPECT_EQ(problem->line, 2U);
  EXPECT_EQ(problem->column, 6U);
}

TEST(Template, RefusesTooManyBlocksRatherThanRenderingThemAsText) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "<+a>";
  const auto rendered = Template::parse(text).render(variables());
  ASSERT_FALSE(rendered);
  EXPECT_EQ(rendered.error().kind, ErrorKind::limit);
}

TEST(HeaderNames, AreLoweredInExactlyOneForm) {
  EXPECT_EQ(lower_header_names(R"(<+trigger.header["X-Team"]> == 'B')"),
            "<+trigger.header['x-team']> == 'B'");
  EXPECT_EQ(lower_header_names("<+trigger.header['X'].length()>"),
            "<+trigger.header['X'].length()>");
  EXPECT_EQ(lower_header_names("trigger.header['X']"), "trigger.header['X']");
}

}  // namespace
}  // namespace tripgate::jexl
