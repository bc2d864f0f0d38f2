// Ownership of libcurl's objects, and what every transfer of ours has in common.
#pragma once

#include <curl/curl.h>

#include <chrono>
#include <memory>
#include <string>

#include "engine/call/call_result.h"

namespace tripgate {

struct FreeCurl {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using CurlHandle = std::unique_ptr<CURL, FreeCurl>;

/// A list of texts that libcurl copies.
class CurlList {
 public:
  void add(const std::string& text) {
    if (curl_slist* const longer = curl_slist_append(list_.get(), text.c_str())) {
      (void)list_.release();
      list_.reset(longer);
    }
  }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  std::unique_ptr<curl_slist, FreeCurl> list_;
};

/// A handle without signals, proxies of the environment, and connections kept for later; TLS 1.2
/// at least, verified, with ca_file's authorities besides the system's. error: CURL_ERROR_SIZE
/// bytes that live as long as the handle.
[[nodiscard]] CurlHandle make_curl_handle(char* error, std::chrono::milliseconds connect_timeout,
                                          const std::string& ca_file);

/// What a transfer that failed with `code` means. error: libcurl's own words, may be empty.
[[nodiscard]] CallFailure describe_curl_error(CURLcode code, const char* error,
                                              std::chrono::milliseconds connect_timeout);

}  // namespace tripgate
