// Who gets which answer: envelopes byte by byte, keys, permissions, paths.
#include "engine/http/routes.h"

#include <gtest/gtest.h>

#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

Request request(Method method, std::string path, std::string query = "", std::string key = "") {
  Request request;
  request.method = method;
  request.path = std::move(path);
  request.query = std::move(query);
  request.headers = {{"x-requestid", "id-1"}};
  if (!key.empty()) request.headers.emplace_back("x-api-key", std::move(key));
  return request;
}

const std::string kDetails =
    std::string("/gateway/pipeline/api/webhook/triggerExecutionDetails/") + kEventId;
const std::string kBody = std::string("/pipeline/api/triggers/eventHistory/body/") + kEventId;
constexpr const char* kDemo = "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo";

TEST(Routes, UnknownPathIsA400Failure) {
  const Response response = answer(fake_api(), request(Method::get, "/nothing"));
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.body,
            R"({"status":"FAILURE","code":"RESOURCE_NOT_FOUND_EXCEPTION",)"
            R"("message":"HTTP 404 Not Found","correlationId":"id-1","errors":null})");
}

TEST(Routes, WrongMethodIsA405) {
  EXPECT_EQ(answer(fake_api(), request(Method::post, kDetails)).status, 405);
}

TEST(Routes, AbsentAndEmptyAccountAreNamed) {
  for (const char* query : {"", "accountIdentifier=", "accountIdentifier"}) {
    const Response response = answer(fake_api(), request(Method::get, kDetails, query));
    EXPECT_EQ(response.status, 400);
    EXPECT_EQ(response.body,
              R"({"status":"FAILURE","code":"INVALID_REQUEST",)"
              R"("message":"accountIdentifier: must not be null","correlationId":"id-1",)"
              R"("errors":[{"fieldId":"accountIdentifier","error":"must not be null"}]})");
  }
}

TEST(Routes, EventWithoutRowsIsThe400OfTheOriginal) {
  const Response response =
      answer(fake_api(), request(Method::get, kDetails, "accountIdentifier=other"));
  EXPECT_EQ(response.status, 400);
  const std::string message =
      "Invalid request: Trigger event history doesn't exist for event with eventId "
      "632394c7b018985c661747be";
  EXPECT_EQ(response.body, R"({"status":"ERROR","code":"INVALID_REQUEST","message":")" + message +
                               R"(","correlationId":"id-1","detailedMessage":null,)"
                               R"("responseMessages":[{"code":"INVALID_REQUEST","level":"ERROR",)"
                               R"("message":")" +
                               message +
                               R"(","exception":null,"failureTypes":[]}],"metadata":null})");
}

TEST(Routes, DetailsNeedNoKeyAndKnowBothPrefixes) {
  for (const char* prefix : {"/gateway", ""}) {
    const std::string path =
        std::string(prefix) + "/pipeline/api/webhook/triggerExecutionDetails/" + kEventId;
    const Response response =
        answer(fake_api(), request(Method::get, path, "accountIdentifier=acc"));
    EXPECT_EQ(response.body, R"({"status":"SUCCESS","data":{"eventFound":true},"metaData":null,)"
                             R"("correlationId":"id-1"})");
  }
}

TEST(Routes, MakesACorrelationIdWhereTheRequestHasNone) {
  Request bare = request(Method::get, kDetails, "accountIdentifier=acc");
  bare.headers.clear();
  const std::string first = answer(fake_api(), bare).body;
  EXPECT_NE(first, answer(fake_api(), bare).body);
  const std::string id = first.substr(first.find("correlationId") + 16, 36);
  EXPECT_EQ(id[14], '4');
}

TEST(Routes, EverythingButTheOpenRoutesAsksForAKey) {
  for (const Route& route : routes()) {
    std::string path(route.pattern);
    for (std::size_t brace; (brace = path.find('{')) != std::string::npos;) {
      path.replace(brace, path.find('}') - brace + 1, "x");
    }
    const std::string query = std::string(kDemo) + "&targetIdentifier=p&eventId=e";
    if (route.access == Access::open) continue;
    for (const char* key : {"", "wrong"}) {
      Request asked = request(route.method, path, query, key);
      asked.headers.emplace_back("Harness-Account", "acc");
      const Response response = answer(fake_api(), asked);
      EXPECT_EQ(response.status, 401) << path;
      EXPECT_NE(response.body.find(R"("message":"Token is not valid.")"), std::string::npos);
    }
  }
}

TEST(Routes, TheNewerApiNamesItsAccountInAHeader) {
  for (const char* prefix : {"", "/pipeline/api", "/gateway/pipeline/api"}) {
    const std::string path =
        std::string(prefix) + "/v1/orgs/default/projects/demo/approvals/execution/x";
    const Response response = answer(fake_api(), request(Method::get, path, kDemo, kViewerKey));
    EXPECT_EQ(response.status, 400) << path;
    EXPECT_NE(response.body.find("Harness-Account: must not be null"), std::string::npos);
  }
}

TEST(Routes, TheNewerApiNamesItsScopeInThePath) {
  const auto ask = [](const std::string& project) {
    Request asked =
        request(Method::get, "/v1/orgs/default/projects/" + project + "/approvals/execution/x", "",
                kViewerKey);
    asked.headers.emplace_back("Harness-Account", "acc");
    Api api = fake_api();
    api.approvals = [](const std::string&, const std::string&, const ApprovalUser&) {
      return Result<std::vector<ApprovalView>>(boost::system::in_place_value);
    };
    return answer(api, asked).status;
  };
  EXPECT_EQ(ask("demo"), 200);
  EXPECT_EQ(ask("two"), 403) << "the key is for demo";
}

