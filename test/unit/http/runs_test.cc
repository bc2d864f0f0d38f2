// Who may run a pipeline, what the request becomes, and the answer letter for letter.
#include <gtest/gtest.h>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

constexpr const char* kScope = "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo";

Request request(Method method, const std::string& path, const std::string& key,
                const std::string& body = {}, const std::string& more = {}) {
  Request request;
  request.method = method;
  request.path = "/pipeline/api/" + path;
  request.query = kScope + more;
  request.headers = {{"x-requestid", "id-1"}, {"x-api-key", key}};
  request.body = body;
  return request;
}

class Runs : public testing::Test {
 protected:
  Runs() {
    api_.start_run = [this](const RunRequest& asked) -> Result<Execution, Diagnostic> {
      asked_ = asked;
      if (asked.pipeline == "gone") {
        return Diagnostic("Pipeline with the given ID: gone does not exist or has been deleted");
      }
      Execution execution;
      execution.plan_execution_id = "SkQxzvzQSK2A0vCGv8Fn9Q";
      execution.account = "acc";
      execution.org = "default";
      execution.project = "demo";
      execution.pipeline = asked.pipeline;
      execution.run_sequence = 12;
      execution.created_at_ms = 1'700'000'000'100;
      execution.started_at_ms = 1'700'000'000'050;
      execution.origin = asked.origin;
      return execution;
    };
  }

  /// Answers as for a run that starts, and keeps what was asked.
  void take_repetitions() {
    api_.repeat_run = [this](const RunRequest& asked,
                             const Repetition& repetition) -> Result<Execution, Diagnostic> {
      repetition_ = repetition;
      return api_.start_run(asked);
    };
  }

  Api api_ = fake_api();
  RunRequest asked_;
  Repetition repetition_;
};

TEST_F(Runs, TakeNotesThatTheirRecordCanHold) {
  const std::string most = "&notesForPipelineExecution=" + std::string(16 * 1024, 'n');
  const auto run = [&](const std::string& more) {
    return answer(api_, request(Method::post, "pipeline/execute/p", kEditorKey, "", more));
  };
  EXPECT_EQ(run(most + "n").status, 400);
  EXPECT_NE(run(most + "n").body.find("notes are longer than 16384 bytes"), std::string::npos);
  EXPECT_EQ(run(most).status, 200);
  EXPECT_EQ(asked_.notes.size(), 16U * 1024);
}

TEST_F(Runs, AreToComeAgainWhenTooManyWait) {
  api_.start_run = [](const RunRequest&) -> Result<Execution, Diagnostic> {
    return Diagnostic("Too many executions are waiting", Errc::overloaded);
  };
  const Response response = answer(api_, request(Method::post, "pipeline/execute/p", kEditorKey));
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find(R"("message":"Too many executions are waiting")"),
            std::string::npos);
}

TEST_F(Runs, AreForThoseWhoMayExecute) {
  EXPECT_EQ(answer(api_, request(Method::post, "pipeline/execute/p", kViewerKey)).status, 403);
  EXPECT_EQ(answer(api_, request(Method::post, "pipeline/execute/p", "nobody")).status, 401);
}

TEST_F(Runs, SayWhyTheyAreRefused) {
  const Response response =
      answer(api_, request(Method::post, "pipeline/execute/gone", kEditorKey));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("Invalid request: Pipeline with the given ID: gone does not exist "
                               "or has been deleted"),
            std::string::npos);
}

TEST_F(Runs, AnswerWithTheirExecution) {
  const Response response =
      answer(api_, request(Method::post, "pipeline/execute/p/v2", kEditorKey, "pipeline: {}\n",
                           "&notesForPipelineExecution=try%20it"));
  EXPECT_EQ(response.status, 200);
  const std::string head =
      R"({"status":"SUCCESS","data":{"planExecution":{"uuid":"SkQxzvzQSK2A0vCGv8Fn9Q",)"
      R"("createdAt":1700000000100,"planId":")";
  EXPECT_TRUE(response.body.starts_with(head)) << response.body;
  const std::string rest =
      R"("setupAbstractions":{"accountId":"acc","orgIdentifier":"default",)"
      R"("projectIdentifier":"demo"},"validUntil":1715811200100,"status":"QUEUED",)"
      R"("startTs":1700000000050,"endTs":null,"metadata":{"runSequence":12,"triggerInfo":)"
      R"({"triggerType":"MANUAL"},"pipelineIdentifier":"p"},"governanceMetadata":{"deny":false},)"
      R"("nodeExecutionOutcomes":null},"gitDetails":{"objectId":null,"branch":null,)"
      R"("repoName":null}},"metaData":null,"correlationId":"id-1"})";
  EXPECT_TRUE(response.body.ends_with(rest)) << response.body;
  EXPECT_EQ(asked_.runtime_input, "pipeline: {}\n");
  EXPECT_EQ(asked_.notes, "try it");
  EXPECT_EQ(asked_.origin.principal_username, "sa1");
  EXPECT_TRUE(asked_.must_find_input_sets);
}

