// What every command works with: its words, the scope, the engine, and where to print.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/cli/api_client.h"
#include "engine/cli/arguments.h"
#include "engine/cli/exit_code.h"
#include "engine/cli/output.h"

namespace tripgate::cli {

/// The environment, as a function so that tests have their own.
using Environment = std::function<std::optional<std::string>(std::string_view name)>;

/// Options that every command takes which talks to an engine.
inline constexpr Option kCommonOptions[] = {
    {"account", 0, "ACCOUNT"},          {"org", 0, "ORG"},       {"project", 0, "PROJECT"},
    {"output", 'o', "table|json|yaml"}, {"url", 0, "URL"},       {"token-file", 0, "FILE"},
    {"admin-socket", 0, "SOCKET"},      {"state-dir", 0, "DIR"},
};

struct ScopeWords {
  std::string account;
  std::string org;
  std::string project;
};

class Session {
 public:
  /// Errors: options that contradict each other, a token file that cannot be read.
  [[nodiscard]] static Result<Session, Diagnostic> open(Arguments arguments,
                                                        const Environment& environment,
                                                        std::ostream& out, std::ostream& complain);

  [[nodiscard]] const Arguments& arguments() const { return arguments_; }
  [[nodiscard]] std::string operand(std::size_t index) const;
  [[nodiscard]] OutputFormat format() const { return format_; }
  [[nodiscard]] const Endpoint& endpoint() const { return client_->endpoint(); }
  [[nodiscard]] std::ostream& out() const { return *out_; }
  [[nodiscard]] std::ostream& complain() const { return *complain_; }

  using Query = std::vector<std::pair<std::string, std::string>>;
  /// account, organisation and project with their defaults (demo, default, demo).
  [[nodiscard]] Query project_query() const;
  /// Only the account, and what --org and --project say: for settings and keys.
  [[nodiscard]] Query scope_query() const;

  /// Asks the engine and hands the `data` of a SUCCESS to `print`. Says what went wrong and returns
  /// its exit code otherwise.
  [[nodiscard]] int ask(const Call& call, const std::function<int(const JsonView&)>& print) const;

  /// As ask for a body of lines.
  [[nodiscard]] int follow(const Call& call,
                           const std::function<void(std::string_view)>& line) const;

  /// Prints data as -o says, a table through `print_table`.
  int show(const JsonView& data, const std::function<void(const JsonView&)>& print_table) const;

 private:
  Session() = default;
  int explain(const Reply& reply) const;

  Arguments arguments_;
  ScopeWords scope_;
  OutputFormat format_ = OutputFormat::table;
  std::unique_ptr<ApiClient> client_;
  std::ostream* out_ = nullptr;
  std::ostream* complain_ = nullptr;
};

}  // namespace tripgate::cli
