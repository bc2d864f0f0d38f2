// libcurl speaks SMTP; what it is given is checked here once more, for an address with a line break
// would be a command of its own.
#include "engine/call/email_call.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "engine/call/curl_handle.h"
#include "engine/call/email_message.h"

namespace tripgate {
namespace {

/// Replies from here on will be the same next time (RFC 5321, 4.2.1).
constexpr long kPermanentReply = 500;

struct Upload {
  std::string text;
  std::size_t sent = 0;
};

std::size_t give_text(char* buffer, std::size_t size, std::size_t count, void* self) {
  auto& upload = *static_cast<Upload*>(self);
  const std::size_t given = std::min(size * count, upload.text.size() - upload.sent);
  std::memcpy(buffer, upload.text.data() + upload.sent, given);
  upload.sent += given;
  return given;
}

long tls_level(MailTls tls) {
  switch (tls) {
    case MailTls::required:
      return CURLUSESSL_ALL;
    case MailTls::optional:
      return CURLUSESSL_TRY;
    case MailTls::off:
      return CURLUSESSL_NONE;
  }
  return CURLUSESSL_ALL;
}

CallResult broken(std::string message) {
  return failed_call(CallFailureKind::application, std::move(message));
}

}  // namespace

CallResult perform_email(const EmailCall& call) {
  if (std::string complaint = complaint_about_mail(call); !complaint.empty()) {
    return broken(std::move(complaint));
  }
  std::array<char, CURL_ERROR_SIZE> error{};
  const CurlHandle handle = make_curl_handle(error.data(), call.connect_timeout, call.ca_file);
  if (!handle) return broken("out of memory");
  CURL* const curl = handle.get();
  Upload upload{make_mail_text(call, std::time(nullptr))};
  CurlList recipients;
  for (const std::string& address : call.to) recipients.add("<" + address + ">");
  for (const std::string& address : call.cc) recipients.add("<" + address + ">");
  curl_easy_setopt(curl, CURLOPT_URL, call.server.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, tls_level(call.tls));
  if (!call.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, call.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, call.password.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, ("<" + call.from + ">").c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &give_text);
  curl_easy_setopt(curl, CURLOPT_READDATA, &upload);
  const CURLcode code = curl_easy_perform(curl);
  long reply = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
  CallResult result;
  if (code != CURLE_OK) {
    result.failure = describe_curl_error(code, error.data(), call.connect_timeout);
    // libcurl tells a refused command like a broken connection.
    if (reply >= kPermanentReply) result.failure->kind = CallFailureKind::application;
    return result;
  }
  result.response_code = static_cast<int>(reply);
  return result;
}

}  // namespace tripgate
