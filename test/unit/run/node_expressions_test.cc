// The table of pipelines.md 6.6 as far as its roots exist, and what hostile data must not do.
#include "engine/run/node_expressions.h"

#include <gtest/gtest.h>

#include "engine/plan/pipeline_reader.h"
#include "engine/run/execution_tags.h"
#include "engine/status/initial_nodes.h"
#include "shared/event_head.h"

namespace tripgate {
namespace {

constexpr const char* kPipeline = R"(pipeline:
  name: Deploy
  identifier: deploy
  tags: {k: v}
  variables:
    - {name: env, type: String, value: prod}
    - {name: num, type: Number, value: 5}
    - {name: dnum, type: Number, value: 5.0}
    - {name: list, type: String, value: "a,b,c"}
    - {name: blank, type: String, value: ""}
    - {name: ver, type: String, value: 1.10.2}
    - {name: key, type: String, value: env}
    - {name: my-var, type: String, value: hy}
    - {name: size, type: String, value: S}
    - {name: nested, type: String, value: "<+pipeline.variables.env>-n"}
    - {name: circle, type: String, value: "<+pipeline.variables.circle>"}
    - {name: data, type: String, value: "<+trigger.payload.hostile>!"}
  stages:
    - stage:
        name: S1
        identifier: s1
        type: Custom
        variables: [{name: env, type: String, value: stage}]
        spec:
          execution:
            steps:
              - step:
                  name: Build it
                  identifier: build
                  type: ShellScript
                  timeout: 10m
                  spec: {shell: Bash, source: {type: Inline, spec: {script: "true"}}}
)";

constexpr const char* kBody =
    R"({"n":1,"arr":["x",{"y":"z"}],"o":{"k":null},"str":"hello","tr":true,"f":1.5,)"
    R"("hostile":"<+pipeline.name>","quote":"> <+","path":"name"})";

class NodeExpressionsTest : public ::testing::Test {
 protected:
  NodeExpressionsTest() : tree_(make_tree()) {
    const NodeNumber stage = 1;
    const plan::PlanNode& section = tree_.at(stage).plan->children.front();
    const NodeNumber execution = tree_.add(section, stage, nullptr);
    step_ = tree_.add(section.children.front(), execution, nullptr);
    event_.head_bytes =
        encode_head({{"X-Team", "red"}, {"x-team", "blue"}, {"Odd", "<+pipeline.name>"}});
    event_.body = kBody;
  }

  static RunTree make_tree() {
    Execution execution;
    execution.account = "acme";
    execution.pipeline = "deploy";
    execution.pipeline_name = "Deploy";
    execution.run_sequence = 7;
    auto plan = plan::plan_pipeline_text(kPipeline, "run", {});
    EXPECT_TRUE(plan) << plan.error().to_string();
    auto nodes = initial_nodes(*plan);
    auto tree = RunTree::assemble(std::move(execution), std::move(*plan), std::move(nodes));
    return std::move(*tree);
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
    NodeExpressions expressions([this] { return Result<StoredEvent>(event_); }, clock_, nullptr);
    const auto rendered = expressions.render(tree_, step_, text);
    return rendered ? *rendered : "error";
  }

  void check(const std::vector<std::pair<std::string, std::string>>& table) {
    for (const auto& [text, expected] : table) EXPECT_EQ(render(text), expected) << text;
  }

