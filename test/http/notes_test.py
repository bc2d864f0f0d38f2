"""Notes of executions through nginx: who may write them, and that they outlive the run."""
import json
import os
import unittest

from http_case import HttpCase
from stand import pipeline, query, trigger


class Notes(HttpCase):
    documents = (pipeline('read -r word <"<+trigger.payload.gate>"'), trigger())

    def path(self, run, **more):
        return f"/gateway/pipeline/api/pipelines/execution/{run}/notes?" + query(**more)

    def write(self, run, notes, key=None):
        return self.stand.request("PUT", self.path(run), json.dumps({"notes": notes}),
                                  {"X-Api-Key": key or self.stand.admin_key()})

    def run_of(self, gate):
        event = self.assertAccepted(self.stand.fire(json.dumps({"gate": str(gate)}).encode()))
        return event, self.stand.wait_for_row(event)["pipelineExecutionId"]

    def test_what_is_no_note_is_refused(self):
        _, run = self.run_of("/dev/null")
        admin = {"X-Api-Key": self.stand.admin_key()}
        self.assertErrorEnvelope(self.stand.request("PUT", self.path(run), "{}", admin), 400)
        self.assertErrorEnvelope(self.write(run, "x" * 16385), 400)
        self.assertErrorEnvelope(self.write("nothing", "x"), 404)
        self.assertEqual(self.stand.request("PUT", self.path(run), "{}").status, 401)

    def test_viewers_read_and_executors_write(self):
        _, run = self.run_of("/dev/null")
        viewer = self.stand.make_key("viewer", "viewer", "--org", "default", "--project", "demo")
        executor = self.stand.make_key("executor", "executor", "--org", "default", "--project", "demo")
        self.assertEqual(self.write(run, "no", viewer).status, 403)
        self.assertEqual(self.write(run, "yes", executor).json["data"], {"notes": "yes"})
        self.assertEqual(self.stand.get(self.path(run), {"X-Api-Key": viewer}).json["data"],
                         {"notes": "yes"})

    def test_notes_of_a_running_execution_stay(self):
        gate = self.stand.root / "gate"
        os.mkfifo(gate)
        event, run = self.run_of(gate)
        self.assertEqual(self.write(run, 'a "b"').status, 200)
        gate.write_text("go\n")
        summary = self.stand.wait_for_end(event)
        self.assertTrue(summary["notesExistForPlanExecutionId"])
        self.stand.restart_engine()
        answer = self.stand.get(self.path(run), {"X-Api-Key": self.stand.admin_key()})
        self.assertEqual(answer.json["data"], {"notes": 'a "b"'})


if __name__ == "__main__":
    unittest.main()
