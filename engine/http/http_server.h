// HTTP/1.1 on a Unix socket: keep-alive, pipelining, bounds and deadlines on everything.
#pragma once

#include <memory>
#include <string>

#include "engine/base/result.h"
#include "engine/http/http_limits.h"
#include "engine/http/message.h"

namespace tripgate::http {

struct HttpServerOptions {
  /// Path of the socket; a stale one is replaced. The folder must exist.
  std::string socket_path;
  /// Mode of the socket file: 0660 for http.sock, 0600 for admin.sock.
  unsigned mode = 0600;
  /// Look at the peer's uid: root and the engine's own are administrators, others are refused. Only
  /// for admin.sock, whose folder is 0700 (design section 2).
  bool is_admin = false;
  HttpLimits limits;
};

/// Runs on threads of its own from start() to its end.
class HttpServer {
 public:
  /// Listens and starts to answer. Errors: errno of socket, bind and chmod.
  [[nodiscard]] static Result<std::unique_ptr<HttpServer>> start(HttpServerOptions options,
                                                                 Handler handler);

  /// Answers the requests that are held back, closes every connection and waits for handlers that
  /// are running.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

 private:
  class Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace tripgate::http
