// The list of executions: its filter comes in the query, in a JSON body, or in both, and all of it
// must hold. Source: pipelines.md 8.9.
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/json_document.h"
#include "engine/http/envelope.h"
#include "engine/http/handlers.h"

namespace tripgate::http {
namespace {

constexpr std::int64_t kPageSizeMax = 1000;

constexpr const char* kPagingComplaint =
    "Please Verify Executions list parameters for page and size, page should be >= 0 and size "
    "should be > 0 and <=1000";

/// Reads one request; the first complaint is kept.
class ListRequest {
 public:
  explicit ListRequest(const Context& context) : request_(context.request) {
    filter.account = context.scope.account;
    filter.org = context.scope.org;
    filter.project = context.scope.project;
    filter.pipeline = request_.parameter_or_empty("pipelineIdentifier");
    filter.search_term = request_.parameter_or_empty("searchTerm");
    filter.shows_children = request_.parameter_or_empty("showAllExecutions") == "true";
    if (request_.parameter_or_empty("myDeployments") == "true") {
      filter.requested_by = context.caller.identifier;
    }
    for (const std::string& name : request_.parameters("status")) add_status(name);
    read_page();
    read_body();
  }

  ExecutionFilter filter;
  ListPage page;
  std::string complaint;

 private:
  void complain(std::string text) {
    if (complaint.empty()) complaint = std::move(text);
  }

  void read_page() {
    const auto number = [this](const char* name, std::int64_t fallback) {
      const std::string text = request_.parameter_or_empty(name);
      if (text.empty()) return fallback;
      std::int64_t value = -1;
      const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), value);
      return failed == std::errc() && end == text.data() + text.size() ? value : -1;
    };
    const std::int64_t wanted = number("page", 0);
    const std::int64_t size = number("size", 10);
    if (wanted < 0 || size <= 0 || size > kPageSizeMax) return complain(kPagingComplaint);
    page.number = static_cast<std::size_t>(wanted);
    page.size = static_cast<std::size_t>(size);
    const std::string sort = request_.parameter_or_empty("sort");
    const std::string field = sort.substr(0, sort.find(','));
    if (!field.empty() && field != "startTs" && field != "createdAt") {
      complain("executions can be sorted by startTs and createdAt, not by " + field);
    }
    page.is_oldest_first = sort.ends_with(",ASC") || sort.ends_with(",asc");
  }

  void add_status(const std::string& name) {
    const std::optional<RunStatus> status = parse_display_status(name);
    if (!status) return complain(unknown_display_status(name));
    filter.statuses.push_back(*status);
  }

  void read_body() {
    if (request_.body.find_first_not_of(" \t\r\n") == std::string::npos) return;
    const auto document = JsonDocument::parse(request_.body);
    if (!document || !document->root().is_object()) {
      return complain("the filter is no JSON object");
    }
    const JsonView body = document->root();
    for (const JsonView name : body.find("status").elements()) add_status(name.text());
    read_types(body.find("triggerTypes"));
    for (const JsonView name : body.find("triggerIdentifiers").elements()) {
      filter.trigger_identifiers.push_back(name.text());
    }
    for (const JsonView tag : body.find("pipelineTags").elements()) {
      filter.tags.emplace_back(tag.find("key").text(), tag.find("value").text());
    }
    filter.pipeline_name = body.find("pipelineName").text();
    const JsonView range = body.find("timeRange");
    filter.started_from_ms = range.find("startTime").integer().value_or(0);
    filter.started_until_ms = range.find("endTime").integer().value_or(0);
    // Rollbacks of whole pipelines are runs that this engine does not have.
    if (body.find("executionModeFilter").text() == "ROLLBACK") filter.shows_none = true;
  }

  /// Types that no run of ours has leave nothing, unless there are others.
  void read_types(const JsonView& names) {
    for (const JsonView name : names.elements()) {
      const std::optional<TriggerType> type = parse_trigger_type(name.text());
      if (type) filter.trigger_types.push_back(*type);
    }
    filter.shows_none = !names.elements().empty() && filter.trigger_types.empty();
  }

  const Request& request_;
};

}  // namespace

Response list_executions(const Context& context) {
  ListRequest request(context);
  if (!request.complaint.empty()) {
    return invalid_request(request.complaint, context.correlation_id);
  }
  const Result<std::string> executions =
      context.api.execution_list(ExecutionChoice(std::move(request.filter)), request.page);
  if (!executions) return store_failure(executions.error(), context.correlation_id);
  return success(*executions, context.correlation_id);
}

}  // namespace tripgate::http
