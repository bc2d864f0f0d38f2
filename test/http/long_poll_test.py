"""`wait=`: answers that come when a run has moved, through nginx, and how they end with the engine."""
import json
import os
import threading
import time
import unittest

from http_case import HttpCase
from stand import pipeline, query, trigger, wait_for

GATED = pipeline('read -r word <"<+trigger.payload.gate>"')


class LongPoll(HttpCase):
    documents = (GATED, trigger())

    def start(self):
        """An event whose run ends when somebody writes a line into the pipe."""
        gate = self.stand.root / f"gate-{time.monotonic_ns()}"
        os.mkfifo(gate)
        event = self.assertAccepted(self.stand.fire(json.dumps({"gate": str(gate)}).encode()))
        return event, gate

    def path(self, event, wait):
        return ("/gateway/pipeline/api/webhook/triggerExecutionDetails/"
                f"{event}?accountIdentifier=demo&wait={wait}")

    def summary(self, answer):
        return answer.json["data"]["executionDetails"]["pipelineExecutionSummary"]

    def later(self, target, headers=None):
        """Asks on a thread of its own; the answer is waited for by join()."""
        answers = []
        thread = threading.Thread(target=lambda: answers.append(self.stand.get(target, headers)))
        thread.start()

        def join():
            thread.join(60)
            return answers[0]
        return join

    def running(self, event):
        """The state once the only step runs, with its tag."""
        def moved():
            answer = self.stand.get(self.path(event, "1s"))
            details = answer.status == 200 and answer.json["data"]["executionDetails"]
            if not details or details["pipelineExecutionSummary"]["runningStagesCount"] != 1:
                return None
            return answer
        return wait_for(moved, "a running stage")

    def test_bad_duration_is_refused(self):
        answer = self.stand.get(self.path("632394c7b018985c661747be", "soon"))
        self.assertError(answer, 400, "INVALID_REQUEST",
                         "Invalid request: wait is a duration such as 30s")

    def test_unknown_event_is_waited_for_and_then_refused(self):
        began = time.monotonic()
        answer = self.stand.get(self.path("632394c7b018985c661747be", "1s"))
        self.assertErrorEnvelope(answer, 400)
        self.assertGreaterEqual(time.monotonic() - began, 1)

    def test_end_of_a_run_is_told_at_once(self):
        event, gate = self.start()
        state = self.running(event)
        join = self.later(self.path(event, "50s"), {"If-None-Match": state.headers["ETag"]})
        gate.write_text("go\n")
        answer = join()
        self.assertEqual(answer.status, 200)
        summary = self.summary(answer)
        # The stage and its run end in one turn.
        self.assertEqual((summary["status"], summary["successfulStagesCount"]), ("Success", 1))
        # What is over is not waited for.
        began = time.monotonic()
        self.assertEqual(self.summary(self.stand.get(self.path(event, "50s")))["status"], "Success")
        self.assertLess(time.monotonic() - began, 20)

    def test_state_that_stays_is_a_304_for_who_knows_it(self):
        event, gate = self.start()
        state = self.running(event)
        answer = self.stand.get(self.path(event, "1s"), {"If-None-Match": state.headers["ETag"]})
        self.assertEqual((answer.status, answer.body), (304, b""))
        gate.write_text("go\n")
        self.stand.wait_for_end(event)

    def test_detail_of_an_execution_waits_too(self):
        event, gate = self.start()
        state = self.running(event)
        run = self.summary(state)["planExecutionId"]
        target = f"/pipeline/api/pipelines/execution/v2/{run}?" + query(wait="50s")
        key = {"X-Api-Key": self.stand.admin_key()}
        join = self.later(target, key)
        gate.write_text("go\n")
        self.assertEqual(join().json["data"]["pipelineExecutionSummary"]["status"], "Success")
        unknown = self.stand.get("/pipeline/api/pipelines/execution/v2/nothing?" + query(wait="50s"), key)
        self.assertErrorEnvelope(unknown, 404)

    def test_processing_details_come_with_the_verdict(self):
        event = self.assertAccepted(self.stand.fire(b'{"gate": "/dev/null"}'))
        answer = self.stand.get("/pipeline/api/webhook/triggerProcessingDetails?accountIdentifier=demo"
                                f"&eventId={event}&wait=50s")
        self.assertEqual(answer.json["data"]["status"], "TARGET_EXECUTION_REQUESTED")
        self.stand.wait_for_end(event)

    def test_stopping_engine_answers_whoever_waits(self):
        event, gate = self.start()
        state = self.running(event)
        known = {"If-None-Match": state.headers["ETag"]}
        join = self.later(self.path(event, "50s"), known)
        # The waiter is in once a second one is: connections are served in order.
        self.assertEqual(self.stand.get(self.path(event, "1s"), known).status, 304)
        self.stand.engine.terminate()
        self.assertIn(join().status, (200, 304))
        self.assertEqual(self.stand.engine.wait(20), 0)
        self.stand.start_engine()
        wait_for(self.stand.is_healthy, "nginx finding the engine again")
        gate.write_text("go\n")
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")


if __name__ == "__main__":
    unittest.main()
