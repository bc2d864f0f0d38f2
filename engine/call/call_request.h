// What `tripgate-call` is asked to do: one HTTP exchange or one e-mail (call_protocol.md).
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/address_policy.h"
#include "engine/call/call_limits.h"

namespace tripgate {

using HttpHeaders = std::vector<std::pair<std::string, std::string>>;

/// An HTTP exchange with what the operator permits.
struct HttpCall {
  std::string method;  ///< As people write it; anything but the six known ones is sent as HEAD.
  std::string url;     ///< Percent-encoded where it is sent.
  HttpHeaders headers;
  std::string body;             ///< Sent with POST, PUT and PATCH only.
  std::string certificate;      ///< PEM, of this client; empty: none.
  std::string certificate_key;  ///< PEM.
  std::chrono::milliseconds connect_timeout = kConnectTimeout;
  std::vector<std::string> allowed_addresses;  ///< Blocks for AddressPolicy.
  std::string ca_file;                         ///< Empty: the system's authorities.
  bool verifies_tls = true;
};

/// Whether a mail server must offer TLS.
enum class MailTls : std::uint8_t {
  required,
  optional,  // Used if it is offered.
  off,
};

/// An e-mail and the server that takes it.
struct EmailCall {
  std::string server;  ///< smtp://HOST:PORT, or smtps:// for TLS from the first byte.
  std::string user;    ///< Empty: no login.
  std::string password;
  MailTls tls = MailTls::required;
  std::string ca_file;
  std::chrono::milliseconds connect_timeout{10'000};
  std::string from;
  std::vector<std::string> to;  ///< Plain addresses.
  std::vector<std::string> cc;
  std::string subject;
  std::string body;        ///< As written; each line is wrapped where it is sent.
  std::string message_id;  ///< Without the part after `@`.
};

using CallRequest = std::variant<HttpCall, EmailCall>;

/// The document of call_protocol.md. Texts that are no UTF-8 are repaired with U+FFFD.
[[nodiscard]] std::string write_call_request(const CallRequest& request);

/// Reads such a document. Errors: too large, no JSON, another version, a member that is missing,
/// unknown or of the wrong type. The complaint names members, never values.
[[nodiscard]] Result<CallRequest, Diagnostic> parse_call_request(std::string_view text);

}  // namespace tripgate
