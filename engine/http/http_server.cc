// The one file that knows Beast. A connection is a coroutine on a strand of the server's threads;
// handlers run in it and may wait, because nothing else of the engine lives on these threads.
#include "engine/http/http_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#pragma GCC diagnostic pop

#include "engine/base/errc.h"
#include "engine/http/envelope.h"
#include "engine/http/response_text.h"

namespace tripgate::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
using Local = asio::local::stream_protocol;
using Clock = std::chrono::steady_clock;
// Named rather than any_io_executor: a poll makes dozens of copies of it.
using Strand = asio::strand<asio::thread_pool::executor_type>;
using Socket = asio::basic_stream_socket<Local, Strand>;
using Stream = beast::basic_stream<Local, Strand>;
using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Strand>;
template <class T>
using Awaitable = asio::awaitable<T, Strand>;
using Parser = beast::http::request_parser<beast::http::string_body>;

/// Awaits an operation whose failure goes to `error`.
auto into(ErrorCode& error) {
  return asio::redirect_error(asio::use_awaitable_t<Strand>(), error);
}

Method method_of(beast::http::verb verb) {
  switch (verb) {
    case beast::http::verb::get:
      return Method::get;
    case beast::http::verb::post:
      return Method::post;
    case beast::http::verb::put:
      return Method::put;
    case beast::http::verb::delete_:
      return Method::erase;
    case beast::http::verb::head:
      return Method::head;
    default:
      return Method::other;
  }
}

Request to_request(beast::http::request<beast::http::string_body>&& message) {
  Request request;
  request.method = method_of(message.method());
  const std::string_view target(message.target().data(), message.target().size());
  const std::size_t question = target.find('?');
  request.path = decode_path(target.substr(0, question));
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    request.headers.emplace_back(field.name_string(), field.value());
  }
  request.body = std::move(message.body());
  return request;
}

/// For bytes that are no request; the client has to hear something before the end.
Response refusal(const ErrorCode& why) {
  ErrorText text{.message = "Invalid request: This is not a request of HTTP/1.1"};
  if (why == beast::http::error::body_limit) {
    text = {.status = 413, .message = "Invalid request: The body is too large"};
  } else if (why == beast::http::error::header_limit) {
    text = {.status = 431, .message = "Invalid request: The headers are too large"};
  }
  return error(text, correlation_id({}));
}

/// For a connection too many.
Response no_room() {
  Response response = error({.status = 503,
                             .code = "SERVICE_UNAVAILABLE",
                             .message = "Too many connections to the engine are open"},
                            correlation_id({}));
  response.headers.emplace_back("Retry-After", "1");
  return response;
}

