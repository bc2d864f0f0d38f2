// Settings are checked where they are read, so that a mistake is seen at start rather than when a
// pipeline fails at night.
#include "engine/call/call_settings.h"

#include <charconv>

#include "engine/call/email_message.h"

namespace tripgate {
namespace {

constexpr long kConnectTimeoutMaxMs = 60'000;

/// Reads one section; every complaint stands at its key.
class SectionReader {
 public:
  SectionReader(const yaml::Node& node, const std::string& name, yaml::Findings& findings)
      : reader_(node, name + " of engine.yaml", findings), findings_(findings) {}

  yaml::MappingReader& reader() { return reader_; }
  void finish() { reader_.finish(); }

  void complain(std::string_view key, const std::string& message) {
    const yaml::Node* const node = reader_.find(key);
    findings_.error(node != nullptr ? node->position : reader_.position(), message);
  }

 private:
  yaml::MappingReader reader_;
  yaml::Findings& findings_;
};

std::chrono::milliseconds read_timeout(SectionReader& section) {
  const std::string text = section.reader().text("connect_timeout_ms");
  if (text.empty()) return kConnectTimeout;
  long number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size() || number < 1 ||
      number > kConnectTimeoutMaxMs) {
    section.complain("connect_timeout_ms", "connect_timeout_ms is a number from 1 to 60000");
  }
  return std::chrono::milliseconds(number);
}

HttpSettings read_http(SectionReader section) {
  HttpSettings http;
  http.allowed_addresses = section.reader().texts("allow_private");
  for (const std::string& block : http.allowed_addresses) {
    if (parse_address_block(block)) continue;
    section.complain("allow_private",
                     "allow_private holds addresses and blocks (10.0.0.0/8), not " + block);
  }
  http.ca_file = section.reader().text("ca_file");
  http.verifies_tls = section.reader().flag("verify_tls", true);
  http.connect_timeout = read_timeout(section);
  section.finish();
  return http;
}

MailTls read_tls(SectionReader& section) {
  const std::string text = section.reader().text("tls");
  if (text == "optional") return MailTls::optional;
  if (text == "off") return MailTls::off;
  if (!text.empty() && text != "required") {
    section.complain("tls", "tls is one of required, optional and off");
  }
  return MailTls::required;
}

SmtpSettings read_smtp(SectionReader section) {
  SmtpSettings smtp;
  smtp.server = section.reader().text("url");
  if (!smtp.server.starts_with("smtp://") && !smtp.server.starts_with("smtps://")) {
    section.complain("url", "the url of smtp begins with smtp:// or smtps://");
  }
  smtp.from = section.reader().text("from");
  if (!is_mail_address(smtp.from)) section.complain("from", "from is an e-mail address");
  smtp.user = section.reader().text("user");
  smtp.password_secret = section.reader().text("password_secret");
  if (smtp.user.empty() != smtp.password_secret.empty()) {
    section.complain("user", "user and password_secret belong together");
  }
  smtp.tls = read_tls(section);
  if (smtp.tls != MailTls::required && !smtp.user.empty() && !smtp.server.starts_with("smtps:")) {
    section.complain("tls", "a user takes tls: required, or the password may travel in the clear");
  }
  smtp.ca_file = section.reader().text("ca_file");
  section.finish();
  return smtp;
}

}  // namespace

CallSettings read_call_settings(yaml::MappingReader& engine_yaml, yaml::Findings& findings) {
  CallSettings settings;
  if (const yaml::Node* http = engine_yaml.find_mapping("http")) {
    settings.http = read_http(SectionReader(*http, "http", findings));
  }
  if (const yaml::Node* smtp = engine_yaml.find_mapping("smtp")) {
    settings.smtp = read_smtp(SectionReader(*smtp, "smtp", findings));
  }
  return settings;
}

}  // namespace tripgate
