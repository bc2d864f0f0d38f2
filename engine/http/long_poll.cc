// A waiter compares revisions, and looks at one only after the store has changed.
#include "engine/http/long_poll.h"

#include <charconv>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "engine/base/errc.h"
#include "engine/http/envelope.h"
#include "engine/plan/duration.h"

namespace tripgate::http {
namespace {

std::string entity_tag(std::uint64_t number) {
  char text[16];
  const auto end = std::to_chars(std::begin(text), std::end(text), number, 16).ptr;
  return '"' + std::string(text, end) + '"';
}

/// The state that the caller has seen; one that is no tag of ours differs from all.
std::optional<std::string> seen_state(const Request& request) {
  return request.header("If-None-Match");
}

/// One request that waits.
class Poll {
 public:
  Poll(const Api& api, std::function<Result<StatusRevision>()> revision,
       std::function<Response()> answer, std::optional<std::string> seen)
      : api_(api),
        revision_(std::move(revision)),
        answer_(std::move(answer)),
        seen_(std::move(seen)),
        has_tag_(seen_.has_value()) {}

  /// The first look, which tells what a change is counted from.
  [[nodiscard]] bool is_over_at_once() {
    generation_ = api_.store_generation();
    const Result<StatusRevision> found = revision_();
    if (!found) return found.error() != Errc::not_found;
    if (!seen_) seen_ = entity_tag(found->number);
    return differs(*found);
  }

  [[nodiscard]] bool is_over() {
    const std::uint64_t generation = api_.store_generation();
    if (generation == generation_) return false;
    generation_ = generation;
    const Result<StatusRevision> found = revision_();
    return found ? differs(*found) : found.error() != Errc::not_found;
  }

  [[nodiscard]] Response answer() const {
    // The tag is older than the answer if they differ: then the next call comes back at once.
    const Result<StatusRevision> found = revision_();
    Response response;
    if (found && has_tag_ && entity_tag(found->number) == seen_) {
      response.status = 304;
    } else {
      response = answer_();
    }
    if (found) response.headers.emplace_back("ETag", entity_tag(found->number));
    return response;
  }

 private:
  [[nodiscard]] bool differs(const StatusRevision& found) const {
    return found.is_final || !seen_ || entity_tag(found.number) != *seen_;
  }

  const Api& api_;
  std::function<Result<StatusRevision>()> revision_;
  std::function<Response()> answer_;
  std::optional<std::string> seen_;
  const bool has_tag_;
  std::uint64_t generation_ = 0;
};

}  // namespace

Response answer_when_changed(const Context& context,
                             std::function<Result<StatusRevision>()> revision,
                             std::function<Response()> answer) {
  const std::optional<std::string> text = context.request.parameter("wait");
  if (!text) return answer();
  const auto patience = plan::parse_short_duration(*text);
  if (!patience) {
    return invalid_request("wait is a duration such as 30s", context.correlation_id);
  }
  const auto poll = std::make_shared<Poll>(context.api, std::move(revision), std::move(answer),
                                           seen_state(context.request));
  if (poll->is_over_at_once()) return poll->answer();
  Response held;
  held.waiting = std::make_shared<const Waiting>(
      Waiting{[poll] { return poll->is_over(); }, [poll] { return poll->answer(); }, *patience});
  return held;
}

}  // namespace tripgate::http
