// Base64 for whatever is not plain ASCII: nothing that a sender of an event wrote keeps its line
// breaks, so headers and the end of the message stay ours.
#include "engine/call/email_message.h"

#include <openssl/evp.h>

#include <algorithm>
#include <cctype>

namespace tripgate {
namespace {

constexpr std::size_t kAddressMaxSize = 254;  // RFC 5321, 4.5.3.1.3.
constexpr std::size_t kLineBytes = 57;        // 76 characters of base64.
// Bytes of one encoded word: 60 characters of base64 and 12 around them stay below 75.
constexpr std::size_t kWordBytes = 45;
constexpr std::size_t kPlainSubjectMax = 60;

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::string base64(std::string_view bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
  const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                                   reinterpret_cast<const unsigned char*>(bytes.data()),
                                   static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(size));
  return text;
}

bool is_control(char c) {
  return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

// The first bytes of a text, at most `size`, without a torn UTF-8 character at the end.
std::size_t whole_characters(std::string_view text, std::size_t size) {
  if (text.size() <= size) return text.size();
  std::size_t end = size;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end > 0 ? end : size;
}

std::string encoded_words(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const std::size_t size = whole_characters(text, kWordBytes);
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?" + base64(text.substr(0, size)) + "?=";
    text.remove_prefix(size);
  }
  return words;
}

std::string subject_text(std::string_view subject) {
  std::string line(subject);
  std::ranges::replace_if(line, is_control, ' ');
  const bool is_plain =
      line.size() <= kPlainSubjectMax && line.find("=?") == std::string::npos &&
      std::ranges::all_of(line, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  return is_plain ? line : encoded_words(line);
}

std::string address_list(const std::vector<std::string>& addresses) {
  std::string list;
  for (const std::string& address : addresses) {
    if (!list.empty()) list += ",\r\n ";
    list += "<" + address + ">";
  }
  return list;
}

std::string html_body(std::string_view body) {
  std::string html;
  for (std::size_t start = 0; start <= body.size();) {
    const std::size_t end = std::min(body.find('\n', start), body.size());
    std::string_view line = body.substr(start, end - start);
    if (line.ends_with('\r')) line.remove_suffix(1);
    html.append("<br>").append(line).append("</br>\n");
    start = end + 1;
  }
  return html;
}

std::string base64_lines(std::string_view bytes) {
  std::string lines;
  for (; !bytes.empty(); bytes.remove_prefix(std::min(kLineBytes, bytes.size()))) {
    lines += base64(bytes.substr(0, kLineBytes)) + "\r\n";
  }
  return lines;
}

std::string date_text(std::time_t now) {
  std::tm utc{};
  ::gmtime_r(&now, &utc);
  char text[64];
  const std::size_t size = std::strftime(text, sizeof text, "%a, %d %b %Y %H:%M:%S +0000", &utc);
  return {text, size};
}

bool is_message_id(std::string_view id) {
  return !id.empty() && std::ranges::all_of(id, [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_';
  });
}

}  // namespace

bool is_mail_address(std::string_view text) {
  constexpr std::string_view kForbidden = "<>()[]\\,;:\" ";
  const std::size_t at = text.rfind('@');
  return at != std::string_view::npos && at > 0 && at + 1 < text.size() &&
         text.size() <= kAddressMaxSize && text.find('@') == at &&
         std::ranges::all_of(text, [&](char c) {
           return c > ' ' && c < 0x7f && kForbidden.find(c) == std::string_view::npos;
         });
}

Result<std::vector<std::string>, Diagnostic> parse_recipients(std::string_view text) {
  std::vector<std::string> addresses;
  for (std::size_t start = 0; start <= text.size();) {
    const std::size_t end = std::min(text.find(',', start), text.size());
    std::string_view part = trimmed(text.substr(start, end - start));
    start = end + 1;
    if (part.empty()) continue;
    const std::size_t open = part.rfind('<');
    if (open != std::string_view::npos && part.ends_with('>')) {
      part = part.substr(open + 1, part.size() - open - 2);
    }
    if (!is_mail_address(part)) {
      return Diagnostic("\"" + std::string(part.substr(0, kAddressMaxSize)) +
                        "\" is no e-mail address");
    }
    addresses.emplace_back(part);
  }
  return addresses;
}

std::string complaint_about_mail(const EmailCall& call) {
  const std::size_t count = call.to.size() + call.cc.size();
  if (count == 0) return "The e-mail has no recipients";
  if (count > kRecipientsMax) {
    return "An e-mail can have at most " + std::to_string(kRecipientsMax) + " recipients, not " +
           std::to_string(count);
  }
  if (!is_mail_address(call.from)) return "The sender is no e-mail address";
  for (const auto* list : {&call.to, &call.cc}) {
    if (!std::ranges::all_of(*list, is_mail_address)) return "A recipient is no e-mail address";
  }
  return is_message_id(call.message_id) ? "" : "The message id is none";
}

std::string make_mail_text(const EmailCall& call, std::time_t now) {
  const std::string domain = call.from.substr(call.from.find('@') + 1);
  std::string text = "From: <" + call.from + ">\r\n";
  if (!call.to.empty()) text += "To: " + address_list(call.to) + "\r\n";
  if (!call.cc.empty()) text += "Cc: " + address_list(call.cc) + "\r\n";
  text += "Subject: " + subject_text(call.subject) + "\r\n";
  text += "Date: " + date_text(now) + "\r\n";
  text += "Message-ID: <" + call.message_id + "@" + domain + ">\r\n";
  // So that vacation notices and the like do not answer (RFC 3834).
  text += "Auto-Submitted: auto-generated\r\n";
  text += "MIME-Version: 1.0\r\nContent-Type: text/html; charset=UTF-8\r\n";
  text += "Content-Transfer-Encoding: base64\r\n\r\n";
  return text + base64_lines(html_body(call.body));
}

}  // namespace tripgate
