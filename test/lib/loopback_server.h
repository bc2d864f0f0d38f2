// A server on loopback whose every answer a test writes by hand, byte by byte if it must.
#pragma once

#include <openssl/types.h>

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "engine/base/unique_fd.h"

namespace tripgate {

/// A key with a self-signed certificate.
struct TestIdentity {
  std::string certificate_pem;
  std::string key_pem;
};

/// Made on the spot. names: whom the certificate is for, as OpenSSL writes alternative names.
[[nodiscard]] TestIdentity make_test_identity(
    const std::string& names = "DNS:localhost,IP:127.0.0.1");

/// The server's end of one connection, plain or TLS. Reads and writes end when the client or the
/// server goes.
class Peer {
 public:
  explicit Peer(int fd) : fd_(fd) {}
  Peer(const Peer&) = delete;
  Peer& operator=(const Peer&) = delete;
  ~Peer();

  /// Does the server's part of the TLS handshake; false if the client leaves.
  bool start_tls(SSL_CTX* context);

  /// False once the connection is gone.
  bool send(std::string_view bytes);
  /// Up to and including the next line break; what is left at the end of the connection.
  std::string read_line();
  /// Exactly that many bytes, unless the connection ends before.
  std::string read_bytes(std::size_t size);
  /// A request of HTTP: its head and as much body as Content-Length says.
  std::string read_request();
  /// Returns when the client has closed.
  void await_close();

 private:
  bool fill();

  int fd_;
  SSL* tls_ = nullptr;
  std::string buffer_;
};

/// Listens on a free port of 127.0.0.1 and serves one connection after the other on a thread of its
/// own. Its end cuts every connection, so that no handler outlives a test.
class LoopbackServer {
 public:
  using Handler = std::function<void(Peer&)>;

  /// With an identity connections begin with TLS; client_ca: PEM that clients must be signed by.
  explicit LoopbackServer(Handler handler, const TestIdentity* identity = nullptr,
                          const std::string& client_ca = "");
  LoopbackServer(const LoopbackServer&) = delete;
  LoopbackServer& operator=(const LoopbackServer&) = delete;
  ~LoopbackServer();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// http://127.0.0.1:PORT + path, or https.
  [[nodiscard]] std::string url(std::string_view path) const;
  [[nodiscard]] int connection_count() const { return connection_count_; }
  /// The TLS side of this server, for handlers that start it late.
  [[nodiscard]] SSL_CTX* tls() const { return tls_; }
  /// TLS from the first byte; off for a server whose handler calls start_tls itself.
  void set_tls_from_start(bool is_on) { is_tls_from_start_ = is_on; }

 private:
  void serve();

  Handler handler_;
  SSL_CTX* tls_ = nullptr;
  std::atomic<bool> is_tls_from_start_ = false;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::atomic<int> connection_count_ = 0;
  std::mutex mutex_;
  int current_fd_ = -1;  // Under mutex_.
  bool is_stopping_ = false;
  std::thread thread_;
};

/// A complete answer with Content-Length.
[[nodiscard]] std::string http_answer(int status, std::string_view body,
                                      std::string_view more_headers = "");

}  // namespace tripgate
