// tripgate-call: performs the one call that its argument describes (call_protocol.md), prints what
// the step's log shows, and leaves the result in TRIPGATE_RESULT_FILE.
#include <curl/curl.h>
#include <fcntl.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <string>

#include "engine/base/unique_fd.h"
#include "engine/call/call_request.h"
#include "engine/call/call_result.h"
#include "engine/call/email_call.h"
#include "engine/call/http_call.h"

namespace tripgate {
namespace {

/// Exit status. A failed call is told by its result, not by the status.
enum CallExit : int {
  performed = 0,
  bad_request = 2,  // Nothing was sent.
  unrecorded = 3,   // The call was made, but its result could not be written.
};

void print(std::FILE* stream, const std::string& line) {
  std::fprintf(stream, "%s\n", line.c_str());
  std::fflush(stream);
}

// One byte more than a request may have, so that a longer one is seen.
std::string read_request(const char* path) {
  std::string text;
  const UniqueFd file(::open(path, O_RDONLY | O_CLOEXEC));
  char buffer[64 * 1024];
  ssize_t size = 0;
  while (file.is_open() && text.size() <= kCallRequestMaxBytes &&
         (size = ::read(file.get(), buffer, sizeof buffer)) > 0) {
    text.append(buffer, static_cast<std::size_t>(size));
  }
  return text;
}

bool write_result(const CallResult& result) {
  const char* const path = std::getenv("TRIPGATE_RESULT_FILE");
  const UniqueFd file(path != nullptr ? ::open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600)
                                      : -1);
  const std::string text = write_call_result(result);
  std::size_t written = 0;
  while (file.is_open() && written < text.size()) {
    const ssize_t size = ::write(file.get(), text.data() + written, text.size() - written);
    if (size <= 0) break;
    written += static_cast<std::size_t>(size);
  }
  return written == text.size();
}

// The lines are the original's (pipelines.md 2.3).
CallResult perform(const HttpCall& call) {
  print(stdout, "Executing Http request via delegate");
  CallResult result = perform_http(call);
  if (!result.failure) {
    print(stdout, "Received response code: " + std::to_string(result.response_code));
    print(stdout, "Successfully executed the http request URL .");
  }
  return result;
}

CallResult perform(const EmailCall& call) {
  print(stdout,
        "Sending the e-mail to " + std::to_string(call.to.size() + call.cc.size()) + " recipients");
  CallResult result = perform_email(call);
  if (!result.failure) print(stdout, "The server took the e-mail");
  return result;
}

int run(const char* path) {
  const Result<CallRequest, Diagnostic> request = parse_call_request(read_request(path));
  if (!request) {
    print(stderr, request.error().message);
    return bad_request;
  }
  const CallResult result = std::visit([](const auto& call) { return perform(call); }, *request);
  if (result.failure) print(stderr, result.failure->message);
  if (write_result(result)) return performed;
  print(stderr, "The result of the call could not be written");
  return unrecorded;
}

}  // namespace
}  // namespace tripgate

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: tripgate-call REQUEST\n", stderr);
    return tripgate::bad_request;
  }
#ifndef __SANITIZE_ADDRESS__
  // Steps may share a user: another one must not read keys out of this process's memory. The leak
  // checker of the tests reads it the same way.
  ::prctl(PR_SET_DUMPABLE, 0);
#endif
  curl_global_init(CURL_GLOBAL_DEFAULT);
  const int status = tripgate::run(argv[1]);
  curl_global_cleanup();
  return status;
}
