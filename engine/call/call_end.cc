// Between the two documents and the supervisor's view of a step: nothing here knows HTTP or mail.
#include "engine/call/call_end.h"

namespace tripgate {

CallEnd broken_call(const CallFailure& failure) {
  CallEnd end;
  end.message = failure.message;
  if (failure.kind == CallFailureKind::timeout) {
    end.failure_kinds.push_back(CallFailureKind::connectivity);
  }
  end.failure_kinds.push_back(failure.kind);
  return end;
}

Result<StepCommand, Diagnostic> make_call_command(const CallRequest& request,
                                                  const CallSettings& settings) {
  StepCommand command;
  command.shell = StepShell::program;
  command.program = {settings.program};
  command.script = write_call_request(request);
  if (command.script.size() > kCallRequestMaxBytes) {
    return Diagnostic("The request exceeds " + std::to_string(kCallRequestMaxBytes) + " bytes");
  }
  return command;
}

CallResult read_call_result(const StepResult& result) {
  const auto broken = [](const std::string& why) {
    return failed_call(CallFailureKind::application, why);
  };
  if (!result.start_error.empty()) return broken("The call could not start: " + result.start_error);
  if (!result.output_error.empty()) return broken(result.output_error);
  if (!result.is_success()) {
    const std::string how = result.exit_code ? "status " + std::to_string(*result.exit_code)
                                             : "signal " + std::to_string(result.signal);
    return broken("The call ended without a result (" + how + ")");
  }
  auto read = parse_call_result(result.result_text);
  return read ? std::move(*read)
              : broken("The call's result is unreadable: " + read.error().message);
}

}  // namespace tripgate
