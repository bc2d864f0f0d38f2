// Which interrupts which address takes, and how it names them (pipelines.md 8.7).
#include <gtest/gtest.h>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

constexpr const char* kRun = "SkQxzvzQSK2A0vCGv8Fn9Q";
constexpr const char* kOfPlan = "interrupt/SkQxzvzQSK2A0vCGv8Fn9Q";
constexpr const char* kOfNode = "interrupt/SkQxzvzQSK2A0vCGv8Fn9Q/node-1";
constexpr const char* kOfIntervention =
    "manualIntervention/interrupt/SkQxzvzQSK2A0vCGv8Fn9Q/node-1";
constexpr const char* kInterventions =
    "[AbortAll, Abort, Pause, Resume, Ignore, StageRollback, StepGroupRollback, MarkAsSuccess, "
    "ExpireAll, Retry, MarkAsFailure, UserMarkedFailure]";

class Interrupts : public testing::Test {
 protected:
  Interrupts() {
    api_.execution_scope = [](const std::string&, const std::string&) -> Result<Scope> {
      return Scope{"acc", "default", "demo"};
    };
    api_.interrupt = [this](const std::string& run, const InterruptRequest& request,
                            const OnInterrupted& on_done) {
      EXPECT_EQ(run, kRun);
      asked_.push_back(request);
      on_done({boost::system::in_place_value, "interrupt-1"});
    };
  }

  Response put(const std::string& path, const std::string& type) {
    Request request;
    request.method = Method::put;
    request.path = "/pipeline/api/pipeline/execute/" + path;
    request.query = "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo" + type;
    request.headers = {{"x-api-key", kEditorKey}};
    return answer(api_, request);
  }

  Api api_ = fake_api();
  std::vector<InterruptRequest> asked_;
};

TEST_F(Interrupts, OthersAreRefusedWithThoseOfTheAddress) {
  struct Row {
    const char* path;
    std::string type;
    std::string expected;
  };
  const Row rows[] = {
      {kOfPlan, "Abort", "[AbortAll]"},
      {kOfPlan, "UserMarkedFailure", "[AbortAll]"},
      {kOfPlan, "ABORT_ALL", "[AbortAll]"},
      {kOfNode, "Abort", "[AbortAll, UserMarkedFailure]"},
      {kOfNode, "Retry", "[AbortAll, UserMarkedFailure]"},
      {kOfIntervention, "Explode", kInterventions},
      {kOfIntervention, "", kInterventions},
  };
  for (const Row& row : rows) {
    const Response response = put(row.path, "&interruptType=" + row.type);
    EXPECT_EQ(response.status, 400);
    const std::string text =
        "Invalid value:" + row.type + ", the expected values are: " + row.expected + '"';
    EXPECT_NE(response.body.find(text), std::string::npos) << response.body;
  }
  EXPECT_EQ(put(kOfPlan, "").status, 400);
  EXPECT_TRUE(asked_.empty());
}

TEST_F(Interrupts, AreTakenInAnyCaseAndAnsweredAsTheyAreSpelled) {
  const std::pair<const char*, const char*> rows[] = {
      {"AbortAll", "aBORTaLL"},
      {"Abort", "ABORT"},
      {"Pause", "pause"},
      {"Resume", "resume"},
      {"Ignore", "ignore"},
      {"StageRollback", "stagerollback"},
      {"ExpireAll", "EXPIREALL"},
      {"StepGroupRollback", "stepGroupRollback"},
      {"Retry", "retry"},
      {"MarkAsSuccess", "markAsSuccess"},
      {"MarkAsFailure", "markasfailure"},
      {"UserMarkedFailure", "userMarkedFailure"},
  };
  for (const auto& [spelled, sent] : rows) {
    const Response response = put(kOfIntervention, std::string("&interruptType=") + sent);
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string answered = std::string(R"("data":{"id":"interrupt-1","type":")") + spelled +
                                 R"(","planExecutionId":")";
    EXPECT_NE(response.body.find(answered), std::string::npos) << response.body;
    ASSERT_FALSE(asked_.empty());
    EXPECT_EQ(interrupt_name(asked_.back().type), spelled);
    const bool is_of_run =
        asked_.back().type == InterruptType::pause || asked_.back().type == InterruptType::resume;
    EXPECT_EQ(asked_.back().node_execution_id, is_of_run ? "" : "node-1");
  }
}

}  // namespace
}  // namespace tripgate::http
