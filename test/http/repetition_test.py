"""Selected stages, reruns and retries from a failed stage, through nginx and engine."""
import json
import unittest
import urllib.parse

from http_case import HttpCase
from stand import SCOPE, TERMINAL, trigger, wait_for

STAGE = """\
    - stage:
        name: {id}
        identifier: {id}
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Script
                  identifier: script
                  type: ShellScript
                  timeout: 1m
                  spec:
                    shell: Bash
                    source:
                      type: Inline
                      spec:
                        script: |
                          {script}
"""
MADE = """\
                    outputVariables:
                      - {name: MADE, type: String, value: MADE}
"""
HEAD = """\
pipeline:
  name: pipe
  identifier: pipe
  orgIdentifier: default
  projectIdentifier: demo
  allowStageExecutions: true
  variables:
    - {name: code, type: String, value: <+input>.default(0)}
  stages:
"""
SHIP = 'echo "ships <+pipeline.stages.make.spec.execution.steps.script.output.outputVariables' \
       '.MADE> for <+trigger.payload.who>"; exit <+pipeline.variables.code>'


def whole(*more):
    stages = [STAGE.format(id="make", script="echo makes; MADE=cake") + MADE,
              STAGE.format(id="ship", script=SHIP), STAGE.format(id="tell", script="echo tells")]
    return HEAD + "".join(stages + [STAGE.format(id=stage, script="true") for stage in more])


def code(value):
    return json.dumps({"pipeline": {"identifier": "pipe", "variables": [
        {"name": "code", "type": "String", "value": str(value)}]}})


