"""A disk that fails under the engine, a full one at its start, and two engines on one store."""
import contextlib
import errno
import os
import subprocess
import unittest

from http_case import HttpCase
from stand import BUILD, Stand, pipeline, trigger, wait_for


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

    def test_failing_disk_ends_the_engine_and_the_next_one_recovers(self):
        stand = Stand(start=False, flavour="release", timeout="2s", hold="2s")
        switch = stand.root / "failing"
        stand.engine_environment = {
            "LD_PRELOAD": str(BUILD / "test/powercut.so"), "POWERCUT_DIR": str(stand.root / "state"),
            "POWERCUT_SWITCH": str(switch), "POWERCUT_ERRNO": str(errno.EIO)}
        with contextlib.closing(stand):
            stand.start_engine()
            stand.start_nginx()
            stand.apply(pipeline(), trigger())
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