TEST_F(Runs, TakeInputSetsAndALastText) {
  const std::string path = "pipeline/execute/p/inputSetList";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, "no JSON")).status, 400);
  const Response response =
      answer(api_, request(Method::post, path, kEditorKey,
                           R"({"inputSetReferences":["a","b"],"lastYamlToMerge":"pipeline: {}"})"));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(asked_.input_sets, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(asked_.runtime_input, "pipeline: {}");
}

TEST_F(Runs, TakeSelectedStages) {
  const std::string path = "pipeline/execute/p/stages";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, "no JSON")).status, 400);
  const std::string values = R"({"stageIdentifiers":["a"],"expressionValues":{"<+x>":"v"}})";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, values)).status, 400);
  const std::string body =
      R"({"runtimeInputYaml":"pipeline: {}","stageIdentifiers":["a","b"],"expressionValues":{}})";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, body)).status, 200);
  EXPECT_EQ(asked_.selected_stages, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(asked_.runtime_input, "pipeline: {}");
  const std::string sets = R"({"inputSetReferences":["s"],"stageIdentifiers":["c"]})";
  EXPECT_EQ(answer(api_, request(Method::post, "pipeline/execute/p/inputSetList", kEditorKey, sets))
                .status,
            200);
  EXPECT_EQ(asked_.selected_stages, (std::vector<std::string>{"c"}));
}

TEST_F(Runs, AreRepeatedInEveryWayInWhichTheyAreStarted) {
  take_repetitions();
  const std::string rerun = "pipeline/execute/rerun/";
  EXPECT_EQ(answer(api_, request(Method::post, rerun + "id/p", kViewerKey)).status, 403);
  for (const char* path : {"id/p", "v2/id/p"}) {
    repetition_ = {};
    const Response response =
        answer(api_, request(Method::post, rerun + path, kEditorKey, "pipeline: {}"));
    EXPECT_EQ(response.status, 200) << path;
    EXPECT_EQ(repetition_.plan_execution_id, "id") << path;
    EXPECT_FALSE(repetition_.retry);
    EXPECT_EQ(asked_.pipeline, "p");
    EXPECT_EQ(asked_.runtime_input, "pipeline: {}");
  }
  const std::string stages = R"({"stageIdentifiers":["a"]})";
  EXPECT_EQ(answer(api_, request(Method::post, rerun + "id/p/stages", kEditorKey, stages)).status,
            200);
  EXPECT_EQ(asked_.selected_stages, (std::vector<std::string>{"a"}));
  const std::string sets = R"({"inputSetReferences":["s"]})";
  EXPECT_EQ(
      answer(api_, request(Method::post, rerun + "id/p/inputSetList", kEditorKey, sets)).status,
      200);
  EXPECT_EQ(asked_.input_sets, (std::vector<std::string>{"s"}));
}

TEST_F(Runs, AreRetriedFromAStage) {
  take_repetitions();
  const std::string path = "pipeline/execute/retry/p";
  const Response nothing = answer(api_, request(Method::post, path, kEditorKey));
  EXPECT_EQ(nothing.status, 400);
  EXPECT_NE(nothing.body.find("planExecutionId"), std::string::npos);
  EXPECT_NE(nothing.body.find("retryStages"), std::string::npos);
  const std::string chosen = "&planExecutionId=id&retryStages=a&retryStages=b";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, "pipeline: {}", chosen)).status,
            200);
  ASSERT_TRUE(repetition_.retry);
  EXPECT_EQ(repetition_.plan_execution_id, "id");
  EXPECT_EQ(repetition_.retry->stages, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(repetition_.retry->runs_all_stages);
  EXPECT_EQ(asked_.runtime_input, "pipeline: {}");
  const std::string failed_only = chosen + "&runAllStages=false";
  EXPECT_EQ(answer(api_, request(Method::post, path, kEditorKey, {}, failed_only)).status, 200);
  EXPECT_FALSE(repetition_.retry->runs_all_stages);
}

