"""Pipelines with more than a sequence, on real nginx, engine and bash: what runs, what is skipped, what
earlier steps hand on, and how it is shown."""
import json
import unittest

from http_case import HttpCase
from stand import query, trigger, wait_for


def script(identifier, text, **keys):
    outputs = keys.pop("outputs", [])
    spec = {"shell": "Bash", "source": {"type": "Inline", "spec": {"script": text}},
            "outputVariables": [{"name": name, "type": "String", "value": name} for name in outputs]}
    return {"step": {"name": identifier, "identifier": identifier, "type": "ShellScript",
                     "timeout": "1m", "spec": spec, **keys}}


def stage(identifier, steps, **keys):
    rollback = keys.pop("rollback", None)
    execution = {"steps": steps, **({"rollbackSteps": rollback} if rollback else {})}
    return {"stage": {"name": identifier, "identifier": identifier, "type": "Custom",
                      "spec": {"execution": execution}, **keys}}


def on_error(action, **spec):
    return [{"onFailure": {"errors": ["AllErrors"], "action": {"type": action, **spec}}}]


RETRY = {"spec": {"retryCount": 2, "retryIntervals": ["1m"],
                  "onRetryFailure": {"action": {"type": "MarkAsFailure"}}}}

STAGES = [
    stage("build", [
        script("version", "tag=v$((40 + 2)); exit 0", outputs=["tag"]),
        {"parallel": [
            script("left", 'echo "tag <+execution.steps.version.output.outputVariables.tag>"'),
            script("right", 'echo "from <+trigger.payload.who>"'),
        ]},
        script("each", 'echo "host <+matrix.host> of <+strategy.iterations>"',
               strategy={"matrix": {"host": ["n1", "n2", "n3"], "maxConcurrency": 2}}),
        script("only_if", "echo never", when={
            "stageStatus": "Success", "condition": '<+trigger.payload.who> == "nobody"'}),
    ]),
    stage("deploy", [
        script("ignored", "exit 7", failureStrategies=on_error("Ignore")),
        script("broken", "exit 3"),
        script("not_reached", "true", when={"stageStatus": "All"}),
    ], rollback=[script("undo", "echo undone")], failureStrategies=on_error("StageRollback")),
    stage("report", [script("say", "echo it was <+pipeline.stages.deploy.status>")],
          when={"pipelineStatus": "All"}),
]
# JSON is YAML.
PIPELINE = json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "stages": STAGES}})


class Constructs(HttpCase):
    documents = (PIPELINE, trigger())

    def graph(self, summary, identifier):
        """The nodes of a stage by identifier."""
        setup_id = next(key for key, node in summary["layoutNodeMap"].items()
                        if node["nodeIdentifier"] == identifier)
        detail = self.stand.get("/pipeline/api/pipelines/execution/v2/" + summary["planExecutionId"] +
                                "?" + query(stageNodeId=setup_id),
                                headers={"x-api-key": self.stand.admin_key()}).json["data"]
        nodes = detail["executionGraph"]["nodeMap"].values()
        return {node["identifier"]: node for node in nodes}

    def test_whole_run_ends_as_the_pipeline_says(self):
        event = self.assertAccepted(self.stand.fire(json.dumps({"who": "$(id) `id`"}).encode()))
        summary = self.stand.wait_for_end(event)
        stages = {node["nodeIdentifier"]: node["status"] for node in summary["layoutNodeMap"].values()}
        self.assertEqual(stages, {"build": "Success", "deploy": "Failed", "report": "Success"})
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual((summary["successfulStagesCount"], summary["failedStagesCount"]), (2, 1))

        build = self.graph(summary, "build")
        statuses = {name: build[name]["status"] for name in build}
        self.assertEqual({name: statuses[name] for name in ("version", "left", "right", "each",
                                                            "each_0", "each_2", "only_if")},
                         {"version": "Success", "left": "Success", "right": "Success",
                          "each": "Success", "each_0": "Success", "each_2": "Success",
                          "only_if": "Skipped"})
        self.assertEqual(build["version"]["outcomes"], {"output": {"outputVariables": {"tag": "v42"}}})
        self.assertEqual(build["only_if"]["nodeRunInfo"]["evaluatedCondition"], False)
        self.assertEqual(build["each_1"]["strategyMetadata"]["matrixMetadata"]["matrixValues"],
                         {"host": "n2"})

        deploy = self.graph(summary, "deploy")
        self.assertEqual({name: deploy[name]["status"] for name in ("ignored", "broken", "undo")},
                         {"ignored": "IgnoreFailed", "broken": "Failed", "undo": "Success"})
        self.assertNotIn("not_reached", deploy)

        log = self.stand.cli("execution", "logs", summary["planExecutionId"]).stdout
        for line in ("tag v42\n", "from $(id) `id`\n", "host n2 of 3\n", "undone\n",
                     "it was FAILED\n"):
            self.assertIn(line, log)
        self.assertNotIn("never", log)


class Interrupts(HttpCase):
    documents = (json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "stages": [
        stage("s", [
            script("waits", 'until [ -e "<+trigger.payload.gate>" ]; do sleep 0.05; done'),
            script("flaky", "exit 1", failureStrategies=on_error("Retry", **RETRY)),
            script("after", "true", when={"stageStatus": "All"}),
        ])]}}), trigger())

    def fire(self, gate):
        event = self.assertAccepted(self.stand.fire(json.dumps({"gate": str(gate)}).encode()))
        row = self.stand.wait_for_row(event)
        return event, row["pipelineExecutionId"]

    def summary(self, event):
        details = (self.stand.details(event).json.get("data") or {}).get("executionDetails") or {}
        return details.get("pipelineExecutionSummary") or {}

    def test_abort_ends_the_script_and_starts_nothing_more(self):
        event, run = self.fire(self.stand.root / "never")
        wait_for(lambda: self.summary(event).get("status") == "Running", "Running")
        self.stand.cli("execution", "abort", run)
        summary = self.stand.wait_for_end(event)
        self.assertEqual(summary["status"], "Aborted")
        self.assertEqual(list(summary["abortedBy"]), ["email", "userName", "createdAt"])
        self.assertGreaterEqual(summary["abortedBy"]["createdAt"], summary["startTs"])
        again = self.stand.cli("execution", "abort", run, check=False)
        self.assertEqual(again.returncode, 1)
        self.assertIn("Execution is already finished with status: [ABORTED]", again.stderr)

    def test_run_is_not_over_while_a_retry_waits_and_survives_a_kill_of_the_engine(self):
        event, run = self.fire("/")
        layout = lambda: list(self.summary(event).get("layoutNodeMap", {}).values())

        def is_waiting():
            detail = self.stand.get(
                f"/pipeline/api/pipelines/execution/v2/{run}?{query(renderFullBottomGraph='true')}",
                headers={"x-api-key": self.stand.admin_key()}).json["data"]
            nodes = detail["executionGraph"]["nodeMap"].values()
            return any(n["identifier"] == "flaky" and n["status"] == "Failed" for n in nodes)
        wait_for(is_waiting, "a retry that waits")
        self.assertEqual(self.summary(event)["status"], "Running")
        self.assertNotIn("endTs", self.summary(event))
        self.stand.restart_engine()
        wait_for(is_waiting, "the same after a kill")
        self.assertEqual([node["status"] for node in layout()], ["Running"])
        self.stand.cli("execution", "abort", run)
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Aborted")


if __name__ == "__main__":
    unittest.main()
