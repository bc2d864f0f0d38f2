// Redirects are followed here rather than inside libcurl: each hop is a transfer of its own, whose
// address is judged and whose credentials are chosen anew.
#include "engine/call/http_call.h"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cctype>

#include "engine/call/curl_handle.h"
#include "engine/call/url_text.h"

namespace tripgate {
namespace {

constexpr std::array<std::string_view, 6> kMethods{"GET", "POST", "PATCH", "PUT", "DELETE", "HEAD"};
constexpr std::array<long, 5> kRedirectCodes{301, 302, 303, 307, 308};
/// Headers that say nothing about who is asking; all others stay with the origin they were meant
/// for, because many services take keys in headers of their own.
constexpr std::array<std::string_view, 3> kHarmlessHeaders{"accept", "accept-language",
                                                           "user-agent"};
/// Told by the transfer itself.
constexpr std::array<std::string_view, 2> kFramingHeaders{"content-length", "transfer-encoding"};

template <class Range, class Element>
bool contains(const Range& range, const Element& element) {
  return std::ranges::find(range, element) != range.end();
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::ranges::transform(out, out.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  return out;
}

// A value may be written as a YAML block, which ends in a line break.
std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

bool is_header_name(std::string_view name) {
  constexpr std::string_view kSigns = "!#$%&'*+-.^_`|~";
  return !name.empty() && std::ranges::all_of(name, [&](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 ||
           (c != '\0' && kSigns.find(c) != std::string_view::npos);
  });
}

bool is_header_value(std::string_view value) {
  return value.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// One request and its answer, on a connection of its own.
class Exchange {
 public:
  Exchange(const HttpCall& call, const AddressPolicy& policy) : call_(call), policy_(policy) {}

  [[nodiscard]] CallResult run(const std::string& url, bool is_own_origin);

  /// Where the answer sends a GET or HEAD on; empty if it does not.
  [[nodiscard]] std::string redirect_url() const;

 private:
  [[nodiscard]] std::string set_headers(bool is_own_origin);
  [[nodiscard]] bool has_body() const {
    return method_ == "POST" || method_ == "PUT" || method_ == "PATCH";
  }
  void set_method();
  void set_certificate();
  void set_callbacks();
  [[nodiscard]] CallFailure describe(CURLcode code) const;

  static std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self);
  static std::size_t take_header(char* bytes, std::size_t size, std::size_t count, void* self);
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address);

  const HttpCall& call_;
  const AddressPolicy& policy_;
  const std::string method_ = effective_method(call_.method);
  std::array<char, CURL_ERROR_SIZE> error_{};
  CurlList headers_;
  CurlHandle handle_;
  std::string body_;
  std::size_t header_bytes_ = 0;
  std::string refused_address_;
};

CallResult Exchange::run(const std::string& url, bool is_own_origin) {
  handle_ = make_curl_handle(error_.data(), call_.connect_timeout, call_.ca_file);
  if (!handle_) return failed_call(CallFailureKind::application, "out of memory");
  CURL* const curl = handle_.get();
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTP_VERSION, long{CURL_HTTP_VERSION_1_1});
  curl_easy_setopt(curl, CURLOPT_USERAGENT, "tripgate");
  if (!call_.verifies_tls) {
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 0L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (std::string complaint = set_headers(is_own_origin); !complaint.empty()) {
    return failed_call(CallFailureKind::application, std::move(complaint));
  }
  set_method();
  if (is_own_origin) set_certificate();
  set_callbacks();
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    CallResult result;
    result.failure = describe(code);
    return result;
  }
  long response_code = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &response_code);
  CallResult result;
  result.response_code = static_cast<int>(response_code);
  result.response_body = std::move(body_);
  return result;
}

std::string Exchange::redirect_url() const {
  long code = 0;
  const char* url = nullptr;
  curl_easy_getinfo(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
  curl_easy_getinfo(handle_.get(), CURLINFO_REDIRECT_URL, &url);
  const bool is_followed = method_ == "GET" || method_ == "HEAD";
  return is_followed && url != nullptr && contains(kRedirectCodes, code) ? url : "";
}

// A complaint if the headers cannot be sent. Values stay out of it.
std::string Exchange::set_headers(bool is_own_origin) {
  bool has_type = false;
  for (const auto& [key, written] : call_.headers) {
    const std::string_view value = trimmed(written);
    if (!is_header_name(key)) return "\"" + key + "\" cannot be the name of a header";
    if (!is_header_value(value)) return "The value of header " + key + " holds a line break";
    const std::string name = lower(key);
    if (contains(kFramingHeaders, name)) continue;
    if (!is_own_origin && !contains(kHarmlessHeaders, name)) continue;
    has_type = has_type || name == "content-type";
    // With a colon and nothing behind it libcurl would remove the header.
    headers_.add(value.empty() ? key + ";" : key + ": " + std::string(value));
  }
  if (!has_type && has_body()) headers_.add("Content-Type: text/plain; charset=UTF-8");
  headers_.add("Expect:");
  curl_easy_setopt(handle_.get(), CURLOPT_HTTPHEADER, headers_.get());
  return {};
}

void Exchange::set_method() {
  CURL* const curl = handle_.get();
  if (has_body()) {
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call_.body.data());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call_.body.size()));
  }
  if (method_ == "HEAD") curl_easy_setopt(curl, CURLOPT_NOBODY, 1L);
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method_.c_str());
}

