// Approvals: who may act, what ends a step, and what a restart finds.
#include "engine/status/approval.h"
#include "test/lib/machine_stand.h"

namespace tripgate {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

/// YAML of an approval by the group ops; keys: further ones of its spec.
std::string approval_yaml(const std::string& approvers, const std::string& keys = {},
                          const std::string& of_step = "timeout: 1d") {
  return typed_step_yaml(
      "ok", "HarnessApproval",
      "approvalMessage: go, includePipelineExecutionHistory: true, approvers: {" + approvers + "}" +
          (keys.empty() ? "" : ", " + keys),
      of_step);
}

const std::string kOps = "userGroups: [ops], minimumCount: 1, disallowPipelineExecutor: false";

class MachineApproval : public MachineStand {
 protected:
  /// The complaint; empty if the activity was taken.
  std::string act(const std::string& user, bool is_approval = true,
                  const ApproverInputValues& inputs = {}) {
    const ApprovalRequest request{{user, user, user + "@example.com"}, is_approval, inputs, "why"};
    const auto done = machine_->act_on_approval(node("ok").number, request, now_ms);
    advance(minutes(0));
    return done ? std::string() : done.error().message;
  }
  std::string reject(const std::string& user) { return act(user, false); }

  std::string message() { return node("ok").failure.message; }

