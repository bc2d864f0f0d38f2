// E-mail: what must not get into a message or a session, then that messages arrive as written.
#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <filesystem>
#include <fstream>

#include "engine/call/email_call.h"
#include "engine/call/email_message.h"
#include "engine/call/email_step.h"
#include "test/lib/fake_mail_server.h"

namespace tripgate {
namespace {

constexpr std::time_t kNow = 1'700'000'000;  // Tue, 14 Nov 2023 22:13:20 UTC.

EmailCall mail() {
  EmailCall call;
  call.tls = MailTls::off;
  call.from = "ci@example.com";
  call.to = {"a@example.com"};
  call.subject = "Done";
  call.body = "hello";
  call.message_id = "_iodHvEhT2y-Mn";
  return call;
}

std::string header(const std::string& message, const std::string& name) {
  const std::size_t start = message.find(name + ": ");
  if (start == std::string::npos) return "absent";
  std::size_t end = message.find("\r\n", start);
  while (message[end + 2] == ' ') end = message.find("\r\n", end + 2);  // Folded.
  return message.substr(start + name.size() + 2, end - start - name.size() - 2);
}

std::string decoded(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n' || c == ' '; });
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with("=") ? 1 : 0;
  std::string bytes(text.size(), '\0');
  const int size = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                   reinterpret_cast<const unsigned char*>(text.data()),
                                   static_cast<int>(text.size()));
  EXPECT_GE(size, 0) << text;
  bytes.resize(static_cast<std::size_t>(size) - padding);
  return bytes;
}

// The text behind the encoded words of a header.
std::string decoded_words(std::string value) {
  std::string text;
  const std::string open = "=?UTF-8?B?";
  for (std::size_t at = value.find(open); at != std::string::npos; at = value.find(open, at + 1)) {
    const std::size_t start = at + open.size();
    text += decoded(value.substr(start, value.find("?=", start) - start));
  }
  return text;
}

std::string body_of(const std::string& message) {
  return decoded(message.substr(message.find("\r\n\r\n") + 4));
}

TEST(MailAddress, RefusesWhateverHasAMeaningElsewhere) {
  for (const std::string text : {"",           "a",          "@",           "a@",
                                 "@b",         "a@b@c",      "a b@c",       "a@b\r\nBcc: x@y",
                                 "a@b\n",      "<a@b>",      "a@b>",        "a,b@c",
                                 "a;b@c",      "\"a\"@b",    "a@[1.2.3.4]", "a(x)@b",
                                 "\xC3\xBC@b", "a@\xC3\xBC", "a\\@b",       "a@b c",
                                 "a@b> SIZE=1"}) {
    EXPECT_FALSE(is_mail_address(text)) << text;
  }
  EXPECT_FALSE(is_mail_address(std::string("a@b\0c", 5)));
  EXPECT_FALSE(is_mail_address("a@" + std::string(253, 'b')));
  for (const char* text : {"a@b", "first.last+tag@sub.example.com", "a_b-c=d@x", "o'neil@x.y"}) {
    EXPECT_TRUE(is_mail_address(text)) << text;
  }
}

TEST(MailRecipients, ReadsListsAndNamesAndComplainsAboutTheRest) {
  const auto read = parse_recipients(" a@b , Some One <c@d>,, \n<e@f>");
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (std::vector<std::string>{"a@b", "c@d", "e@f"}));
  EXPECT_TRUE(parse_recipients("")->empty());
  for (const char* text :
       {"a@b, nobody", "a@b;c@d", "X <a@b", "a@b\r\nBcc: x@y", "<>", "<a@b> x"}) {
    EXPECT_FALSE(parse_recipients(text)) << text;
  }
}

TEST(MailText, NoTextOfAPersonBecomesAHeaderOrEndsTheMessage) {
  EmailCall call = mail();
  call.subject = "Done\r\nBcc: victim@example.com\r\n\r\n<html>";
  call.body = "one\r\n.\r\nQUIT\r\n";
  const std::string text = make_mail_text(call, kNow);
  EXPECT_EQ(text.find("\nBcc"), std::string::npos);
  EXPECT_EQ(text.find("\n."), std::string::npos);
  EXPECT_EQ(text.find("QUIT"), std::string::npos);
  EXPECT_EQ(header(text, "Subject"), "Done  Bcc: victim@example.com    <html>");
  EXPECT_EQ(body_of(text), "<br>one</br>\n<br>.</br>\n<br>QUIT</br>\n<br></br>\n");
}

