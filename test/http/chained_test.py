"""Pipelines that start others, through nginx, engine and bash: what they may give and to whom."""
import json
import unittest

from http_case import HttpCase
from stand import pipeline, trigger

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