bool is_administrator(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == 0 || peer.uid == ::geteuid();
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(HttpServerOptions options, Handler handler)
      : options_(std::move(options)),
        handler_(std::move(handler)),
        pool_(options_.limits.thread_count),
        acceptor_(asio::make_strand(pool_)) {}

  ~Impl() {
    is_stopping_ = true;
    {
      // Everyone who is held back hears how things stand.
      std::unique_lock lock(waiters_mutex_);
      no_waiters_.wait_for(lock, options_.limits.stop_max_duration,
                           [this] { return waiter_count_ == 0; });
    }
    pool_.stop();
    pool_.join();
  }

  ErrorCode listen() {
    const HttpServerOptions& options = options_;
    ErrorCode error;
    if (options.socket_path.size() >= sizeof(sockaddr_un::sun_path)) return Errc::too_large;
    ::unlink(options.socket_path.c_str());
    if (acceptor_.open(Local(), error)) return error;
    // The file is born closed to others; chmod opens it as far as the options say.
    const mode_t old_mask = ::umask(0177);
    acceptor_.bind(Local::endpoint(options.socket_path), error);
    ::umask(old_mask);
    if (error) return error;
    if (::chmod(options.socket_path.c_str(), options.mode) != 0) return last_system_error();
    if (acceptor_.listen(asio::socket_base::max_listen_connections, error)) return error;
    asio::co_spawn(acceptor_.get_executor(), accept_all(), asio::detached);
    return {};
  }

 private:
  /// What one connection's coroutine owns.
  struct Connection {
    explicit Connection(Socket socket) : stream(std::move(socket)) {}
    Stream stream;
    beast::flat_buffer buffer;
    bool is_administrator = false;
  };

  /// Counts a request as held back from its first look to the end of its answer.
  class Waiter {
   public:
    explicit Waiter(Impl& server) : server_(server) {
      const std::lock_guard lock(server_.waiters_mutex_);
      is_welcome_ = server_.waiter_count_++ < server_.options_.limits.waiters_max;
    }
    ~Waiter() {
      const std::lock_guard lock(server_.waiters_mutex_);
      if (--server_.waiter_count_ == 0) server_.no_waiters_.notify_all();
    }
    Waiter(const Waiter&) = delete;
    Waiter& operator=(const Waiter&) = delete;

    /// False for one too many: it is answered at once.
    [[nodiscard]] bool is_welcome() const { return is_welcome_; }

   private:
    Impl& server_;
    bool is_welcome_ = false;
  };

  Awaitable<void> accept_all() {
    for (;;) {
      ErrorCode error;
      Socket socket(asio::make_strand(pool_));
      co_await acceptor_.async_accept(socket, into(error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {
        // Out of descriptors, most likely: give the others a moment to end.
        co_await pause(std::chrono::milliseconds(50));
        continue;
      }
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(std::move(socket)), asio::detached);
    }
  }

  Awaitable<void> pause(std::chrono::milliseconds duration) {
    Timer timer(co_await asio::this_coro::executor, duration);
    ErrorCode ignored;
    co_await timer.async_wait(into(ignored));
  }

  Awaitable<void> serve(Socket socket) {
    struct Counted {
      explicit Counted(std::atomic<std::size_t>& total) : total_(total), order(++total) {}
      ~Counted() { --total_; }
      std::atomic<std::size_t>& total_;
      std::size_t order;
    };
    const Counted counted(connection_count_);
    Connection connection(std::move(socket));
    if (counted.order > options_.limits.connections_max) {
      co_await send(connection, no_room(), false, false);
      co_return;
    }
    if (options_.is_admin) {
      connection.is_administrator = is_administrator(connection.stream.socket().native_handle());
      if (!connection.is_administrator) co_return;
    }
    try {
      bool is_first = true;
      while (co_await serve_one(connection, std::exchange(is_first, false))) {
      }
    } catch (const std::exception&) {
      // The top of a connection: whatever went wrong ends it, and it alone.
    }
    ErrorCode ignored;
    connection.stream.socket().shutdown(Local::socket::shutdown_send, ignored);
  }

  /// Reads one request and answers it; false when the connection is over.
  Awaitable<bool> serve_one(Connection& connection, bool is_first) {
    Parser parser;
    parser.header_limit(options_.limits.header_max_bytes);
    parser.body_limit(options_.limits.body_max_bytes);
    if (!is_first && !co_await wait_for_request(connection)) co_return false;
    const ErrorCode error = co_await read(connection, parser);
    if (error) {
      const bool is_bad_text =
          error.category() ==
          beast::http::make_error_code(beast::http::error::bad_version).category();
      if (!is_bad_text || error == beast::http::error::end_of_stream ||
          error == beast::http::error::partial_message) {
        co_return false;
      }
      co_await send(connection, refusal(error), false, false);
      co_return false;
    }
    const bool is_kept = parser.get().keep_alive();
    Request request = to_request(parser.release());
    request.is_administrator = connection.is_administrator;
    const bool is_head = request.method == Method::head;
    const Response response = handler_(request);
    if (response.waiting) {
      co_return co_await send_later(connection, response.waiting, is_kept, is_head) && is_kept;
    }
    if (response.stream && !is_head) co_return co_await send_stream(connection, response);
    co_return co_await send(connection, response, is_kept, is_head) && is_kept;
  }

  Awaitable<bool> send_later(Connection& connection, std::shared_ptr<const Waiting> waiting,
                             bool is_kept, bool is_head) {
    const Waiter waiter(*this);
    const auto patience = std::min(waiting->patience, options_.limits.wait_max_duration);
    const Clock::time_point deadline = Clock::now() + patience;
    const bool may_wait = waiter.is_welcome() || waiting->is_change;
    while (may_wait && !is_stopping_ && Clock::now() < deadline) {
      if (waiting->is_over()) break;
      co_await pause(options_.limits.wait_poll_interval);
      if (is_gone(connection)) co_return false;
    }
    const Response response = waiting->answer();
    co_return co_await send(connection, response, is_kept, is_head);
  }

  /// Whether the peer has closed its side: nobody waits any more.
  static bool is_gone(Connection& connection) {
    char byte = 0;
    const int fd = connection.stream.socket().native_handle();
    return ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
  }

  /// Idle time is counted apart from the time that a request's headers may take.
  Awaitable<bool> wait_for_request(Connection& connection) {
    if (connection.buffer.size() > 0) co_return true;
    ErrorCode error;
    connection.stream.expires_after(options_.limits.idle_timeout);
    const std::size_t size =
        co_await connection.stream.async_read_some(connection.buffer.prepare(4096), into(error));
    connection.buffer.commit(size);
    co_return !error && size > 0;
  }

  Awaitable<ErrorCode> read(Connection& connection, Parser& parser) {
    ErrorCode error;
    connection.stream.expires_after(options_.limits.header_timeout);
    co_await beast::http::async_read_header(connection.stream, connection.buffer, parser,
                                            into(error));
    if (error) co_return error;
    connection.stream.expires_after(options_.limits.body_timeout);
    if (beast::iequals(parser.get()[beast::http::field::expect], "100-continue")) {
      constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(connection.stream, asio::buffer(kContinue), into(error));
      if (error) co_return error;
    }
    co_await beast::http::async_read(connection.stream, connection.buffer, parser, into(error));
    co_return error;
  }

  Awaitable<bool> send(Connection& connection, const Response& response, bool is_kept,
                       bool is_head) {
    const std::string head = head_with_length(response, is_kept);
    const std::string_view body = is_head ? std::string_view() : response.body;
    const std::array<asio::const_buffer, 2> text{asio::buffer(head), asio::buffer(body)};
    ErrorCode error;
    connection.stream.expires_after(options_.limits.write_timeout);
    co_await asio::async_write(connection.stream, text, into(error));
    co_return !error;
  }

  Awaitable<bool> write_text(Connection& connection, const std::string& text) {
    ErrorCode error;
    connection.stream.expires_after(options_.limits.write_timeout);
    co_await asio::async_write(connection.stream, asio::buffer(text), into(error));
    co_return !error;
  }

  /// Sends a body of unknown length in chunks. The connection ends with it, for a client may have
  /// left long before anybody notices.
  Awaitable<bool> send_stream(Connection& connection, const Response& response) {
    if (!co_await write_text(connection, head_of_chunks(response))) co_return false;
    const Clock::time_point deadline = Clock::now() + options_.limits.stream_max_duration;
    Clock::time_point last_sent = Clock::now();
    while (Clock::now() < deadline) {
      const StreamPiece piece = response.stream();
      std::string bytes = piece.bytes;
      const bool is_silent = Clock::now() - last_sent >= options_.limits.stream_ping_interval;
      if (bytes.empty() && is_silent && response.content_type == "text/event-stream") {
        bytes = ": ping\n\n";
      }
      if (!bytes.empty()) {
        if (!co_await write_text(connection, chunk(bytes))) co_return false;
        last_sent = Clock::now();
      }
      if (piece.is_end) break;
      if (piece.bytes.empty()) co_await pause(options_.limits.stream_poll_interval);
    }
    co_await write_text(connection, chunk(""));
    co_return false;
  }

  HttpServerOptions options_;
  Handler handler_;
  std::atomic<std::size_t> connection_count_ = 0;
  std::atomic<bool> is_stopping_ = false;
  std::mutex waiters_mutex_;
  std::condition_variable no_waiters_;
  std::size_t waiter_count_ = 0;
  asio::thread_pool pool_;
  asio::basic_socket_acceptor<Local, Strand> acceptor_;
};

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerOptions options, Handler handler) {
  auto impl = std::make_unique<Impl>(std::move(options), std::move(handler));
  if (const ErrorCode error = impl->listen()) return error;
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

}  // namespace tripgate::http
