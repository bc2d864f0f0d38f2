"""Runtime inputs through nginx and engine: triggers with input sets, violations, manual runs."""
import json
import unittest
import urllib.parse

from http_case import HttpCase
from stand import SCOPE, pipeline, trigger, wait_for, TERMINAL

SCRIPT = 'echo "<+pipeline.variables.env> runs <+pipeline.variables.version>"'
VARIABLES = """\
  variables:
    - {name: env, type: String, value: "<+input>.allowedValues(dev,prod)"}
    - {name: version, type: String, value: <+input>.default(none)}
"""
INPUT_SET = """
inputSet:
  name: production
  identifier: production
  orgIdentifier: default
  projectIdentifier: demo
  pipeline:
    identifier: pipe
    variables:
      - {name: env, type: String, value: prod}
"""
ASKING = pipeline('echo "it is $WHO"', identifier="asking").replace(
    "                    source:\n", """\
                    environmentVariables:
                      - {name: WHO, type: String, value: "<+input>.executionInput()"}
                    source:
""")
STAGE = """
    - stage:
        name: {id}
        identifier: {id}
        type: Custom
        spec: {{execution: {{steps: [{{step: {{name: s, identifier: s, type: ShellScript, spec: {{
          shell: Bash, onDelegate: true, source: {{type: Inline, spec: {{script: echo}}}},
          environmentVariables: [{{name: WHO, type: String, value: {who}}}]}}}}}}]}}}}
"""
TWO_STAGES = """
pipeline:
  name: two
  identifier: two
  allowStageExecutions: true
  orgIdentifier: default
  projectIdentifier: demo
  stages:
""" + STAGE.format(id="first", who="<+input>") + STAGE.format(id="second", who="<+input>")
SET_OF_BOTH = """
inputSet:
  name: both
  identifier: both
  orgIdentifier: default
  projectIdentifier: demo
  pipeline:
    identifier: two
    stages:
""" + "".join(f"""
      - stage:
          identifier: {stage}
          type: Custom
          spec: {{execution: {{steps: [{{step: {{identifier: s, type: ShellScript, spec: {{
            environmentVariables: [{{name: WHO, type: String, value: {who}}}]}}}}}}]}}}}
""" for stage, who in (("first", "ada"), ("second", "eve")))
ANSWER = """
step:
  identifier: script
  type: ShellScript
  spec:
    environmentVariables:
      - {name: WHO, type: String, value: ada}
"""
INPUT = """\
  inputYaml: |
    pipeline:
      identifier: pipe
      variables:
        - {name: %s, type: String, value: "%s"}
"""


def values(**variables):
    listed = [{"name": name, "type": "String", "value": value} for name, value in variables.items()]
    return json.dumps({"pipeline": {"identifier": "pipe", "variables": listed}})