TEST_F(Runs, OfPipelinesNamedLikeAddressesAreToldApart) {
  take_repetitions();
  const std::string retry = "&planExecutionId=id&retryStages=a";
  const auto ask = [&](const std::string& path, const std::string& more) {
    asked_ = {};
    repetition_ = {};
    EXPECT_EQ(
        answer(api_, request(Method::post, "pipeline/execute/" + path, kEditorKey, "{}", more))
            .status,
        200)
        << path;
    return asked_.pipeline + (repetition_.retry ? " retried" : "") +
           (repetition_.plan_execution_id.empty() ? "" : " of " + repetition_.plan_execution_id);
  };
  EXPECT_EQ(ask("retry", ""), "retry");
  EXPECT_EQ(ask("rerun", ""), "rerun");
  for (const char* word : {"v2", "stages", "inputSetList"}) {
    EXPECT_EQ(ask(std::string("retry/") + word, retry), word + std::string(" retried of id"));
    EXPECT_EQ(ask(std::string("retry/") + word, ""), "retry");
    EXPECT_EQ(ask(std::string("rerun/") + word, ""), "rerun");
    EXPECT_EQ(ask(std::string("rerun/id/") + word, ""), word + std::string(" of id"));
    EXPECT_EQ(ask(std::string("rerun/v2/id/") + word, ""), word + std::string(" of id"));
  }
}

TEST_F(Runs, OfTheNewerApiNameTheirScopeInThePath) {
  take_repetitions();
  const auto ask = [&](const std::string& path, const char* key, const std::string& body = {},
                       const std::string& query = {}) {
    asked_ = {};
    repetition_ = {};
    Request asked = request(Method::post, "v1/orgs/o/projects/p/pipelines/pipe/" + path, key, body);
    asked.query = query;
    asked.headers.emplace_back("Harness-Account", "acc");
    return answer(api_, asked);
  };
  EXPECT_EQ(ask("execute", kViewerKey).status, 403);
  const Response started =
      ask("execute", kEditorKey, R"({"inputs_yaml":"pipeline: {}"})", "notes=by%20hand");
  EXPECT_EQ(started.body,
            R"({"execution_details":{"execution_id":"SkQxzvzQSK2A0vCGv8Fn9Q","status":"QUEUED"}})");
  EXPECT_EQ(asked_.account + '/' + asked_.org + '/' + asked_.project + '/' + asked_.pipeline,
            "acc/o/p/pipe");
  EXPECT_EQ(asked_.runtime_input, "pipeline: {}");
  EXPECT_EQ(asked_.notes, "by hand");
  for (const char* body : {"", "pipeline: {}", R"({"pipeline":{}})"}) {
    EXPECT_EQ(ask("execute", kEditorKey, body).status, 200);
    EXPECT_EQ(asked_.runtime_input, body);
  }
  EXPECT_EQ(ask("execute", kEditorKey, R"({"inputs":{"a":1}})").status, 400);
  EXPECT_EQ(ask("execute/rerun/id", kEditorKey).status, 200);
  EXPECT_EQ(repetition_.plan_execution_id, "id");
  EXPECT_FALSE(repetition_.retry);
  EXPECT_EQ(ask("execute/retry/id", kEditorKey).status, 400) << "from which stage?";
  EXPECT_EQ(ask("execute/retry/id", kEditorKey, "", "retry_stages=a&retry_stages=b").status, 200);
  EXPECT_EQ(repetition_.plan_execution_id, "id");
  ASSERT_TRUE(repetition_.retry);
  EXPECT_EQ(repetition_.retry->stages, (std::vector<std::string>{"a", "b"}));
  EXPECT_TRUE(repetition_.retry->runs_all_stages);
  EXPECT_EQ(ask("execute/retry/id", kEditorKey, "", "retry_stages=a&run_all_stages=false").status,
            200);
  EXPECT_FALSE(repetition_.retry->runs_all_stages);
}

