// Blocking sockets and one thread: the handlers read like the dialogue they play.
#include "test/lib/loopback_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <utility>

namespace tripgate {
namespace {

std::string text_of(BIO* bio) {
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(bio, &bytes);
  std::string text(bytes, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

void add_extension(X509* certificate, int kind, const char* text) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, text);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

X509* read_certificate(const std::string& pem) {
  BIO* const bio = BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()));
  X509* const certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
  BIO_free(bio);
  return certificate;
}

SSL_CTX* make_tls(const TestIdentity& identity, const std::string& client_ca) {
  SSL_CTX* const context = SSL_CTX_new(TLS_server_method());
  X509* const certificate = read_certificate(identity.certificate_pem);
  SSL_CTX_use_certificate(context, certificate);
  X509_free(certificate);
  BIO* const bio =
      BIO_new_mem_buf(identity.key_pem.data(), static_cast<int>(identity.key_pem.size()));
  EVP_PKEY* const key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
  SSL_CTX_use_PrivateKey(context, key);
  EVP_PKEY_free(key);
  BIO_free(bio);
  if (!client_ca.empty()) {
    X509* const authority = read_certificate(client_ca);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
    X509_free(authority);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::size_t content_length(const std::string& head) {
  std::string lower = head;
  std::ranges::transform(lower, lower.begin(), [](char c) {
    return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  });
  const std::size_t at = lower.find("\r\ncontent-length:");
  return at == std::string::npos ? 0 : std::stoul(lower.substr(at + 17));
}

}  // namespace

TestIdentity make_test_identity(const std::string& names) {
  EVP_PKEY* const key = EVP_EC_gen("P-256");
  X509* const certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* const name = X509_get_subject_name(certificate);
  const auto* const common = reinterpret_cast<const unsigned char*>("test");
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, common, -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  add_extension(certificate, NID_basic_constraints, "critical,CA:TRUE");
  add_extension(certificate, NID_subject_alt_name, names.c_str());
  X509_sign(certificate, key, EVP_sha256());
  BIO* const certificate_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_bio, certificate);
  BIO* const key_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {text_of(certificate_bio), text_of(key_bio)};
}

Peer::~Peer() {
  SSL_free(tls_);
}

bool Peer::start_tls(SSL_CTX* context) {
  tls_ = SSL_new(context);
  SSL_set_fd(tls_, fd_);
  if (SSL_accept(tls_) == 1) return true;
  ERR_clear_error();
  SSL_free(std::exchange(tls_, nullptr));
  return false;
}

bool Peer::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ != nullptr
                          ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                          : static_cast<int>(::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

bool Peer::fill() {
  char bytes[16 * 1024];
  const auto size = tls_ != nullptr ? SSL_read(tls_, bytes, sizeof bytes)
                                    : static_cast<int>(::recv(fd_, bytes, sizeof bytes, 0));
  if (size <= 0) return false;
  buffer_.append(bytes, static_cast<std::size_t>(size));
  return true;
}

std::string Peer::read_line() {
  std::size_t end = 0;
  while ((end = buffer_.find('\n')) == std::string::npos) {
    if (!fill()) return std::exchange(buffer_, {});
  }
  return read_bytes(end + 1);
}

std::string Peer::read_bytes(std::size_t size) {
  while (buffer_.size() < size && fill()) {
  }
  std::string bytes = buffer_.substr(0, size);
  buffer_.erase(0, size);
  return bytes;
}

std::string Peer::read_request() {
  std::string head;
  while (!head.ends_with("\r\n\r\n")) {
    const std::string line = read_line();
    if (line.empty()) return head;
    head += line;
  }
  return head + read_bytes(content_length(head));
}

void Peer::await_close() {
  while (fill()) buffer_.clear();
}

LoopbackServer::LoopbackServer(Handler handler, const TestIdentity* identity,
                               const std::string& client_ca)
    : handler_(std::move(handler)), is_tls_from_start_(identity != nullptr) {
  if (identity != nullptr) tls_ = make_tls(*identity, client_ca);
  listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  auto* const raw = reinterpret_cast<sockaddr*>(&address);
  socklen_t size = sizeof address;
  ::bind(listener_.get(), raw, size);
  ::listen(listener_.get(), 16);
  ::getsockname(listener_.get(), raw, &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { serve(); });
}

LoopbackServer::~LoopbackServer() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    if (current_fd_ >= 0) ::shutdown(current_fd_, SHUT_RDWR);
  }
  thread_.join();
  SSL_CTX_free(tls_);
}

std::string LoopbackServer::url(std::string_view path) const {
  return (tls_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
         std::string(path);
}

void LoopbackServer::serve() {
  // OpenSSL writes without MSG_NOSIGNAL.
  sigset_t broken_pipe;
  sigemptyset(&broken_pipe);
  sigaddset(&broken_pipe, SIGPIPE);
  pthread_sigmask(SIG_BLOCK, &broken_pipe, nullptr);
  while (true) {
    const UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    {
      const std::lock_guard lock(mutex_);
      if (is_stopping_ || !connection.is_open()) return;
      current_fd_ = connection.get();
    }
    ++connection_count_;
    {
      Peer peer(connection.get());
      if (!is_tls_from_start_ || peer.start_tls(tls_)) handler_(peer);
    }
    const std::lock_guard lock(mutex_);
    current_fd_ = -1;
  }
}

std::string http_answer(int status, std::string_view body, std::string_view more_headers) {
  std::string answer = "HTTP/1.1 " + std::to_string(status) + " Status\r\n";
  answer.append(more_headers);
  answer += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n";
  return answer.append(body);
}

}  // namespace tripgate
