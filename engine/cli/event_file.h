// An event as a file, for judging it without an engine.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "shared/event_head.h"

namespace tripgate::cli {

struct EventFile {
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;  // One per line, in order.

  /// The same header lines as views; valid as long as this is.
  [[nodiscard]] std::vector<EventHeader> header_lines() const;
};

/// Reads what `tripgate match` takes. An object with `headers` and `body` (or `payload`, as
/// `event show -o json` prints it) is an event; anything else is the bare body, byte for byte.
///
/// body: a text is the body itself, any other JSON stands for the body as compact JSON.
/// headers: an object of name and text, number or list of texts; or a list of objects with `name`
/// and `value`. Errors: headers of another form.
[[nodiscard]] Result<EventFile, Diagnostic> read_event_file(std::string_view text);

/// Adds a `Name: value` line; complains if it has no colon or no name.
[[nodiscard]] std::optional<Diagnostic> add_header_line(EventFile& event, std::string_view line);

}  // namespace tripgate::cli
