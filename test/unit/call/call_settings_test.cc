// The sections http and smtp of engine.yaml: every mistake with its place, then what is read.
#include "engine/call/call_settings.h"

#include <gtest/gtest.h>

#include "engine/config.h"

namespace tripgate {
namespace {

Result<Config, Diagnostic> read(const std::string& sections) {
  return parse_config("state_dir: /var/lib/tripgate\n" + sections, "/etc/tripgate/engine.yaml");
}

std::string complaint(const std::string& sections) {
  const auto config = read(sections);
  if (config) return "none";
  return std::to_string(config.error().line) + ":" + std::to_string(config.error().column) + " " +
         config.error().message;
}

TEST(CallSettings, ComplainsWithThePlace) {
  for (const auto& [sections, expected] :
       std::initializer_list<std::pair<const char*, const char*>>{
           {"http: {allow_private: [localhost]}",
            "2:23 allow_private holds addresses and blocks (10.0.0.0/8), not localhost"},
           {"http: {allow_private: [10.0.0.1/8]}",
            "2:23 allow_private holds addresses and blocks (10.0.0.0/8), not 10.0.0.1/8"},
           {"http: {connect_timeout_ms: 0}", "2:28 connect_timeout_ms is a number from 1 to 60000"},
           {"http: {connect_timeout_ms: 2s}",
            "2:28 connect_timeout_ms is a number from 1 to 60000"},
           {"smtp: {url: mail.example, from: a@b}",
            "2:13 the url of smtp begins with smtp:// or smtps://"},
           {"smtp: {url: 'smtp://m', from: nobody}", "2:31 from is an e-mail address"},
           {"smtp: {url: 'smtp://m'}", "2:7 from is an e-mail address"},
           {"smtp: {url: 'smtp://m', from: a@b, tls: maybe}",
            "2:41 tls is one of required, optional and off"},
           {"smtp: {url: 'smtp://m', from: a@b, user: u}",
            "2:42 user and password_secret belong together"},
           {"smtp: {url: 'smtp://m', from: a@b, password_secret: account.p}",
            "2:7 user and password_secret belong together"},
           {"smtp: {url: 'smtp://m', from: a@b, user: u, password_secret: account.p, tls: off}",
            "2:78 a user takes tls: required, or the password may travel in the clear"}}) {
    EXPECT_EQ(complaint(sections), expected) << sections;
  }
}

TEST(CallSettings, AMisspeltSettingIsSeen) {
  EXPECT_NE(complaint("http: {allow_privat: [10.0.0.0/8]}").find("allow_privat"),
            std::string::npos);
  EXPECT_NE(complaint("smtp: {url: 'smtp://m', from: a@b, host: m}").find("host"),
            std::string::npos);
  EXPECT_NE(complaint("http: everything"), "none");
}

TEST(CallSettings, NothingIsAllowedAndNoMailSentByDefault) {
  const auto config = read("step_program: /usr/lib/tripgate/tripgate-step\n");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->calls.program, "/usr/lib/tripgate/tripgate-call");
  EXPECT_TRUE(config->calls.http.allowed_addresses.empty());
  EXPECT_TRUE(config->calls.http.verifies_tls);
  EXPECT_EQ(config->calls.http.connect_timeout, kConnectTimeout);
  EXPECT_FALSE(config->calls.smtp);
}

TEST(CallSettings, ReadsBothSections) {
  const auto config = read(
      "call_program: bin/tripgate-call\n"
      "http: {allow_private: [10.0.0.0/8, '::1'], ca_file: /ca, verify_tls: false,\n"
      "       connect_timeout_ms: 5000}\n"
      "smtp: {url: 'smtps://m:465', from: ci@example.com, user: u, password_secret: account.p,\n"
      "       tls: optional, ca_file: /ca}\n");
  ASSERT_TRUE(config) << config.error().to_string();
  EXPECT_EQ(config->calls.program, "/etc/tripgate/bin/tripgate-call");
  const HttpSettings& http = config->calls.http;
  EXPECT_EQ(http.allowed_addresses, (std::vector<std::string>{"10.0.0.0/8", "::1"}));
  EXPECT_EQ(http.ca_file, "/ca");
  EXPECT_FALSE(http.verifies_tls);
  EXPECT_EQ(http.connect_timeout.count(), 5000);
  const SmtpSettings smtp = config->calls.smtp.value_or(SmtpSettings());
  EXPECT_EQ(smtp.server + " " + smtp.from + " " + smtp.user + " " + smtp.password_secret,
            "smtps://m:465 ci@example.com u account.p");
  EXPECT_EQ(smtp.tls, MailTls::optional);
  EXPECT_EQ(smtp.ca_file, "/ca");
}

}  // namespace
}  // namespace tripgate