class Repetition(HttpCase):
    documents = (whole(), trigger() + "  inputYaml: |\n    " + code(3) + "\n",
                 trigger("some") + "  stagesToExecute: [tell]\n")

    def call(self, method, path, body=None, **more):
        parameters = urllib.parse.urlencode({**SCOPE, **more}, doseq=True)
        return self.stand.request(method, f"/gateway/pipeline/api/{path}?{parameters}", body,
                                  {"X-Api-Key": self.stand.admin_key()})

    def started(self, answer):
        self.assertEqual(answer.status, 200, answer)
        return answer.json["data"]["planExecution"]["uuid"]

    def ended(self, execution):
        def summary():
            answer = self.call("GET", f"pipelines/execution/v2/{execution}")
            found = answer.json["data"]["pipelineExecutionSummary"]
            return found if found["status"] in TERMINAL else None
        return wait_for(summary, "the end of a run")

    def said(self, execution):
        """What the scripts of a run printed, without the lines around it."""
        lines = self.stand.cli("execution", "logs", execution).stdout.splitlines()
        return [line for line in lines if line.startswith(("makes", "ships", "tells"))]

    def failed_by_event(self):
        """A run that an event started and that failed in its second stage."""
        event = self.assertAccepted(self.stand.fire(b'{"who": "ada"}'))
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Failed")
        return self.stand.wait_for_row(event)["pipelineExecutionId"]

    def retry(self, execution, stage="ship", body=None, **more):
        return self.call("POST", "pipeline/execute/retry/pipe", body or code(0),
                         planExecutionId=execution, retryStages=stage, **more)

    def retry_stages(self, execution):
        answer = self.call("GET", f"pipeline/execute/{execution}/retryStages")
        self.assertEqual(answer.status, 200, answer)
        return answer.json["data"]

    def assertRefused(self, answer, message):
        self.assertErrorEnvelope(answer, 400)
        self.assertEqual(answer.json["message"], "Invalid request: " + message)

    def test_selected_stages_run_alone_in_the_order_of_the_pipeline(self):
        body = {"runtimeInputYaml": "", "stageIdentifiers": ["tell", "make"]}
        execution = self.started(self.call("POST", "pipeline/execute/pipe/stages",
                                           json.dumps(body)))
        summary = self.ended(execution)
        self.assertEqual(summary["status"], "Success")
        self.assertEqual(summary["stagesExecuted"], ["make", "tell"])
        self.assertEqual(summary["stagesExecutedNames"], {"make": "make", "tell": "tell"})
        self.assertTrue(summary["stagesExecution"])
        self.assertEqual(summary["totalStagesCount"], 2)
        self.assertEqual(self.said(execution), ["makes", "tells"])
        body["stageIdentifiers"] = ["nowhere"]
        self.assertRefused(self.call("POST", "pipeline/execute/pipe/stages", json.dumps(body)),
                           "Pipeline [pipe] has no stage [nowhere]")

    def test_a_trigger_runs_the_stages_that_it_names(self):
        event = self.assertAccepted(self.stand.fire(trigger_id="some"))
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["stagesExecuted"], ["tell"])
        self.assertEqual(summary["status"], "Success")

    def test_a_rerun_starts_afresh_and_remembers_its_event(self):
        before = self.failed_by_event()
        self.assertRefused(self.call("POST", "pipeline/execute/rerun/nothing/pipe"),
                           "No Plan Execution exists for id nothing")
        execution = self.started(self.call("POST", f"pipeline/execute/rerun/{before}/pipe",
                                           code(0)))
        summary = self.ended(execution)
        self.assertEqual(summary["status"], "Success")
        info = summary["executionTriggerInfo"]
        self.assertEqual(info["triggerType"], "MANUAL")
        self.assertTrue(info["isRerun"])
        self.assertEqual(info["rerunInfo"], {
            "rootExecutionId": before, "rootTriggerType": "WEBHOOK_CUSTOM",
            "prevExecutionId": before, "prevTriggerType": "WEBHOOK_CUSTOM"})
        self.assertEqual(self.said(execution), ["makes", "ships cake for ada", "tells"])
        self.assertTrue(self.ended(before)["canRetry"], "the retry chain is not touched")

    def call_newer(self, method, path, body=None, key=None, **parameters):
        return self.stand.request(
            method, f"/gateway/v1/orgs/default/projects/demo/pipelines/{path}?" +
            urllib.parse.urlencode(parameters, doseq=True), body,
            {"X-Api-Key": key or self.stand.admin_key(), "Harness-Account": "demo"})

    def test_the_newer_addresses_run_rerun_and_retry_the_same(self):
        viewer = self.stand.make_key("newer-viewer", "viewer")
        asked = self.call_newer("GET", "pipe/inputs", key=viewer)
        self.assertEqual(asked.status, 200, asked)
        self.assertEqual(list(asked.json), ["inputs", "template_yaml", "modules",
                                            "replaced_expressions", "has_input_sets"])
        self.assertIn("<+input>.default(0)", asked.json["template_yaml"])
        self.assertEqual(self.call_newer("POST", "pipe/execute", key=viewer).status, 403)
        self.assertErrorEnvelope(self.call_newer("POST", "gone/execute"), 400)
        started = self.call_newer("POST", "pipe/execute", json.dumps({"inputs_yaml": code(3)}),
                                  notes="newer")
        self.assertEqual(started.status, 200, started)
        self.assertEqual(started.json["execution_details"]["status"], "QUEUED")
        before = started.json["execution_details"]["execution_id"]
        self.assertEqual(self.ended(before)["status"], "Failed")
        notes = self.call("GET", f"pipelines/execution/{before}/notes").json["data"]
        self.assertEqual(notes["notes"], "newer")
        rerun = self.call_newer("POST", f"pipe/execute/rerun/{before}", code(0))
        self.assertEqual(rerun.status, 200, rerun)
        summary = self.ended(rerun.json["execution_details"]["execution_id"])
        self.assertEqual(summary["status"], "Success")
        self.assertTrue(summary["executionTriggerInfo"]["isRerun"])
        retried = self.call_newer("POST", f"pipe/execute/retry/{before}", code(0),
                                  retry_stages="ship")
        self.assertEqual(retried.status, 200, retried)
        execution = retried.json["execution_details"]["execution_id"]
        self.assertEqual(self.ended(execution)["status"], "Success")
        self.assertNotIn("makes", self.said(execution), "what was done is not done again")
        self.assertRefused(self.call_newer("POST", f"pipe/execute/retry/{before}", code(0),
                                           retry_stages="ship"),
                           "This execution is not the latest of all retried execution. You can "
                           "only retry the latest execution.")

    def test_the_command_reruns_with_the_inputs_that_were_given(self):
        before = self.failed_by_event()
        execution = self.stand.cli("execution", "rerun", before).stdout.strip()
        self.assertEqual(self.ended(execution)["status"], "Failed")
        given = self.call("GET", f"pipelines/execution/{execution}/inputset")
        self.assertEqual(given.status, 200)
        self.assertIn('"value": "3"', given.body.decode())
        details = self.call("GET", f"pipelines/execution/{execution}/metadata/details").json["data"]
        self.assertEqual(details["executionId"], execution)
        self.assertIn("stages:", details["executionYaml"])

    def test_a_retry_takes_over_what_was_done(self):
        before = self.failed_by_event()
        self.assertRefused(self.retry(before, runAllStages="false", stage="make"),
                           "Run only failed stages is applicable only for failed parallel group "
                           "stages")
        execution = self.started(self.retry(before))
        summary = self.ended(execution)
        self.assertEqual(summary["status"], "Success")
        self.assertEqual(summary["successfulStagesCount"], 3)
        self.assertTrue(summary["canRetry"])
        self.assertTrue(summary["showRetryHistory"])
        self.assertFalse(self.ended(before)["canRetry"])
        self.assertEqual(self.said(execution), ["ships cake for ada", "tells"])
        self.assertRefused(self.retry(before),
                           "This execution is not the latest of all retried execution. You can "
                           "only retry the latest execution.")
        self.assertRefused(self.retry(execution),
                           "This execution has not failed, and hence cannot be retried.")
        history = self.call("GET", f"pipeline/execute/retryHistory/{before}").json["data"]
        self.assertEqual(history["latestExecutionId"], execution)
        self.assertEqual([one["uuid"] for one in history["executionInfos"]], [execution, before])

    def test_the_command_retries_where_it_failed_even_after_a_restart(self):
        before = self.failed_by_event()
        self.stand.restart_engine()
        words = ("execution", "retry", before)
        execution = self.stand.cli(*words).stdout.strip()
        self.assertEqual(self.ended(execution)["status"], "Failed", "it kept the code that fails")
        self.assertEqual(self.said(execution), ["ships cake for ada"])
        refused = self.stand.cli(*words, check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn("not the latest of all retried execution", refused.stderr)

    def test_a_pipeline_of_other_stages_is_not_retried(self):
        before = self.failed_by_event()
        self.stand.apply(whole("more"))
        self.addCleanup(self.stand.apply, whole())
        refusal = ("Adding, deleting or changing the name of the stage identifier is not "
                   "allowed for retrying")
        self.assertRefused(self.retry(before), refusal)
        self.assertEqual(self.retry_stages(before), {
            "isResumable": False, "errorMessage": refusal, "groups": []})
        self.stand.apply(whole())
        self.assertTrue(self.retry_stages(before)["isResumable"])


if __name__ == "__main__":
    unittest.main()
