// HarnessApproval steps. An activity is stored before anything follows from it; where older runs
// are to be rejected, the step ends after they were, so that a restart in between does it again.
#include "engine/run/run_machine.h"

namespace tripgate {
namespace {

/// Who approves at the time that the pipeline sets.
const ApprovalUser kSystemUser = {"systemUser", "systemUser", "systemUser"};

}  // namespace

void RunMachine::open_approval(NodeNumber number) {
  const auto approval =
      render_approval(tree_, number, surroundings_.user_groups, expressions_, now_ms_);
  if (!approval) return break_node(number, RunStatus::failed, {approval.error().message, {}});
  tree_.move(number, RunStatus::approval_waiting, now_ms_);
  tree_.edit(number).instance = encode_approval(*approval);
  if (approval->auto_approval) set_due(number, approval->auto_approval->at_ms);
}

/// Older runs may not have been rejected yet when the engine ended.
void RunMachine::resume_approval(NodeNumber number) {
  const auto approval = decode_approval(tree_.state(number).instance);
  if (approval && approval->is_approved()) {
    effects_.push_back({RunEffect::Type::reject_older, number});
  }
}

Result<void, Diagnostic> RunMachine::act_on_approval(NodeNumber number,
                                                     const ApprovalRequest& request,
                                                     UnixMs now_ms) {
  auto approval = decode_approval(tree_.state(number).instance);
  if (!approval) return Diagnostic("The step is no approval");
  const auto refusal =
      refusal_of_user(*approval, tree_.execution(), surroundings_.user_groups, request.user);
  if (refusal) return Diagnostic(*refusal);
  return note_activity(number, std::move(*approval), request, now_ms);
}

bool RunMachine::reject_as_older(NodeNumber number, const ApprovalRequest& request, UnixMs now_ms) {
  auto approval = decode_approval(tree_.state(number).instance);
  return approval && note_activity(number, std::move(*approval), request, now_ms);
}

Result<void, Diagnostic> RunMachine::note_activity(NodeNumber number, Approval approval,
                                                   const ApprovalRequest& request, UnixMs now_ms) {
  const auto refusal = refusal_of_ended(approval, tree_.state(number), now_ms);
  if (refusal) return Diagnostic(*refusal);
  if (auto added = add_activity(approval, request, now_ms); !added) return added;
  now_ms_ = now_ms;
  settle_approval(number, approval);
  end_turn();
  return {};
}

void RunMachine::close_approval(NodeNumber number, UnixMs now_ms) {
  if (tree_.state(number).status != RunStatus::approval_waiting) return;
  const auto approval = decode_approval(tree_.state(number).instance);
  if (!approval) return;
  now_ms_ = now_ms;
  finish_approval(number, *approval);
  end_turn();
}

void RunMachine::approve_automatically(NodeNumber number) {
  auto approval = decode_approval(tree_.state(number).instance);
  if (!approval || !approval->auto_approval || approval->is_approved()) return;
  ApprovalActivity activity;
  activity.user = kSystemUser;
  activity.is_automatic = true;
  for (const plan::ApproverInput& input : approval->inputs) {
    activity.inputs.emplace_back(input.name, input.default_value);
  }
  activity.comments = approval->auto_approval->comments;
  activity.at_ms = approval->modified_at_ms = now_ms_;
  approval->activities.push_back(std::move(activity));
  settle_approval(number, *approval);
}

/// What follows from the newest activity.
void RunMachine::settle_approval(NodeNumber number, const Approval& approval) {
  tree_.edit(number).instance = encode_approval(approval);
  if (!approval.is_rejected() && !approval.is_approved()) return;
  if (approval.is_approved() && approval.rejects_older) {
    effects_.push_back({RunEffect::Type::reject_older, number});
    return;
  }
  finish_approval(number, approval);
}

void RunMachine::finish_approval(NodeNumber number, const Approval& approval) {
  tree_.edit(number).outcomes = {{"output", approval_outcome(approval)}};
  if (approval.is_approved()) return finish_as(number, RunStatus::succeeded, {});
  break_node(number, RunStatus::approval_rejected,
             {"Approval Step has been Rejected", {FailureType::approval_rejection}});
}

}  // namespace tripgate
