"""A disk that fails or is full under the engine or at its start, and two engines on one store."""
import contextlib
import errno
import json
import os
import signal
import subprocess
import threading
import unittest

from http_case import HttpCase
from stand import BUILD, Stand, pipeline, query, trigger, wait_for

WAITING = json.dumps({"pipeline": {"name": "pipe", "identifier": "pipe", "stages": [{"stage": {
    "name": "s", "identifier": "s", "type": "Custom", "spec": {"execution": {"steps": [{"step": {
        "name": "w", "identifier": "w", "type": "Wait", "timeout": "1d", "spec": {"duration": "2h"}}}]}}}}]}})
THREADS = 4  # of each of the engine's HTTP servers


def waiting_node(stand, event):
    """The step that a run waits at."""
    run = stand.wait_for_row(event)["pipelineExecutionId"]

    def nodes():
        detail = stand.get(
            f"/pipeline/api/pipelines/execution/v2/{run}?{query(renderFullBottomGraph='true')}",
            headers={"x-api-key": stand.admin_key()}).json["data"]
        return [node["uuid"] for node in detail["executionGraph"]["nodeMap"].values()
                if node["status"] == "WaitStepRunning"]
    return wait_for(nodes, "a step that waits")[0]


class Call(threading.Thread):
    """Ends a Wait step; the answer is None while there is none."""

    def __init__(self, stand, node):
        super().__init__()
        self.stand, self.node, self.answer = stand, node, None
        self.start()

    def run(self):
        self.answer = self.stand.request(
            "PUT", f"/gateway/pipeline/api/waitStep/{self.node}?{query()}",
            body=json.dumps({"action": "MARK_AS_SUCCESS"}),
            headers={"x-api-key": self.stand.admin_key()})


