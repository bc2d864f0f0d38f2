// libcurl takes URLs apart, so that the origin judged here is the one it will talk to.
#include "engine/call/url_text.h"

#include <curl/curl.h>

#include <algorithm>
#include <cctype>
#include <memory>

namespace tripgate {
namespace {

struct FreeUrl {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};

bool is_hex(char c) {
  return std::isxdigit(static_cast<unsigned char>(c)) != 0;
}

bool has_encoded_byte(std::string_view url) {
  for (std::size_t at = url.find('%'); at != std::string_view::npos; at = url.find('%', at + 1)) {
    if (at + 2 < url.size() && is_hex(url[at + 1]) && is_hex(url[at + 2])) return true;
  }
  return false;
}

// Unreserved and reserved characters of RFC 3986.
bool belongs_in_url(char c) {
  constexpr std::string_view kSigns = "-._~:/?#[]@!$&'()*+,;=";
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
         (c != '\0' && kSigns.find(c) != std::string_view::npos);
}

bool starts_with_ignoring_case(std::string_view text, std::string_view start) {
  return text.size() >= start.size() &&
         std::equal(start.begin(), start.end(), text.begin(), [](char a, char b) {
           return a == std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

std::string encode_url(std::string_view url) {
  if (has_encoded_byte(url)) return std::string(url);
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  encoded.reserve(url.size());
  for (const char c : url) {
    if (belongs_in_url(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4];
    encoded += kHex[byte & 0xf];
  }
  return encoded;
}

bool is_http_url(std::string_view url) {
  return starts_with_ignoring_case(url, "http://") || starts_with_ignoring_case(url, "https://");
}

std::optional<std::string> origin_of(const std::string& url) {
  const std::unique_ptr<CURLU, FreeUrl> parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) {
    return std::nullopt;
  }
  std::string origin;
  for (const auto& [part, flags] : {std::pair{CURLUPART_SCHEME, 0U}, std::pair{CURLUPART_HOST, 0U},
                                    std::pair{CURLUPART_PORT, unsigned{CURLU_DEFAULT_PORT}}}) {
    char* text = nullptr;
    if (curl_url_get(parsed.get(), part, &text, flags) != CURLUE_OK) return std::nullopt;
    origin.append(text).append(" ");
    curl_free(text);
  }
  std::ranges::transform(origin, origin.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return origin;
}

}  // namespace tripgate
