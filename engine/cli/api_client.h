// Speaks to an engine: over admin.sock, or over a URL with an API key.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/json_document.h"
#include "engine/base/result.h"

namespace tripgate::cli {

/// Where the engine is. With a socket the URL is empty.
struct Endpoint {
  std::string socket_path;
  std::string url;  // without a slash at its end
  std::string key;  // X-Api-Key; empty: none
};

struct Call {
  std::string method = "GET";
  std::string path;  // from /pipeline/api or /ng/api on
  std::vector<std::pair<std::string, std::string>> query;
  std::string body;
};

struct Reply {
  int status = 0;
  std::string body;
};

class ApiClient {
 public:
  explicit ApiClient(Endpoint endpoint);
  ~ApiClient();
  ApiClient(const ApiClient&) = delete;
  ApiClient& operator=(const ApiClient&) = delete;

  /// Errors: nobody answers, and why.
  [[nodiscard]] Result<Reply, Diagnostic> call(const Call& call);

  /// As call, but hands a successful body's lines to `line` as they come; without their newline.
  [[nodiscard]] Result<Reply, Diagnostic> stream(const Call& call,
                                                 const std::function<void(std::string_view)>& line);

  [[nodiscard]] const Endpoint& endpoint() const { return endpoint_; }

 private:
  Result<Reply, Diagnostic> perform(const Call& call,
                                    const std::function<void(std::string_view)>* line);

  Endpoint endpoint_;
  void* curl_;
};

/// Text for a path segment or query value: what is not a letter, digit or one of -_.~ as %XX.
[[nodiscard]] std::string encode_url(std::string_view text);

}  // namespace tripgate::cli
