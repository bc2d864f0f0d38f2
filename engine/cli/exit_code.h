// What the program's exit code says (design section 7).
#pragma once

namespace tripgate::cli {

enum ExitCode : int {
  exit_done = 0,
  exit_refused = 1,  // refused, not found, not valid, or not known to be done
  exit_usage = 2,
  exit_engine_away = 3,  // no engine answered; one that was asked may have done it
};

}  // namespace tripgate::cli
