// Who may see an explanation or ask what-if, and what they get.
#include <gtest/gtest.h>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

const std::string kExplain = std::string("/pipeline/api/triggers/eventHistory/explain/") + kEventId;
constexpr const char* kAccount = "accountIdentifier=acc";

Request request(Method method, const std::string& path, const std::string& query,
                const std::string& key) {
  Request request;
  request.method = method;
  request.path = path;
  request.query = query;
  request.headers = {{"x-requestid", "id-1"}, {"x-api-key", key}};
  return request;
}

Api explaining_api() {
  Api api = fake_api();
  api.event_explanation = [](const std::string&, const std::string&) -> Result<std::string> {
    return std::string(R"({"candidates":[]})");
  };
  return api;
}

TEST(Explanation, IsForThoseWhoMayViewTheEvent) {
  Api api = explaining_api();
  EXPECT_EQ(answer(api, request(Method::get, kExplain, kAccount, "nobody")).status, 401);
  api.event = [](const std::string&, const std::string& event) -> Result<EventView> {
    EventView view;
    view.id = event;
    view.scope = {"acc", "default", "other"};
    return view;
  };
  EXPECT_EQ(answer(api, request(Method::get, kExplain, kAccount, kViewerKey)).status, 403);
  EXPECT_EQ(answer(api, request(Method::get, kExplain, kAccount, kEditorKey)).status, 200);
}

TEST(Explanation, OfAnEventThatIsNotJudgedYetMeansTryAgain) {
  Api api = explaining_api();
  api.event_explanation = [](const std::string&, const std::string&) -> Result<std::string> {
    return Errc::not_found;
  };
  const Response response = answer(api, request(Method::get, kExplain, kAccount, kViewerKey));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("Trigger event history doesn't exist for event with eventId"),
            std::string::npos);
}

TEST(WhatIf, AsksForTheScopeOfTheTriggerItself) {
  Api api = fake_api();
  api.what_if = [](const WhatIfRequest& asked) -> Result<WhatIfOutcome> {
    WhatIfOutcome outcome;
    const Scope elsewhere = {"acc", "default", "other"};
    if (!asked.may_view(elsewhere)) outcome.denied = elsewhere;
    outcome.data = R"({"judged":)" + std::to_string(asked.last) + "}";
    return outcome;
  };
  const std::string path = "/pipeline/api/tripgate/whatif";
  EXPECT_EQ(answer(api, request(Method::post, path, kAccount, kViewerKey)).status, 403);
  const Response all = answer(api, request(Method::post, path, kAccount, kEditorKey));
  EXPECT_NE(all.body.find(R"("data":{"judged":100})"), std::string::npos) << all.body;
  const Response some =
      answer(api, request(Method::post, path, std::string(kAccount) + "&size=7", kEditorKey));
  EXPECT_NE(some.body.find(R"("data":{"judged":7})"), std::string::npos) << some.body;
}

TEST(WhatIf, RefusesATriggerThatCouldNotBeSaved) {
  Api api = fake_api();
  api.what_if = [](const WhatIfRequest& asked) -> Result<WhatIfOutcome> {
    WhatIfOutcome outcome;
    outcome.errors = {Diagnostic(3, 4, "a value was expected")};
    outcome.errors[0].file = asked.file;
    return outcome;
  };
  const Response response =
      answer(api, request(Method::post, "/pipeline/api/tripgate/whatif",
                          std::string(kAccount) + "&file=t.yaml", kEditorKey));
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find(R"("metadata":{"errors":[{"file":"t.yaml","line":3,"column":4,)"),
            std::string::npos)
      << response.body;
}

}  // namespace
}  // namespace tripgate::http
