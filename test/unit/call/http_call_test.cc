// Http steps against servers that this test plays: hostile ones first.
#include "engine/call/http_call.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include "engine/call/url_text.h"
#include "test/lib/loopback_server.h"

namespace tripgate {
namespace {

HttpCall get(const std::string& url) {
  HttpCall call;
  call.method = "GET";
  call.url = url;
  call.allowed_addresses = {"127.0.0.0/8"};
  return call;
}

HttpCall post(const std::string& url, const std::string& body) {
  HttpCall call = get(url);
  call.method = "POST";
  call.body = body;
  return call;
}

// A server that answers every request alike.
LoopbackServer::Handler always(const std::string& answer) {
  return [answer](Peer& peer) {
    peer.read_request();
    peer.send(answer);
  };
}

// A server that answers every request and keeps the last one.
LoopbackServer::Handler recording(std::string& request, const std::string& answer) {
  return [&request, answer](Peer& peer) {
    request = peer.read_request();
    peer.send(answer);
  };
}

std::string redirect_to(const std::string& url, int status = 302) {
  return http_answer(status, "moved", "Location: " + url + "\r\n");
}

void expect_failure(const CallResult& result, CallFailureKind kind, const std::string& part) {
  ASSERT_TRUE(result.failure) << result.response_code << " " << result.response_body;
  EXPECT_EQ(result.failure->kind, kind);
  EXPECT_NE(result.failure->message.find(part), std::string::npos) << result.failure->message;
}

std::string first_line(const std::string& request) {
  return request.substr(0, request.find("\r\n"));
}

bool has_line(const std::string& request, const std::string& line) {
  return request.find("\r\n" + line + "\r\n") != std::string::npos;
}

TEST(HttpCall, RefusesLoopbackUnlessItIsAllowed) {
  LoopbackServer server(always(http_answer(200, "secret")));
  for (const std::string host : {"127.0.0.1", "localhost", "0x7f000001", "2130706433", "127.1",
                                 "[::ffff:127.0.0.1]", "0.0.0.0", "[::1]"}) {
    HttpCall call = get("http://" + host + ":" + std::to_string(server.port()) + "/");
    call.allowed_addresses.clear();
    expect_failure(perform_http(call), CallFailureKind::application, "is not of the public");
  }
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(HttpCall, RefusesTheMetadataAddressOfClouds) {
  expect_failure(perform_http(get("http://169.254.169.254/latest/meta-data/")),
                 CallFailureKind::application, "169.254.169.254");
}

TEST(HttpCall, JudgesTheAddressOfEveryRedirectAgain) {
  LoopbackServer server(always(redirect_to("http://169.254.169.254/latest/meta-data/")));
  expect_failure(perform_http(get(server.url("/"))), CallFailureKind::application,
                 "169.254.169.254");
  EXPECT_EQ(server.connection_count(), 1);
}

TEST(HttpCall, FollowsNoRedirectToAnotherScheme) {
  for (const char* target : {"file:///etc/passwd", "gopher://127.0.0.1/", "ftp://127.0.0.1/",
                             "dict://127.0.0.1:11211/stat"}) {
    LoopbackServer server(always(redirect_to(target)));
    expect_failure(perform_http(get(server.url("/"))), CallFailureKind::application, "http://");
  }
}

TEST(HttpCall, TalksHttpOnly) {
  for (const char* url : {"", "example.com", "file:///etc/passwd", "ftp://127.0.0.1/", "httpx://a/",
                          "//127.0.0.1/"}) {
    expect_failure(perform_http(get(url)), CallFailureKind::application, "http://");
  }
  expect_failure(perform_http(get("http://")), CallFailureKind::application, "");
}

TEST(HttpCall, GivesUpARedirectLoop) {
  LoopbackServer server(always(redirect_to("/again")));
  expect_failure(perform_http(get(server.url("/"))), CallFailureKind::application,
                 "More than 10 redirects");
  EXPECT_EQ(server.connection_count(), kRedirectsMax + 1);
}

TEST(HttpCall, CutsAnEndlessBody) {
  for (const char* framing : {"", "Transfer-Encoding: chunked\r\n"}) {
    LoopbackServer server([framing](Peer& peer) {
      peer.read_request();
      peer.send("HTTP/1.1 200 OK\r\n" + std::string(framing) + "\r\n");
      while (peer.send("400\r\n" + std::string(0x400, 'x') + "\r\n")) {
      }
    });
    expect_failure(perform_http(get(server.url("/"))), CallFailureKind::application,
                   "body exceeds 262144 bytes");
  }
}

TEST(HttpCall, CutsEndlessHeadersAndInterimAnswers) {
  for (const std::string piece :
       {"X-Filler: 0123456789\r\n", "\r\nHTTP/1.1 103 Early\r\nA: b\r\n"}) {
    LoopbackServer server([piece](Peer& peer) {
      peer.read_request();
      peer.send("HTTP/1.1 103 Early\r\n");
      while (peer.send(piece)) {
      }
    });
    expect_failure(perform_http(get(server.url("/"))), CallFailureKind::application,
                   "headers exceed 65536 bytes");
  }
}

TEST(HttpCall, DoesNotInflateABomb) {
  // Nothing was asked to be compressed, so a compressed body is only bytes.
  std::string request;
  const std::string bomb("\x1f\x8b\x08\x00", 4);
  LoopbackServer server(recording(request, http_answer(200, bomb, "Content-Encoding: gzip\r\n")));
  const CallResult result = perform_http(get(server.url("/")));
  EXPECT_FALSE(result.failure);
  EXPECT_EQ(result.response_body, bomb);
  EXPECT_EQ(request.find("Accept-Encoding"), std::string::npos);
}

TEST(HttpCall, TellsBrokenConnectionsApartFromAnswers) {
  LoopbackServer silent([](Peer& peer) { peer.read_request(); });
  expect_failure(perform_http(get(silent.url("/"))), CallFailureKind::connectivity, "");
  LoopbackServer cut([](Peer& peer) {
    peer.read_request();
    peer.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  expect_failure(perform_http(get(cut.url("/"))), CallFailureKind::connectivity, "");
  LoopbackServer garbage([](Peer& peer) {
    peer.read_request();
    peer.send("SSH-2.0-OpenSSH_9.2\r\n");
  });
  EXPECT_TRUE(perform_http(get(garbage.url("/"))).failure);
}

TEST(HttpCall, TellsWhenNobodyListensOrTheNameIsUnknown) {
  std::uint16_t port = 0;
  {
    port = LoopbackServer([](Peer&) {}).port();
  }
  expect_failure(perform_http(get("http://127.0.0.1:" + std::to_string(port) + "/")),
                 CallFailureKind::connectivity, "");
  expect_failure(perform_http(get("http://nowhere.invalid/")), CallFailureKind::connectivity, "");
}

TEST(HttpCall, ATlsHandshakeThatHangsIsATimeout) {
  LoopbackServer server([](Peer& peer) { peer.await_close(); });
  HttpCall call = get("https://127.0.0.1:" + std::to_string(server.port()) + "/");
  call.connect_timeout = std::chrono::milliseconds(50);
  expect_failure(perform_http(call), CallFailureKind::timeout, "No connection within 50 ms");
}

TEST(HttpCall, RefusesHeadersThatWouldSplitTheRequest) {
  std::string request;
  LoopbackServer server(recording(request, http_answer(200, "")));
  for (const auto& [key, value] : HttpHeaders{
           {"X-A", "b\r\nX-Injected: 1"}, {"X-A", "b\nc"}, {"X-A", std::string("\0x", 2)}}) {
    HttpCall call = get(server.url("/"));
    call.headers = {{key, value}};
    expect_failure(perform_http(call), CallFailureKind::application, "holds a line break");
  }
  for (const char* key : {"", "X A", "X:A", "X\r\nY", "X\xC3\xBC"}) {
    HttpCall call = get(server.url("/"));
    call.headers = {{key, "1"}};
    expect_failure(perform_http(call), CallFailureKind::application, "cannot be the name");
  }
  EXPECT_EQ(server.connection_count(), 0);
}

TEST(HttpCall, ALineBreakInTheUrlStaysInTheUrl) {
  std::string request;
  LoopbackServer server(recording(request, http_answer(200, "")));
  (void)perform_http(get(server.url("/a\r\nX-Injected: 1")));
  EXPECT_EQ(first_line(request), "GET /a%0D%0AX-Injected:%201 HTTP/1.1");
}

TEST(HttpCall, IgnoresProxiesOfTheEnvironment) {
  ::setenv("http_proxy", "http://127.0.0.1:1/", 1);
  ::setenv("ALL_PROXY", "http://127.0.0.1:1/", 1);
  LoopbackServer server(always(http_answer(200, "direct")));
  EXPECT_EQ(perform_http(get(server.url("/"))).response_body, "direct");
  ::unsetenv("http_proxy");
  ::unsetenv("ALL_PROXY");
}

TEST(HttpCall, DoesNotVouchForUnknownCertificates) {
  const TestIdentity identity = make_test_identity();
  LoopbackServer server(always(http_answer(200, "secret")), &identity);
  expect_failure(perform_http(get(server.url("/"))), CallFailureKind::connectivity, "certificate");
  HttpCall careless = get(server.url("/"));
  careless.verifies_tls = false;
  EXPECT_EQ(perform_http(careless).response_body, "secret");
}

class TrustedHttpCall : public ::testing::Test {
 protected:
  TrustedHttpCall() { write_ca(); }
  ~TrustedHttpCall() override { ::remove(ca_file_.c_str()); }

  void write_ca() const {
    FILE* const file = ::fopen(ca_file_.c_str(), "w");
    ::fputs(identity_.certificate_pem.c_str(), file);
    ::fclose(file);
  }

  HttpCall trusting(const std::string& url) const {
    HttpCall call = get(url);
    call.ca_file = ca_file_;
    return call;
  }

  TestIdentity identity_ = make_test_identity();
  std::string ca_file_ = ::testing::TempDir() + "tripgate-ca-" + std::to_string(::getpid());
};

TEST_F(TrustedHttpCall, TrustsTheGivenAuthority) {
  LoopbackServer server(always(http_answer(200, "hello")), &identity_);
  const std::string port = std::to_string(server.port());
  EXPECT_EQ(perform_http(trusting(server.url("/"))).response_body, "hello");
  EXPECT_EQ(perform_http(trusting("https://localhost:" + port + "/")).response_body, "hello");
}

TEST_F(TrustedHttpCall, RefusesACertificateForSomebodyElse) {
  identity_ = make_test_identity("DNS:other.example");
  write_ca();
  LoopbackServer server(always(http_answer(200, "hello")), &identity_);
  expect_failure(perform_http(trusting(server.url("/"))), CallFailureKind::connectivity,
                 "127.0.0.1");
}

TEST_F(TrustedHttpCall, ShowsItsCertificateToItsOwnOriginOnly) {
  const TestIdentity client = make_test_identity();
  LoopbackServer server(always(http_answer(200, "known")), &identity_, client.certificate_pem);
  HttpCall call = trusting(server.url("/"));
  EXPECT_TRUE(perform_http(call).failure);
  call.certificate = client.certificate_pem;
  call.certificate_key = client.key_pem;
  EXPECT_EQ(perform_http(call).response_body, "known");

  LoopbackServer elsewhere(always(redirect_to(server.url("/"))), &identity_);
  call.url = elsewhere.url("/");
  EXPECT_TRUE(perform_http(call).failure);
}

TEST_F(TrustedHttpCall, RefusesABrokenClientCertificate) {
  LoopbackServer server(always(http_answer(200, "")), &identity_);
  HttpCall call = trusting(server.url("/"));
  call.certificate = "no PEM";
  call.certificate_key = "hunter2";
  const CallResult result = perform_http(call);
  expect_failure(result, CallFailureKind::application, "");
  EXPECT_EQ(result.failure->message.find("hunter2"), std::string::npos);
}

TEST(HttpCall, TakesCredentialsToNoOtherOrigin) {
  std::string request;
  LoopbackServer second(recording(request, http_answer(200, "there")));
  LoopbackServer first(always(redirect_to(second.url("/there"))));
  HttpCall call = get(first.url("/"));
  call.headers = {{"Authorization", "Bearer hunter2"},
                  {"X-Vault-Token", "hunter2"},
                  {"Cookie", "hunter2"},
                  {"Host", "inner.example"},
                  {"Accept", "text/plain"}};
  EXPECT_EQ(perform_http(call).response_body, "there");
  EXPECT_EQ(request.find("hunter2"), std::string::npos) << request;
  EXPECT_EQ(request.find("inner.example"), std::string::npos) << request;
  EXPECT_TRUE(has_line(request, "Accept: text/plain"));
}

TEST(HttpCall, KeepsCredentialsWithinItsOrigin) {
  int count = 0;
  std::string request;
  LoopbackServer server([&](Peer& peer) {
    request = peer.read_request();
    peer.send(++count == 1 ? redirect_to("/there", 307) : http_answer(200, "there"));
  });
  HttpCall call = get(server.url("/here"));
  call.headers = {{"Authorization", "Bearer hunter2"}};
  EXPECT_EQ(perform_http(call).response_body, "there");
  EXPECT_EQ(first_line(request), "GET /there HTTP/1.1");
  EXPECT_TRUE(has_line(request, "Authorization: Bearer hunter2"));
}

TEST(HttpCall, OtherMethodsGetTheRedirectAsTheirAnswer) {
  LoopbackServer server(always(redirect_to("/there")));
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE"}) {
    HttpCall call = get(server.url("/"));
    call.method = method;
    const CallResult result = perform_http(call);
    EXPECT_EQ(result.response_code, 302) << method;
    EXPECT_EQ(result.response_body, "moved");
  }
}

TEST(HttpCall, EveryStatusIsAnAnswer) {
  for (const int status : {200, 204, 304, 400, 401, 403, 404, 500, 503}) {
    LoopbackServer server(always(http_answer(status, status == 204 || status == 304 ? "" : "why")));
    const CallResult result = perform_http(get(server.url("/")));
    EXPECT_FALSE(result.failure) << status;
    EXPECT_EQ(result.response_code, status);
  }
}

TEST(HttpCall, SendsTheBodyWithThreeMethodsOnly) {
  for (const auto& [method, sent, has_body] :
       {std::tuple{"GET", "GET", false}, std::tuple{"post", "POST", true},
        std::tuple{"PATCH", "PATCH", true}, std::tuple{"Put", "PUT", true},
        std::tuple{"DELETE", "DELETE", false}, std::tuple{"HEAD", "HEAD", false},
        std::tuple{"OPTIONS", "HEAD", false}, std::tuple{"purge\r\nX: y", "HEAD", false}}) {
    std::string request;
    LoopbackServer server(recording(request, http_answer(200, "")));
    HttpCall call = post(server.url("/a"), "the body");
    call.method = method;
    EXPECT_FALSE(perform_http(call).failure) << method;
    EXPECT_EQ(first_line(request), std::string(sent) + " /a HTTP/1.1");
    EXPECT_EQ(request.ends_with("\r\n\r\nthe body"), has_body) << request;
    EXPECT_EQ(has_line(request, "Content-Type: text/plain; charset=UTF-8"), has_body) << request;
  }
}

TEST(HttpCall, SendsHeadersAsTheyAreGiven) {
  std::string request;
  LoopbackServer server(recording(request, http_answer(200, "")));
  HttpCall call = post(server.url("/"), std::string("{\"nul\":\"\0\"}", 11));
  call.headers = {{"Content-Type", "application/json"},
                  {"X-Empty", ""},
                  {"X-Block", " value\n"},
                  {"Content-Length", "99999"},
                  {"Transfer-Encoding", "chunked"},
                  {"X-Twice", "1"},
                  {"x-twice", "2"}};
  EXPECT_FALSE(perform_http(call).failure);
  for (const char* line : {"Content-Type: application/json", "X-Empty:", "X-Block: value",
                           "Content-Length: 11", "X-Twice: 1", "x-twice: 2"}) {
    EXPECT_TRUE(has_line(request, line)) << line << "\n" << request;
  }
  EXPECT_EQ(request.find("chunked"), std::string::npos);
  EXPECT_EQ(request.find("Expect"), std::string::npos);
  EXPECT_TRUE(request.ends_with(call.body));
}

TEST(HttpCall, HoldsABodyOfTheLargestSize) {
  LoopbackServer server(always(http_answer(200, std::string(kResponseBodyMaxBytes, 'x'))));
  EXPECT_EQ(perform_http(get(server.url("/"))).response_body.size(), kResponseBodyMaxBytes);
  LoopbackServer larger(always(http_answer(200, std::string(kResponseBodyMaxBytes + 1, 'x'))));
  EXPECT_TRUE(perform_http(get(larger.url("/"))).failure);
}

TEST(HttpCall, BoundsTheUrl) {
  expect_failure(perform_http(get("http://127.0.0.1/" + std::string(kUrlMaxBytes, 'a'))),
                 CallFailureKind::application, "The URL exceeds");
}

TEST(UrlText, EncodesUnlessItIsEncodedAlready) {
  EXPECT_EQ(encode_url("http://h/a b?c=\"d\"&e=[1]#f"), "http://h/a%20b?c=%22d%22&e=[1]#f");
  EXPECT_EQ(encode_url("http://h/\xC3\xBC"), "http://h/%C3%BC");
  EXPECT_EQ(encode_url("http://h/100%"), "http://h/100%25");
  EXPECT_EQ(encode_url("http://h/%zz"), "http://h/%25zz");
  EXPECT_EQ(encode_url("http://h/a%20b c"), "http://h/a%20b c");
  EXPECT_EQ(encode_url(std::string("a\0\n", 3)), "a%00%0A");
  EXPECT_EQ(encode_url(""), "");
}

TEST(UrlText, OriginsDifferInSchemeHostAndPort) {
  EXPECT_EQ(origin_of("http://Example.com/a"), origin_of("HTTP://example.com:80/b?c"));
  EXPECT_NE(origin_of("http://example.com/"), origin_of("https://example.com/"));
  EXPECT_NE(origin_of("http://example.com/"), origin_of("http://example.com:8080/"));
  EXPECT_NE(origin_of("http://example.com/"), origin_of("http://www.example.com/"));
  EXPECT_EQ(origin_of("http://u:p@example.com/"), origin_of("http://example.com/"));
  EXPECT_FALSE(origin_of("nonsense://"));
}

}  // namespace
}  // namespace tripgate
