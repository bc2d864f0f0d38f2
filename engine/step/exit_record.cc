// The record becomes visible by one rename, so that a reader finds all of it or nothing. After a
// power cut the rename may have reached the disk without the text: a blank record is none.
#include "engine/step/exit_record.h"

#include <fcntl.h>
#include <stdio.h>
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
  return pwrite(attempt.exit_fd, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size());
}

bool sync(const Attempt& attempt) {
  return fsync(attempt.exit_fd) == 0 && fsync(attempt.directory_fd) == 0;
}

bool make_visible(const Attempt& attempt) {
  return renameat(attempt.directory_fd, kExitTempFile, attempt.directory_fd, kExitFile) == 0;
}

}  // namespace

bool write_exit_record(const Attempt& attempt, const Ending& ending, bool is_durable) {
  const auto text = print(ending);
  bool is_visible = false;
  for (int tries = 0; tries < kExitRecordAttempts; ++tries) {
    is_visible = is_visible || (write_contents(attempt, text.view()) && make_visible(attempt));
    if (is_visible && (!is_durable || sync(attempt))) return true;
    sleep(1);
  }
  return false;
}

}  // namespace tripgate::step
