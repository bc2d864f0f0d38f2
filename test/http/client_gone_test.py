"""Clients that leave before their answer: what is not whole is not stored, and nothing leaks."""
import os
import socket
import struct
import unittest

from http_case import HttpCase
from stand import query, wait_for


def open_files(pid):
    """Descriptors of a process, counted; -1 when it is gone."""
    try:
        return len(os.listdir(f"/proc/{pid}/fd"))
    except FileNotFoundError:
        return -1


class ClientGone(HttpCase):
    def send(self, announced_size, body, is_reset=False):
        """A request whose client leaves behind `body`."""
        with socket.create_connection(("127.0.0.1", self.stand.port)) as client:
            if is_reset:  # close() sends RST
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(
                f"POST /gateway/pipeline/api/webhook/custom/{self.stand.token()}/v3?{query()} HTTP/1.1"
                f"\r\nHost: a\r\nContent-Length: {announced_size}\r\n\r\n".encode() + body)

    def settle(self):
        """Everything sent before has been dealt with once a later call is answered and judged."""
        self.stand.wait_for_end(self.assertAccepted(self.stand.fire()))

    def test_unfinished_bodies_are_not_stored_and_leak_nothing(self):
        self.settle()
        count = self.stand.stored_count()
        processes = [self.stand.engine.pid, *self.stand.worker_pids()]
        self.send(100, b"{")
        self.settle()
        before = [open_files(pid) for pid in processes]
        for is_reset in (False, True):
            for size, sent in ((100, 0), (100, 99), (20_000, 17_000), (3_000_000, 2_500_000)):
                for _ in range(5):
                    self.send(size, b"x" * sent, is_reset)
        self.settle()
        # The three calls that settled, and not one of the others.
        self.assertEqual(self.stand.stored_count(), count + 2)
        wait_for(lambda: all(open_files(pid) <= n + 2 for pid, n in zip(processes, before)),
                 "descriptors to be closed")
        self.assertEqual(list((self.stand.root / "bodies").iterdir()), [])
        bodies = [path for path in (self.stand.root / "nginx-body").rglob("*") if path.is_file()]
        self.assertEqual(bodies, [])

    def test_whole_request_of_a_client_that_left_is_at_most_stored_once(self):
        self.settle()
        count = self.stand.stored_count()
        for _ in range(20):
            self.send(2, b"{}", is_reset=True)
        self.settle()
        self.assertLessEqual(self.stand.stored_count(), count + 21)

    def test_client_that_leaves_while_the_engine_hangs_is_forgotten(self):
        self.settle()
        with self.stand.hung_engine():
            for _ in range(10):
                self.send(2, b"{}")
            self.send(1_000_000, b"x" * 1_000_000)
            wait_for(lambda: self.stand.log("access.log").count(" client_gone ") >= 11,
                     "the clients' end")
        wait_for(self.stand.is_healthy, "health")
        self.settle()


if __name__ == "__main__":
    unittest.main()
