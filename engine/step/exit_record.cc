// The record is written at once into its place behind the claim, and read when the supervisor's
// lock is free. A record without its last line is none: a power cut may leave that.
#include "engine/step/exit_record.h"

#include <unistd.h>

#include "engine/step/text.h"

namespace tripgate::step {
namespace {

Text<900> print(const Ending& ending) {
  Text<900> text;
  text << kExitMagic << "\n";
  if (!ending.start_error.empty()) {
    text << "start_error " << ending.start_error << "\n";
  } else if (ending.signal != 0) {
    text << "signal " << ending.signal << "\n";
  } else {
    text << "code " << ending.code << "\n";
  }
  if (!ending.output_error.empty()) text << "output_error " << ending.output_error << "\n";
  text << "timed_out " << (ending.timed_out ? 1 : 0) << "\naborted " << (ending.aborted ? 1 : 0)
       << "\nstarted_at_ms " << ending.started_at_ms << "\nended_at_ms " << ending.ended_at_ms
       << "\noutput_bytes " << ending.output_bytes << "\nend\n";
  return text;
}

bool write_contents(const Attempt& attempt, std::string_view text) {
  return pwrite(attempt.claim_fd, text.data(), text.size(), kClaimPartBytes) ==
         static_cast<ssize_t>(text.size());
}

}  // namespace

bool write_exit_record(const Attempt& attempt, const Ending& ending, bool is_durable) {
  const auto text = print(ending);
  bool is_written = false;
  for (int tries = 0; tries < kExitRecordAttempts; ++tries) {
    // The names of what the step left come first: they must be there if the record is.
    const bool may_write = is_written || !is_durable || fsync(attempt.directory_fd) == 0;
    is_written = is_written || (may_write && write_contents(attempt, text.view()));
    if (is_written && (!is_durable || fsync(attempt.claim_fd) == 0)) return true;
    sleep(1);
  }
  return false;
}

}  // namespace tripgate::step