TEST(Routes, TwoKeysAreNoKey) {
  Request twice = request(Method::get, kBody, "accountIdentifier=acc", kViewerKey);
  twice.headers.emplace_back("X-API-KEY", kViewerKey);
  EXPECT_EQ(answer(fake_api(), twice).status, 401);
}

TEST(Routes, PermissionHoldsInItsScopeOnly) {
  struct Case {
    const char* query;
    Method method;
    const char* key;
    int status;
  };
  const Case cases[] = {
      {kDemo, Method::get, kViewerKey, 200},
      {kDemo, Method::erase, kViewerKey, 403},
      {"accountIdentifier=acc&orgIdentifier=default&projectIdentifier=two", Method::get, kViewerKey,
       403},
      {"accountIdentifier=other&orgIdentifier=default&projectIdentifier=demo", Method::get,
       kViewerKey, 401},
  };
  for (const Case& c : cases) {
    const std::string path = c.method == Method::erase ? "/pipeline/api/tripgate/entities/trigger/t"
                                                       : "/pipeline/api/tripgate/entities/trigger";
    EXPECT_EQ(answer(fake_api(), request(c.method, path, c.query, c.key)).status, c.status);
  }
}

TEST(Routes, ListsEntitiesBehindTheOneThatAfterNames) {
  std::vector<EntityListQuery> asked;
  Api api = fake_api();
  api.entities = [&asked](const EntityListQuery& query) -> Result<std::vector<EntityView>> {
    asked.push_back(query);
    return std::vector<EntityView>();
  };
  const auto list = [&](const std::string& kind, const std::string& more) {
    Request local = request(Method::get, "/pipeline/api/tripgate/entities/" + kind,
                            "accountIdentifier=acc&orgIdentifier=o&projectIdentifier=p" + more);
    local.is_administrator = true;
    return answer(api, local).status;
  };
  EXPECT_EQ(list("trigger", ""), 200);
  EXPECT_EQ(asked.back().limit, 1000U) << "never everything at once";
  EXPECT_FALSE(asked.back().after);
  EXPECT_EQ(list("trigger", "&after=build/t&size=20&pipelineIdentifier=build"), 200);
  EXPECT_EQ(asked.back().after->pipeline, "build");
  EXPECT_EQ(asked.back().after->identifier, "t");
  EXPECT_EQ(asked.back().limit, 20U);
  EXPECT_EQ(asked.back().pipeline, "build");
  EXPECT_EQ(list("pipeline", "&after=build"), 200);
  EXPECT_EQ(asked.back().after->identifier, "build");
  EXPECT_EQ(list("trigger", "&after=build"), 400);
  EXPECT_EQ(list("pipeline", "&after=" + std::string(200, 'a')), 400);
}

TEST(Routes, DeniedAnswerNamesPrincipalAndPermission) {
  const Response response = answer(
      fake_api(), request(Method::get, "/pipeline/api/tripgate/entities/pipeline",
                          "accountIdentifier=acc&orgIdentifier=o&projectIdentifier=p", kViewerKey));
  EXPECT_EQ(response.body,
            R"({"status":"ERROR","code":"NG_ACCESS_DENIED","message":"Principal of type )"
            R"(SERVICE_ACCOUNT with identifier sa1 : Missing permission core_pipeline_view on )"
            R"(pipeline","correlationId":null,"detailedMessage":null,"responseMessages":null,)"
            R"("metadata":null,"failedPermissionChecks":[{"resourceScope":{"accountIdentifier":)"
            R"("acc","orgIdentifier":"o","projectIdentifier":"p"},"resourceType":"PIPELINE",)"
            R"("resourceAttributes":null,"resourceIdentifier":null,)"
            R"("permission":"core_pipeline_view"}]})");
}

TEST(Routes, AdministratorOfTheSocketNeedsNoKey) {
  Request local = request(Method::get, kBody, "accountIdentifier=acc");
  local.is_administrator = true;
  EXPECT_EQ(answer(fake_api(), local).status, 200);
}

TEST(Routes, RawBodyIsNeverAPage) {
  const Response response =
      answer(fake_api(), request(Method::get, kBody, "accountIdentifier=acc", kViewerKey));
  EXPECT_EQ(response.body, std::string("<script>\0\xff", 10));
  EXPECT_EQ(response.content_type, "application/octet-stream");
}

TEST(Routes, BodiesThatAreNotWhatIsExpectedAreRefused) {
  const std::string deep(5'000'000, '[');
  for (const std::string& body :
       {std::string(), std::string("{"), std::string("[]"), std::string(R"({"files":[{}]})"), deep,
        std::string("\xff"), std::string("{\"files\":\0}", 11)}) {
    Request apply = request(Method::post, "/pipeline/api/tripgate/apply", kDemo, kEditorKey);
    apply.body = body;
    EXPECT_EQ(answer(fake_api(), apply).status, 400);
  }
}

TEST(Router, FindsPathParametersByTheirNames) {
  const auto found = match_path("/a/{x}/b/{long-name}", "/a/1/b/2");
  ASSERT_TRUE(found);
  EXPECT_EQ(found->find("x"), "1");
  EXPECT_EQ(found->find("long-name"), "2");
  EXPECT_EQ(found->find("other"), "");
  EXPECT_EQ(found->find(""), "");
}

TEST(Router, MatchesWholeSegmentsOnly) {
  EXPECT_TRUE(match_path("/a/{x}", "/a/b"));
  EXPECT_FALSE(match_path("/a/{x}", "/a/"));
  EXPECT_FALSE(match_path("/a/{x}", "/a"));
  EXPECT_FALSE(match_path("/a/{x}", "/a/b/c"));
  EXPECT_FALSE(match_path("/a", "/a/"));
  EXPECT_EQ(strip_gateway("/gatewayx/a"), "/gatewayx/a");
}

}  // namespace
}  // namespace tripgate::http
