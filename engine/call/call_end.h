// What the end of a call means for the step that made it.
#pragma once

#include <string>
#include <vector>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_request.h"
#include "engine/call/call_result.h"
#include "engine/call/call_settings.h"
#include "engine/run/command_runner.h"

namespace tripgate {

/// A line for the step's log, written behind those of the program.
struct CallLogLine {
  std::string text;
  bool is_error = false;

  friend bool operator==(const CallLogLine&, const CallLogLine&) = default;
};

/// Succeeded or failed, with what follows from it.
struct CallEnd {
  bool is_success = false;
  std::string message;  ///< The failure message; empty after success.
  /// What failure strategies see (pipelines.md 2.12). Empty after success and where any strategy
  /// applies.
  std::vector<CallFailureKind> failure_kinds;
  std::string output;  ///< JSON of the outcome `output`; empty: none is published.
  std::vector<CallLogLine> log;
};

/// The end of a call that broke, with its kinds: a connection that took too long is both a timeout
/// and a matter of connectivity.
[[nodiscard]] CallEnd broken_call(const CallFailure& failure);

/// Wraps a request into the command that makes the call. Timeout, event and secrets to mask are the
/// caller's to set. Errors: the document is larger than kCallRequestMaxBytes.
[[nodiscard]] Result<StepCommand, Diagnostic> make_call_command(const CallRequest& request,
                                                                const CallSettings& settings);

/// What the program left. A failure if it did not end by itself with status 0, or left nothing that
/// can be read. result: of a program that was neither timed out nor aborted nor interrupted.
[[nodiscard]] CallResult read_call_result(const StepResult& result);

}  // namespace tripgate
