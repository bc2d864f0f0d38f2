// The two documents of call_protocol.md: what must not be read, then that everything comes back.
#include <gtest/gtest.h>

#include "engine/call/call_limits.h"
#include "engine/call/call_request.h"
#include "engine/call/call_result.h"

namespace tripgate {
namespace {

HttpCall full_http() {
  HttpCall call;
  call.method = "post";
  call.url = "https://example.com/a?b=\xC3\xBC";
  call.headers = {{"X-A", "1"}, {"X-B", "\"quoted\"\r\n"}};
  call.body = std::string("line\nNUL \0 end", 14);
  call.certificate = "-----BEGIN CERTIFICATE-----\n";
  call.certificate_key = "-----BEGIN PRIVATE KEY-----\n";
  call.connect_timeout = std::chrono::milliseconds(1234);
  call.allowed_addresses = {"10.0.0.0/8", "::1"};
  call.ca_file = "/etc/ca.pem";
  call.verifies_tls = false;
  return call;
}

EmailCall full_email() {
  EmailCall call;
  call.server = "smtp://mail.example:587";
  call.user = "ci";
  call.password = "hunter2";
  call.tls = MailTls::optional;
  call.ca_file = "/etc/ca.pem";
  call.connect_timeout = std::chrono::milliseconds(77);
  call.from = "ci@example.com";
  call.to = {"a@example.com", "b@example.com"};
  call.cc = {"c@example.com"};
  call.subject = "Done";
  call.body = "one\ntwo";
  call.message_id = "abc";
  return call;
}

std::string complaint(const std::string& text) {
  const auto request = parse_call_request(text);
  return request ? "no complaint" : request.error().message;
}

// The document with its first `what` replaced.
std::string changed(std::string text, const std::string& what, const std::string& by) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return at == std::string::npos ? text : text.replace(at, what.size(), by);
}

TEST(CallRequest, RefusesWhatIsNoRequest) {
  EXPECT_NE(complaint("").find("no JSON"), std::string::npos);
  EXPECT_NE(complaint("{").find("no JSON"), std::string::npos);
  EXPECT_EQ(complaint("[]"), "the request is no object");
  EXPECT_EQ(complaint("{}"), "the request has no version");
  EXPECT_EQ(complaint(R"({"version":1})"), "the request has no http");
  EXPECT_EQ(complaint(R"({"version":1,"http":3})"), "http of the request is no object");
  EXPECT_EQ(complaint(R"({"version":1,"http":{}})"), "http has no method");
  EXPECT_EQ(complaint(std::string(kCallRequestMaxBytes + 1, ' ')), "the request is too large");
}

TEST(CallRequest, RefusesOtherVersionsAndUnknownMembers) {
  const std::string good = write_call_request(full_http());
  for (const char* version : {"0", "2", "1.0", "\"1\"", "null", "99999999999999999999"}) {
    EXPECT_EQ(complaint(changed(good, "\"version\":1", std::string("\"version\":") + version)),
              "version of the request is no number in its range");
  }
  EXPECT_EQ(complaint(changed(good, "\"url\"", "\"proxy\":\"x\",\"url\"")),
            "http has an unknown member");
  EXPECT_EQ(complaint(changed(good, "\"http\"", "\"ftp\":{},\"http\"")),
            "the request has an unknown member");
  EXPECT_EQ(complaint(changed(good, "\"key\"", "\"more\":1,\"key\"")),
            "a header has an unknown member");
}

TEST(CallRequest, RefusesMembersOfAnotherType) {
  const std::string good = write_call_request(full_http());
  EXPECT_EQ(complaint(changed(good, "\"post\"", "7")), "method of http is no text");
  EXPECT_EQ(complaint(changed(good, "\"verifyTls\":false", "\"verifyTls\":\"false\"")),
            "verifyTls of http is no flag");
  EXPECT_EQ(complaint(changed(good, ":1234", ":0")),
            "connectTimeoutMs of http is no number in its range");
  EXPECT_EQ(complaint(changed(good, "\"::1\"", "1")),
            "allowedAddresses of http holds something else than texts");
  EXPECT_EQ(complaint(changed(good, "\"::1\"", "\"everything\"")),
            "allowedAddresses holds no address block");
  const std::string email = write_call_request(full_email());
  EXPECT_EQ(complaint(changed(email, "\"optional\"", "\"maybe\"")),
            "tls is none of required, optional and off");
  EXPECT_EQ(
      complaint(changed(email, "\"to\":[", "\"to\":{\"a\":[")).find("no JSON") != std::string::npos,
      true);
}

TEST(CallRequest, NeverRepeatsValuesInComplaints) {
  const std::string email = write_call_request(full_email());
  for (const char* what : {"\"user\"", "\"tls\"", "\"subject\""}) {
    EXPECT_EQ(complaint(changed(email, what, "\"x\"")).find("hunter2"), std::string::npos);
  }
  EXPECT_EQ(complaint(changed(email, "\"hunter2\"", "\"hunter2")).find("hunter2"),
            std::string::npos);
}

TEST(CallRequest, NoPrefixOfARequestIsOne) {
  const std::string good = write_call_request(full_http());
  for (std::size_t size = 0; size < good.size(); ++size) {
    EXPECT_FALSE(parse_call_request(good.substr(0, size))) << size;
  }
}

TEST(CallRequest, KeepsEveryMember) {
  const HttpCall http = full_http();
  const auto read_http = parse_call_request(write_call_request(http));
  ASSERT_TRUE(read_http) << read_http.error().message;
  EXPECT_EQ(write_call_request(*read_http), write_call_request(http));
  EXPECT_EQ(std::get<HttpCall>(*read_http).body, http.body);
  EXPECT_EQ(std::get<HttpCall>(*read_http).headers, http.headers);

  const EmailCall email = full_email();
  const auto read_email = parse_call_request(write_call_request(email));
  ASSERT_TRUE(read_email) << read_email.error().message;
  EXPECT_EQ(write_call_request(*read_email), write_call_request(email));
  EXPECT_EQ(std::get<EmailCall>(*read_email).to, email.to);
}

TEST(CallRequest, HoldsNoNulByteSoThatTheSupervisorTakesIt) {
  EXPECT_EQ(write_call_request(full_http()).find('\0'), std::string::npos);
}

TEST(CallResult, RefusesWhatIsNoResult) {
  for (const char* text : {"", "{}", "[]", R"({"version":2,"responseCode":200,"responseBody":""})",
                           R"({"version":1,"responseCode":200})",
                           R"({"version":1,"responseCode":"200","responseBody":""})",
                           R"({"version":1,"responseCode":1000,"responseBody":""})",
                           R"({"version":1,"responseCode":-1,"responseBody":""})",
                           R"({"version":1,"failure":{"kind":"x","message":""}})",
                           R"({"version":1,"failure":{"kind":"timeout"}})",
                           R"({"version":1,"failure":{"kind":"timeout","message":"","more":1}})",
                           R"({"version":1,"responseCode":200,"responseBody":"","more":1})"}) {
    EXPECT_FALSE(parse_call_result(text)) << text;
  }
  EXPECT_FALSE(parse_call_result(std::string(kCallResultMaxBytes + 1, ' ')));
}

TEST(CallResult, KeepsAnswersAndFailures) {
  CallResult answer;
  answer.response_code = 503;
  answer.response_body = std::string("\0\"\xC3\xBC", 4);
  const auto read = parse_call_result(write_call_result(answer));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(read->response_code, 503);
  EXPECT_EQ(read->response_body, answer.response_body);
  EXPECT_FALSE(read->failure);

  const auto failed =
      parse_call_result(write_call_result(failed_call(CallFailureKind::timeout, "too late")));
  ASSERT_TRUE(failed && failed->failure);
  EXPECT_EQ(failed->failure->kind, CallFailureKind::timeout);
  EXPECT_EQ(failed->failure->message, "too late");
}

TEST(CallResult, RepairsBodiesThatAreNoUtf8) {
  CallResult answer;
  answer.response_body = "a\xFFz";
  const auto read = parse_call_result(write_call_result(answer));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->response_body, "a\xEF\xBF\xBDz");
}

TEST(CallResult, AnAnswerThatGrowsBeyondTheBoundIsAFailure) {
  CallResult answer;
  answer.response_code = 200;
  answer.response_body = std::string(kResponseBodyMaxBytes, '\x01');  // Six bytes each as JSON.
  const std::string text = write_call_result(answer);
  EXPECT_LE(text.size(), kCallResultMaxBytes);
  const auto read = parse_call_result(text);
  ASSERT_TRUE(read && read->failure);
  EXPECT_EQ(read->failure->kind, CallFailureKind::application);
  answer.response_body = std::string(kResponseBodyMaxBytes, 'x');
  EXPECT_FALSE(parse_call_result(write_call_result(answer))->failure);
}

}  // namespace
}  // namespace tripgate
