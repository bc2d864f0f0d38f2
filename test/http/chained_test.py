"""Pipelines that start others, through nginx, engine and bash: what they may give and to whom."""
import json
import unittest
import urllib.parse

from http_case import HttpCase
from stand import SCOPE, pipeline, trigger

CHILD = pipeline("SCRIPT", identifier="child").replace("script: |\n" + " " * 26 + "SCRIPT",
                                                        "script: <+input>")
PARENT = """
pipeline:
  name: parent
  identifier: parent
  orgIdentifier: default
  projectIdentifier: demo
  stages:
    - stage:
        name: Chain
        identifier: chain
        type: Pipeline
        spec:
          pipeline: child
          org: default
          project: demo
          inputs:
            identifier: child
            stages:
              - stage:
                  identifier: only
                  type: Custom
                  spec:
                    execution:
                      steps:
                        - step:
                            identifier: script
                            type: ShellScript
                            spec:
                              source:
                                type: Inline
                                spec:
                                  script: echo deploying <+trigger.payload.tag>
"""


class Chained(HttpCase):
    documents = (CHILD, PARENT, trigger(pipeline_identifier="parent"))

    def test_only_who_may_run_a_pipeline_chains_it(self):
        stranger = PARENT.replace("identifier: parent", "identifier: stranger", 1)
        stranger = stranger.replace("          project: demo", "          project: other")
        here = self.stand.make_key("here", "admin", "--org", "default", "--project", "demo")
        refused = self.apply_with(here, stranger)
        self.assertEqual(refused.status, 403, refused)
        self.assertIn("Missing permission core_pipeline_execute on pipeline with identifier child",
                      refused.json["message"])
        self.assertEqual(refused.json["failedPermissionChecks"][0]["resourceScope"]
                         ["projectIdentifier"], "other")
        self.assertEqual(self.apply_with(here, PARENT).status, 200)
        self.stand.apply(stranger)
        runs = self.stand.make_key("runs", "executor", "--org", "default", "--project", "demo")
        self.assertIn("Missing permission core_pipeline_execute", self.run_with(runs, "stranger"))
        self.assertIn('"status":"SUCCESS"', self.run_with(runs, "parent"))

    def apply_with(self, key, document):
        return self.stand.request(
            "POST", "/gateway/pipeline/api/tripgate/apply?" + urllib.parse.urlencode(SCOPE),
            json.dumps({"files": [{"name": "a.yaml", "text": document}]}), {"X-Api-Key": key})

    def run_with(self, key, pipeline_id):
        return self.stand.request(
            "POST", f"/gateway/pipeline/api/pipeline/execute/{pipeline_id}?"
            + urllib.parse.urlencode(SCOPE), "", {"X-Api-Key": key}).body.decode()

    def logs_of(self, pipeline_id):
        listed = self.stand.cli("execution", "list", "-a", "-p", pipeline_id, "-o", "json").stdout
        newest = json.loads(listed)["content"][0]["planExecutionId"]
        return self.stand.cli("execution", "logs", newest).stdout

    def fire_parent(self, body):
        self.stand.token("trig", "parent")
        return self.stand.fire(body, pipelineIdentifier="parent")

    def test_what_a_sender_writes_is_data_in_the_script_of_a_child(self):
        tag = "v1; echo pwn''ed $(echo ru''n) `echo o''ld` | tr a b"
        body = json.dumps({"tag": tag}).encode()
        event = self.assertAccepted(self.fire_parent(body))
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
        self.assertIn(f"deploying {tag}\n", self.logs_of("child"))


if __name__ == "__main__":
    unittest.main()
