"""The first promise: paste the curl line, poll apiUrl, see the run go from Running to Success."""
import json
import shlex
import subprocess
import unittest

from http_case import HttpCase
from stand import pipeline, trigger, wait_for

SCRIPT = """\
echo "version is" "<+trigger.payload.version>"
echo "agent is" "<+trigger.header['User-Agent']>"
gate="<+trigger.payload.gate>"
until [ -e "$gate" ]; do sleep 0.05; done"""
BODY = b'{"version": "2", "gate": "/"}'


class Deploy(HttpCase):
    documents = (pipeline(SCRIPT), trigger())

    def paste(self, body):
        line = self.stand.curl_line().replace('{"sample_key": "sample_value"}', body)
        done = subprocess.run(shlex.split(line) + ["-sS"], capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    def test_curl_line_has_the_form_of_the_original(self):
        self.assertRegex(
            self.stand.curl_line(),
            r"^curl -X POST -H 'content-type: application/json' --url 'http://127\.0\.0\.1:\d+/gateway/"
            r"pipeline/api/webhook/custom/[A-Za-z0-9_-]{22}/v3\?accountIdentifier=demo&orgIdentifier="
            r"default&projectIdentifier=demo&pipelineIdentifier=pipe&triggerIdentifier=trig' "
            r"-d '\{\"sample_key\": \"sample_value\"\}'$")

    def test_pasted_line_runs_the_script_to_success(self):
        gate = self.stand.root / "gate"
        answer = self.paste(json.dumps({"version": "1.4.2", "gate": str(gate)}))
        self.assertEqual(answer["status"], "SUCCESS")
        data = answer["data"]
        self.assertEqual(list(data), ["eventCorrelationId", "apiUrl", "uiUrl", "uiSetupUrl"])
        self.assertIn(f":{self.stand.port}/gateway/pipeline/api/webhook/triggerExecutionDetails/"
                      f"{data['eventCorrelationId']}?accountIdentifier=demo", data["apiUrl"])

        def is_running():
            document = self.stand.details(data["eventCorrelationId"]).json
            execution = (document.get("data") or {}).get("executionDetails")
            return execution and execution["pipelineExecutionSummary"]["status"] == "Running"
        wait_for(is_running, "Running")
        gate.touch()  # The script waits for it, so that nobody can be too late to see it run.
        self.assertEqual(self.stand.wait_for_end(data["eventCorrelationId"])["status"], "Success")

        row = self.stand.wait_for_row(data["eventCorrelationId"])
        log = self.stand.cli("execution", "logs", row["pipelineExecutionId"]).stdout
        self.assertIn("version is 1.4.2\n", log)
        self.assertRegex(log, r"agent is curl/")

    def test_processing_details_have_the_fields_in_their_order(self):
        event = self.assertAccepted(self.stand.fire(BODY))
        row = self.stand.wait_for_row(event)
        self.assertEqual(list(row), [
            "eventFound", "eventId", "accountIdentifier", "orgIdentifier", "projectIdentifier",
            "triggerIdentifier", "pipelineIdentifier", "pipelineExecutionId", "exceptionOccured",
            "status", "message", "payload", "eventCreatedAt", "runtimeInput", "warningMsg"])
        self.assertEqual(row["status"], "TARGET_EXECUTION_REQUESTED")
        self.assertEqual(row["message"], "Pipeline execution was requested successfully")
        self.assertIs(row["exceptionOccured"], False)
        self.assertEqual(row["payload"], BODY.decode())
        self.assertRegex(row["pipelineExecutionId"], r"^[A-Za-z0-9_-]{21}[AQgw]$")

    def test_summary_has_what_pollers_read(self):
        summary = self.stand.wait_for_end(self.assertAccepted(self.stand.fire(BODY)))
        self.assertEqual(summary["status"], "Success")
        self.assertEqual(summary["executionTriggerInfo"]["triggerType"], "WEBHOOK_CUSTOM")
        self.assertEqual(summary["totalStagesCount"], 1)
        self.assertEqual(summary["successfulStagesCount"], 1)
        self.assertLessEqual(summary["startTs"], summary["endTs"])
        node = summary["layoutNodeMap"][summary["startingNodeId"]]
        self.assertEqual((node["nodeIdentifier"], node["status"]), ("only", "Success"))

    def test_unknown_event_is_told_as_the_original_does(self):
        unknown = "0123456789abcdef01234567"
        self.assertError(self.stand.details(unknown), 400, "INVALID_REQUEST",
                         "Invalid request: Trigger event history doesn't exist for event with "
                         f"eventId {unknown}")

    def test_event_of_another_account_is_unknown(self):
        event = self.assertAccepted(self.stand.fire(BODY))
        self.stand.wait_for_row(event)
        self.assertEqual(self.stand.details(event, account="other").status, 400)


if __name__ == "__main__":
    unittest.main()
