// A real socket and clients that do not behave.
#include "engine/http/http_server.h"

#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <atomic>
#include <filesystem>
#include <future>

#include "engine/base/unique_fd.h"

namespace tripgate::http {
namespace {

using std::chrono::milliseconds;

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() {
    std::string pattern = testing::TempDir() + "http_XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    options_.socket_path = directory_ + "/s";
  }
  ~HttpServerTest() override {
    server_.reset();
    std::filesystem::remove_all(directory_);
  }

  void start(Handler handler) {
    auto server = HttpServer::start(options_, std::move(handler));
    ASSERT_TRUE(server) << server.error().message();
    server_ = *std::move(server);
  }

  UniqueFd connect() const {
    UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    options_.socket_path.copy(address.sun_path, sizeof(address.sun_path) - 1);
    EXPECT_EQ(::connect(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
    return fd;
  }

  static void send(const UniqueFd& fd, const std::string& text) {
    (void)!::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL);
  }

  /// Everything until the server closes.
  static std::string read_all(const UniqueFd& fd) {
    std::string text;
    char buffer[4096];
    for (ssize_t n; (n = ::recv(fd.get(), buffer, sizeof(buffer), 0)) > 0;) {
      text.append(buffer, static_cast<std::size_t>(n));
    }
    return text;
  }

  static Response echo(const Request& request) {
    Response response;
    response.body = "<" + request.path + "|" + request.body + ">";
    return response;
  }

  std::string directory_;
  HttpServerOptions options_;
  std::unique_ptr<HttpServer> server_;
};

constexpr const char* kLast = "GET /last HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST_F(HttpServerTest, AnswersPipelinedRequestsInOrder) {
  start(echo);
  const UniqueFd fd = connect();
  send(fd,
       "POST /a HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nhiGET /b HTTP/1.1\r\nHost: "
       "h\r\n\r\n" +
           std::string(kLast));
  const std::string text = read_all(fd);
  EXPECT_LT(text.find("</a|hi>"), text.find("</b|>"));
  EXPECT_LT(text.find("</b|>"), text.find("</last|>"));
  EXPECT_NE(text.find("</last|>"), std::string::npos);
}

TEST_F(HttpServerTest, ReadsARequestByteByByte) {
  start(echo);
  const UniqueFd fd = connect();
  for (const char c : std::string(kLast)) send(fd, std::string(1, c));
  EXPECT_NE(read_all(fd).find("</last|>"), std::string::npos);
}

TEST_F(HttpServerTest, ClosesOnHeadersThatTakeTooLong) {
  options_.limits.header_timeout = milliseconds(50);
  start(echo);
  const UniqueFd fd = connect();
  send(fd, "GET / HTTP/1.1\r\nHost: ");
  EXPECT_EQ(read_all(fd), "");
}

TEST_F(HttpServerTest, ClosesOnABodyThatTakesTooLong) {
  options_.limits.body_timeout = milliseconds(50);
  start(echo);
  const UniqueFd fd = connect();
  send(fd, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nx");
  EXPECT_EQ(read_all(fd), "");
}

TEST_F(HttpServerTest, RefusesWhatIsTooLargeOrNoRequest) {
  options_.limits.body_max_bytes = 10;
  options_.limits.header_max_bytes = 1000;
  start(echo);
  const std::pair<std::string, const char*> cases[] = {
      {"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 11\r\n\r\n", "413"},
      {"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n01234567890\r\n",
       "413"},
      {"GET / HTTP/1.1\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", "431"},
      {"nonsense\r\n\r\n", "400"},
      {"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "400"},
      {std::string("\x16\x03\x01\x00", 4) + "\r\n\r\n", "400"},
  };
  for (const auto& [text, status] : cases) {
    const UniqueFd fd = connect();
    send(fd, text);
    const std::string answer = read_all(fd);
    EXPECT_EQ(answer.substr(0, 12), std::string("HTTP/1.1 ") + status) << text;
    EXPECT_NE(answer.find(R"({"status":"ERROR","code":"INVALID_REQUEST","message":"Invalid)"),
              std::string::npos)
        << answer;
  }
}

TEST_F(HttpServerTest, RefusesOneConnectionTooMany) {
  options_.limits.connections_max = 1;
  start(echo);
  const UniqueFd first = connect();
  send(first, "GET / HTTP/1.1\r\nHost: h\r\n\r\n");
  char byte = 0;
  ASSERT_EQ(::recv(first.get(), &byte, 1, 0), 1);
  const std::string answer = read_all(connect());
  EXPECT_EQ(answer.substr(0, 12), "HTTP/1.1 503");
  EXPECT_NE(answer.find(R"({"status":"ERROR","code":"SERVICE_UNAVAILABLE")"), std::string::npos);
}

TEST_F(HttpServerTest, StreamsUntilTheEnd) {
  options_.limits.stream_poll_interval = milliseconds(1);
  start([](const Request&) {
    Response response;
    response.stream = [count = 0]() mutable -> StreamPiece {
      ++count;
      if (count == 3) return {"last", true};
      return {count == 1 ? "first" : "", false};
    };
    return response;
  });
  const UniqueFd fd = connect();
  send(fd, kLast);
  const std::string text = read_all(fd);
  EXPECT_TRUE(text.ends_with("\r\n\r\n5\r\nfirst\r\n4\r\nlast\r\n0\r\n\r\n")) << text;
}

TEST_F(HttpServerTest, EndsWhileAStreamIsOpen) {
  std::promise<void> asked;
  std::atomic<bool> was_asked = false;
  start([&](const Request&) {
    Response response;
    response.stream = [&]() -> StreamPiece {
      if (!was_asked.exchange(true)) asked.set_value();
      return {};
    };
    return response;
  });
  const UniqueFd fd = connect();
  send(fd, kLast);
  asked.get_future().wait();
  server_.reset();
  read_all(fd);
}

/// Requests of /held are held back until `is_over`; the answer says whether they were.
class HeldBackTest : public HttpServerTest {
 protected:
  HeldBackTest() { options_.limits.wait_poll_interval = milliseconds(1); }

  Handler handler() {
    return [this](const Request& request) {
      if (request.path != "/held") return echo(request);
      Response response;
      response.waiting = std::make_shared<const Waiting>(Waiting{[this] {
                                                                   if (!was_asked_.exchange(true))
                                                                     asked_.set_value();
                                                                   return is_over_.load();
                                                                 },
                                                                 [this] {
                                                                   Response answer;
                                                                   answer.body = is_over_
                                                                                     ? "changed"
                                                                                     : "as it was";
                                                                   return answer;
                                                                 },
                                                                 patience_, is_change_});
      return response;
    };
  }

  UniqueFd ask() {
    UniqueFd fd = connect();
    send(fd, "GET /held HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    return fd;
  }

  std::atomic<bool> is_over_ = false;
  std::atomic<bool> was_asked_ = false;
  std::promise<void> asked_;
  milliseconds patience_{60'000};
  bool is_change_ = false;
};

TEST_F(HeldBackTest, AnswersWhenSomethingHappened) {
  start(handler());
  const UniqueFd fd = ask();
  asked_.get_future().wait();
  is_over_ = true;
  EXPECT_TRUE(read_all(fd).ends_with("changed"));
}

TEST_F(HeldBackTest, AnswersWhenTimeIsUp) {
  patience_ = milliseconds(5);
  start(handler());
  EXPECT_TRUE(read_all(ask()).ends_with("as it was"));
}

TEST_F(HeldBackTest, NoPatienceExceedsTheServers) {
  options_.limits.wait_max_duration = milliseconds(5);
  start(handler());
  EXPECT_TRUE(read_all(ask()).ends_with("as it was"));
}

TEST_F(HeldBackTest, OneTooManyIsAnsweredAtOnce) {
  options_.limits.waiters_max = 1;
  start(handler());
  const UniqueFd first = ask();
  asked_.get_future().wait();
  EXPECT_TRUE(read_all(ask()).ends_with("as it was"));
  is_over_ = true;
  EXPECT_TRUE(read_all(first).ends_with("changed"));
}

TEST_F(HeldBackTest, ChangeIsNeverOneTooMany) {
  options_.limits.waiters_max = 0;
  is_change_ = true;
  start(handler());
  const UniqueFd first = ask();
  asked_.get_future().wait();
  is_over_ = true;
  EXPECT_TRUE(read_all(first).ends_with("changed"));
}

TEST_F(HeldBackTest, WaitersHoldNoThread) {
  options_.limits.thread_count = 1;
  start(handler());
  const UniqueFd held = ask();
  asked_.get_future().wait();
  const UniqueFd other = connect();
  send(other, kLast);
  EXPECT_NE(read_all(other).find("</last|>"), std::string::npos);
  is_over_ = true;
  EXPECT_TRUE(read_all(held).ends_with("changed"));
}

TEST_F(HeldBackTest, GoneClientGivesItsPlaceBack) {
  options_.limits.waiters_max = 1;
  start(handler());
  {
    const UniqueFd gone = ask();
    asked_.get_future().wait();
  }
  // Until the place is free an answer comes at once, and then only after the change.
  std::string text;
  do {
    was_asked_ = true;
    const UniqueFd fd = ask();
    pollfd answer{fd.get(), POLLIN, 0};
    if (::poll(&answer, 1, 200) == 0) {
      is_over_ = true;
      text = read_all(fd);
    }
  } while (text.empty());
  EXPECT_TRUE(text.ends_with("changed"));
}

TEST_F(HeldBackTest, EndOfTheServerAnswersEverybody) {
  start(handler());
  const UniqueFd fd = ask();
  asked_.get_future().wait();
  server_.reset();
  EXPECT_TRUE(read_all(fd).ends_with("as it was"));
}

TEST_F(HttpServerTest, KnowsItsAdministrator) {
  options_.is_admin = true;
  start([](const Request& request) {
    Response response;
    response.body = request.is_administrator ? "admin" : "stranger";
    return response;
  });
  const UniqueFd fd = connect();
  send(fd, kLast);
  EXPECT_TRUE(read_all(fd).ends_with("admin"));
  struct stat status {};
  ASSERT_EQ(::stat(options_.socket_path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(HttpServerTest, ReplacesAStaleSocket) {
  start(echo);
  server_.reset();
  start(echo);
  const UniqueFd fd = connect();
  send(fd, kLast);
  EXPECT_NE(read_all(fd).find("</last|>"), std::string::npos);
}

}  // namespace
}  // namespace tripgate::http
