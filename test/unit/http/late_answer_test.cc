// Answers of the runner that come late, never, or as a refusal.
#include "engine/http/late_answer.h"

#include <gtest/gtest.h>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

constexpr const char* kRun = "SkQxzvzQSK2A0vCGv8Fn9Q";
const Result<std::string, Diagnostic> kInterrupt(boost::system::in_place_value, "interrupt-1");

/// Aborts a run whose runner speaks when the test wants it to.
class LateAnswer : public testing::Test {
 protected:
  LateAnswer() {
    api_.execution_scope = [](const std::string&, const std::string&) -> Result<Scope> {
      return Scope{"acc", "default", "demo"};
    };
    api_.interrupt = [this](const std::string&, const InterruptRequest&, OnInterrupted on_done) {
      on_done_ = std::move(on_done);
      if (at_once_) on_done_(*at_once_);
    };
  }

  Response abort() {
    Request request;
    request.method = Method::put;
    request.path = std::string("/pipeline/api/pipeline/execute/interrupt/") + kRun;
    request.query =
        "accountIdentifier=acc&orgIdentifier=default&projectIdentifier=demo&interruptType=AbortAll";
    request.headers = {{"x-requestid", "id-1"}, {"x-api-key", kEditorKey}};
    return answer(api_, request);
  }

  Api api_ = fake_api();
  std::optional<Result<std::string, Diagnostic>> at_once_;
  OnInterrupted on_done_;
};

TEST_F(LateAnswer, RefusalIsTheCallersFault) {
  at_once_ = Diagnostic("Execution is already finished with status: [ABORTED]");
  const Response response = abort();
  EXPECT_EQ(response.status, 400);
  EXPECT_NE(response.body.find("Invalid request: Execution is already finished"),
            std::string::npos);
}

TEST_F(LateAnswer, FullStoreIsNot) {
  at_once_ = Diagnostic("the store refused: full", Errc::store_full);
  const Response response = abort();
  EXPECT_EQ(response.status, 503);
  EXPECT_NE(response.body.find(R"("message":"the store refused: full")"), std::string::npos);
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].first, "Retry-After");
}

TEST_F(LateAnswer, BrokenStoreIsNotToldToComeAgain) {
  at_once_ = Diagnostic("the store cannot be read: corrupt", Errc::store_corrupt);
  const Response response = abort();
  EXPECT_EQ(response.status, 500);
  EXPECT_TRUE(response.headers.empty());
}

TEST_F(LateAnswer, WhatIsGoneIsNoFailureOfTheStore) {
  at_once_ = Diagnostic("the earlier run cannot be read: gone", Errc::not_found);
  EXPECT_EQ(abort().status, 400);
}

TEST_F(LateAnswer, ComesAtOnceWhenThereIsAWord) {
  at_once_ = kInterrupt;
  const Response response = abort();
  EXPECT_FALSE(response.waiting);
  EXPECT_NE(response.body.find(R"("data":{"id":"interrupt-1","type":"AbortAll",)"),
            std::string::npos)
      << response.body;
}

TEST_F(LateAnswer, IsHeldBackUntilThereIsAWord) {
  const Response response = abort();
  ASSERT_TRUE(response.waiting);
  EXPECT_FALSE(response.waiting->is_over());
  on_done_(kInterrupt);
  EXPECT_TRUE(response.waiting->is_over());
  const Response told = response.waiting->answer();
  EXPECT_EQ(told.status, 200);
  EXPECT_NE(told.body.find(R"("correlationId":"id-1")"), std::string::npos);
}

TEST_F(LateAnswer, OutcomeIsUnknownWhenNoWordComesInTime) {
  const Response response = abort();
  ASSERT_TRUE(response.waiting);
  EXPECT_EQ(response.waiting->patience, kAnswerPatience);
  const Response given_up = response.waiting->answer();
  EXPECT_EQ(given_up.status, 504);
  EXPECT_NE(given_up.body.find(R"("code":"GATEWAY_TIMEOUT")"), std::string::npos);
  on_done_(kInterrupt);  // nobody listens any more
}

}  // namespace
}  // namespace tripgate::http
