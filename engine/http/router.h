// From method and path to a row of the routes table.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "engine/http/api.h"
#include "engine/http/message.h"

namespace tripgate::http {

/// Path parameters of a route, in the order of its pattern.
struct PathParameters {
  static constexpr std::size_t kMax = 4;
  std::array<std::string_view, kMax> names;  // borrowed from the pattern
  std::array<std::string, kMax> values;
  std::size_t count = 0;

  /// The value of `{name}`; empty if the pattern has none of that name.
  [[nodiscard]] std::string find(std::string_view name) const;
};

/// What a handler works with.
struct Context {
  const Api& api;
  const Request& request;
  const Caller& caller;  // without any grant on a public route
  const Scope& scope;    // of the query, in the newer API of the path
  const PathParameters& path;
  const std::string& correlation_id;
};

/// Where permission is asked for.
enum class Access : std::uint8_t {
  open,       // nobody is asked for a key
  by_scope,   // the permission must hold in the scope that the request names
  by_record,  // any valid key; the handler asks for the permission in the record's scope
};

/// Query parameters that must be there and not empty.
enum Needs : std::uint8_t {
  needs_nothing = 0,
  needs_account = 1,
  needs_project = 7,  // account, organisation and project
  needs_target = 8,
  needs_event = 16,
  /// The newer API under /v1: the account is named by the header Harness-Account, organisation and
  /// project by the path.
  needs_account_header = 32,
  /// planExecutionId and retryStages.
  needs_retry = 64,
  needs_pipeline = 128,
};

struct Route {
  Method method;
  /// Without `/gateway`; `{name}` stands for one segment.
  std::string_view pattern;
  Access access;
  std::uint8_t permission;  // a bit of edge::Permission
  std::uint8_t needs;
  Response (*handler)(const Context&);

  [[nodiscard]] bool is_newer() const { return (needs & needs_account_header) != 0; }
};

/// The account that a request is about; empty if it names none.
[[nodiscard]] std::string account_of(const Route& route, const Request& request);

/// What a route needs and a request lacks.
[[nodiscard]] std::vector<std::string_view> absent_parameters(const Route& route,
                                                              const Request& request);

/// The parameters when the path has the pattern's form; each is one segment and not empty.
[[nodiscard]] std::optional<PathParameters> match_path(std::string_view pattern,
                                                       std::string_view path);

/// The path as the table writes it: without `/gateway`, and without `/pipeline/api` before `/v1`.
[[nodiscard]] std::string_view strip_gateway(std::string_view path);

struct RouteMatch {
  const Route* route = nullptr;  // none: see is_path_known
  PathParameters path;
  bool is_path_known = false;
};

/// The first row that fits and whose parameters are there, else the first that fits; HEAD finds
/// GET's. So `execute/retry/v2` retries a pipeline `v2` when it names an execution, and runs a
/// pipeline `retry` when it names none.
[[nodiscard]] RouteMatch find_route(std::span<const Route> routes, const Request& request);

}  // namespace tripgate::http
