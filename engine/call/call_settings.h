// What an operator says about calls in engine.yaml.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "engine/call/call_limits.h"
#include "engine/call/call_request.h"
#include "engine/yaml/mapping_reader.h"

namespace tripgate {

/// Section `http`: holds for Http steps and for webhooks of notifications.
struct HttpSettings {
  /// Blocks of addresses that may be called although they are not of the public internet.
  std::vector<std::string> allowed_addresses;
  std::string ca_file;  ///< Authorities besides the system's; empty: none.
  bool verifies_tls = true;
  std::chrono::milliseconds connect_timeout = kConnectTimeout;
};

/// Section `smtp`: the server that takes e-mail of steps and notifications.
struct SmtpSettings {
  std::string server;  ///< smtp://HOST:PORT or smtps://HOST:PORT.
  std::string from;
  std::string user;             ///< Empty: no login.
  std::string password_secret;  ///< A secret's reference, such as `account.smtp`.
  MailTls tls = MailTls::required;
  std::string ca_file;
};

struct CallSettings {
  std::string program;  ///< Absolute path of tripgate-call.
  HttpSettings http;
  std::optional<SmtpSettings> smtp;  ///< Absent: e-mail fails with "SMTP is not configured".
};

/// Reads the sections `http` and `smtp` of engine.yaml; the program is the caller's to set.
/// Complaints about values and unknown keys go to `findings`, with their place.
[[nodiscard]] CallSettings read_call_settings(yaml::MappingReader& engine_yaml,
                                              yaml::Findings& findings);

}  // namespace tripgate
