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
sleep 1"""


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
        answer = self.paste('{"version": "1.4.2"}')
        self.assertEqual(answer["status"], "SUCCESS")
        data = answer["data"]
        self.assertEqual(list(data), ["eventCorrelationId", "apiUrl", "uiUrl", "uiSetupUrl"])
        self.assertIn(f":{self.stand.port}/gateway/pipeline/api/webhook/triggerExecutionDetails/"
                      f"{data['eventCorrelationId']}?accountIdentifier=demo", data["apiUrl"])
        seen = set()

        def has_ended():
            document = self.stand.details(data["eventCorrelationId"]).json
            execution = (document.get("data") or {}).get("executionDetails")
            seen.add(execution["pipelineExecutionSummary"]["status"] if execution else None)
            return "Success" in seen
        wait_for(has_ended, "Success")
        self.assertIn("Running", seen)

        row = self.stand.wait_for_row(data["eventCorrelationId"])
        log = self.stand.cli("execution", "logs", row["pipelineExecutionId"]).stdout
        self.assertIn("version is 1.4.2\n", log)
        self.assertRegex(log, r"agent is curl/")

    def test_processing_details_have_the_fields_in_their_order(self):
        event = self.assertAccepted(self.stand.fire(b'{"version": "2"}'))
        row = self.stand.wait_for_row(event)
        self.assertEqual(list(row), [
            "eventFound", "eventId", "accountIdentifier", "orgIdentifier", "projectIdentifier",
            "triggerIdentifier", "pipelineIdentifier", "pipelineExecutionId", "exceptionOccured",
            "status", "message", "payload", "eventCreatedAt", "runtimeInput", "warningMsg"])
        self.assertEqual(row["status"], "TARGET_EXECUTION_REQUESTED")
        self.assertEqual(row["message"], "Pipeline execution was requested successfully")
        self.assertIs(row["exceptionOccured"], False)
        self.assertEqual(row["payload"], '{"version": "2"}')
        self.assertRegex(row["pipelineExecutionId"], r"^[A-Za-z0-9_-]{21}[AQgw]$")

    def test_summary_has_what_pollers_read(self):
        summary = self.stand.wait_for_end(self.assertAccepted(self.stand.fire(b'{"version": "3"}')))
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
        event = self.assertAccepted(self.stand.fire())
        self.stand.wait_for_row(event)
        self.assertEqual(self.stand.details(event, account="other").status, 400)


if __name__ == "__main__":
    unittest.main()
