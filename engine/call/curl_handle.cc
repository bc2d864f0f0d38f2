// What both kinds of calls ask of libcurl, and how its error codes become kinds of failures.
#include "engine/call/curl_handle.h"

namespace tripgate {

CurlHandle make_curl_handle(char* error, std::chrono::milliseconds connect_timeout,
                            const std::string& ca_file) {
  CurlHandle handle(curl_easy_init());
  if (!handle) return handle;
  CURL* const curl = handle.get();
  error[0] = '\0';
  curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, error);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  // A name look-up that hangs is left to the end of the process.
  curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
  // Empty, not absent: http_proxy of the environment must not reroute a call.
  curl_easy_setopt(curl, CURLOPT_PROXY, "");
  curl_easy_setopt(curl, CURLOPT_NETRC, long{CURL_NETRC_IGNORED});
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connect_timeout.count()));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, long{CURL_SSLVERSION_TLSv1_2});
  if (!ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, ca_file.c_str());
  return handle;
}

CallFailure describe_curl_error(CURLcode code, const char* error,
                                std::chrono::milliseconds connect_timeout) {
  const std::string message = error[0] != '\0' ? error : curl_easy_strerror(code);
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return {CallFailureKind::timeout,
              "No connection within " + std::to_string(connect_timeout.count()) + " ms"};
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      return {CallFailureKind::connectivity, message};
    default:
      return {CallFailureKind::application, message};
  }
}

}  // namespace tripgate
