// Secrets of the account, an organisation or a project. A value comes from standard input, never
// from the command line, which every user of the machine can read.
#include <termios.h>
#include <unistd.h>

#include <iostream>
#include <iterator>

#include "engine/base/json_writer.h"
#include "engine/base/secret_text.h"
#include "engine/cli/commands.h"
#include "engine/jexl/text.h"

namespace tripgate::cli {
namespace {

/// Keeps a terminal from showing what is typed.
class HiddenInput {
 public:
  HiddenInput() : is_terminal_(::tcgetattr(STDIN_FILENO, &before_) == 0) {
    if (!is_terminal_) return;
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  HiddenInput(const HiddenInput&) = delete;
  HiddenInput& operator=(const HiddenInput&) = delete;
  ~HiddenInput() {
    if (is_terminal_) (void)::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
  }

  [[nodiscard]] bool is_terminal() const { return is_terminal_; }

 private:
  termios before_{};
  bool is_terminal_;
};

/// One line of a terminal, else everything, less the line break that `echo` and editors put last.
std::string read_value(const Session& session) {
  const HiddenInput input;
  std::string value;
  if (input.is_terminal()) {
    session.complain() << "value: " << std::flush;
    std::getline(std::cin, value);
    session.complain() << '\n';
    return value;
  }
  value.assign(std::istreambuf_iterator<char>(std::cin), {});
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

}  // namespace

int secret_set(const Session& session) {
  std::string value = read_value(session);
  if (value.empty() || !jexl::text::is_valid_utf8(value)) {
    session.complain() << "tripgate secret set: "
                       << (value.empty() ? "standard input holds no value\n"
                                         : "the value is not UTF-8; encode it, as base64 does\n");
    wipe(value);
    return exit_usage;
  }
  const std::size_t size = value.size();
  JsonWriter json;
  json.begin_object().key("secret").begin_object();
  json.member("type", "SecretText").member("identifier", session.operand(0));
  json.key("spec").begin_object().member("valueType", "Inline").member("value", value);
  json.end_object().end_object().end_object();
  wipe(value);
  Call call = {.method = "PUT",
               .path = "/ng/api/v2/secrets/" + encode_url(session.operand(0)),
               .query = session.scope_query(),
               .body = json.take()};
  const int code = session.ask(call, [&](const JsonView&) {
    session.out() << "stored " << session.operand(0) << ", " << size << " bytes\n";
    return int{exit_done};
  });
  wipe(call.body);
  return code;
}

int secret_list(const Session& session) {
  const Call call = {
      .method = "GET", .path = "/ng/api/v2/secrets", .query = session.scope_query(), .body = {}};
  return session.ask(call, [&](const JsonView& data) {
    return session.show(data, [&](const JsonView& shown) {
      Table table({"IDENTIFIER", "ORG", "PROJECT", "UPDATED"});
      for (const JsonView entry : shown.find("content").elements()) {
        const JsonView secret = entry.find("secret");
        table.add({secret.find("identifier").text(), secret.find("orgIdentifier").text(),
                   secret.find("projectIdentifier").text(), time_text(entry.find("updatedAt"))});
      }
      table.print(session.out());
    });
  });
}

int secret_delete(const Session& session) {
  const Call call = {.method = "DELETE",
                     .path = "/ng/api/v2/secrets/" + encode_url(session.operand(0)),
                     .query = session.scope_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView&) {
    session.out() << "deleted " << session.operand(0) << '\n';
    return int{exit_done};
  });
}

int secret_reseal(const Session& session) {
  const Call call = {.method = "POST",
                     .path = "/ng/api/tripgate/secrets/reseal",
                     .query = session.scope_query(),
                     .body = {}};
  return session.ask(call, [&](const JsonView& count) {
    session.out() << "put " << count.integer().value_or(0) << " secrets under the newest key\n";
    return int{exit_done};
  });
}

}  // namespace tripgate::cli
