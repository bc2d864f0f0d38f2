// The rules of HarnessApproval steps: how one begins, who may act, what an activity does to it.
// Source: pipelines.md 2.5.
#pragma once

#include <optional>
#include <string>

#include "engine/run/run_expressions.h"
#include "engine/run/user_groups.h"
#include "engine/status/approval.h"

namespace tripgate {

/// What somebody says to an approval.
struct ApprovalRequest {
  ApprovalUser user;
  bool is_approval = true;
  ApproverInputValues inputs = {};
  std::string comments = {};
};

/// Renders a step. Errors, in the original's words: no user group, none that exists, a minimum
/// count that is no number above 0, an automatic approval that is less than 15 minutes ahead.
[[nodiscard]] Result<Approval, Diagnostic> render_approval(const RunTree& tree, NodeNumber node,
                                                           const UserGroups& groups,
                                                           RunExpressions& expressions,
                                                           UnixMs now_ms);

/// Why that user may not act; nothing if they may.
[[nodiscard]] std::optional<std::string> refusal_of_user(const Approval& approval,
                                                         const Execution& execution,
                                                         const UserGroups& groups,
                                                         const ApprovalUser& user);

/// Why nobody can act any more; nothing while the approval waits.
[[nodiscard]] std::optional<std::string> refusal_of_ended(const Approval& approval,
                                                          const NodeState& node, UnixMs now_ms);

/// Adds an activity of a user who may act. The values of an approval become the defaults of the
/// next one. Errors: `Invalid approver inputs` when the names are not the declared ones, or a value
/// is missing, not allowed or does not fit its pattern.
[[nodiscard]] Result<void, Diagnostic> add_activity(Approval& approval,
                                                    const ApprovalRequest& request, UnixMs now_ms);

}  // namespace tripgate
