// A request and a response as the handlers see them; nothing of Beast appears outside the server.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tripgate::http {

enum class Method : std::uint8_t { get, post, put, erase, head, other };

/// Upper-case, as in the request line; "?" for other.
[[nodiscard]] std::string_view method_name(Method method);

struct Request {
  Method method = Method::get;
  std::string path;   // decoded, without the query
  std::string query;  // raw, without the question mark
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// The peer of admin.sock is root or the engine's own user; never true on http.sock.
  bool is_administrator = false;

  /// The header's value, the name in any case. Several lines are joined with a comma, so that two
  /// keys never make one (triggers.md 4.2).
  [[nodiscard]] std::optional<std::string> header(std::string_view name) const;

  /// The decoded value of the first parameter of that name; empty when it is absent.
  [[nodiscard]] std::optional<std::string> parameter(std::string_view name) const;

  /// The decoded values of all parameters of that name, in their order.
  [[nodiscard]] std::vector<std::string> parameters(std::string_view name) const;

  /// As parameter, an absent one reading as "".
  [[nodiscard]] std::string parameter_or_empty(std::string_view name) const;
};

/// One piece of a streamed body. No bytes and no end: nothing to say yet, ask again later.
struct StreamPiece {
  std::string bytes;
  bool is_end = false;
};

struct Waiting;

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  /// Set: the body is what this yields, sent in chunks until its end or until the client leaves.
  std::function<StreamPiece()> stream;
  /// Set: nothing is sent yet, for what is asked may change soon. Shared, for it is copied about.
  std::shared_ptr<const Waiting> waiting;
};

/// An answer that is held back until it has changed. No thread waits with it.
struct Waiting {
  /// Whether there is something to tell; asked every HttpLimits::wait_poll_interval, so it costs
  /// next to nothing while nothing happens.
  std::function<bool()> is_over;
  /// Makes the answer, at the end of the wait.
  std::function<Response()> answer;
  std::chrono::milliseconds patience{};  ///< Until the answer is sent whatever it is.
  /// A change is under way: its answer waits even where HttpLimits::waiters_max others do.
  bool is_change = false;
};

/// Answers one request; called on the server's threads, several at a time, and may wait for a disk.
using Handler = std::function<Response(const Request&)>;

/// `%XX` decoded; `+` stays, for this is a path.
[[nodiscard]] std::string decode_path(std::string_view path);

}  // namespace tripgate::http
