// The one file that knows libcurl. Unix sockets and URLs are the same client.
#include "engine/cli/api_client.h"

#include <curl/curl.h>

#include <memory>

namespace tripgate::cli {
namespace {

/// Seconds for a connection; an answer may take as long as it takes, for logs are followed.
constexpr long kConnectTimeoutSeconds = 10;

/// Where the bytes of an answer go.
struct Sink {
  CURL* curl;
  const std::function<void(std::string_view)>* line;
  std::string body;  // what was not handed out: all of it, or the start of a line

  void take(std::string_view bytes) {
    body += bytes;
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    if (line == nullptr || status != 200) return;
    std::size_t start = 0;
    for (std::size_t end; (end = body.find('\n', start)) != std::string::npos; start = end + 1) {
      (*line)(std::string_view(body).substr(start, end - start));
    }
    body.erase(0, start);
  }
};

std::size_t on_bytes(char* bytes, std::size_t size, std::size_t count, void* sink) {
  static_cast<Sink*>(sink)->take({bytes, size * count});
  return size * count;
}

std::string url_of(const Endpoint& endpoint, const Call& call) {
  std::string url = endpoint.url.empty() ? "http://localhost" : endpoint.url + "/gateway";
  url += call.path;
  char separator = '?';
  for (const auto& [name, value] : call.query) {
    url += separator + name + '=' + encode_url(value);
    separator = '&';
  }
  return url;
}

}  // namespace

std::string encode_url(std::string_view text) {
  constexpr char kDigits[] = "0123456789ABCDEF";
  constexpr std::string_view kPlain = "-_.~";
  std::string encoded;
  for (const char c : text) {
    const bool is_plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
                          (c >= 'a' && c <= 'z') || kPlain.find(c) != std::string_view::npos;
    if (is_plain) {
      encoded += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      encoded += '%';
      encoded += kDigits[byte >> 4];
      encoded += kDigits[byte & 15];
    }
  }
  return encoded;
}

ApiClient::ApiClient(Endpoint endpoint) : endpoint_(std::move(endpoint)), curl_(curl_easy_init()) {}

ApiClient::~ApiClient() {
  curl_easy_cleanup(curl_);
}

Result<Reply, Diagnostic> ApiClient::call(const Call& call) {
  return perform(call, nullptr);
}

Result<Reply, Diagnostic> ApiClient::stream(const Call& call,
                                            const std::function<void(std::string_view)>& line) {
  return perform(call, &line);
}

Result<Reply, Diagnostic> ApiClient::perform(const Call& call,
                                             const std::function<void(std::string_view)>* line) {
  if (curl_ == nullptr) return Diagnostic("libcurl cannot start");
  CURL* const curl = curl_;
  curl_easy_reset(curl);
  Sink sink{.curl = curl, .line = line, .body = {}};
  const std::string url = url_of(endpoint_, call);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectTimeoutSeconds);
  if (endpoint_.url.empty()) {
    curl_easy_setopt(curl, CURLOPT_UNIX_SOCKET_PATH, endpoint_.socket_path.c_str());
  }
  curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, call.method.c_str());
  if (call.method == "POST" || call.method == "PUT") {
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call.body.c_str());
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(call.body.size()));
  }
  const auto free_list = [](curl_slist* list) { curl_slist_free_all(list); };
  std::unique_ptr<curl_slist, decltype(free_list)> headers(
      curl_slist_append(nullptr, "Content-Type: application/json"), free_list);
  if (!endpoint_.key.empty()) {
    curl_slist_append(headers.get(), ("X-Api-Key: " + endpoint_.key).c_str());
  }
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers.get());
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, on_bytes);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &sink);
  if (const CURLcode code = curl_easy_perform(curl); code != CURLE_OK) {
    const std::string& where = endpoint_.url.empty() ? endpoint_.socket_path : endpoint_.url;
    return Diagnostic("the engine does not answer at " + where + ": " + curl_easy_strerror(code));
  }
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  return Reply{.status = static_cast<int>(status), .body = std::move(sink.body)};
}

}  // namespace tripgate::cli
