// A call under the real supervisor: timed out, aborted, masked and picked up like any step.
#include <gtest/gtest.h>

#include "engine/call/http_step.h"
#include "test/lib/loopback_server.h"
#include "test/unit/run/step_stand.h"

namespace tripgate {
namespace {

class SupervisedCall : public StepStand {
 protected:
  static CallSettings settings() {
    CallSettings settings;
    const char* const given = std::getenv("TRIPGATE_CALL");
    settings.program = given != nullptr ? given : "build/san/tripgate-call";
    settings.http.allowed_addresses = {"127.0.0.0/8"};
    return settings;
  }

  static StepCommand command(const std::string& url) {
    plan::HttpSpec spec;
    spec.method = "GET";
    spec.url = url;
    auto command = make_http_command(spec, settings());
    EXPECT_TRUE(command);
    command->event_id = "event";
    return std::move(*command);
  }

  static CallEnd judge(const StepResult& result) {
    return judge_http_result({}, result, jexl::MapContext(jexl::Value::map({})), {});
  }
};

TEST_F(SupervisedCall, AServerThatNeverAnswersRunsIntoTheStepsTimeout) {
  LoopbackServer server([](Peer& peer) { peer.await_close(); });
  StepCommand patient = command(server.url("/"));
  patient.timeout = std::chrono::milliseconds(300);
  const StepResult result = run(patient);
  EXPECT_TRUE(result.timed_out);
  EXPECT_TRUE(result.result_text.empty());
}

TEST_F(SupervisedCall, AServerThatDripsRunsIntoTheStepsTimeout) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
    peer.await_close();
  });
  StepCommand patient = command(server.url("/"));
  patient.timeout = std::chrono::milliseconds(300);
  EXPECT_TRUE(run(patient).timed_out);
}

TEST_F(SupervisedCall, AnAbortCutsTheCall) {
  make_fifo("called");
  LoopbackServer server([this](Peer& peer) {
    peer.read_request();
    release_fifo("called");
    peer.await_close();
  });
  ASSERT_FALSE(start(command(server.url("/"))));
  await_fifo("called");
  runner_->abort(id_);
  EXPECT_TRUE(wait_for_end().aborted);
}

TEST_F(SupervisedCall, OutlivesTheEngineThatAskedForIt) {
  make_fifo("called");
  make_fifo("go_on");
  LoopbackServer server([this](Peer& peer) {
    peer.read_request();
    release_fifo("called");
    await_fifo("go_on");
    peer.send(http_answer(200, "late"));
  });
  ASSERT_FALSE(start(command(server.url("/"))));
  await_fifo("called");
  restart();
  const auto adoption = adopt();
  ASSERT_TRUE(adoption);
  EXPECT_EQ(*adoption, Adoption::running);
  release_fifo("go_on");
  const CallEnd end = judge(wait_for_end());
  EXPECT_TRUE(end.is_success) << end.message;
  EXPECT_NE(end.output.find("\"late\""), std::string::npos);
  EXPECT_EQ(server.connection_count(), 1);
}

TEST_F(SupervisedCall, ItsLogShowsTheLinesOfTheOriginalAndNoSecret) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(http_answer(200, std::string(kResponseBodyMaxBytes, 'x')));
  });
  StepCommand masked = command(server.url("/?key=hunter2"));
  masked.secrets = {"hunter2"};
  const CallEnd end = judge(run(masked));
  EXPECT_TRUE(end.is_success) << end.message;
  EXPECT_EQ(log_text(),
            "Executing Http request via delegate\n"
            "Received response code: 200\n"
            "Successfully executed the http request URL .\n");
}

TEST_F(SupervisedCall, WhatAServerEchoesOfASecretIsMaskedInTheAnswer) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(http_answer(200, "{\"seen\":\"Bearer hun\\\"ter2\",\"raw\":'hun\"ter2'}"));
  });
  StepCommand masked = command(server.url("/"));
  masked.secrets = {"hun\"ter2"};
  const CallEnd end = judge(run(masked));
  EXPECT_TRUE(end.is_success) << end.message;
  EXPECT_EQ(end.output.find("ter2"), std::string::npos) << end.output;
  EXPECT_NE(end.output.find("Bearer **************"), std::string::npos) << end.output;
}

}  // namespace
}  // namespace tripgate
