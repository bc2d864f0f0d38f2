// Members of the graph, the layout and the summary that no step of a usual run has.
#include <gtest/gtest.h>

#include "engine/status/child_run.h"
#include "engine/status/status_json.h"

namespace tripgate {
namespace {

using plan::NodeKind;

/// A run of `stages`, and below it the nodes that a test adds.
class Graph : public ::testing::Test {
 protected:
  Graph() { add(NodeKind::stages, kNoNode, "stages", ""); }

  NodeState& add(NodeKind kind, NodeNumber parent, const std::string& identifier,
                 const std::string& type) {
    NodeState node;
    node.number = static_cast<NodeNumber>(nodes.size());
    node.parent = parent;
    node.kind = kind;
    node.identifier = node.name = identifier;
    node.type = type;
    node.setup_id = "setup-" + identifier;
    node.execution_id = "run-" + identifier;
    node.status = RunStatus::running;
    node.started_at_ms = 5;
    nodes.push_back(std::move(node));
    return nodes.back();
  }

  [[nodiscard]] std::string graph() const {
    JsonWriter json;
    write_execution_graph(json, execution, nodes, kRootNode);
    return json.take();
  }

  [[nodiscard]] std::string layout() const {
    JsonWriter json;
    write_layout_map(json, nodes);
    return json.take();
  }

  [[nodiscard]] std::string summary() const {
    JsonWriter json;
    write_execution_summary(json, execution, nodes);
    return json.take();
  }

  static void expect_part(const std::string& whole, const std::string& part) {
    EXPECT_NE(whole.find(part), std::string::npos) << part << "\n" << whole;
  }

  Execution execution;
  std::vector<NodeState> nodes;
};

TEST_F(Graph, NodeThatWasToldNothingYetHasItsHead) {
  add(NodeKind::stage, 0, "s", "Custom");
  expect_part(graph(),
              R"("stepParameters":{"uuid":"setup-s","identifier":"s","name":"s","type":"Custom"})");
}

TEST_F(Graph, NodesBetweenNameTheirChildren) {
  nodes.reserve(9);
  add(NodeKind::stage, 0, "s", "Custom").parameters = R"({"told":1})";
  add(NodeKind::section, 1, "execution", "NG_EXECUTION");
  add(NodeKind::parallel, 2, "block", "NG_FORK");
  add(NodeKind::step, 3, "a", "Wait");
  NodeState& loop = add(NodeKind::step, 3, "b", "ShellScript");
  loop.is_loop = true;
  loop.max_concurrency = 2;
  add(NodeKind::section, 1, "rollbackSteps", "NG_SECTION").is_rollback = true;
  const std::string text = graph();
  expect_part(text, R"("stepParameters":{"childNodeId":"setup-s","logMessage":"Stages"})");
  expect_part(text, R"("stepParameters":{"told":1})");
  expect_part(text,
              R"("stepParameters":{"childNodeId":"setup-block","logMessage":"Execution Element"})");
  expect_part(text, R"("stepParameters":{"parallelNodeIds":["setup-a","setup-b"]})");
  expect_part(text, R"("stepParameters":{"childNodeId":null,"logMessage":"Rollback Element"})");
  expect_part(text, R"(,"maxConcurrency":2},"startTs":5,)");
}

TEST_F(Graph, EveryStepThatWaitsIsAsynchronousUnlessItWasSkipped) {
  for (const char* type : {"Barrier", "EventListener", "HarnessApproval", "Queue", "Wait"}) {
    nodes.resize(1);
    NodeState& step = add(NodeKind::step, 0, "w", type);
    step.status = RunStatus::async_waiting;
    step.expires_at_ms = 65;
    expect_part(graph(), R"("executableResponses":[{"async":{"callbackIds":["run-w"],"logKeys":[],)"
                         R"("units":[],"mode":"ASYNC","timeout":"60","status":"ASYNC_WAITING"}}])");
    nodes.back().status = RunStatus::skipped;
    expect_part(graph(), R"("executableResponses":[],"unitProgresses":[])");
  }
}

TEST_F(Graph, AttemptNamesTheOneInWhosePlaceItIs) {
  nodes.reserve(9);
  add(NodeKind::step, 0, "a", "ShellScript").is_old_retry = true;
  NodeState& second = add(NodeKind::step, 0, "a", "ShellScript");
  second.retry_number = 1;
  second.execution_id = "second";
  second.interrupts = {{"i1", "RETRY", "", 7}, {"i2", "ABORT_ALL", "ada", 9}};
  expect_part(graph(), R"("interruptHistories":[{"interruptId":"i1","tookEffectAt":7,)"
                       R"("interruptType":"RETRY","interruptConfig":{"issuedBy":{"issueTime":"7",)"
                       R"("adviserIssuer":{}},"retryInterruptConfig":{"retryId":"run-a"}}},)"
                       R"({"interruptId":"i2","tookEffectAt":9,"interruptType":"ABORT_ALL",)"
                       R"("interruptConfig":{"issuedBy":{"issueTime":"9","manualIssuer":)"
                       R"({"user_id":"ada"}}}}])");
}

TEST_F(Graph, StageTellsWhichRunItStarted) {
  NodeState& stage = add(NodeKind::stage, 0, "s", "Pipeline");
  stage.instance = encode_child_run("child", "o", "p");
  stage.status = RunStatus::async_waiting;
  EXPECT_EQ(child_run_of(stage), "child");
  const std::string details = R"("stepDetails":{"childPipelineExecutionDetails":)"
                              R"({"planExecutionId":"child","orgId":"o","projectId":"p"}})";
  expect_part(graph(), details);
  expect_part(graph(), R"([{"async":{"callbackIds":["child"])");
  expect_part(layout(), details);
  nodes.back().instance = R"({"inputInstanceId":"x"})";
  EXPECT_EQ(child_run_of(nodes.back()), "");
  expect_part(graph(), R"("stepDetails":null)");
}

TEST_F(Graph, StagesBelongToTheModulesOfTheirTypes) {
  add(NodeKind::stage, 0, "d", "Deployment");
  add(NodeKind::stage, 0, "c", "CI");
  add(NodeKind::stage, 0, "e", "Deployment");
  add(NodeKind::stage, 0, "a", "Approval");
  expect_part(summary(), R"("modules":["cd","ci","pms"])");
  expect_part(layout(), R"("nodeUuid":"setup-d","status":"Running","module":"cd")");
  for (const char* type : {"DEPLOYMENT_STAGE_STEP", "IntegrationStageStepPMS", "APPROVAL_STAGE"}) {
    expect_part(graph(), "\"stepType\":\"" + std::string(type) + "\"");
  }
}

TEST_F(Graph, LoopOfStagesIsToldItsTemplate) {
  NodeState& loop = add(NodeKind::stage, 0, "s", "Custom");
  loop.is_loop = true;
  loop.loop_type = "MATRIX";
  loop.max_concurrency = 2;
  expect_part(layout(), R"("moduleInfo":{"maxConcurrency":{"value":2},"stepParameters":)"
                        R"({"childNodeId":")");
}

}  // namespace
}  // namespace tripgate
