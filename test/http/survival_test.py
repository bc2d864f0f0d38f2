"""Engine away, hung, restarted; workers reloaded and killed: nothing acknowledged is lost."""
import os
import signal
import threading
import time
import unittest

from http_case import HttpCase
from stand import Stand, pipeline, trigger, wait_for


class Survival(HttpCase):
    settings = {"hold": "4s", "timeout": "1s", "workers": 2}

    def in_background(self, count, **arguments):
        answers = [None] * count

        def fire(index):
            try:
                answers[index] = self.stand.fire(**arguments)
            except OSError as error:
                answers[index] = error
        threads = [threading.Thread(target=fire, args=(index,)) for index in range(count)]
        for thread in threads:
            thread.start()
        return threads, answers

    def test_requests_wait_for_an_engine_that_comes_back(self):
        self.stand.token()
        self.stand.kill_engine()
        threads, answers = self.in_background(8)
        self.stand.start_engine()
        for thread in threads:
            thread.join()
        events = {self.assertAccepted(answer) for answer in answers}
        self.assertEqual(len(events), 8)
        for event in events:
            self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")

    def test_absent_engine_gets_503_after_the_hold(self):
        self.stand.token()
        self.stand.kill_engine()
        try:
            started = time.monotonic()
            answer = self.stand.fire()
            self.assertErrorEnvelope(answer, 503)
            self.assertIn("Retry-After", answer.headers)
            self.assertLess(time.monotonic() - started, 8)
        finally:
            self.stand.start_engine()
        wait_for(self.stand.is_healthy, "health")

    def test_reload_in_mid_request_loses_nothing(self):
        self.stand.token()
        threads, answers = self.in_background(16, body=b"x" * 200_000)
        self.stand.reload_nginx()
        for thread in threads:
            thread.join()
        for answer in answers:
            self.assertAccepted(answer)

    def test_killed_worker_is_replaced(self):
        before = set(self.stand.worker_pids())
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        wait_for(lambda: len(set(self.stand.worker_pids()) - before) == 2, "new workers")
        self.assertAccepted(self.stand.fire())

    @classmethod
    def tearDownClass(cls):
        # Killed workers are reported by nginx as alerts, and that is right here.
        log = cls.stand.root / "nginx.log"
        lines = [line for line in log.read_text().splitlines() if "exited on signal 9" not in line]
        cls.stand.nginx_log.flush()
        log.write_text("\n".join(lines))
        cls.stand.close()


class HungEngine(HttpCase):
    # One worker: an event has been through its link before the engine hangs. On a link that is still
    # being opened nothing was sent, and the right answer would be 503.
    settings = {"hold": "4s", "timeout": "1s"}

    def test_event_of_unknown_fate_gets_504_without_retry_after(self):
        self.assertAccepted(self.stand.fire())
        with self.stand.hung_engine():
            answer = self.stand.fire()
        self.assertErrorEnvelope(answer, 504)
        self.assertNotIn("Retry-After", answer.headers)
        self.assertRegex(answer.json["message"], r"[0-9a-f]{24}")
        wait_for(self.stand.is_healthy, "health")


class EngineKilledInMidStep(unittest.TestCase):
    def test_step_goes_on_and_its_result_is_reported(self):
        stand = Stand()
        try:
            gate = stand.root / "gate"
            stand.apply(pipeline(f"echo one\nuntil [ -e {gate} ]; do sleep 0.05; done\necho two"),
                        trigger())
            event = stand.fire().event_id
            row = stand.wait_for_row(event)
            wait_for(lambda: "one" in stand.cli("execution", "logs", row["pipelineExecutionId"],
                                                check=False).stdout, "the step's first line")
            stand.kill_engine()
            gate.touch()
            stand.start_engine()
            self.assertEqual(stand.wait_for_end(event)["status"], "Success")
            log = stand.cli("execution", "logs", row["pipelineExecutionId"]).stdout
            self.assertEqual(log.count("one\n"), 1)
            self.assertEqual(log.count("two\n"), 1)
        finally:
            stand.close()


if __name__ == "__main__":
    unittest.main()
