// Who may set and see secrets, and that no answer holds a value.
#include <gtest/gtest.h>

#include <map>

#include "engine/base/json_document.h"
#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

constexpr const char* kSecrets = "/ng/api/v2/secrets";
constexpr const char* kProject =
    "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo";
constexpr const char* kValue = "do-not-show-me";

class Secrets : public testing::Test {
 protected:
  Secrets() {
    api_.set_secret = [this](const Scope& scope,
                             const SecretWrite& write) -> Result<SecretView, Diagnostic> {
      if (write.must_be_new && stored_.contains(write.identifier)) return Diagnostic("it exists");
      stored_[write.identifier] = scope.org + "/" + scope.project + "=" + std::string(write.value);
      return SecretView{write.identifier, 7};
    };
    api_.secrets = [this](const Scope&) -> Result<std::vector<SecretView>> {
      std::vector<SecretView> views;
      for (const auto& [identifier, value] : stored_) views.push_back({identifier, 7});
      return views;
    };
    api_.erase_secret = [this](const Scope&, const std::string& identifier) -> Result<bool> {
      return stored_.erase(identifier) == 1;
    };
    api_.reseal_secrets = []() -> Result<std::size_t, Diagnostic> { return 2; };
  }

  Response ask(Method method, const std::string& path, const std::string& body,
               const std::string& key = kEditorKey, const std::string& query = kProject) {
    Request request;
    request.method = method;
    request.path = path;
    request.query = query;
    request.headers = {{"x-api-key", key}};
    request.body = body;
    Response response = answer(api_, request);
    EXPECT_EQ(response.body.find(kValue), std::string::npos) << response.body;
    return response;
  }

  static std::string document(const std::string& identifier, const std::string& more = "") {
    return R"({"secret":{"type":"SecretText","identifier":")" + identifier + "\"" + more +
           R"(,"spec":{"valueType":"Inline","value":")" + kValue + R"("}}})";
  }

  Api api_ = fake_api();
  std::map<std::string, std::string> stored_;
};

TEST_F(Secrets, AreWrittenByEditorsOnly) {
  const std::string path = std::string(kSecrets) + "/token";
  EXPECT_EQ(ask(Method::put, path, document("token"), "nobody").status, 401);
  EXPECT_EQ(ask(Method::put, path, document("token"), kViewerKey).status, 403);
  EXPECT_EQ(ask(Method::post, kSecrets, document("token"), kViewerKey).status, 403);
  EXPECT_EQ(ask(Method::erase, path, "", kViewerKey).status, 403);
  EXPECT_TRUE(stored_.empty());
  EXPECT_EQ(ask(Method::put, path, document("token")).status, 200);
  EXPECT_EQ(stored_["token"], "default/demo=" + std::string(kValue));
}

TEST_F(Secrets, AreRefusedWithoutRepeatingTheBody) {
  EXPECT_EQ(ask(Method::post, kSecrets, kValue).status, 400);
  EXPECT_EQ(ask(Method::post, kSecrets, "{\"secret\": \"" + std::string(kValue)).status, 400);
  EXPECT_EQ(ask(Method::post, kSecrets, document("a", R"(,"orgIdentifier":"other")")).status, 400);
  EXPECT_EQ(ask(Method::post, kSecrets, document("a")).status, 200);
  EXPECT_EQ(ask(Method::post, kSecrets, document("a")).status, 400) << "made a second time";
}

TEST_F(Secrets, AreListedWithoutTheirValues) {
  stored_["token"] = kValue;
  const Response response = ask(Method::get, kSecrets, "", kViewerKey);
  ASSERT_EQ(response.status, 200);
  const auto body = JsonDocument::parse(response.body);
  ASSERT_TRUE(body);
  const JsonView data = body->root().find("data");
  EXPECT_EQ(data.find("totalItems").integer(), 1);
  const JsonView secret = data.find("content").elements()[0].find("secret");
  EXPECT_EQ(secret.find("identifier").text(), "token");
  EXPECT_EQ(secret.find("projectIdentifier").text(), "demo");
}

TEST_F(Secrets, AreDeletedOnce) {
  stored_["token"] = kValue;
  EXPECT_EQ(ask(Method::erase, std::string(kSecrets) + "/token", "").status, 200);
  EXPECT_EQ(ask(Method::erase, std::string(kSecrets) + "/token", "").status, 404);
}

TEST_F(Secrets, AreResealedByThoseWhoEditTheAccount) {
  constexpr const char* kReseal = "/ng/api/tripgate/secrets/reseal";
  EXPECT_EQ(ask(Method::post, kReseal, "", kViewerKey, "accountIdentifier=acc").status, 403);
  EXPECT_EQ(ask(Method::post, kReseal, "", kEditorKey, "accountIdentifier=acc").status, 200);
}

}  // namespace
}  // namespace tripgate::http
