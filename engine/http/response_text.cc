// Written at once: Beast's serializer walks a chain of views over each header, which took a tenth
// of what a status poll costs the engine.
#include "engine/http/response_text.h"

#include <array>
#include <boost/beast/http/status.hpp>
#include <charconv>

namespace tripgate::http {
namespace {

/// framing: the field that says how long the body is.
std::string head_of(const Response& response, std::string_view framing, bool is_kept) {
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + ' ';
  head +=
      boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  head.append("\r\nContent-Type: ").append(response.content_type).append("\r\n");
  for (const auto& [name, value] : response.headers) {
    head.append(name).append(": ").append(value).append("\r\n");
  }
  return head.append(framing).append(is_kept ? "\r\n" : "Connection: close\r\n\r\n");
}

}  // namespace

std::string head_with_length(const Response& response, bool is_kept) {
  return head_of(response, "Content-Length: " + std::to_string(response.body.size()) + "\r\n",
                 is_kept);
}

std::string head_of_chunks(const Response& response) {
  return head_of(response, "Transfer-Encoding: chunked\r\n", false);
}

std::string chunk(std::string_view bytes) {
  std::array<char, 20> size{};
  const auto end = std::to_chars(size.data(), size.data() + size.size(), bytes.size(), 16).ptr;
  std::string text(size.data(), end);
  return text.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace tripgate::http
