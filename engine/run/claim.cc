// A supervisor that lives holds the lock, and the kernel names it. With the lock in our own hands
// the files cannot change under us: they say how the attempt ended, or that it never began.
#include "engine/run/claim.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <string_view>

#include "engine/base/errc.h"
#include "engine/step/step_protocol.h"

namespace tripgate {
namespace {

using Kind = AttemptState::Kind;

// More than a claim file has.
constexpr std::size_t kRecordBytes = 4096;
// One byte more than a step may leave, so that a longer file is not taken for a whole one.
constexpr std::size_t kLeftBytes = step::kOutputsLimitBytes + 1;

UniqueFd open_at(int directory, const char* name, int flags) {
  return UniqueFd(::openat(directory, name, flags | O_CLOEXEC, 0600));
}

// At most max_bytes from where fd stands.
std::optional<std::string> read_whole(int fd, std::size_t max_bytes) {
  std::string text(max_bytes, '\0');
  const ssize_t size = ::read(fd, text.data(), text.size());
  if (size < 0) return std::nullopt;
  text.resize(static_cast<std::size_t>(size));
  return text;
}

std::optional<std::string> read_file(int directory, const char* name, std::size_t max_bytes) {
  const UniqueFd file = open_at(directory, name, O_RDONLY);
  if (!file.is_open()) return std::nullopt;
  return read_whole(file.get(), max_bytes);
}

// Calls visit(name, value) for each "name value" line.
template <class Visit>
void for_each_field(std::string_view text, Visit visit) {
  while (!text.empty()) {
    const std::size_t newline = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, newline);
    text.remove_prefix(std::min(newline + 1, text.size()));
    const std::size_t space = line.find(' ');
    if (space == std::string_view::npos) {
      visit(line, std::string_view());
    } else {
      visit(line.substr(0, space), line.substr(space + 1));
    }
  }
}

std::string find_field(std::string_view text, std::string_view wanted) {
  std::string found;
  for_each_field(text, [&](std::string_view name, std::string_view value) {
    if (name == wanted) found = value;
  });
  return found;
}

std::int64_t to_number(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// The process that holds the attempt's lock; 0 if it is free.
Result<pid_t> find_holder(int lock_fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  if (::fcntl(lock_fd, F_GETLK, &whole) != 0) return last_system_error();
  return whole.l_type == F_UNLCK ? pid_t{0} : whole.l_pid;
}

bool try_lock(int lock_fd) {
  struct flock whole {};
  whole.l_type = F_WRLCK;
  whole.l_whence = SEEK_SET;
  return ::fcntl(lock_fd, F_SETLK, &whole) == 0;
}

// A descriptor of the holder. Closed if it ended meanwhile: a process id may be used again, but as
// long as the same one holds the lock it is the same process.
UniqueFd open_holder(int lock_fd, pid_t holder) {
  UniqueFd process(static_cast<int>(::syscall(SYS_pidfd_open, holder, 0)));
  const Result<pid_t> still = find_holder(lock_fd);
  if (!still || *still != holder) process.reset();
  return process;
}

std::string current_boot_id() {
  const auto text = read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", kRecordBytes);
  return text ? text->substr(0, text->find('\n')) : std::string();
}

StepResult interrupted_result(std::string_view claim) {
  const std::string boot_id = find_field(claim, "boot_id");
  StepResult result;
  result.started_at_ms = to_number(find_field(claim, "claimed_at_ms"));
  if (boot_id.empty() || boot_id == current_boot_id()) {
    result.interrupted = "interrupted: the step's supervisor was killed";
  } else {
    result.interrupted = "interrupted: the machine " + find_field(claim, "host") + " restarted";
  }
  return result;
}

ErrorCode sync_directories(int directory) {
  std::string path = ".";
  for (int level = 0; level <= step::kSyncedParents; ++level, path += "/..") {
    const UniqueFd fd = open_at(directory, path.c_str(), O_RDONLY | O_DIRECTORY);
    if (!fd.is_open() || ::fsync(fd.get()) != 0) return last_system_error();
  }
  return {};
}

// Takes the claim for recovery; `claim` is blank and locked by us.
ErrorCode take_claim(int directory, int claim) {
  const std::string text = std::string(step::kClaimMagic) + "\ntaken_by recovery\n";
  if (::pwrite(claim, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()) ||
      ::fsync(claim) != 0) {
    return last_system_error();
  }
  return sync_directories(directory);
}

// What the step left; durable before the exit record was (engine/step/step_protocol.md, "Files").
void read_outputs(int directory, StepResult& result) {
  result.result_text = read_file(directory, step::kResultFile, kLeftBytes).value_or("");
  if (!result.is_success()) return;
  const std::string text = read_file(directory, step::kOutputsFile, kLeftBytes).value_or("");
  result.outputs = parse_outputs(text);
}

// A claim that somebody holds or ever held, and the exit record behind it.
struct ClaimFile {
  std::string_view claim;
  std::string_view exit_record;  // with its padding
};

ClaimFile split(std::string_view text) {
  return {text.substr(0, step::kClaimPartBytes),
          text.substr(std::min(text.size(), step::kClaimPartBytes))};
}

bool is_blank(std::string_view record) {
  return record.find_first_not_of(std::string_view("\n\0", 2)) == std::string_view::npos;
}

// With the lock held: the files have their last contents.
Result<AttemptState> judge_files(int directory, int claim_fd) {
  AttemptState state;
  const auto text = read_whole(claim_fd, kRecordBytes);
  if (!text) return last_system_error();
  const auto [claim, exit_record] = split(*text);
  // The power may have gone while a claim was written: then its room is there, and nothing has run.
  if (is_blank(claim) && is_blank(exit_record)) {
    if (const ErrorCode error = take_claim(directory, claim_fd)) return error;
    state.kind = Kind::never_started;
    return state;
  }
  if (!claim.starts_with(step::kClaimMagic)) return make_error_code(Errc::store_corrupt);
  // A power cut may leave a part of the record: that is none.
  if (const auto result = parse_exit_record(exit_record)) {
    state.kind = Kind::finished;
    state.result = *result;
    read_outputs(directory, state.result);
    return state;
  }
  const bool was_unclaimed = find_field(claim, "taken_by") == "recovery";
  state.kind = was_unclaimed ? Kind::never_started : Kind::interrupted;
  if (!was_unclaimed) state.result = interrupted_result(claim);
  return state;
}

bool is_removed(int fd) {
  struct stat file {};
  return ::fstat(fd, &file) == 0 && file.st_nlink == 0;
}

}  // namespace

Result<AttemptState> settle_attempt(const std::string& directory) {
  std::error_code made;
  std::filesystem::create_directories(directory, made);
  if (made) return ErrorCode(made.value(), boost::system::system_category());
  const UniqueFd folder = open_at(AT_FDCWD, directory.c_str(), O_RDONLY | O_DIRECTORY);
  if (!folder.is_open()) return last_system_error();
  while (true) {
    const UniqueFd claim = open_at(folder.get(), step::kClaimFile, O_RDWR | O_CREAT);
    if (!claim.is_open()) return last_system_error();
    if (try_lock(claim.get())) {
      if (is_removed(claim.get())) continue;  // its supervisor gave it back
      return judge_files(folder.get(), claim.get());
    }
    if (errno != EAGAIN && errno != EACCES) return last_system_error();
    const Result<pid_t> holder = find_holder(claim.get());
    if (!holder) return holder.error();
    if (*holder == 0) continue;
    AttemptState state;
    state.kind = Kind::running;
    state.supervisor = open_holder(claim.get(), *holder);
    if (state.supervisor.is_open()) return state;
  }
}

std::vector<std::pair<std::string, std::string>> parse_outputs(std::string_view text) {
  std::vector<std::pair<std::string, std::string>> outputs;
  for (std::size_t end = text.find('\0'); end != std::string_view::npos; end = text.find('\0')) {
    const std::string_view record = text.substr(0, end);
    const std::size_t equals = std::min(record.find('='), record.size());
    outputs.emplace_back(record.substr(0, equals),
                         record.substr(std::min(equals + 1, record.size())));
    text.remove_prefix(end + 1);
  }
  return outputs;
}

std::optional<StepResult> parse_exit_record(std::string_view text) {
  StepResult result;
  bool is_whole = false;
  for_each_field(text, [&](std::string_view name, std::string_view value) {
    if (name == "code") result.exit_code = static_cast<int>(to_number(value));
    if (name == "signal") result.signal = static_cast<int>(to_number(value));
    if (name == "start_error") result.start_error = value;
    if (name == "output_error") result.output_error = value;
    if (name == "timed_out") result.timed_out = value == "1";
    if (name == "aborted") result.aborted = value == "1";
    if (name == "started_at_ms") result.started_at_ms = to_number(value);
    if (name == "ended_at_ms") result.ended_at_ms = to_number(value);
    if (name == "output_bytes") result.output_bytes = static_cast<std::uint64_t>(to_number(value));
    if (name == "end") is_whole = true;
  });
  if (!is_whole || !text.starts_with(step::kExitMagic)) return std::nullopt;
  return result;
}

}  // namespace tripgate