TEST_F(Runs, ShowWhatTheyRanAndWhatTheyWereGiven) {
  api_.execution_scope = [](const std::string&, const std::string& id) -> Result<Scope> {
    if (id != "id") return Errc::not_found;
    return Scope{"acc", "default", "demo"};
  };
  api_.run_documents = [](const std::string&, const std::string&) -> Result<RunDocuments> {
    RunDocuments documents;
    documents.execution.plan_execution_id = "id";
    documents.text = {"pipeline: whole", "pipeline: given", {}};
    documents.input_template = "pipeline: asked";
    return documents;
  };
  api_.input_template = [](const Scope&, const std::string&,
                           const std::vector<std::string>&) -> Result<std::string, Diagnostic> {
    return Diagnostic("it is gone");
  };
  const auto get = [&](const std::string& path) {
    return answer(api_, request(Method::get, "pipelines/execution/" + path, kViewerKey));
  };
  EXPECT_EQ(get("other/inputset").status, 404);
  EXPECT_EQ(get("id/inputset").body, "pipeline: given");
  EXPECT_NE(get("id/inputsetV2")
                .body.find(R"("data":{"inputSetTemplateYaml":"pipeline: asked","inputSetYaml":)"
                           R"("pipeline: given","latestTemplateYaml":null})"),
            std::string::npos);
  EXPECT_NE(get("id/metadata")
                .body.find(R"("data":{"executionId":"id","executionYaml":"pipeline: whole"})"),
            std::string::npos);
  EXPECT_NE(get("id/metadata/details").body.find(R"("inputYaml":"pipeline: given")"),
            std::string::npos);
}

TEST_F(Runs, AreCheckedBeforehandWithoutComplaint) {
  api_.entity = [](const EntityName& name) -> Result<EntityView> {
    if (name.identifier != "p") return Errc::not_found;
    return EntityView();
  };
  const auto begin = [&](const std::string& more) {
    return answer(api_,
                  request(Method::post, "pipeline/execute/preflightCheck", kEditorKey, {}, more));
  };
  EXPECT_EQ(begin("&pipelineIdentifier=gone").status, 400);
  EXPECT_EQ(begin("&pipelineIdentifier=p").status, 200);
  EXPECT_EQ(asked_.pipeline, "");
  EXPECT_EQ(begin("").status, 200);
  EXPECT_EQ(asked_.pipeline, "preflightCheck") << "a pipeline of that name";
  const auto get = [&](const std::string& more) {
    return answer(api_, request(Method::get, "pipeline/execute/getPreflightCheckResponse",
                                kEditorKey, {}, more));
  };
  EXPECT_EQ(get("").status, 400);
  EXPECT_NE(get("&preflightCheckId=x")
                .body.find(R"("connectorWrapperResponse":{"checkResponses":[],"status":"SUCCESS"},)"
                           R"("status":"SUCCESS","errorInfo":null})"),
            std::string::npos);
}

TEST_F(Runs, TellWhatATextWouldBecome) {
  api_.execution_scope = [](const std::string&, const std::string& id) -> Result<Scope> {
    if (id != "id") return Errc::not_found;
    return Scope{"acc", "default", "demo"};
  };
  std::string asked;
  api_.evaluate_text = [&](const std::string&, const std::string& id, const std::string& node,
                           std::string_view text) -> Result<EvaluatedText, Diagnostic> {
    asked = id + '/' + node + '/' + std::string(text);
    if (node == "nowhere") return Diagnostic("the execution has no node nowhere");
    return EvaluatedText{"all",
                         {{"", "<+a>", "1", ""},
                          {"", "<+a>", "1", ""},
                          {"pipeline.name", "<+b>", std::nullopt, "it fails"}}};
  };
  const auto ask = [&](const std::string& id, const char* key, const std::string& more = {}) {
    return answer(api_, request(Method::post, "pipelines/execution/" + id + "/evaluateExpression",
                                key, "<+a>", more));
  };
  EXPECT_EQ(ask("id", "nobody").status, 401);
  EXPECT_EQ(ask("other", kViewerKey).status, 404);
  EXPECT_EQ(ask("id", kViewerKey, "&nodeExecutionId=nowhere").status, 400);
  const Response response = ask("id", kViewerKey);
  EXPECT_EQ(asked, "id//<+a>");
  EXPECT_NE(response.body.find(
                R"("data":{"compiledYaml":"all","mapExpression":{"<+a>":{"originalExpression":)"
                R"("<+a>","resolvedValue":"1","fqn":""},"pipeline.name+<+b>":)"
                R"({"originalExpression":"<+b>","resolvedValue":null,"fqn":"pipeline.name",)"
                R"("error":"it fails"}}})"),
            std::string::npos)
      << response.body;
}