class Disk(HttpCase):
    @classmethod
    def setUpClass(cls):
        """Each test has a stand of its own."""

    @classmethod
    def tearDownClass(cls):
        pass

    def run_one(self, stand):
        event = self.assertAccepted(stand.fire())
        self.assertEqual(stand.wait_for_end(event)["status"], "Success")
        return event

    @contextlib.contextmanager
    def stand_that_fails(self, number, *documents, store="state"):
        """A stand, and the file whose being there fails all writes of one of its stores."""
        stand = Stand(start=False, flavour="release", timeout="2s", hold="2s")
        switch = stand.root / "failing"
        stand.engine_environment = {
            "LD_PRELOAD": str(BUILD / "test/powercut.so"), "POWERCUT_DIR": str(stand.root / store),
            "POWERCUT_SWITCH": str(switch), "POWERCUT_ERRNO": str(number)}
        with contextlib.closing(stand):
            stand.start_engine()
            stand.start_nginx()
            stand.apply(*documents)
            yield stand, switch

    def test_callers_who_wait_for_room_keep_nobody_else_waiting(self):
        with self.stand_that_fails(errno.ENOSPC, WAITING, trigger()) as (stand, switch):
            events = [self.assertAccepted(stand.fire()) for _ in range(2 * THREADS)]
            nodes = [waiting_node(stand, event) for event in events]
            key = stand.admin_key()
            switch.touch()
            calls = [Call(stand, node) for node in nodes]
            for _ in range(5 * THREADS):
                self.assertEqual(stand.details(events[0]).status, 200)
                self.assertEqual(stand.request(
                    "POST", f"/pipeline/api/pipelines/execution/summary?{query()}", body="{}",
                    headers={"x-api-key": key}).status, 200)
            self.assertEqual([call.answer for call in calls], [None] * len(calls))
            switch.unlink()
            for call in calls:
                call.join()
                self.assertEqual(call.answer.json["data"], {"status": True})
            for event in events:
                self.assertEqual(stand.wait_for_end(event)["status"], "Success")

    def test_stop_does_not_wait_for_room(self):
        with self.stand_that_fails(errno.ENOSPC, WAITING, trigger()) as (stand, switch):
            event = self.assertAccepted(stand.fire())
            node = waiting_node(stand, event)
            stand.admin_key()
            switch.touch()
            call = Call(stand, node)
            wait_for(lambda: stand.details(event).status == 200, "an answer of the other threads")
            stand.engine.send_signal(signal.SIGTERM)
            stand.engine.wait(timeout=15)
            call.join()
            self.assertIn(call.answer.status, (503, 504))
            self.assertErrorEnvelope(call.answer, call.answer.status)
            switch.unlink()
            stand.start_engine()
            wait_for(stand.is_healthy, "health")
            again = Call(stand, node)
            again.join()
            self.assertEqual(stand.wait_for_end(event)["status"], "Success")

    def test_change_that_is_stored_is_not_to_be_repeated(self):
        with self.stand_that_fails(errno.ENOSPC, pipeline(), store="edge") as (stand, switch):
            key = stand.admin_key()
            switch.touch()
            documents = {"files": [{"name": "trigger.yaml", "text": trigger()}]}
            answer = stand.request("POST", f"/pipeline/api/tripgate/apply?{query()}",
                                   body=json.dumps(documents), headers={"x-api-key": key})
            self.assertErrorEnvelope(answer, 500)
            self.assertIn("The change is stored", answer.json["message"])
            self.assertNotIn("Retry-After", answer.headers)
            self.assertIn("the edge store does not show it yet", stand.log("engine.log"))
            switch.unlink()
            wait_for(lambda: stand.fire().status == 200, "the edge store's catching up")
            stand.wait_for_end(self.assertAccepted(stand.fire()))

    def test_run_that_finds_no_room_is_told_to_come_again(self):
        with self.stand_that_fails(errno.ENOSPC, pipeline()) as (stand, switch):
            key = stand.admin_key()
            switch.touch()
            answer = stand.request("POST", f"/pipeline/api/pipeline/execute/pipe?{query()}", body="",
                                   headers={"x-api-key": key})
            self.assertErrorEnvelope(answer, 503)
            self.assertEqual(answer.headers["Retry-After"], "1")
            switch.unlink()

    def test_failing_disk_ends_the_engine_and_the_next_one_recovers(self):
        with self.stand_that_fails(errno.EIO, pipeline(), trigger()) as (stand, switch):
            before = self.run_one(stand)
            switch.touch()
            answer = stand.fire()
            self.assertIn(answer.status, (503, 504))
            self.assertErrorEnvelope(answer, answer.status)
            wait_for(lambda: stand.engine.poll() is not None, "the engine's end")
            self.assertEqual(stand.engine.returncode, os.EX_SOFTWARE)
            self.assertIn("the state store broke", stand.log("engine.log"))
            switch.unlink()
            stand.start_engine()
            wait_for(stand.is_healthy, "health")
            self.assertEqual(stand.wait_for_end(before)["status"], "Success")
            self.run_one(stand)

    def test_engine_starts_on_a_full_disk_and_answers_what_it_knows(self):
        stand = Stand((pipeline(), trigger()), disk_size="192m")
        with contextlib.closing(stand):
            before = self.run_one(stand)
            stand.kill_engine()
            ballast = stand.state_dir / "ballast"
            with open(ballast, "wb", buffering=0) as out, contextlib.suppress(OSError):
                while out.write(bytes(1 << 16)):
                    pass
            stand.start_engine()
            wait_for(stand.is_healthy, "health")
            self.assertEqual(stand.details(before).status, 200)
            self.assertErrorEnvelope(stand.fire(), 503)
            ballast.unlink()
            wait_for(lambda: stand.get("/readyz").status == 200, "room")
            self.run_one(stand)

    def test_second_engine_is_kept_out(self):
        with contextlib.closing(Stand((pipeline(), trigger()))) as stand:
            second = subprocess.run([stand.program, "engine", "--config", stand.root / "engine.yaml"],
                                    capture_output=True, text=True, timeout=60, check=False)
            self.assertNotEqual(second.returncode, 0)
            self.assertIn(f"another engine runs on {stand.state_dir}", second.stdout + second.stderr)
            self.run_one(stand)


if __name__ == "__main__":
    unittest.main()
