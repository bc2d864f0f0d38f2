// When an answer with `wait` comes, and what it says.
#include <gtest/gtest.h>

#include "engine/http/routes.h"
#include "test/unit/http/fake_api.h"

namespace tripgate::http {
namespace {

class LongPollTest : public testing::Test {
 protected:
  LongPollTest() : api_(fake_api()) {
    api_.store_generation = [this] { return generation_; };
    api_.event_revision = [this](const std::string&, const std::string&) {
      ++looks_;
      return revision_;
    };
    api_.execution_details = [this](const std::string&, const std::string&) -> Result<std::string> {
      if (!revision_) return revision_.error();
      return std::to_string(revision_->number);
    };
  }

  Response ask(const std::string& wait, const std::string& seen = "") {
    Request request;
    request.path = std::string("/pipeline/api/webhook/triggerExecutionDetails/") + kEventId;
    request.query = "accountIdentifier=acc" + wait;
    if (!seen.empty()) request.headers.emplace_back("if-none-match", seen);
    return answer(api_, request);
  }

  void become(std::uint64_t number, bool is_final = false) {
    revision_ = StatusRevision{number, is_final};
    ++generation_;
  }

  static std::string tag(const Response& response) {
    for (const auto& [name, value] : response.headers) {
      if (name == "ETag") return value;
    }
    return {};
  }

  Api api_;
  std::uint64_t generation_ = 1;
  int looks_ = 0;
  Result<StatusRevision> revision_ = StatusRevision{1, false};
};

TEST_F(LongPollTest, RefusesWhatIsNoDuration) {
  for (const char* wait : {"&wait=", "&wait=soon", "&wait=-1s"}) {
    const Response response = ask(wait);
    EXPECT_EQ(response.status, 400) << wait;
    EXPECT_NE(response.body.find("Invalid request: wait is a duration such as 30s"),
              std::string::npos);
    EXPECT_FALSE(response.waiting);
  }
}

TEST_F(LongPollTest, OtherFailuresAreNotWaitedOut) {
  revision_ = make_error_code(Errc::store_corrupt);
  const Response response = ask("&wait=30s");
  EXPECT_FALSE(response.waiting);
  EXPECT_EQ(response.status, 500);
}

TEST_F(LongPollTest, WithoutWaitNothingIsHeldBack) {
  EXPECT_FALSE(ask("").waiting);
  EXPECT_EQ(looks_, 0);
}

TEST_F(LongPollTest, FinalStateIsAnsweredAtOnce) {
  become(7, true);
  const Response response = ask("&wait=30s");
  EXPECT_FALSE(response.waiting);
  EXPECT_NE(response.body.find("\"data\":7"), std::string::npos);
}

TEST_F(LongPollTest, WaitsForAnotherState) {
  const Response response = ask("&wait=30s");
  ASSERT_TRUE(response.waiting);
  EXPECT_EQ(response.waiting->patience, std::chrono::seconds(30));
  EXPECT_FALSE(response.waiting->is_over());
  become(2);
  EXPECT_TRUE(response.waiting->is_over());
  EXPECT_NE(response.waiting->answer().body.find("\"data\":2"), std::string::npos);
}

TEST_F(LongPollTest, LooksOnlyAfterTheStoreHasChanged) {
  const Response response = ask("&wait=30s");
  EXPECT_FALSE(response.waiting->is_over());
  EXPECT_EQ(looks_, 1);
  ++generation_;
  EXPECT_FALSE(response.waiting->is_over());
  EXPECT_FALSE(response.waiting->is_over());
  EXPECT_EQ(looks_, 2);
}

TEST_F(LongPollTest, WaitsForWhatIsNotThereYet) {
  revision_ = make_error_code(Errc::not_found);
  const Response response = ask("&wait=30s");
  ASSERT_TRUE(response.waiting);
  ++generation_;
  EXPECT_FALSE(response.waiting->is_over());
  EXPECT_EQ(response.waiting->answer().status, 400);
  become(1);
  EXPECT_TRUE(response.waiting->is_over());
  EXPECT_EQ(response.waiting->answer().status, 200);
}

TEST_F(LongPollTest, StateThatTheCallerHasNotSeenIsAnsweredAtOnce) {
  const std::string seen = tag(ask("&wait=30s").waiting->answer());
  EXPECT_FALSE(seen.empty());
  become(2);
  const Response changed = ask("&wait=30s", seen);
  EXPECT_FALSE(changed.waiting);
  EXPECT_NE(tag(changed), seen);
  EXPECT_TRUE(ask("&wait=30s", tag(changed)).waiting);
}

TEST_F(LongPollTest, UnchangedStateThatTheCallerKnowsIsA304) {
  const std::string seen = tag(ask("&wait=30s").waiting->answer());
  const Response response = ask("&wait=30s", seen).waiting->answer();
  EXPECT_EQ(response.status, 304);
  EXPECT_TRUE(response.body.empty());
}

}  // namespace
}  // namespace tripgate::http