void Exchange::set_certificate() {
  CURL* const curl = handle_.get();
  const auto blob_of = [](const std::string& text) {
    // libcurl copies; it only lacks the const.
    return curl_blob{const_cast<char*>(text.data()), text.size(), CURL_BLOB_COPY};
  };
  if (call_.certificate.empty()) return;
  curl_blob certificate = blob_of(call_.certificate);
  curl_blob key = blob_of(call_.certificate_key);
  curl_easy_setopt(curl, CURLOPT_SSLCERTTYPE, "PEM");
  curl_easy_setopt(curl, CURLOPT_SSLCERT_BLOB, &certificate);
  curl_easy_setopt(curl, CURLOPT_SSLKEYTYPE, "PEM");
  curl_easy_setopt(curl, CURLOPT_SSLKEY_BLOB, &key);
}

void Exchange::set_callbacks() {
  CURL* const curl = handle_.get();
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &Exchange::take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, this);
  curl_easy_setopt(curl, CURLOPT_HEADERFUNCTION, &Exchange::take_header);
  curl_easy_setopt(curl, CURLOPT_HEADERDATA, this);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, &Exchange::open_socket);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, this);
}

CallFailure Exchange::describe(CURLcode code) const {
  if (code == CURLE_COULDNT_CONNECT && !refused_address_.empty()) {
    return {CallFailureKind::application,
            "The address " + refused_address_ +
                " is not of the public internet, and http.allow_private "
                "of engine.yaml does not name it"};
  }
  if (code == CURLE_WRITE_ERROR && header_bytes_ > kResponseHeadersMaxBytes) {
    return {CallFailureKind::application,
            "The response's headers exceed " + std::to_string(kResponseHeadersMaxBytes) + " bytes"};
  }
  if (code == CURLE_WRITE_ERROR) {
    return {CallFailureKind::application,
            "The response's body exceeds " + std::to_string(kResponseBodyMaxBytes) + " bytes"};
  }
  return describe_curl_error(code, error_.data(), call_.connect_timeout);
}

std::size_t Exchange::take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  std::string& body = static_cast<Exchange*>(self)->body_;
  if (body.size() + size * count > kResponseBodyMaxBytes) return 0;
  body.append(bytes, size * count);
  return size * count;
}

// Nothing but the size is kept: a server could send header lines without end.
std::size_t Exchange::take_header(char* /*bytes*/, std::size_t size, std::size_t count,
                                  void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  exchange.header_bytes_ += size * count;
  return exchange.header_bytes_ > kResponseHeadersMaxBytes ? 0 : size * count;
}

curl_socket_t Exchange::open_socket(void* self, curlsocktype /*purpose*/, curl_sockaddr* address) {
  auto& exchange = *static_cast<Exchange*>(self);
  const auto bytes = address_of(&address->addr, address->addrlen);
  if (!bytes || !exchange.policy_.permits(*bytes)) {
    exchange.refused_address_ = bytes ? to_text(*bytes) : "of an unknown family";
    return CURL_SOCKET_BAD;
  }
  return ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

AddressPolicy policy_of(const HttpCall& call) {
  std::vector<AddressBlock> blocks;
  for (const std::string& text : call.allowed_addresses) {
    if (const auto block = parse_address_block(text)) blocks.push_back(*block);
  }
  return AddressPolicy(std::move(blocks));
}

}  // namespace

std::string effective_method(std::string_view method) {
  std::string upper(trimmed(method));
  std::ranges::transform(upper, upper.begin(), [](char c) {
    return static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  });
  return contains(kMethods, upper) ? upper : "HEAD";
}

CallResult perform_http(const HttpCall& call) {
  const AddressPolicy policy = policy_of(call);
  std::string url = encode_url(call.url);
  if (url.size() > kUrlMaxBytes) {
    return failed_call(CallFailureKind::application,
                       "The URL exceeds " + std::to_string(kUrlMaxBytes) + " bytes");
  }
  const auto own_origin = origin_of(url);
  for (int hop = 0; hop <= kRedirectsMax; ++hop) {
    if (!is_http_url(url)) {
      return failed_call(CallFailureKind::application, "A URL begins with http:// or https://");
    }
    Exchange exchange(call, policy);
    CallResult result = exchange.run(url, origin_of(url) == own_origin);
    if (result.failure) return result;
    url = exchange.redirect_url();
    if (url.empty()) return result;
  }
  return failed_call(CallFailureKind::application,
                     "More than " + std::to_string(kRedirectsMax) + " redirects");
}

}  // namespace tripgate
