// Segment by segment; literal rows stand before `{id}` rows of the same form in the table.
#include "engine/http/router.h"

#include <algorithm>

namespace tripgate::http {
namespace {

/// Takes the text up to the next slash off the front, and the slash.
std::string_view take_segment(std::string_view& path) {
  const std::size_t slash = path.find('/');
  const std::string_view segment = path.substr(0, slash);
  path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  return segment;
}

}  // namespace

std::string PathParameters::find(std::string_view name) const {
  for (std::size_t index = 0; index < count; ++index) {
    if (names[index] == name) return values[index];
  }
  return {};
}

std::optional<PathParameters> match_path(std::string_view pattern, std::string_view path) {
  PathParameters found;
  const auto count_slashes = [](std::string_view text) {
    return std::count(text.begin(), text.end(), '/');
  };
  if (count_slashes(pattern) != count_slashes(path)) return std::nullopt;
  while (!pattern.empty()) {
    const std::string_view expected = take_segment(pattern);
    const std::string_view segment = take_segment(path);
    if (!expected.empty() && expected.front() == '{') {
      if (segment.empty() || found.count == PathParameters::kMax) return std::nullopt;
      found.names[found.count] = expected.substr(1, expected.size() - 2);
      found.values[found.count++] = segment;
    } else if (expected != segment) {
      return std::nullopt;
    }
  }
  if (!path.empty()) return std::nullopt;
  return found;
}

std::string_view strip_gateway(std::string_view path) {
  constexpr std::string_view kPrefix = "/gateway/";
  if (path.starts_with(kPrefix)) path.remove_prefix(kPrefix.size() - 1);
  constexpr std::string_view kService = "/pipeline/api";
  const bool is_newer_api =
      path.starts_with(kService) && path.substr(kService.size()).starts_with("/v1/");
  if (is_newer_api) path.remove_prefix(kService.size());
  return path;
}

std::string account_of(const Route& route, const Request& request) {
  if (!route.is_newer()) return request.parameter_or_empty("accountIdentifier");
  return request.header("Harness-Account").value_or("");
}

std::vector<std::string_view> absent_parameters(const Route& route, const Request& request) {
  std::vector<std::string_view> absent;
  if (route.is_newer() && account_of(route, request).empty()) absent.push_back("Harness-Account");
  const auto need = [&](unsigned bit, std::string_view name) {
    if ((route.needs & bit) != 0 && request.parameter_or_empty(name).empty()) {
      absent.push_back(name);
    }
  };
  need(1, "accountIdentifier");
  need(2, "orgIdentifier");
  need(4, "projectIdentifier");
  need(needs_target, "targetIdentifier");
  need(needs_event, "eventId");
  need(needs_pipeline, "pipelineIdentifier");
  need(needs_retry, "planExecutionId");
  need(needs_retry, "retryStages");
  return absent;
}

RouteMatch find_route(std::span<const Route> routes, const Request& request) {
  const std::string_view path = strip_gateway(request.path);
  const Method wanted = request.method == Method::head ? Method::get : request.method;
  RouteMatch match;
  for (const Route& route : routes) {
    std::optional<PathParameters> parameters = match_path(route.pattern, path);
    if (!parameters) continue;
    match.is_path_known = true;
    if (route.method != wanted) continue;
    const bool is_complete = absent_parameters(route, request).empty();
    if (match.route != nullptr && !is_complete) continue;
    match.route = &route;
    match.path = *std::move(parameters);
    if (is_complete) break;
  }
  return match;
}

}  // namespace tripgate::http
