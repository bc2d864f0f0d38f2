"""A full disk: 503 before anything is stored, every SUCCESS kept, and all well once there is room."""
import os
import threading
import unittest

from http_case import HttpCase
from stand import Stand, pipeline, trigger, wait_for

MIB = 1 << 20


def fill(folder, left_bytes):
    """A file that leaves that many bytes of the folder's disk free."""
    disk = os.statvfs(folder)
    ballast = folder / "ballast"
    with open(ballast, "wb") as out:
        os.posix_fallocate(out.fileno(), 0, disk.f_bavail * disk.f_frsize - left_bytes)
    return ballast


class FullDisk(HttpCase):
    @classmethod
    def setUpClass(cls):
        """Each test has a stand of its own."""

    @classmethod
    def tearDownClass(cls):
        pass

    def stand_on_disk(self, settings):
        stand = Stand((pipeline(), trigger()), disk_size="64m", engine_settings=settings)
        self.addCleanup(stand.close)
        stand.token()
        return stand

    def assertRefused(self, answer):
        self.assertErrorEnvelope(answer, 503)
        self.assertEqual(answer.headers["Retry-After"], "1")

    def test_nearly_full_disk_refuses_before_anything_is_stored(self):
        stand = self.stand_on_disk(f"min_free_bytes: {8 * MIB}\n")
        ballast = fill(stand.state_dir, 4 * MIB)
        wait_for(lambda: stand.get("/readyz").status == 503, "the watermark")
        self.assertEqual(stand.get("/readyz").json,
                         {"status": "DOWN", "reason": "The disk is nearly full"})
        count = stand.stored_count()
        for size in (2, 100_000, 1_000_000):
            answer = stand.fire(b"x" * size)
            self.assertRefused(answer)
            self.assertEqual(answer.json["message"], "The disk is nearly full")
        self.assertEqual(stand.stored_count(), count)
        ballast.unlink()
        wait_for(lambda: stand.get("/readyz").status == 200, "room")
        self.assertEqual(stand.wait_for_end(self.assertAccepted(stand.fire()))["status"], "Success")

    def test_write_that_fails_is_never_a_success(self):
        # Without the watermark the disk fills up under the writer, and under the spooler of large
        # bodies, which needs room first.
        stand = self.stand_on_disk("min_free_bytes: 0\ndispatch: paused\n")
        ballast = fill(stand.state_dir, 128 * 1024)
        self.assertRefused(stand.fire(b"L" * MIB))
        bodies = {}
        fire_until_full(self, stand, bodies)
        ballast.unlink()
        wait_for(lambda: stand.fire(b"room again").status == 200, "room")
        self.assertIsNone(stand.engine.poll(), "the engine ended")
        stand.restart_engine()  # what is told is on disk, not in the memory of that engine
        for event, body in bodies.items():
            answer = stand.stored_body(event)
            self.assertEqual((answer.status, answer.body), (200, body), event)
        self.assertEqual(list((stand.state_dir / "bodies").iterdir()), [])


def fire_until_full(case, stand, bodies, clients=4):
    """Fires until every client was refused three times; notes what was acknowledged."""
    answers = []

    def fire(client):
        for number in range(1000):
            body = b"%d-%d " % (client, number) + b"b" * 200_000
            answer = stand.fire(body)
            answers.append(answer)
            if answer.status == 200:
                bodies[answer.event_id] = body
            elif sum(answer.status != 200 for answer in answers) >= 3 * clients:
                return
    threads = [threading.Thread(target=fire, args=(client,)) for client in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [answer for answer in answers if answer.status != 200]
    case.assertGreaterEqual(len(refused), 3 * clients)
    for answer in refused:
        case.assertRefused(answer)


if __name__ == "__main__":
    unittest.main()
