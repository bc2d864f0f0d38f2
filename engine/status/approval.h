// What a HarnessApproval step waits for and who has acted on it. Source: pipelines.md 2.5.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "engine/base/clock.h"
#include "engine/base/json_writer.h"
#include "engine/plan/step_specs.h"
#include "engine/status/node_state.h"

namespace tripgate {

/// Who acts: the owner of an API key.
struct ApprovalUser {
  std::string identifier;
  std::string name;
  std::string email;  ///< Empty if the key has none.
};

using ApproverInputValues = std::vector<std::pair<std::string, std::string>>;

/// One approval or rejection.
struct ApprovalActivity {
  ApprovalUser user;
  bool is_approval = true;
  bool is_automatic = false;   ///< By autoApproval; counts for as many as are needed.
  ApproverInputValues inputs;  ///< Name and value.
  std::string comments;
  UnixMs at_ms = 0;
};

/// The time at which a step approves itself.
struct AutoApproval {
  UnixMs at_ms = 0;
  std::string time;  ///< As the pipeline writes it: "2026-01-31 09:24 AM".
  std::string time_zone;
  std::string comments;
};

/// The rendered step and its activities, oldest first.
struct Approval {
  std::string message;
  bool includes_history = false;
  std::vector<std::string> user_groups;        ///< As they were named.
  std::vector<std::string> valid_user_groups;  ///< Those of them that existed.
  std::uint32_t minimum_count = 1;
  bool excludes_executor = false;
  std::vector<plan::ApproverInput> inputs;  ///< With the values of the last activity as defaults.
  bool rejects_older = false;
  std::string callback_id;
  std::optional<AutoApproval> auto_approval;
  UnixMs created_at_ms = 0;
  UnixMs modified_at_ms = 0;
  UnixMs deadline_ms = 0;
  std::vector<ApprovalActivity> activities;

  [[nodiscard]] bool is_rejected() const;
  /// Enough have approved, and nobody has rejected.
  [[nodiscard]] bool is_approved() const;
};

/// The form of NodeState::instance; `decode` gives an equal approval back.
[[nodiscard]] std::string encode_approval(const Approval& approval);

/// Empty if the text is none that `encode_approval` made.
[[nodiscard]] std::optional<Approval> decode_approval(const std::string& instance);

/// WAITING, APPROVED, REJECTED, FAILED, EXPIRED or ABORTED. node: of the approval.
[[nodiscard]] std::string_view approval_status(const Approval& approval, const NodeState& node);

/// What REST shows: `{id, type, status, deadline, details, ...}`.
void write_approval(JsonWriter& json, const Approval& approval, const NodeState& node);

/// The outcome `output` of the step: `{approvalActivities, approverInputs}`.
[[nodiscard]] std::string approval_outcome(const Approval& approval);

}  // namespace tripgate
