"""Approvals over REST and the command line: who may, what is asked for, what is left after a kill."""
import json
import unittest

from http_case import HttpCase
from stand import query, trigger, wait_for


def approval(identifier, groups=("ops",), count=1, **spec):
    return {"step": {"name": identifier, "identifier": identifier, "type": "HarnessApproval", "timeout": "1d",
                     "spec": {"approvalMessage": "ship <+trigger.payload.what>?",
                              "includePipelineExecutionHistory": True,
                              "approvers": {"userGroups": list(groups), "minimumCount": count,
                                            "disallowPipelineExecutor": False}, **spec}}}


def script(identifier, text):
    spec = {"shell": "Bash", "source": {"type": "Inline", "spec": {"script": text}}}
    return {"step": {"name": identifier, "identifier": identifier, "type": "ShellScript", "timeout": "1m",
                     "spec": spec}}


def document(identifier, *steps):
    stage = {"name": "s", "identifier": "s", "type": "Custom", "spec": {"execution": {"steps": list(steps)}}}
    return json.dumps({"pipeline": {"name": identifier, "identifier": identifier, "stages": [{"stage": stage}]}})


INPUTS = [{"name": "env", "defaultValue": "dev", "required": True, "allowedValues": "dev,prod"},
          {"name": "note", "defaultValue": "none"}]
GROUPS = "user_groups:\n  ops: [alice, bob, admin]\n  account.release: [carol]\n"