  Approval approval() {
    const auto decoded = decode_approval(node("ok").instance);
    EXPECT_TRUE(decoded);
    return decoded ? *decoded : Approval();
  }
};

TEST_F(MachineApproval, FailsWithoutAGroupThatExists) {
  begin(stage_yaml("s", approval_yaml("userGroups: [nobody, org.ops], minimumCount: 1, "
                                      "disallowPipelineExecutor: false")));
  EXPECT_EQ(status("ok"), "Failed");
  EXPECT_EQ(message(),
            "At least 1 valid user group is required in [nobody, org.ops], Please check scope of "
            "the user group's provided");
}

TEST_F(MachineApproval, FailsIfTheGroupsRenderToNothing) {
  begin(stage_yaml("s", approval_yaml("userGroups: <+pipeline.variables.none>, minimumCount: 1, "
                                      "disallowPipelineExecutor: false")));
  EXPECT_EQ(message(), "All the provided user groups are empty");
}

TEST_F(MachineApproval, FailsIfTheMinimumCountRendersToNoNumber) {
  begin(stage_yaml("s", approval_yaml("userGroups: [ops], minimumCount: "
                                      "<+pipeline.variables.count>, disallowPipelineExecutor: "
                                      "false")),
        "  variables: [{name: count, type: String, value: many}]\n");
  EXPECT_EQ(message(), "The minimum count value (many) must be a valid integer");
}

TEST_F(MachineApproval, TakesGroupsFromAnExpression) {
  begin(stage_yaml("s", approval_yaml("userGroups: '<+<+pipeline.variables.g>.split(\";\")>', "
                                      "minimumCount: 1, disallowPipelineExecutor: false")),
        "  variables: [{name: g, type: String, value: 'nobody;account.release'}]\n");
  EXPECT_EQ(status("ok"), "ApprovalWaiting") << message();
  EXPECT_EQ(approval().valid_user_groups, std::vector<std::string>{"account.release"});
  EXPECT_EQ(act("ada"), "You are not authorized to approve/reject");
  EXPECT_EQ(act("carol"), "");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineApproval, ShowsTheRunAsWaitingUntilEnoughHaveApproved) {
  begin(stage_yaml("s", "{parallel: [" +
                            approval_yaml("userGroups: [ops], minimumCount: 2, "
                                          "disallowPipelineExecutor: false") +
                            ", " + step_yaml("a") + "]}"));
  EXPECT_EQ(run_status(), "ApprovalWaiting");
  EXPECT_EQ(act("mallory"), "You are not authorized to approve/reject");
  EXPECT_EQ(act("ada"), "");
  EXPECT_EQ(act("ada"), "You have already approved/rejected the pipeline");
  EXPECT_EQ(status("ok"), "ApprovalWaiting");
  restart();
  EXPECT_EQ(approval().activities.size(), 1u);
  EXPECT_EQ(act("bob"), "");
  EXPECT_EQ(status("ok"), "Success");
  EXPECT_EQ(node("ok").outcomes.front().first, "output");
  EXPECT_EQ(act("eve"),
            "Unable to add Harness Approval Activity : Harness approval instance is already "
            "APPROVED");
  end("a");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineApproval, OneRejectionEndsItWithItsOwnFailureType) {
  begin(stage_yaml(
      "s", approval_yaml(kOps) + ", " + step_yaml("after", "when: {stageStatus: Failure}")));
  EXPECT_EQ(reject("bob"), "");
  EXPECT_EQ(status("ok"), "ApprovalRejected");
  EXPECT_TRUE(node("ok").failure.types.has(FailureType::approval_rejection));
  EXPECT_EQ(approval_status(approval(), node("ok")), "REJECTED");
  end("after");
  EXPECT_EQ(run_status(), "ApprovalRejected");
}

TEST_F(MachineApproval, AStrategyForRejectionsApplies) {
  begin(stage_yaml(
      "s",
      approval_yaml(kOps, {}, "timeout: 1d, " + on_error("ApprovalRejection", "type: Ignore"))));
  EXPECT_EQ(reject("bob"), "");
  EXPECT_EQ(status("ok"), "IgnoreFailed");
  EXPECT_EQ(run_status(), "IgnoreFailed");
}

TEST_F(MachineApproval, KeepsTheExecutorFromApprovingIfAsked) {
  begin(stage_yaml("s", approval_yaml("userGroups: [ops], minimumCount: 1, "
                                      "disallowPipelineExecutor: true")));
  tree_->edit_execution().origin.principal_username = "ada";
  EXPECT_EQ(act("ada"), "Pipeline executor is not allowed to approve/reject");
  EXPECT_EQ(act("bob"), "");
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineApproval, HoldsInputsAgainstWhatIsDeclared) {
  begin(stage_yaml(
      "s", approval_yaml("userGroups: [ops], minimumCount: 2, disallowPipelineExecutor: false",
                         "approverInputs: [{name: env, defaultValue: dev, required: true, "
                         "allowedValues: 'dev,prod'}, {name: tag, regex: 'v[0-9]+'}]")));
  EXPECT_EQ(act("ada"), "Invalid approver inputs");
  EXPECT_EQ(act("ada", true, {{"env", "dev"}}), "Invalid approver inputs");
  EXPECT_EQ(act("ada", true, {{"env", "dev"}, {"tag", "v1"}, {"x", ""}}),
            "Invalid approver inputs");
  EXPECT_EQ(act("ada", true, {{"env", ""}, {"tag", "v1"}}),
            "Invalid approver inputs: env needs a value");
  EXPECT_EQ(act("ada", true, {{"env", "test"}, {"tag", "v1"}}),
            "Invalid approver inputs: the value of env is not one of [dev, prod]");
  EXPECT_EQ(act("ada", true, {{"env", "prod"}, {"tag", "1"}}),
            "Invalid approver inputs: the value of tag does not match v[0-9]+");
  EXPECT_EQ(act("ada", true, {{"env", "prod"}, {"tag", "v1"}}), "");
  EXPECT_EQ(approval().inputs.front().default_value, "prod");
  EXPECT_EQ(act("bob", true, {{"env", "dev"}, {"tag", ""}}), "");
  EXPECT_NE(node("ok").outcomes.front().second.find(R"("approverInputs":{"env":"dev","tag":""})"),
            std::string::npos)
      << node("ok").outcomes.front().second;
}

TEST_F(MachineApproval, LaterStepsSeeTheLatestApproval) {
  begin(stage_yaml("s", approval_yaml(kOps, "approverInputs: [{name: env}]") + ", " +
                            step_yaml("a",
                                      "when: {stageStatus: Success, condition: "
                                      "'<+approval.approverInputs.env> == \"prod\" && "
                                      "<+approval.approvalActivities[0].user.name> == "
                                      "\"ada\" && <+execution.steps.ok.output.approverInputs"
                                      ".env> == \"prod\"'}")));
  EXPECT_EQ(act("ada", true, {{"env", "prod"}}), "");
  EXPECT_EQ(at_work(), "a");
}

TEST_F(MachineApproval, ExpiresAtItsTimeout) {
  begin(stage_yaml("s", approval_yaml(kOps, {}, "timeout: 2h")));
  EXPECT_EQ(approval().deadline_ms, now_ms + 7'200'000);
  restart();
  advance(hours(2));
  EXPECT_EQ(status("ok"), "Expired");
  EXPECT_EQ(approval_status(approval(), node("ok")), "EXPIRED");
  EXPECT_EQ(act("ada"), "Harness approval instance has already expired");
}

TEST_F(MachineApproval, EndsWithTheRunThatIsAborted) {
  begin(stage_yaml("s", approval_yaml(kOps)));
  EXPECT_EQ(interrupt(InterruptType::abort_all), "");
  EXPECT_EQ(run_status(), "Aborted");
  EXPECT_EQ(approval_status(approval(), node("ok")), "ABORTED");
  EXPECT_EQ(act("ada"),
            "Unable to add Harness Approval Activity : Harness approval instance is already "
            "ABORTED");
}

/// now_ms is 2022-09-15 21:10:36 UTC.
std::string automatic(const std::string& time, const std::string& zone) {
  return "autoApproval: {action: APPROVE, comments: by itself, scheduledDeadline: {timeZone: " +
         zone + ", time: '" + time + "'}}";
}

TEST_F(MachineApproval, ApprovesItselfAtTheGivenTime) {
  begin(stage_yaml("s", approval_yaml("userGroups: [ops], minimumCount: 2, "
                                      "disallowPipelineExecutor: false",
                                      automatic("2022-09-16 12:30 AM", "Europe/Berlin"))));
  ASSERT_EQ(status("ok"), "ApprovalWaiting") << message();
  restart();
  advance(minutes(79));
  EXPECT_EQ(status("ok"), "ApprovalWaiting");
  advance(minutes(1));
  EXPECT_EQ(run_status(), "Success");
  ASSERT_EQ(approval().activities.size(), 1u);
  EXPECT_EQ(approval().activities.front().comments, "by itself");
}

TEST_F(MachineApproval, RefusesATimeThatIsNearOrNone) {
  const std::map<std::string, std::string> complaints = {
      {automatic("2022-09-15 09:25 PM", "UTC"),
       "Time given for auto approval in approval step ok should be greater than 15 minutes with "
       "respect to current time"},
      {automatic("2022-09-16 13:15 PM", "UTC"),
       "The time of the automatic approval (2022-09-16 13:15 PM) is not of the form 2026-01-31 "
       "09:24 AM"},
      {automatic("2022-09-16 01:15 PM", "../../etc/passwd"),
       "Unknown time zone: ../../etc/passwd"}};
  for (const auto& [keys, complaint] : complaints) {
    begin(stage_yaml("s", approval_yaml(kOps, keys)));
    EXPECT_EQ(message(), complaint);
  }
}

TEST_F(MachineApproval, WaitsUntilOlderRunsAreRejected) {
  begin(stage_yaml("s", approval_yaml(kOps, "isAutoRejectEnabled: true")));
  EXPECT_EQ(act("ada"), "");
  EXPECT_EQ(status("ok"), "ApprovalWaiting");
  EXPECT_EQ(approval_status(approval(), node("ok")), "APPROVED");
  ASSERT_EQ(other_effects_.size(), 1u);
  EXPECT_EQ(other_effects_.front().type, RunEffect::Type::reject_older);
  restart();
  ASSERT_EQ(other_effects_.size(), 2u) << "a restart must do it again";
  machine_->close_approval(node("ok").number, now_ms);
  EXPECT_EQ(run_status(), "Success");
}

TEST_F(MachineApproval, StoresAnEqualApproval) {
  begin(stage_yaml(
      "s", approval_yaml("userGroups: [ops], minimumCount: 2, disallowPipelineExecutor: true",
                         "isAutoRejectEnabled: true, callbackId: back, approverInputs: [{name: a, "
                         "defaultValue: 'x\"y', description: d}], " +
                             automatic("2022-09-17 12:30 AM", "Asia/Kolkata"))));
  EXPECT_EQ(act("ada", true, {{"a", "\"\n"}}), "");
  const std::string text = node("ok").instance;
  EXPECT_EQ(encode_approval(approval()), text);
  EXPECT_FALSE(decode_approval("{\"duration\":1}"));
  EXPECT_FALSE(decode_approval(""));
}

}  // namespace
}  // namespace tripgate
