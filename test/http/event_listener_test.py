"""Steps that go on when an event of another trigger says so."""
import json
import unittest

from http_case import HttpCase
from stand import pipeline, query, trigger, wait_for

LISTENER = {"step": {"name": "l", "identifier": "l", "type": "EventListener", "timeout": "1d", "spec": {
    "webhookIdentifier": "built",
    "successCriteria": '<+event.payload.run> == <+trigger.payload.run> && <+event.payload.state> == "done"',
    "failureCriteria": '<+event.payload.run> == <+trigger.payload.run> && <+event.headers["X-Broken"]> == "yes"',
    "outputVariables": [{"name": "tag", "type": "String", "value": "<+event.payload.tag>"}]}}}
SAY = {"step": {"name": "say", "identifier": "say", "type": "ShellScript", "timeout": "1m", "spec": {
    "shell": "Bash", "source": {"type": "Inline", "spec": {
        "script": 'echo "built <+execution.steps.l.output.outputVariables.tag>"'}}}}}
PIPELINE = json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "stages": [{"stage": {
    "name": "s", "identifier": "s", "type": "Custom", "spec": {"execution": {"steps": [LISTENER, SAY]}}}}]}})
# Its own pipeline never starts: the conditions do not hold.
NEVER = {"jexlCondition": "false"}


class EventListeners(HttpCase):
    documents = (PIPELINE, trigger(), pipeline(identifier="other"), trigger("built", "other", spec=NEVER))

    def start(self, run_id):
        """The event of a run that listens, and its execution."""
        event = self.assertAccepted(self.stand.fire(json.dumps({"run": run_id}).encode()))
        run = self.stand.wait_for_row(event)["pipelineExecutionId"]

        def listens():
            detail = self.stand.get(
                f"/pipeline/api/pipelines/execution/v2/{run}?{query(renderFullBottomGraph='true')}",
                headers={"x-api-key": self.stand.admin_key()}).json["data"]
            return any(node["status"] == "AsyncWaiting"
                       for node in detail["executionGraph"]["nodeMap"].values())
        wait_for(listens, "a step that listens")
        return event, run

    def send(self, headers=None, **body):
        token = self.stand.token("built", "other")
        parameters = query(triggerIdentifier="built", pipelineIdentifier="other")
        return self.assertAccepted(self.stand.request(
            "POST", f"/gateway/pipeline/api/webhook/custom/{token}/v3?{parameters}",
            json.dumps(body).encode(), headers))

    def test_an_event_that_breaks_the_criteria_ends_nothing(self):
        event, run = self.start("broken")
        for state in ({}, None, 7, "<+true>"):
            self.stand.wait_for_row(self.send(run="broken", state=state))
        self.send(run="broken", headers={"x-broken": "yes"})
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual(summary["failureInfo"]["message"],
                         "An event met the failure criteria of the listener")

    def test_each_run_takes_its_own_event_and_its_outputs(self):
        first, first_run = self.start("one")
        second, second_run = self.start("two")
        self.send(run="two", state="done", tag="$(id)")
        self.assertEqual(self.stand.wait_for_end(second)["status"], "Success")
        self.assertIn("built $(id)\n", self.stand.cli("execution", "logs", second_run).stdout)
        self.send(run="one", state="done", tag="v1")
        self.assertEqual(self.stand.wait_for_end(first)["status"], "Success")
        self.assertIn("built v1\n", self.stand.cli("execution", "logs", first_run).stdout)

    def test_an_event_right_before_and_right_after_a_kill_is_not_missed(self):
        before, _ = self.start("before")
        self.send(run="before", state="done", tag="x")
        self.stand.restart_engine()
        self.assertEqual(self.stand.wait_for_end(before)["status"], "Success")
        after, _ = self.start("after")
        self.stand.restart_engine()
        self.send(run="after", state="done", tag="x")
        self.assertEqual(self.stand.wait_for_end(after)["status"], "Success")


if __name__ == "__main__":
    unittest.main()
