// The table of pipelines.md 6.6 as far as its roots exist, and what hostile data must not do.
#include "engine/run/step_renderer.h"

#include <gtest/gtest.h>

#include "shared/event_head.h"

namespace tripgate {
namespace {

using Type = plan::PlanVariable::Type;

class StepRendererTest : public ::testing::Test {
 protected:
  StepRendererTest() {
    execution_.account = "acme";
    execution_.pipeline = "deploy";
    execution_.pipeline_name = "Deploy";
    execution_.run_sequence = 7;
    StageState stage;
    stage.node.identifier = "s1";
    stage.node.name = "S1";
    stage.steps.resize(1);
    stage.steps[0].node.name = "Build it";
    execution_.stages = {stage};
    plan_.tags = {{"k", "v"}};
    plan_.variables = {{"env", Type::string, "prod"},
                       {"num", Type::number, "5"},
                       {"dnum", Type::number, "5.0"},
                       {"list", Type::string, "a,b,c"},
                       {"blank", Type::string, ""},
                       {"ver", Type::string, "1.10.2"},
                       {"key", Type::string, "env"},
                       {"my-var", Type::string, "hy"},
                       {"size", Type::string, "S"},
                       {"nested", Type::string, "<+pipeline.variables.env>-n"},
                       {"circle", Type::string, "<+pipeline.variables.circle>"},
                       {"data", Type::string, "<+trigger.payload.hostile>!"}};
    plan_.stages.resize(1);
    plan_.stages[0].identifier = "s1";
    plan_.stages[0].variables = {{"env", Type::string, "stage"}};
    head_ = encode_head({{"X-Team", "red"}, {"x-team", "blue"}, {"Odd", "<+pipeline.name>"}});
  }

  static std::string encode_head(const std::vector<EventHeader>& headers) {
    EventHead head;
    head.account = "acme";
    std::size_t size = head.encoded_size();
    for (const EventHeader& header : headers) size += encoded_size(header);
    std::vector<std::uint8_t> bytes(size);
    ByteWriter writer(bytes);
    encode_event_head(head, static_cast<std::uint16_t>(headers.size()), writer);
    for (const EventHeader& header : headers) encode_event_header(header, writer);
    return {bytes.begin(), bytes.end()};
  }

  /// The rendered text, or `error`.
  std::string render(std::string_view text) {
    const StepRenderer renderer(execution_, plan_, {0, 0}, head_, body_);
    const auto rendered = renderer.render(text);
    return rendered ? *rendered : "error";
  }

  void check(const std::vector<std::pair<std::string, std::string>>& table) {
    for (const auto& [text, expected] : table) EXPECT_EQ(render(text), expected) << text;
  }

  Execution execution_;
  plan::Plan plan_;
  std::string head_;
  std::string body_ =
      R"({"n":1,"arr":["x",{"y":"z"}],"o":{"k":null},"str":"hello","tr":true,"f":1.5,)"
      R"("hostile":"<+pipeline.name>","quote":"> <+","path":"name"})";
};

TEST_F(StepRendererTest, FailsWhereTheReferenceFails) {
  check({{R"(<+"a" * 2>)", "error"},
         {"<+<+pipeline.variables.env>.nosuch()>", "error"},
         {"<+<+pipeline.variables.env>.substring(9)>", "error"},
         {R"(<+<+pipeline.variables.missing> + "x">)", "error"},
         {R"(<+<+pipeline.variables.num> == "abc">)", "error"},
         {"<+pipeline.variables.circle>", "error"}});
}

TEST_F(StepRendererTest, LeavesNullWhereNothingIsFound) {
  check({{"v=<+pipeline.variables.missing>", "v=null"},
         {"<+nothere>", "null"},
         {"<+trigger.branch>", "null"},
         {"<+pipeline.variables.my-var>", "null"},
         {"<+pipeline.variables.size>", "null"},
         {"<+1 / 0>", "null"},
         {"text <+ unclosed", "text <+ unclosed"},
         {"<+>", ""}});
}

TEST_F(StepRendererTest, NeverEvaluatesDataOfTheEvent) {
  check({{"<+trigger.payload.hostile>", "<+pipeline.name>"},
         {"<+trigger.header['odd']>", "<+pipeline.name>"},
         {"<+pipeline.variables.data>", "<+pipeline.name>!"},
         {R"(<+<+trigger.payload.hostile> + "">)", "<+pipeline.name>"},
         {"<+trigger.payload.quote>", "> <+"},
         {"<+pipeline.<+trigger.payload.hostile>>", "error"},
         {"<+pipeline.<+trigger.payload.path>>", "Deploy"}});
}

TEST_F(StepRendererTest, RendersRootsAndPaths) {
  check({{"hello <+pipeline.name>!", "hello Deploy!"},
         {"<+pipeline.name>-<+pipeline.sequenceId>", "Deploy-7"},
         {"<+stage.name> <+step.name> <+account.identifier>", "S1 Build it acme"},
         {"<+pipeline.stages.s1.name>", "S1"},
         {"<+pipeline.tags>", R"({"k":"v"})"},
         {"<+trigger.type>", "Custom"},
         {"<+trigger.payload.arr>", R"(["x",{"y":"z"}])"},
         {"<+trigger.payload.arr[1].y>", "z"},
         {"<+trigger.payload.o>", "{}"},
         {"<+eventPayload.f>", "1.5"},
         {"<+trigger.header['x-TEAM']>", "red,blue"},
         {R"(<+trigger.header["none"]>)", "null"},
         {"<+ pipeline . name >", "Deploy"},
         {"<<+pipeline.name>>", "<Deploy>"}});
}

TEST_F(StepRendererTest, RendersVariables) {
  check({{"[<+pipeline.variables.blank>]", "[]"},
         {"<+pipeline.variables.nested>", "prod-n"},
         {"<+pipeline.variables.<+pipeline.variables.key>>", "prod"},
         {"<+pipeline.variables.get(<+pipeline.variables.key>)>", "prod"},
         {R"(<+pipeline.variables.get("my-var")>)", "hy"},
         {R"(<+pipeline.variables["my-var"]>)", "hy"},
         {"<+variables.env> <+stage.variables.env> <+variables.num>", "stage stage 5"}});
}

TEST_F(StepRendererTest, ComputesWithTypedValues) {
  check({{"<+<+pipeline.variables.num> + 1>", "6"},
         {"<+pipeline.variables.num + 1>", "6"},
         {"<+<+pipeline.variables.dnum> + 1>", "6.0"},
         {"<+<+pipeline.variables.env> + 1>", "prod1"},
         {R"(<+<+pipeline.variables.env> == "prod">)", "true"},
         {R"(<+pipeline.variables.env == "prod" ? "y" : "n">)", "y"},
         {R"(<+<+pipeline.variables.num> \> 3>)", "true"},
         {"<+<+pipeline.variables.num> > 3>", "5 3>"},
         {R"(<+<+pipeline.variables.missing> ?: "dflt">)", "dflt"},
         {R"(<+<+pipeline.variables.list>.split(",")[1]>)", "b"},
         {R"(<+<+pipeline.variables.ver>.replaceAll("\\.","_")>)", "1_10_2"},
         {"<+trigger.payload.arr.size()>", "2"},
         {"<+10000000000 * 10000000000>", "100000000000000000000"}});
}

}  // namespace
}  // namespace tripgate