class Inputs(HttpCase):
    documents = (pipeline(SCRIPT) + VARIABLES, INPUT_SET, ASKING, TWO_STAGES, SET_OF_BOTH,
                 trigger() + INPUT % ("version", "<+trigger.payload.version>")
                 + "  inputSetRefs: [production]\n",
                 trigger("wrong") + INPUT % ("env", "moon"),
                 trigger("open") + INPUT % ("env", "<+trigger.payload.env>"))

    def call(self, method, path, body=None, key=None, **more):
        parameters = urllib.parse.urlencode({**SCOPE, **more})
        return self.stand.request(method, f"/gateway/pipeline/api/{path}?{parameters}", body,
                                  {"X-Api-Key": key or self.stand.admin_key()})

    def log_of(self, execution):
        return self.stand.cli("execution", "logs", execution).stdout

    def wait_for_run(self, execution):
        def ended():
            answer = self.call("GET", f"pipelines/execution/v2/{execution}")
            summary = answer.json["data"]["pipelineExecutionSummary"]
            return summary if summary["status"] in TERMINAL else None
        return wait_for(ended, "the end of a run")

    def test_a_value_that_is_not_allowed_starts_nothing(self):
        row = self.stand.wait_for_row(self.assertAccepted(self.stand.fire(trigger_id="wrong")))
        self.assertEqual(row["status"], "INVALID_RUNTIME_INPUT_YAML")
        self.assertEqual(
            row["message"], "Failed while requesting Pipeline Execution through Trigger: The values "
            "provided for pipeline.variables.env: [\\'moon\\'] do not match any of the allowed "
            "values [\\'dev\\', \\'prod\\']")
        self.assertTrue(row["exceptionOccured"])
        self.assertIn("moon", row["runtimeInput"])

    def test_a_trigger_gives_its_sets_and_its_own_values_as_data(self):
        event = self.assertAccepted(self.stand.fire(
            b'{"version": "1.2 <+pipeline.name> $(id)"}'))
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        row = self.stand.wait_for_row(event)
        self.assertIn("<+trigger.payload.version>", row["runtimeInput"])
        self.assertIn("prod runs 1.2 <+pipeline.name> $(id)\n",
                      self.log_of(row["pipelineExecutionId"]))

    def test_a_run_fails_by_a_value_of_its_event(self):
        event = self.assertAccepted(self.stand.fire(b'{"env": "moon"}', trigger_id="open"))
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual(summary["failureInfo"]["message"],
                         "Current value moon is not in allowed values list")
        self.assertEqual(self.stand.wait_for_row(event)["status"], "TARGET_EXECUTION_REQUESTED")

    def test_a_person_runs_with_values_or_is_told_why_not(self):
        refused = self.call("POST", "pipeline/execute/pipe", values(env="moon"))
        self.assertErrorEnvelope(refused, 400)
        self.assertIn("do not match any of the allowed values", refused.json["message"])
        self.assertErrorEnvelope(self.call("POST", "pipeline/execute/gone"), 400)
        viewer = self.stand.make_key("looker", "viewer")
        self.assertEqual(self.call("POST", "pipeline/execute/pipe", key=viewer).status, 403)
        started = self.call("POST", "pipeline/execute/pipe", values(env="dev"))
        self.assertEqual(started.status, 200, started)
        execution = started.json["data"]["planExecution"]["uuid"]
        summary = self.wait_for_run(execution)
        self.assertEqual(summary["status"], "Success")
        self.assertEqual(summary["executionTriggerInfo"]["triggerType"], "MANUAL")
        self.assertIn("dev runs none\n", self.log_of(execution))

    def test_a_person_runs_with_input_sets(self):
        body = {"inputSetReferences": ["production"], "lastYamlToMerge": values(version="9")}
        started = self.call("POST", "pipeline/execute/pipe/inputSetList", json.dumps(body))
        self.assertEqual(started.status, 200, started)
        execution = started.json["data"]["planExecution"]["uuid"]
        self.assertEqual(self.wait_for_run(execution)["status"], "Success")
        self.assertIn("prod runs 9\n", self.log_of(execution))
        body["inputSetReferences"] = ["nowhere"]
        refused = self.call("POST", "pipeline/execute/pipe/inputSetList", json.dumps(body))
        self.assertErrorEnvelope(refused, 400)
        self.assertIn("InputSet with the given ID: nowhere does not exist", refused.json["message"])

    def write_set(self, method, path, text, key=None):
        return self.call(method, "inputSets" + path, text, key, pipelineIdentifier="pipe")

    def test_input_sets_are_created_used_updated_and_deleted_over_rest(self):
        stage = INPUT_SET.replace("production", "stage").replace("value: prod", "value: dev")
        wrong = self.write_set("POST", "", stage.replace("name: env", "name: moon"))
        self.assertErrorEnvelope(wrong, 400)
        self.assertIn("pipeline.variables.moon.name: Field not a runtime input",
                      wrong.json["message"])
        self.assertIn("do not match any of the allowed values",
                      self.write_set("POST", "", stage.replace("value: dev", "value: moon"))
                      .json["message"])
        self.assertErrorEnvelope(self.write_set("PUT", "/stage", stage), 404)
        viewer = self.stand.make_key("set-viewer", "viewer")
        self.assertEqual(self.write_set("POST", "", stage, viewer).status, 403)
        created = self.write_set("POST", "", stage)
        self.assertEqual(created.status, 200, created)
        self.assertEqual(created.json["data"]["inputSetYaml"], stage)
        self.assertError(self.write_set("POST", "", stage), 400, "DUPLICATE_FIELD",
                         "Input set [stage] under Project[demo], Organization [default] for "
                         "Pipeline [pipe] already exists")
        overlay = ("overlayInputSet:\n  name: both\n  identifier: both\n"
                   "  orgIdentifier: default\n  projectIdentifier: demo\n"
                   "  pipelineIdentifier: pipe\n  inputSetReferences: [production, %s]\n")
        refused = self.write_set("POST", "/overlay", overlay % "gone")
        self.assertErrorEnvelope(refused, 400)
        self.assertIn("gone: Reference does not exist", refused.json["message"])
        made = self.write_set("POST", "/overlay", overlay % "stage")
        self.assertEqual(made.status, 200, made)
        self.assertEqual(made.json["data"]["inputSetReferences"], ["production", "stage"])
        started = self.call("POST", "pipeline/execute/pipe/inputSetList",
                            json.dumps({"inputSetReferences": ["both"]}))
        execution = started.json["data"]["planExecution"]["uuid"]
        self.assertEqual(self.wait_for_run(execution)["status"], "Success")
        self.assertIn("dev runs none\n", self.log_of(execution))
        updated = self.write_set("PUT", "/stage", stage.replace("value: dev", "value: prod"))
        self.assertEqual(updated.status, 200, updated)
        self.stand.restart_engine()
        shown = self.call("GET", "inputSets/stage", pipelineIdentifier="pipe")
        self.assertIn("value: prod", shown.json["data"]["inputSetYaml"])
        for identifier in ("both", "stage"):
            erased = self.call("DELETE", f"inputSets/{identifier}", pipelineIdentifier="pipe")
            self.assertEqual((erased.status, erased.json["data"]), (200, True))
            self.assertErrorEnvelope(
                self.call("DELETE", f"inputSets/{identifier}", pipelineIdentifier="pipe"), 404)

    def test_a_run_keeps_its_values_when_the_engine_dies(self):
        started = self.call("POST", "pipeline/execute/pipe", values(env="dev", version="kept"))
        execution = started.json["data"]["planExecution"]["uuid"]
        self.stand.restart_engine()
        self.assertEqual(self.wait_for_run(execution)["status"], "Success")
        self.assertIn("dev runs kept\n", self.log_of(execution))

    def waiting_node(self, execution):
        def waits():
            answer = self.call("GET", f"pipelines/execution/v2/{execution}",
                               renderFullBottomGraph="true")
            nodes = answer.json["data"]["executionGraph"]["nodeMap"].values()
            waiting = [node["uuid"] for node in nodes if node["status"] == "InputWaiting"]
            return waiting[0] if waiting else None
        return wait_for(waits, "a node that asks for input")

    def test_a_node_asks_for_input_and_the_answer_survives(self):
        started = self.call("POST", "pipeline/execute/asking")
        execution = started.json["data"]["planExecution"]["uuid"]
        node = self.waiting_node(execution)
        self.stand.restart_engine()
        path = f"pipeline/execution-input/{node}"
        shown = self.call("GET", path).json["data"]
        self.assertIn("<+input>.executionInput()", shown["inputTemplate"])
        self.assertIsNone(shown["userInput"])
        refused = self.call("POST", path, "step: {}")
        self.assertErrorEnvelope(refused, 400)
        self.assertIn("is a required variable .Value or expression not provided",
                      refused.json["message"])
        given = self.call("POST", path, ANSWER)
        self.assertEqual(given.json["data"]["status"], "Success", given)
        self.assertEqual(self.wait_for_run(execution)["status"], "Success")
        self.assertIn("it is ada\n", self.log_of(execution))
        over = self.call("GET", path)
        self.assertEqual(over.status, 200, over)
        self.assertEqual(list(over.json["data"]), ["nodeExecutionId", "inputInstanceId",
                                                   "inputTemplate", "userInput", "fieldYaml"])
        self.assertEqual(over.json["data"]["inputTemplate"], shown["inputTemplate"])
        self.assertEqual(over.json["data"]["userInput"], ANSWER)
        late = self.call("POST", path, ANSWER)
        self.assertEqual((late.status, late.json["data"]["status"]), (200, "Failed"), late)
        stranger = self.stand.make_key("stranger", "viewer", "--org", "other")
        self.assertEqual(self.call("GET", path, key=stranger).status, 403)
        gone = self.call("GET", "pipeline/execution-input/nothing")
        self.assertIn("Execution Input template does not exist for input execution id : nothing",
                      gone.json["message"])

    def test_texts_are_evaluated_against_a_run(self):
        event = self.assertAccepted(self.stand.fire(b'{"version": "<+pipeline.name> $(id)"}'))
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        execution = self.stand.wait_for_row(event)["pipelineExecutionId"]
        path = f"pipelines/execution/{execution}/evaluateExpression"
        self.assertErrorEnvelope(self.call("POST", path, "x" * 70000), 400)
        self.assertErrorEnvelope(self.call("POST", path.replace(execution, "none"), "x"), 404)
        viewer = self.stand.make_key("evaluator", "viewer")
        text = ('<+pipeline.variables.version> is <+pipeline.stages.only.status>, '
                '<+secrets.getValue("token")>')
        told = self.call("POST", path, text, viewer)
        self.assertEqual(told.status, 200, told)
        self.assertEqual(told.json["data"]["compiledYaml"],
                         '<+pipeline.name> $(id) is SUCCEEDED, <+secrets.getValue("token")>')
        worth = told.json["data"]["mapExpression"]["<+pipeline.variables.version>"]
        self.assertEqual(worth["resolvedValue"], "<+pipeline.name> $(id)")
        said = self.stand.cli("execution", "eval", execution, "<+pipeline.variables.env>")
        self.assertEqual(said.stdout, "prod\n")

    def test_templates_and_merges_are_shown(self):
        template = self.call("POST", "inputSets/template", pipelineIdentifier="pipe")
        self.assertIn("<+input>.allowedValues(dev,prod)",
                      template.json["data"]["inputSetTemplateYaml"])
        self.assertTrue(template.json["data"]["hasInputSets"])
        some = lambda *stages: self.call("POST", "inputSets/template", json.dumps(
            {"stageIdentifiers": stages}), pipelineIdentifier="pipe")
        self.assertErrorEnvelope(some("only", "none"), 400)
        self.assertEqual(some("only").json["data"], template.json["data"])
        body = json.dumps({"inputSetReferences": ["production"], "withMergedPipelineYaml": True})
        merged = self.call("POST", "inputSets/merge", body, pipelineIdentifier="pipe")
        self.assertFalse(merged.json["data"]["isErrorResponse"])
        self.assertIn("value: prod", merged.json["data"]["pipelineYaml"])
        self.assertIn("stages:", merged.json["data"]["completePipelineYaml"])
        one = self.call("GET", "inputSets/production", pipelineIdentifier="pipe")
        self.assertEqual(one.json["data"]["inputSetType"], "INPUT_SET")

    def test_sets_are_merged_into_the_stages_that_are_asked_for(self):
        def merge(*stages):
            return self.call("POST", "inputSets/merge", json.dumps(
                {"inputSetReferences": ["both"], "withMergedPipelineYaml": True,
                 "stageIdentifiers": stages}), pipelineIdentifier="two")
        self.assertErrorEnvelope(merge("second", "third"), 400)
        for stages, who in (((), {"ada", "eve"}), (("second",), {"eve"})):
            merged = merge(*stages).json["data"]
            self.assertFalse(merged["isErrorResponse"], merged)
            for text in (merged["pipelineYaml"], merged["completePipelineYaml"]):
                self.assertEqual({name for name in ("ada", "eve") if name in text}, who, text)

    def test_an_input_set_of_other_fields_is_refused_with_its_place(self):
        done = self.stand.apply(INPUT_SET.replace("name: env", "name: other"), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"apply\.yaml:\d+:\d+: .*Field not a runtime input")


if __name__ == "__main__":
    unittest.main()
