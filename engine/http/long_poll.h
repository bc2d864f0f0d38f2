// `wait=30s`: an answer that comes when what is asked has changed.
#pragma once

#include <functional>

#include "engine/base/result.h"
#include "engine/http/router.h"
#include "engine/status/status_revision.h"

namespace tripgate::http {

/// Answers at once without `wait`. With it the answer comes as soon as
///  - what is not there yet (Errc::not_found) is there,
///  - the state differs from that of `If-None-Match`, or without that header from the one that the
///    request found,
///  - the state is final,
/// and when the time is up, as things stand then; with `If-None-Match` and no change as a 304. The
/// answer's `ETag` names its state.
///
/// Both functions are called after the request is gone, and from any thread.
[[nodiscard]] Response answer_when_changed(const Context& context,
                                           std::function<Result<StatusRevision>()> revision,
                                           std::function<Response()> answer);

}  // namespace tripgate::http
