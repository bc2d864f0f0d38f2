// Accepts workers on the intake socket and owns the thread that serves them.
#include "engine/intake/intake_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>
#include <utility>

#include "engine/base/errc.h"
#include "engine/base/log.h"
#include "engine/intake/connection.h"

namespace tripgate {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

ErrorCode bind_socket(const IntakeConfig& config, Protocol::acceptor& acceptor) {
  ::unlink(config.socket_path.c_str());
  ErrorCode failed;
  acceptor.open(Protocol(), failed);
  if (failed) return failed;
  acceptor.bind(Protocol::endpoint(config.socket_path), failed);
  if (failed) return failed;
  const auto group = config.socket_gid ? static_cast<gid_t>(*config.socket_gid) : gid_t(-1);
  if (::chown(config.socket_path.c_str(), uid_t(-1), group) != 0 ||
      ::chmod(config.socket_path.c_str(), 0660) != 0) {
    return last_system_error();
  }
  acceptor.listen(asio::socket_base::max_listen_connections, failed);
  return failed;
}

}  // namespace

class IntakeServer::Impl {
 public:
  Impl(IntakeConfig config, IntakeSeams seams)
      : config_(std::move(config)),
        shared_{.seams = std::move(seams), .loop = loop_, .spoolers = spoolers_, .group = group_} {}

  ~Impl() { stop(); }

  ErrorCode start() {
    if (const ErrorCode failed = bind_socket(config_, acceptor_)) return failed;
    accept();
    thread_ = std::thread([this] { loop_.run(); });
    return {};
  }

  void stop() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
    spoolers_.join();
  }

  [[nodiscard]] Counters counters() const {
    return {shared_.event_count, shared_.refused_count, shared_.connection_count};
  }

 private:
  void accept() {
    acceptor_.async_accept([this](const ErrorCode& failed, Protocol::socket socket) {
      if (failed == asio::error::operation_aborted) return;
      if (!failed && is_trusted(socket)) {
        std::make_shared<IntakeConnection>(shared_, std::move(socket))->start();
      }
      accept();
    });
  }

  /// An event asserts who sent it, so only the workers may send events (design section 2).
  bool is_trusted(Protocol::socket& socket) const {
    ucred peer{};
    socklen_t size = sizeof(peer);
    if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) {
      return false;
    }
    const bool is_trusted =
        peer.uid == 0 || peer.uid == ::geteuid() || config_.worker_uid == peer.uid;
    if (!is_trusted) {
      log_warning("refused a connection to the intake socket from uid " + std::to_string(peer.uid));
    }
    return is_trusted;
  }

  const IntakeConfig config_;
  // Before the loop, whose end drops the last connections.
  IntakeShared shared_;
  asio::io_context loop_{1};
  // Behind it: a group that was never appended holds connections.
  IntakeGroup group_{loop_, shared_.seams.journal};
  asio::thread_pool spoolers_{1};
  Protocol::acceptor acceptor_{loop_};
  std::thread thread_;
};

IntakeServer::IntakeServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
IntakeServer::~IntakeServer() = default;

Result<std::unique_ptr<IntakeServer>> IntakeServer::start(const IntakeConfig& config,
                                                          IntakeSeams seams) {
  auto impl = std::make_unique<Impl>(config, std::move(seams));
  if (const ErrorCode failed = impl->start()) return failed;
  return std::unique_ptr<IntakeServer>(new IntakeServer(std::move(impl)));
}

void IntakeServer::stop() {
  impl_->stop();
}

IntakeServer::Counters IntakeServer::counters() const {
  return impl_->counters();
}

}  // namespace tripgate