TEST(MailText, EveryLineIsShortAndAscii) {
  EmailCall call = mail();
  for (int i = 0; i < 1000; ++i) call.cc.push_back("person" + std::to_string(i) + "@example.com");
  call.subject = std::string(500, 'x') + "\xF0\x9F\x9A\x80\xFF";
  call.body = std::string(100'000, 'y') + "\xC3\xBC";
  const std::string text = make_mail_text(call, kNow);
  for (std::size_t start = 0; start < text.size();) {
    const std::size_t end = text.find("\r\n", start);
    ASSERT_NE(end, std::string::npos);
    ASSERT_LE(end - start, 90U) << text.substr(start, 100);
    start = end + 2;
  }
  for (const char c : text) ASSERT_TRUE(c == '\r' || c == '\n' || (c >= ' ' && c < 0x7f));
  EXPECT_EQ(decoded_words(header(text, "Subject")), call.subject);
  EXPECT_EQ(body_of(text), "<br>" + call.body + "</br>\n");
}

TEST(MailText, EncodedWordsEndBetweenCharacters) {
  EmailCall call = mail();
  for (int i = 0; i < 100; ++i) call.subject += "\xE2\x82\xAC";  // Three bytes each.
  const std::string subject = header(make_mail_text(call, kNow), "Subject");
  for (std::size_t at = subject.find("B?"); at != std::string::npos;
       at = subject.find("B?", at + 1)) {
    const std::string word = decoded(subject.substr(at + 2, subject.find("?=", at) - at - 2));
    EXPECT_NE(static_cast<unsigned char>(word[0]) & 0xC0U, 0x80U);
  }
  EXPECT_EQ(decoded_words(subject), call.subject);
}

TEST(MailText, HasTheHeadersThatMailNeeds) {
  EmailCall call = mail();
  call.to = {"a@example.com", "b@example.com"};
  call.cc = {"c@example.com"};
  const std::string text = make_mail_text(call, kNow);
  EXPECT_EQ(header(text, "From"), "<ci@example.com>");
  EXPECT_EQ(header(text, "To"), "<a@example.com>,\r\n <b@example.com>");
  EXPECT_EQ(header(text, "Cc"), "<c@example.com>");
  EXPECT_EQ(header(text, "Subject"), "Done");
  EXPECT_EQ(header(text, "Date"), "Tue, 14 Nov 2023 22:13:20 +0000");
  EXPECT_EQ(header(text, "Message-ID"), "<_iodHvEhT2y-Mn@example.com>");
  EXPECT_EQ(header(text, "Content-Type"), "text/html; charset=UTF-8");
}

class EmailCallTest : public ::testing::Test {
 protected:
  // Runs the call against a server and joins its thread, so that what it heard can be read.
  CallResult send(EmailCall call) {
    LoopbackServer server([this](Peer& peer) { heard_.serve(peer); }, &identity_);
    server.set_tls_from_start(false);
    heard_.tls = server.tls();
    call.server = "smtp://127.0.0.1:" + std::to_string(server.port());
    return perform_email(call);
  }

  void expect_failure(const CallResult& result, const std::string& part) {
    ASSERT_TRUE(result.failure);
    EXPECT_NE(result.failure->message.find(part), std::string::npos) << result.failure->message;
    EXPECT_TRUE(heard_.message.empty());
  }

  [[nodiscard]] bool heard(const std::string& command) const {
    return std::ranges::find(heard_.commands, command) != heard_.commands.end();
  }

  TestIdentity identity_ = make_test_identity();
  FakeMailServer heard_;
};

TEST_F(EmailCallTest, SendsNothingForAMessageThatIsNotSound) {
  EmailCall call = mail();
  call.to = {"a@b\r\nRCPT TO:<victim@example.com>"};
  expect_failure(send(call), "A recipient is no e-mail address");
  call = mail();
  call.from = "ci@example.com> SIZE=1";
  expect_failure(send(call), "The sender is no e-mail address");
  call = mail();
  call.to.clear();
  expect_failure(send(call), "no recipients");
  call.to.assign(kRecipientsMax + 1, "a@b");
  expect_failure(send(call), "at most 2100 recipients, not 2101");
  call = mail();
  call.message_id = "a\r\nBcc";
  expect_failure(send(call), "message id");
  EXPECT_TRUE(heard_.commands.empty());
}

TEST_F(EmailCallTest, TellsWhatTheServerRefuses) {
  for (const char* command : {"MAIL", "RCPT TO:<b@", "DATA"}) {
    heard_ = {};
    heard_.refuse = command;
    EmailCall call = mail();
    call.to = {"a@example.com", "b@example.com"};
    const CallResult result = send(call);
    expect_failure(result, "550");
    EXPECT_EQ(result.failure->kind, CallFailureKind::application) << command;
  }
  heard_ = {};
  heard_.refuse = "end of DATA";
  ASSERT_TRUE(send(mail()).failure);
}

TEST_F(EmailCallTest, ATemporaryRefusalIsNoMatterOfTheMessage) {
  heard_.refuse = "MAIL";
  heard_.refusal = "451 later";
  const CallResult result = send(mail());
  expect_failure(result, "451");
  EXPECT_EQ(result.failure->kind, CallFailureKind::connectivity);
}

TEST_F(EmailCallTest, GivesNoPasswordToAServerThatIsNotEncrypted) {
  heard_.extensions = "250-AUTH PLAIN LOGIN\r\n";
  EmailCall call = mail();
  call.tls = MailTls::required;
  call.user = "ci";
  call.password = "hunter2";
  const CallResult result = send(call);
  ASSERT_TRUE(result.failure);
  EXPECT_EQ(result.failure->message.find("hunter2"), std::string::npos);
  for (const std::string& command : heard_.commands) EXPECT_FALSE(command.starts_with("AUTH"));
}

TEST_F(EmailCallTest, RefusesAServerWhoseCertificateNobodyVouchesFor) {
  heard_.extensions = "250-STARTTLS\r\n";
  EmailCall call = mail();
  call.tls = MailTls::required;
  expect_failure(send(call), "certificate");
}

TEST_F(EmailCallTest, LogsInOverTlsWithAnAuthorityOfItsOwn) {
  const std::string ca_file =
      ::testing::TempDir() + "tripgate-mail-ca-" + std::to_string(::getpid());
  std::ofstream(ca_file) << identity_.certificate_pem;
  heard_.extensions = "250-STARTTLS\r\n250-AUTH PLAIN\r\n";
  EmailCall call = mail();
  call.tls = MailTls::required;
  call.ca_file = ca_file;
  call.user = "ci";
  call.password = "hunter2";
  const CallResult result = send(call);
  std::filesystem::remove(ca_file);
  EXPECT_FALSE(result.failure) << result.failure->message;
  EXPECT_TRUE(heard_.is_encrypted);
  EXPECT_TRUE(heard("AUTH PLAIN") || heard("AUTH PLAIN AGNpAGh1bnRlcjI="));
}

TEST_F(EmailCallTest, DeliversTheMessageToEveryRecipient) {
  EmailCall call = mail();
  call.cc = {"c@example.com"};
  call.body = "line one\nline two";
  const CallResult result = send(call);
  ASSERT_FALSE(result.failure) << result.failure->message;
  EXPECT_EQ(result.response_code, 250);
  EXPECT_TRUE(heard("MAIL FROM:<ci@example.com>"));
  EXPECT_TRUE(heard("RCPT TO:<a@example.com>"));
  EXPECT_TRUE(heard("RCPT TO:<c@example.com>"));
  EXPECT_EQ(header(heard_.message, "Subject"), "Done");
  const std::string text = heard_.message.substr(0, heard_.message.size() - 3);
  EXPECT_EQ(body_of(text), "<br>line one</br>\n<br>line two</br>\n");
}

CallSettings settings() {
  CallSettings settings;
  settings.program = "/usr/lib/tripgate/tripgate-call";
  settings.smtp.emplace();
  settings.smtp->server = "smtp://mail.example:587";
  settings.smtp->from = "ci@example.com";
  settings.smtp->user = "ci";
  settings.smtp->ca_file = "/etc/ca.pem";
  settings.smtp->tls = MailTls::optional;
  return settings;
}

plan::EmailSpec spec() {
  return {.to = "a@example.com, b@example.com", .cc = "", .subject = "S", .body = "B"};
}

std::string complaint(const plan::EmailSpec& spec, const CallSettings& settings) {
  const auto command = make_email_command(spec, settings, "", "id");
  return command ? "none" : command.error().message;
}

TEST(EmailStep, ComplainsInTheOriginalsWords) {
  plan::EmailSpec blank = spec();
  blank.subject = " \n";
  EXPECT_EQ(complaint(blank, settings()), "Email subject cannot be blank");
  blank = spec();
  blank.body = "\t";
  EXPECT_EQ(complaint(blank, settings()), "Email body cannot be blank");
  EXPECT_EQ(complaint(spec(), CallSettings()), "SMTP is not configured");
  plan::EmailSpec nobody = spec();
  nobody.to = " , ";
  EXPECT_EQ(complaint(nobody, settings()), "The e-mail has no recipients");
  nobody.to = "everybody";
  EXPECT_EQ(complaint(nobody, settings()), "\"everybody\" is no e-mail address");
  plan::EmailSpec crowd = spec();
  for (std::size_t i = 0; i < kRecipientsMax; ++i) crowd.cc += "a@b,";
  EXPECT_EQ(complaint(crowd, settings()), "An e-mail can have at most 2100 recipients, not 2102");
}

TEST(EmailStep, AsksTheProgramWithTheOperatorsServer) {
  const auto command = make_email_command(spec(), settings(), "hunter2", "node-id");
  ASSERT_TRUE(command);
  EXPECT_EQ(command->program[0], settings().program);
  const auto request = parse_call_request(command->script);
  ASSERT_TRUE(request);
  const auto& call = std::get<EmailCall>(*request);
  EXPECT_EQ(call.server + call.user + call.password, "smtp://mail.example:587cihunter2");
  EXPECT_EQ(call.tls, MailTls::optional);
  EXPECT_EQ(call.ca_file, "/etc/ca.pem");
  EXPECT_EQ(call.to, (std::vector<std::string>{"a@example.com", "b@example.com"}));
  EXPECT_EQ(call.from + call.subject + call.body + call.message_id, "ci@example.comSBnode-id");
}

TEST(EmailStep, RendersItsFourTexts) {
  const auto rendered = render_email_step(
      {.to = "1", .cc = "2", .subject = "3", .body = "4"}, [](std::string_view text) {
        return Result<std::string, Diagnostic>(boost::system::in_place_value,
                                               "<" + std::string(text) + ">");
      });
  ASSERT_TRUE(rendered);
  EXPECT_EQ(rendered->to + rendered->cc + rendered->subject + rendered->body, "<1><2><3><4>");
  EXPECT_FALSE(render_email_step(
      spec(), [](std::string_view) { return Result<std::string, Diagnostic>(Diagnostic("no")); }));
}

TEST(EmailStep, FailsAsAnApplicationOrPublishesItsId) {
  StepResult step;
  step.exit_code = 0;
  step.result_text = write_call_result(failed_call(CallFailureKind::connectivity, "why"));
  const CallEnd failed = judge_email_result(step, "node-id");
  EXPECT_FALSE(failed.is_success);
  EXPECT_EQ(failed.message, "why");
  EXPECT_EQ(failed.failure_kinds, std::vector{CallFailureKind::application});
  EXPECT_TRUE(failed.output.empty());
  CallResult taken;
  taken.response_code = 250;
  step.result_text = write_call_result(taken);
  const CallEnd sent = judge_email_result(step, "node-id");
  EXPECT_TRUE(sent.is_success);
  EXPECT_EQ(sent.output, "{\"notificationId\":\"node-id\"}");
}

}  // namespace
}  // namespace tripgate
