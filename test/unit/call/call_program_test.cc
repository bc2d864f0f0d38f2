// The program itself: its arguments, its exit status, what it prints and what it leaves.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "engine/call/call_request.h"
#include "engine/call/call_result.h"
#include "test/lib/loopback_server.h"

namespace tripgate {
namespace {

std::string read_file(const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

class CallProgram : public ::testing::Test {
 protected:
  CallProgram() {
    std::string pattern = ::testing::TempDir() + "tripgate-call-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  ~CallProgram() override { std::filesystem::remove_all(directory_); }

  // Exit status, or minus the signal.
  int run(const std::string& request, const std::string& result_path) {
    std::ofstream(directory_ + "/request", std::ios::binary) << request;
    const char* const given = std::getenv("TRIPGATE_CALL");
    const std::string program = given != nullptr ? given : "build/san/tripgate-call";
    const std::string argument = directory_ + "/request";
    const std::string log = directory_ + "/log";
    const std::string variable = "TRIPGATE_RESULT_FILE=" + result_path;
    const pid_t child = ::fork();
    if (child == 0) {
      const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(fd, 1);
      ::dup2(fd, 2);
      const char* const environment[] = {variable.c_str(), nullptr};
      ::execle(program.c_str(), "tripgate-call", argument.c_str(), nullptr, environment);
      ::_exit(127);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
  }
  int run(const std::string& request) { return run(request, result_path()); }

  [[nodiscard]] std::string result_path() const { return directory_ + "/result"; }
  [[nodiscard]] std::string log() const { return read_file(directory_ + "/log"); }

  std::string directory_;
};

HttpCall get(const std::string& url) {
  HttpCall call;
  call.method = "GET";
  call.url = url;
  call.allowed_addresses = {"127.0.0.0/8"};
  call.headers = {{"Authorization", "Bearer hunter2"}};
  return call;
}

TEST_F(CallProgram, SendsNothingForARequestThatItDoesNotUnderstand) {
  for (const std::string& request :
       {std::string(), std::string("{}"), std::string(kCallRequestMaxBytes + 1, ' ')}) {
    EXPECT_EQ(run(request), 2);
    EXPECT_FALSE(std::filesystem::exists(result_path()));
    EXPECT_NE(log().find("the request"), std::string::npos) << log();
  }
}

TEST_F(CallProgram, TellsThatItsResultIsLost) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(http_answer(200, "x"));
  });
  EXPECT_EQ(run(write_call_request(get(server.url("/"))), directory_ + "/absent/result"), 3);
  EXPECT_EQ(run(write_call_request(get(server.url("/"))), "/dev/full"), 3);
  EXPECT_NE(log().find("could not be written"), std::string::npos) << log();
}

TEST_F(CallProgram, AFailedCallIsAResult) {
  HttpCall call = get("http://169.254.169.254/");
  EXPECT_EQ(run(write_call_request(call)), 0);
  const auto result = parse_call_result(read_file(result_path()));
  ASSERT_TRUE(result && result->failure);
  EXPECT_EQ(log(), "Executing Http request via delegate\n" + result->failure->message + "\n");
}

TEST_F(CallProgram, PrintsTheLinesOfTheOriginalAndLeavesTheAnswer) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(http_answer(404, "{\"a\":1}"));
  });
  EXPECT_EQ(run(write_call_request(get(server.url("/?key=hunter2")))), 0);
  const auto result = parse_call_result(read_file(result_path()));
  ASSERT_TRUE(result && !result->failure);
  EXPECT_EQ(result->response_code, 404);
  EXPECT_EQ(result->response_body, "{\"a\":1}");
  EXPECT_EQ(log(),
            "Executing Http request via delegate\n"
            "Received response code: 404\n"
            "Successfully executed the http request URL .\n");
}

TEST_F(CallProgram, WritesItsResultToAPipeAsWell) {
  LoopbackServer server([](Peer& peer) {
    peer.read_request();
    peer.send(http_answer(200, "through a pipe"));
  });
  const std::string fifo = directory_ + "/fifo";
  ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
  const UniqueFd reader(::open(fifo.c_str(), O_RDONLY | O_NONBLOCK));
  EXPECT_EQ(run(write_call_request(get(server.url("/"))), fifo), 0);
  char text[4096];
  const ssize_t size = ::read(reader.get(), text, sizeof text);
  ASSERT_GT(size, 0);
  const auto result = parse_call_result(std::string(text, static_cast<std::size_t>(size)));
  ASSERT_TRUE(result);
  EXPECT_EQ(result->response_body, "through a pipe");
}

}  // namespace
}  // namespace tripgate