class Approvals(HttpCase):
    documents = (document("pipe", approval("ok", approverInputs=INPUTS, callbackId="back"),
                          script("say", 'echo "<+approval.approverInputs.env> by '
                                        '<+approval.approvalActivities[0].user.name>"')),
                 trigger(),
                 document("pair", {"parallel": [approval("one", ["account.release"], callbackId="first"),
                                                approval("two", ["_project_all_users"], callbackId="second")]}),
                 trigger("pairs", "pair"),
                 document("broken", approval("ok", ["nobody"])), trigger("breaks", "broken"))
    settings = {"engine_settings": GROUPS}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.keys = {name: cls.stand.make_key(name) for name in ("alice", "bob", "carol", "mallory")}

    def start(self, trigger_id="trig", pipeline_id="pipe"):
        """Fires; gives the event, the execution and the ids of the steps that wait by identifier."""
        token = self.stand.token(trigger_id, pipeline_id)
        parameters = query(triggerIdentifier=trigger_id, pipelineIdentifier=pipeline_id)
        event = self.assertAccepted(self.stand.request(
            "POST", f"/gateway/pipeline/api/webhook/custom/{token}/v3?{parameters}", b'{"what": "$(id)"}'))
        run = self.stand.wait_for_row(event)["pipelineExecutionId"]
        return event, run, wait_for(lambda: self.waiting(run), "an approval that waits")

    def waiting(self, run):
        detail = self.stand.get(f"/pipeline/api/pipelines/execution/v2/{run}?{query(renderFullBottomGraph='true')}",
                                headers={"x-api-key": self.stand.admin_key()}).json["data"]
        nodes = detail["executionGraph"]["nodeMap"].values()
        return {node["identifier"]: node["uuid"] for node in nodes if node["status"] == "ApprovalWaiting"}

    def ask(self, user, path, body=None, method=None, **parameters):
        target = f"/gateway/pipeline/api/approvals/{path}?{query(**parameters)}"
        return self.stand.request(method or ("GET" if body is None else "POST"), target,
                                  body=None if body is None else json.dumps(body),
                                  headers={"x-api-key": self.keys[user]})

    def act(self, user, node, action="APPROVE", **inputs):
        body = {"action": action, "comments": "fine",
                "approverInputs": [{"name": name, "value": value} for name, value in inputs.items()]}
        return self.ask(user, f"{node}/harness/activity", body)

    def by_execution(self, user, run, body=None, suffix="", org="default", prefix="/gateway/pipeline/api"):
        return self.stand.request("GET" if body is None else "POST",
                                  f"{prefix}/v1/orgs/{org}/projects/demo/approvals/execution/{run}{suffix}",
                                  body=None if body is None else json.dumps(body),
                                  headers={"x-api-key": self.keys[user], "Harness-Account": "demo"})

    def refused(self, answer, message):
        self.assertError(answer, 400, "INVALID_REQUEST", "Invalid request: " + message)

    def test_refusals_name_their_reason(self):
        _, run, nodes = self.start()
        node = nodes["ok"]
        missing = self.ask("alice", "nowhere")
        self.assertErrorEnvelope(missing, 404)
        self.refused(self.act("mallory", node, env="dev", note=""), "You are not authorized to approve/reject")
        self.refused(self.act("alice", node), "Invalid approver inputs")
        self.refused(self.act("alice", node, env="dev", note="", more="x"), "Invalid approver inputs")
        self.refused(self.act("alice", node, env="test", note=""),
                     "Invalid approver inputs: the value of env is not one of [dev, prod]")
        self.refused(self.act("alice", node, action="MAYBE"),
                     "Invalid value:MAYBE, the expected values are: [APPROVE, REJECT]")
        self.assertErrorEnvelope(self.ask("alice", f"{node}/harness/activity", body=[]), 400)
        self.assertEqual(self.stand.get(f"/pipeline/api/approvals/{node}?{query()}").status, 401)
        reason = lambda user: self.ask(user, f"{node}/harness/authorization").json["data"]
        self.assertEqual(reason("mallory"),
                         {"authorized": False, "reason": "You are not authorized to approve/reject"})
        self.assertEqual(reason("alice"), {"authorized": True, "reason": None})
        self.assertEqual(self.waiting(run), nodes)
        self.stand.cli("execution", "abort", run)

    def test_an_approval_is_shown_and_survives_a_kill_of_the_engine(self):
        event, run, nodes = self.start()
        node = nodes["ok"]
        shown = self.ask("mallory", node).json["data"]
        self.assertEqual(list(shown), ["id", "type", "status", "deadline", "details", "createdAt",
                                       "lastModifiedAt", "errorMessage"])
        self.assertEqual((shown["type"], shown["status"], shown["errorMessage"]),
                         ("HarnessApproval", "WAITING", None))
        self.assertEqual(shown["deadline"] - shown["createdAt"], 24 * 3600 * 1000)
        self.assertEqual(shown["details"]["approvalMessage"], "ship $(id)?")
        self.assertEqual(shown["details"]["approvers"],
                         {"userGroups": ["ops"], "minimumCount": 1, "disallowPipelineExecutor": False})
        self.stand.restart_engine()
        self.assertEqual(self.ask("alice", node).json["data"], shown)
        done = self.act("alice", node, env="prod", note="go")
        self.assertEqual(done.json["data"]["status"], "APPROVED", done)
        self.stand.restart_engine()
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        self.assertIn("prod by alice\n", self.stand.cli("execution", "logs", run).stdout)
        activity = self.ask("bob", node).json["data"]["details"]["approvalActivities"][0]
        self.assertEqual((activity["user"], activity["action"], activity["comments"]),
                         ({"name": "alice", "email": ""}, "APPROVE", "fine"))
        self.refused(self.act("alice", node, env="dev", note=""), "You have already approved/rejected the pipeline")
        self.refused(self.act("bob", node, env="dev", note=""),
                     "Unable to add Harness Approval Activity : Harness approval instance is already APPROVED")

    def test_a_rejection_ends_the_run(self):
        event, _, nodes = self.start()
        done = self.act("bob", nodes["ok"], action="REJECT")
        self.assertEqual(done.json["data"]["status"], "REJECTED", done)
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["status"], "ApprovalRejected")
        self.assertEqual(summary["failureInfo"]["failureTypeList"], ["APPROVAL_REJECTION"])

    def test_a_group_that_nobody_configured_fails_the_step(self):
        token = self.stand.token("breaks", "broken")
        parameters = query(triggerIdentifier="breaks", pipelineIdentifier="broken")
        event = self.assertAccepted(self.stand.request(
            "POST", f"/gateway/pipeline/api/webhook/custom/{token}/v3?{parameters}", b"{}"))
        self.assertEqual(self.stand.wait_for_end(event)["failureInfo"]["message"],
                         "At least 1 valid user group is required in [nobody], Please check scope of the user "
                         "group's provided")

    def test_by_execution_one_approval_is_picked_by_its_callback(self):
        event, run, nodes = self.start("pairs", "pair")
        wait_for(lambda: len(self.waiting(run)) == 2, "both approvals")
        approve = {"action": "APPROVE", "approver_inputs": []}
        place = f"waiting for pipeline execution id: {run} and callback id: "
        self.refused(self.by_execution("carol", run, approve), "Found more than 1 Harness Approval Instance "
                     + place + "null")
        self.refused(self.by_execution("carol", run, approve, "?callback_id=other"),
                     "Found no Harness Approval Instance " + place + "other")
        self.refused(self.by_execution("alice", run, approve, "?callback_id=first"),
                     "User not authorized to approve/reject")
        self.refused(self.by_execution("alice", "nowhere", approve),
                     "execution_id param value provided doesn't belong to Account: demo, Org: default, Project: "
                     "demo or the pipeline has been deleted")
        self.refused(self.by_execution("alice", run, approve, org="other"),
                     "execution_id param value provided doesn't belong to Account: demo, Org: other, Project: "
                     "demo or the pipeline has been deleted")
        listed = self.by_execution("mallory", run, prefix="").json
        self.assertEqual({one["id"] for one in listed}, set(self.waiting(run).values()))
        done = self.by_execution("carol", run, approve, "?callback_id=first")
        self.assertEqual((done.status, done.json["status"]), (200, "APPROVED"))
        still = self.by_execution("alice", run, suffix="?approval_status=waiting&approval_type=HarnessApproval")
        self.assertEqual([one["id"] for one in still.json], [self.waiting(run)["two"]])
        self.assertEqual(self.by_execution("mallory", run, approve).json["status"], "APPROVED")
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        answer = self.stand.request("GET", f"/v1/orgs/default/projects/demo/approvals/execution/{run}",
                                    headers={"x-api-key": self.keys["carol"]})
        self.assertEqual((answer.status, answer.json["message"]), (400, "Harness-Account: must not be null"))

    def test_the_command_line_approves_with_defaults(self):
        event, run, nodes = self.start()
        wrong = self.stand.cli("execution", "approve", run, "--input", "evn=prod", check=False)
        self.assertEqual((wrong.returncode, self.waiting(run)), (1, nodes))
        self.assertIn("APPROVED", self.stand.cli("execution", "approve", run, "--comment", "by hand").stdout)
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        self.assertIn("dev by admin\n", self.stand.cli("execution", "logs", run).stdout)
        again = self.stand.cli("execution", "approve", run, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("no approval waits in " + run, again.stderr)

    def test_the_command_line_rejects(self):
        event, run, _ = self.start()
        self.assertIn("REJECTED", self.stand.cli("execution", "approve", run, "--reject").stdout)
        self.assertEqual(self.stand.wait_for_end(event)["status"], "ApprovalRejected")


if __name__ == "__main__":
    unittest.main()