  RunTree tree_;
  NodeNumber step_ = 0;
  StoredEvent event_;
  SystemClock clock_;
};

TEST_F(NodeExpressionsTest, FailsWhereTheReferenceFails) {
  check({{R"(<+"a" * 2>)", "error"},
         {"<+<+pipeline.variables.env>.nosuch()>", "error"},
         {"<+<+pipeline.variables.env>.substring(9)>", "error"},
         {R"(<+<+pipeline.variables.missing> + "x">)", "error"},
         {R"(<+<+pipeline.variables.num> == "abc">)", "error"},
         {"<+pipeline.variables.circle>", "error"}});
}

TEST_F(NodeExpressionsTest, LeavesNullWhereNothingIsFound) {
  check({{"v=<+pipeline.variables.missing>", "v=null"},
         {"<+nothere>", "null"},
         {"<+trigger.branch>", "null"},
         {"<+pipeline.variables.my-var>", "null"},
         {"<+pipeline.variables.size>", "null"},
         {"<+1 / 0>", "null"},
         {"text <+ unclosed", "text <+ unclosed"},
         {"<+>", ""}});
}

TEST_F(NodeExpressionsTest, NeverEvaluatesDataOfTheEvent) {
  check({{"<+trigger.payload.hostile>", "<+pipeline.name>"},
         {"<+trigger.header['odd']>", "<+pipeline.name>"},
         {"<+pipeline.variables.data>", "<+pipeline.name>!"},
         {R"(<+<+trigger.payload.hostile> + "">)", "<+pipeline.name>"},
         {"<+trigger.payload.quote>", "> <+"},
         {"<+pipeline.<+trigger.payload.hostile>>", "error"},
         {"<+pipeline.<+trigger.payload.path>>", "Deploy"}});
}

TEST_F(NodeExpressionsTest, RendersRootsAndPaths) {
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

TEST_F(NodeExpressionsTest, KnowsAddressesAndScopes) {
  const std::string page = "/ng/#/account/acme/cd/orgs/o/projects/p/pipelines/deploy/executions/";
  tree_.edit_execution().org = "o";
  tree_.edit_execution().project = "p";
  const std::string stage = tree_.state(1).setup_id;
  check({{"<+pipeline.executionUrl>", page + "/pipeline"},
         {"<+pipeline.execution.url>", page + "/pipeline"},
         {"<+stage.executionUrl>", page + "/pipeline?stage=" + stage},
         {"<+step.executionUrl>",
          page + "/pipeline?stage=" + stage + "&step=" + tree_.state(step_).execution_id},
         {"<+account.companyName> <+account.name>", "acme acme"},
         {"<+org.identifier>[<+org.description>]", "o[]"},
         {"<+project.name>[<+project.description>] <+project.tags>", "p[] {}"},
         {"<+stepGroup.getParentStepGroup>", "null"}});
}

TEST_F(NodeExpressionsTest, CollectsTagsForTheRun) {
  NodeExpressions expressions([this] { return Result<StoredEvent>(event_); }, clock_, nullptr);
  const auto render = [&](std::string_view text) {
    const auto rendered = expressions.render(tree_, step_, text);
    return rendered ? *rendered : "error";
  };
  EXPECT_EQ(render(R"(<+executionTags.addTag("env", pipeline.variables.env)>)"), "env:prod");
  EXPECT_EQ(render(R"(<+executionTags.addTag("env", "x")>)"), "env:x");
  EXPECT_EQ(render(R"x(<+executionTags.addTagsList("[\"a:1\",\"b\"]")>)x"), "a:1,b");
  EXPECT_EQ(render("<+executionTags.addTagsList(trigger.payload.o)>"), "k");
  EXPECT_EQ(render(R"(<+executionTags.addTagsList("one:two:three")>)"), "one:two:three");
  EXPECT_EQ(expressions.take_tags(),
            (std::map<std::string, std::string>{
                {"a", "1"}, {"b", ""}, {"env", "x"}, {"k", ""}, {"one", "two:three"}}));
  EXPECT_TRUE(expressions.take_tags().empty());
  EXPECT_EQ(render(R"(<+executionTags.addTag("", "x")>)"), "error");
  EXPECT_EQ(render("<+executionTags.addTag(\"" + std::string(kTagSizeMax + 1, 'x') + "\", 1)>"),
            "error");
  for (std::size_t i = 0; i < kAddedTagsMax; ++i) {
    EXPECT_NE(render("<+executionTags.addTag(\"t" + std::to_string(i) + "\", 1)>"), "error") << i;
  }
  EXPECT_EQ(render(R"(<+executionTags.addTag("more", 1)>)"), "error");
  EXPECT_EQ(render(R"(<+executionTags.addTag("t0", 2)>)"), "t0:2");
}

TEST_F(NodeExpressionsTest, RendersVariables) {
  check({{"[<+pipeline.variables.blank>]", "[]"},
         {"<+pipeline.variables.nested>", "prod-n"},
         {"<+pipeline.variables.<+pipeline.variables.key>>", "prod"},
         {"<+pipeline.variables.get(<+pipeline.variables.key>)>", "prod"},
         {R"(<+pipeline.variables.get("my-var")>)", "hy"},
         {R"(<+pipeline.variables["my-var"]>)", "hy"},
         {"<+variables.env> <+stage.variables.env> <+variables.num>", "stage stage 5"}});
}

TEST_F(NodeExpressionsTest, ComputesWithTypedValues) {
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
