"""Wait steps that a person ends before their time."""
import json
import unittest

from http_case import HttpCase
from stand import query, trigger, wait_for

PIPELINE = json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "stages": [{"stage": {
    "name": "s", "identifier": "s", "type": "Custom", "spec": {"execution": {"steps": [{"step": {
        "name": "w", "identifier": "w", "type": "Wait", "timeout": "1d", "spec": {"duration": "2h"}}}]}}}}]}})


class WaitStep(HttpCase):
    documents = (PIPELINE, trigger())

    def start(self):
        """The event of a run whose step waits, and the step's id."""
        event = self.assertAccepted(self.stand.fire())
        run = self.stand.wait_for_row(event)["pipelineExecutionId"]

        def waiting():
            detail = self.stand.get(
                f"/pipeline/api/pipelines/execution/v2/{run}?{query(renderFullBottomGraph='true')}",
                headers={"x-api-key": self.stand.admin_key()}).json["data"]
            return [node["uuid"] for node in detail["executionGraph"]["nodeMap"].values()
                    if node["status"] == "WaitStepRunning"]
        return event, wait_for(waiting, "a step that waits")[0]

    def end(self, node, action, key=None):
        return self.stand.request("PUT", f"/gateway/pipeline/api/waitStep/{node}?{query()}",
                                  body=json.dumps({"action": action}),
                                  headers={"x-api-key": key or self.stand.admin_key()})

    def test_refusals(self):
        event, node = self.start()
        self.assertErrorEnvelope(self.end("nowhere", "MARK_AS_SUCCESS"), 404)
        self.assertError(self.end(node, "MARK_AS_DONE"), 400, "INVALID_REQUEST",
                         "Invalid request: Invalid value:MARK_AS_DONE, the expected values are: [MARK_AS_FAIL, "
                         "MARK_AS_SUCCESS]")
        self.assertEqual(self.end(node, "MARK_AS_FAIL", self.stand.make_key("looks", "viewer")).status, 403)
        self.assertEqual(self.end(node, "MARK_AS_SUCCESS").json["data"], {"status": True})
        self.stand.wait_for_end(event)
        self.assertError(self.end(node, "MARK_AS_SUCCESS"), 400, "INVALID_REQUEST",
                         "Invalid request: The execution of the step is not at work any more")

    def test_marked_as_success_after_a_kill(self):
        event, node = self.start()
        details = self.stand.get(f"/pipeline/api/waitStep/executionDetails/{node}?{query()}",
                                 headers={"x-api-key": self.stand.admin_key()}).json["data"]
        self.assertEqual(list(details), ["nodeExecutionId", "createdAt", "duration"])
        self.assertEqual((details["nodeExecutionId"], details["duration"]), (node, 2 * 3600 * 1000))
        self.stand.restart_engine()
        self.assertEqual(self.end(node, "MARK_AS_SUCCESS").json["data"], {"status": True})
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")

    def test_marked_as_failed(self):
        event, node = self.start()
        self.assertEqual(self.end(node, "MARK_AS_FAIL").json["data"], {"status": True})
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual(summary["failureInfo"]["message"], "User marked this step as failed")
        self.assertEqual(summary["failureInfo"]["failureTypeList"], [])


if __name__ == "__main__":
    unittest.main()
