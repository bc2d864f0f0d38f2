// Commands against an engine of the test's own, over a real socket.
#include "engine/cli/commands.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>

#include "engine/http/http_server.h"

namespace tripgate::cli {
namespace {

class CommandsTest : public testing::Test {
 protected:
  CommandsTest() {
    std::string pattern = testing::TempDir() + "cli_XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~CommandsTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  /// Starts an engine that answers everything with this.
  void answer_with(int status, std::string body) {
    auto server = http::HttpServer::start(
        {.socket_path = directory_ + "/s", .mode = 0600, .is_admin = true, .limits = {}},
        [this, status, body](const http::Request& request) {
          const std::lock_guard lock(mutex_);
          asked_ = request;
          http::Response response;
          response.status = status;
          response.body = body;
          return response;
        });
    ASSERT_TRUE(server);
    server_ = *std::move(server);
  }

  int run(std::vector<std::string> words) {
    out_.str("");
    complain_.str("");
    const Environment environment = [this](std::string_view name) {
      return name == "TRIPGATE_ADMIN_SOCKET" ? std::optional<std::string>(directory_ + "/s")
                                             : std::nullopt;
    };
    return run_command(words, environment, out_, complain_);
  }

  std::string write_file(const std::string& name, const std::string& text) {
    std::string path = directory_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  std::string directory_;
  std::mutex mutex_;
  http::Request asked_;
  std::unique_ptr<http::HttpServer> server_;
  std::ostringstream out_;
  std::ostringstream complain_;
};

TEST_F(CommandsTest, WrongUsageIsTwoAndNeverAsks) {
  const std::vector<std::string> cases[] = {
      {},
      {"nope"},
      {"token"},
      {"get"},
      {"get", "nonsense"},
      {"get", "pipeline", "a", "b"},
      {"apply"},
      {"curl", "t", "--nope"},
      {"token", "create"},
      {"token", "create", "--name", "n", "--role", "king"},
      {"token", "create", "--name", "n", "--expires", "soon"},
      {"token", "list", "-o", "xml"},
      {"token", "list", "--url", "http://h", "--state-dir", "d"},
      {"token", "list", "--url", "http://h", "--token-file", "/nowhere"},
  };
  for (const auto& words : cases) {
    EXPECT_EQ(run(words), exit_usage) << testing::PrintToString(words);
    EXPECT_EQ(out_.str(), "");
    EXPECT_NE(complain_.str(), "");
  }
}

TEST_F(CommandsTest, AbsentEngineIsThree) {
  EXPECT_EQ(run({"get", "pipeline"}), exit_engine_away);
  EXPECT_NE(complain_.str().find(directory_ + "/s"), std::string::npos);
}

TEST_F(CommandsTest, RefusalIsOneWithItsText) {
  answer_with(404, R"({"status":"ERROR","message":"Trigger t does not exist"})");
  EXPECT_EQ(run({"curl", "t"}), exit_refused);
  EXPECT_EQ(complain_.str(), "tripgate: Trigger t does not exist\n");
}

TEST_F(CommandsTest, LongListSaysHowToGoOn) {
  std::string data;
  for (int i = 0; i < 1000; ++i) {
    data += std::string(i == 0 ? "" : ",") + R"({"identifier":"t)" + std::to_string(i) +
            R"(","pipelineIdentifier":"p"})";
  }
  answer_with(200, R"({"status":"SUCCESS","data":[)" + data + "]}");
  EXPECT_EQ(run({"get", "trigger", "--after", "p/s"}), exit_done);
  EXPECT_THAT(asked_.query, testing::HasSubstr("&size=1000&after=p%2Fs"));
  EXPECT_EQ(complain_.str(),
            "tripgate get: the first 1000; for those behind them: --after p/t999\n");
}

TEST_F(CommandsTest, OverloadAndAnUnknownOutcomeAreRefusalsWithTheirTexts) {
  for (const unsigned status : {503U, 504U}) {
    answer_with(status, R"({"status":"ERROR","message":"busy"})");
    EXPECT_EQ(run({"get", "pipeline"}), exit_refused) << status;
    EXPECT_EQ(complain_.str(), "tripgate: busy\n");
  }
}

TEST_F(CommandsTest, AGatewayWithoutEngineIsThree) {
  answer_with(502, R"({"status":"ERROR","message":"Bad Gateway"})");
  EXPECT_EQ(run({"get", "pipeline"}), exit_engine_away);
}

TEST_F(CommandsTest, AnAnswerWithoutEnvelopeIsThree) {
  for (const int status : {200, 404, 413, 503, 504}) {
    for (const char* body : {"", "<html>", "{}", "[1]", R"({"message":"not ours"})"}) {
      answer_with(status, body);
      EXPECT_EQ(run({"get", "pipeline"}), exit_engine_away) << status << body;
      EXPECT_EQ(out_.str(), "");
      EXPECT_NE(complain_.str(), "");
    }
  }
}

TEST_F(CommandsTest, CurlPrintsOneLineAndAsksInTheDefaultScope) {
  answer_with(200, R"({"status":"SUCCESS","data":{"webhookCurlCommand":"curl -X POST"}})");
  EXPECT_EQ(run({"curl", "t", "-p", "pipe", "--public-url", "https://h"}), exit_done);
  EXPECT_EQ(out_.str(), "curl -X POST\n");
  EXPECT_EQ(asked_.path, "/pipeline/api/tripgate/entities/trigger/t");
  EXPECT_EQ(asked_.query,
            "accountIdentifier=demo&orgIdentifier=default&projectIdentifier=demo"
            "&pipelineIdentifier=pipe&baseUrl=https%3A%2F%2Fh");
}

TEST_F(CommandsTest, ApplyErrorsNameFileLineAndColumn) {
  const std::string file = write_file("a.yaml", "x: 1\n");
  answer_with(400, R"({"status":"ERROR","message":"m","metadata":{"errors":[)"
                   R"({"file":"a.yaml","line":3,"column":7,"message":"Name can not be empty"}],)"
                   R"("warnings":[]}})");
  EXPECT_EQ(run({"apply", "-f", directory_}), exit_refused);
  EXPECT_EQ(complain_.str(), "a.yaml:3:7: Name can not be empty\n");
  const auto body = JsonDocument::parse(asked_.body);
  ASSERT_TRUE(body);
  EXPECT_EQ(body->root().find("files").elements().at(0).find("name").text(), file);
}

TEST_F(CommandsTest, ValidateNeedsNoEngine) {
  const std::string bad = write_file("bad.yaml", "trigger:\n  name: n\n");
  EXPECT_EQ(run({"validate", bad}), exit_refused);
  EXPECT_EQ(complain_.str().substr(0, bad.size() + 1), bad + ":");
  EXPECT_EQ(run({"validate", directory_ + "/absent.yaml"}), exit_refused);
}

TEST_F(CommandsTest, TokenStandsAloneOnStdout) {
  answer_with(200, R"({"status":"SUCCESS","data":"sat.demo.x.y"})");
  EXPECT_EQ(run({"token", "create", "--name", "ci", "--project", "p", "--expires", "30d"}),
            exit_done);
  EXPECT_EQ(out_.str(), "sat.demo.x.y\n");
  EXPECT_EQ(asked_.query, "accountIdentifier=demo&orgIdentifier=default&projectIdentifier=p");
  EXPECT_NE(asked_.body.find("\"validTo\":"), std::string::npos);
}

TEST_F(CommandsTest, ForbiddenSettingIsOneWithTheTextOfTheSpecification) {
  answer_with(200, R"({"status":"SUCCESS","data":[{"updateStatus":false,"errorMessage":)"
                   R"("Setting- s cannot be overridden at the current scope"}]})");
  EXPECT_EQ(run({"setting", "set", "s", "true"}), exit_refused);
  EXPECT_EQ(complain_.str(), "tripgate: Setting- s cannot be overridden at the current scope\n");
  EXPECT_NE(asked_.body.find(R"("allowOverrides":true)"), std::string::npos);
}

TEST_F(CommandsTest, SettingSetPrintsTheStoredValue) {
  answer_with(200,
              R"({"status":"SUCCESS","data":[{"updateStatus":true,"setting":{"value":"true"}}]})");
  EXPECT_EQ(run({"setting", "set", "s", "yes"}), exit_done);
  EXPECT_EQ(out_.str(), "s = true\n");
}

TEST_F(CommandsTest, LogsPrintWhatLinesCarry) {
  answer_with(200,
              ": ping\n\ndata: {\"out\":\"one\\n\"}\n\n{\"out\":\"two\\n\"}\n"
              "event: error\ndata: eof\n\n");
  EXPECT_EQ(run({"execution", "logs", "id", "-f"}), exit_done);
  EXPECT_EQ(out_.str(), "one\ntwo\n");
  EXPECT_NE(asked_.query.find("follow=true"), std::string::npos);
}

TEST_F(CommandsTest, RerunKeepsInputsAndStagesOfTheExecution) {
  answer_with(404, R"({"status":"ERROR","message":"No Plan Execution exists for id id"})");
  EXPECT_EQ(run({"execution", "rerun", "id"}), exit_refused);
  answer_with(200, R"({"status":"SUCCESS","data":{"pipelineExecutionSummary":{)"
                   R"("pipelineIdentifier":"p","stagesExecuted":["a"]},"inputSetYaml":"given",)"
                   R"("planExecution":{"uuid":"new"}}})");
  EXPECT_EQ(run({"execution", "rerun", "id"}), exit_done);
  EXPECT_EQ(out_.str(), "new\n");
  EXPECT_EQ(asked_.path, "/pipeline/api/pipeline/execute/rerun/id/p/stages");
  EXPECT_EQ(asked_.body, R"({"runtimeInputYaml":"given","stageIdentifiers":["a"]})");
  const std::string file = write_file("inputs.yaml", "others");
  EXPECT_EQ(run({"execution", "rerun", "id", "-f", file, "--stage", "b"}), exit_done);
  EXPECT_EQ(asked_.body, R"({"runtimeInputYaml":"others","stageIdentifiers":["b"]})");
  EXPECT_EQ(run({"execution", "rerun", "id", "-f", directory_ + "/nothing"}), exit_refused);
}

TEST_F(CommandsTest, RetryBeginsAtThePlaceThatFailed) {
  answer_with(200, R"({"status":"SUCCESS","data":{"pipelineExecutionSummary":{)"
                   R"("pipelineIdentifier":"p"},"groups":[],"errorMessage":"too old"}})");
  EXPECT_EQ(run({"execution", "retry", "id"}), exit_refused);
  EXPECT_EQ(complain_.str(), "tripgate execution retry: too old\n");
  answer_with(200, R"({"status":"SUCCESS","data":{"pipelineExecutionSummary":{)"
                   R"("pipelineIdentifier":"p"},"inputSetYaml":"given","groups":[{"info":)"
                   R"([{"identifier":"a"}]},{"info":[{"identifier":"b"},{"identifier":"c"}]}],)"
                   R"("planExecution":{"uuid":"new"}}})");
  EXPECT_EQ(run({"execution", "retry", "id", "--failed-only"}), exit_done);
  EXPECT_EQ(out_.str(), "new\n");
  EXPECT_EQ(asked_.path, "/pipeline/api/pipeline/execute/retry/p");
  EXPECT_EQ(asked_.body, "given");
  EXPECT_NE(asked_.query.find("planExecutionId=id&retryStages=b&retryStages=c&runAllStages=false"),
            std::string::npos);
}

TEST_F(CommandsTest, ProgramsGetJson) {
  answer_with(200, R"({"status":"SUCCESS","data":[{"identifier":"p"}]})");
  EXPECT_EQ(run({"get", "pipeline", "-o", "json"}), exit_done);
  EXPECT_EQ(out_.str(), "[\n  {\n    \"identifier\": \"p\"\n  }\n]\n");
}

TEST_F(CommandsTest, HelpNamesEveryCommand) {
  EXPECT_EQ(run({"help"}), exit_done);
  for (const Command& command : commands()) {
    EXPECT_NE(out_.str().find(command.name), std::string::npos) << command.name;
  }
}

}  // namespace
}  // namespace tripgate::cli
