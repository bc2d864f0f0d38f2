// engine.yaml: what an operator can set, with defaults.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "engine/base/diagnostic.h"
#include "engine/base/result.h"
#include "engine/call/call_settings.h"
#include "engine/retention/retention_settings.h"
#include "engine/run/step_limits.h"
#include "engine/run/user_groups.h"

namespace tripgate {

/// Settings of one engine. conf/engine.yaml lists them with comments.
struct Config {
  /// Everything but the edge store: state/, bodies/, steps/, sockets, admin.token.
  std::string state_dir;
  /// The edge store, which nginx workers read.
  std::string edge_dir;
  std::string intake_socket;
  std::string http_socket;
  std::string admin_socket;
  /// The program that supervises a step.
  std::string step_program;
  /// What Http and Email steps and notifications may do. Its program, tripgate-call, lies beside
  /// step_program unless `call_program` says otherwise.
  CallSettings calls;

  /// Base of the addresses of triggers, for who asks over admin.sock and names no other.
  std::string public_url = "http://localhost:8080";

  /// Made at start when they do not exist.
  std::string account = "demo";
  std::string org = "default";
  std::string project = "demo";

  /// `dispatch: paused` keeps accepting events without starting runs.
  bool is_dispatch_paused = false;
  /// Triggers made while this is off own no token, and answer to v1 and v2 addresses.
  bool are_webhook_tokens_made = true;

  /// Steps that run at once, in all and of one project.
  std::uint32_t max_running = 16;
  std::uint32_t max_running_per_project = 8;
  std::uint32_t max_running_steps = 256;
  /// Events and executions that may wait before new events are refused with 503.
  std::uint64_t max_backlog = 1'000'000;
  /// Bytes that must stay free on the disk of state_dir; below, events are refused with 503.
  std::uint64_t min_free_bytes = std::uint64_t{64} << 20;

  /// User whose processes may send events, and group of the sockets and the edge store that it is
  /// in. Absent: the engine's own.
  std::optional<std::string> worker_user;
  std::optional<std::string> shared_group;
  /// Who may approve: `user_groups` of engine.yaml.
  UserGroups user_groups;
  /// What one step may use: `steps` of engine.yaml.
  StepLimits step_limits;
  /// A directory of cgroup v2 that gets a group per attempt: `steps.cgroup`. Empty: none.
  std::string step_cgroup;

  /// How long executions and events are kept: `retention` of engine.yaml.
  RetentionSettings retention;

  /// User that steps run as; needs a root engine. Absent: the engine's own, which then may not be
  /// root: that is only possible by its name.
  std::optional<std::string> step_user;
};

/// Reads engine.yaml. Relative paths count from its folder; absent ones lie below state_dir.
[[nodiscard]] Result<Config, Diagnostic> parse_config(std::string_view text,
                                                      const std::string& file);

}  // namespace tripgate