TEST_F(Runs, MergedSetsShowWhatIsWrongWithEach) {
  InputSetChoice asked;
  api_.merge_input_sets = [&](const Scope&, const std::string&,
                              const InputSetChoice& choice) -> Result<InputSetMerge, Diagnostic> {
    asked = choice;
    return InputSetMerge{"", "", {"a"}, {{"a", {{"pipeline.x", "Field not a runtime input"}}}}};
  };
  const std::string path = "inputSets/merge";
  EXPECT_EQ(answer(api_, request(Method::post, path, kViewerKey, "{}")).status, 400)
      << "without a pipeline";
  const Response response =
      answer(api_, request(Method::post, path, kViewerKey,
                           R"({"inputSetReferences":["a"],"stageIdentifiers":["s"],)"
                           R"("lastYamlToMerge":"pipeline: {}"})",
                           "&pipelineIdentifier=p"));
  EXPECT_EQ(asked.sets, std::vector<std::string>{"a"});
  EXPECT_EQ(asked.stages, std::vector<std::string>{"s"});
  EXPECT_EQ(asked.last, "pipeline: {}");
  const std::string data =
      R"("data":{"pipelineYaml":null,"completePipelineYaml":null,"isErrorResponse":true,)"
      R"("inputSetErrorWrapper":{"uuidToErrorResponseMap":{"a":{"errors":[{"fieldName":)"
      R"("pipeline.x","message":"Field not a runtime input","identifierOfErrorSource":"a"}]}},)"
      R"("invalidInputSetReferences":["a"]}})";
  EXPECT_NE(response.body.find(data), std::string::npos) << response.body;
}

TEST_F(Runs, TheOlderDetailAlwaysHasAGraph) {
  api_.execution_scope = [](const std::string&, const std::string& id) -> Result<Scope> {
    if (id != "id") return Errc::not_found;
    return Scope{"acc", "default", "demo"};
  };
  std::string shown;
  api_.execution_detail = [&](const std::string&, const std::string&,
                              const GraphQuery& graph) -> Result<std::string> {
    shown = graph.is_full ? "all" : std::string(graph.stage_node_id);
    return std::string("{}");
  };
  const auto get = [&](const std::string& path, const std::string& more = {}) {
    shown = "nothing";
    return answer(api_, request(Method::get, "pipelines/execution/" + path, kViewerKey, {}, more));
  };
  EXPECT_EQ(get("other").status, 404);
  EXPECT_EQ(shown, "nothing");
  EXPECT_EQ(get("id").status, 200);
  EXPECT_EQ(shown, "all");
  EXPECT_EQ(get("id", "&stageNodeId=s").status, 200);
  EXPECT_EQ(shown, "s");
  EXPECT_EQ(get("v2/id").status, 200);
  EXPECT_EQ(shown, "");
}

TEST_F(Runs, TheTemplateIsOfTheStagesThatAreNamed) {
  std::vector<std::string> asked;
  api_.input_template = [&](const Scope&, const std::string&,
                            const std::vector<std::string>& stages) {
    asked = stages;
    return Result<std::string, Diagnostic>(Diagnostic("Pipeline [p] has no stage [z]"));
  };
  const auto ask = [&](const std::string& body) {
    return answer(api_, request(Method::post, "inputSets/template", kViewerKey, body,
                                "&pipelineIdentifier=p"));
  };
  EXPECT_EQ(ask("{").status, 400);
  EXPECT_TRUE(asked.empty());
  const Response refused = ask(R"({"stageIdentifiers":["a","z"]})");
  EXPECT_EQ(refused.status, 400);
  EXPECT_NE(refused.body.find("Pipeline [p] has no stage [z]"), std::string::npos) << refused.body;
  EXPECT_EQ(asked, (std::vector<std::string>{"a", "z"}));
}

TEST_F(Runs, TheTemplateSaysWhatAPipelineAsksFor) {
  api_.input_template = [](const Scope&, const std::string&,
                           const std::vector<std::string>& stages) {
    EXPECT_TRUE(stages.empty());
    return Result<std::string, Diagnostic>(boost::system::in_place_value, "pipeline: {}\n");
  };
  const Response response = answer(
      api_, request(Method::post, "inputSets/template", kViewerKey, {}, "&pipelineIdentifier=p"));
  EXPECT_NE(
      response.body.find(R"("data":{"inputSetTemplateYaml":"pipeline: {}\n","modules":["pms"],)"
                         R"("replacedExpressions":[],"hasInputSets":false})"),
      std::string::npos)
      << response.body;
  Request newer =
      request(Method::get, "v1/orgs/default/projects/demo/pipelines/p/inputs", kViewerKey);
  newer.headers.emplace_back("Harness-Account", "acc");
  EXPECT_EQ(answer(api_, newer).body,
            R"({"inputs":{},"template_yaml":"pipeline: {}\n","modules":["pms"],)"
            R"("replaced_expressions":[],"has_input_sets":false})");
}

}  // namespace
}  // namespace tripgate::http
