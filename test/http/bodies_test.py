"""Bodies of every kind are kept byte for byte, over HTTP/1.1 and HTTP/2."""
import hashlib
import subprocess
import tempfile
import unittest

from http_case import HttpCase
from stand import query


class Bodies(HttpCase):
    def stored(self, event):
        self.stand.wait_for_row(event)
        answer = self.stand.stored_body(event)
        self.assertEqual(answer.status, 200, answer)
        return answer.body

    def assertKept(self, body, headers=None):
        event = self.assertAccepted(self.stand.fire(body, headers=headers))
        self.assertEqual(hashlib.sha256(self.stored(event)).digest(), hashlib.sha256(body).digest())
        return event

    def test_bodies_of_every_size_are_kept(self):
        for size in (0, 1, 16 * 1024 - 1, 16 * 1024, 16 * 1024 + 1, 64 * 1024, 256 * 1024,
                     256 * 1024 + 1, 3_000_000):
            with self.subTest(size):
                self.assertKept(bytes(i * 7 % 251 for i in range(min(size, 1000))) * (size // 1000 + 1)
                                if size > 1000 else b"x" * size)

    def test_25_megabytes_are_kept(self):
        self.assertKept(b"0123456789abcdef" * (25 * 1024 * 1024 // 16))

    def test_hostile_bytes_are_kept(self):
        event = self.assertKept(b'{"broken": \x00\xff\xfe')
        self.assertIn("\ufffd", self.stand.wait_for_row(event)["payload"])

    def test_any_content_type_is_taken(self):
        for kind in ("text/plain", "application/x-www-form-urlencoded", "image/png", "nonsense"):
            self.assertKept(b"a=b", {"Content-Type": kind})

    def test_chunked_bodies_are_kept(self):
        for pieces in ([], [b"small"], [b"x" * 70_000] * 9):
            event = self.assertAccepted(self.stand.fire(iter(pieces)))
            self.assertEqual(self.stored(event), b"".join(pieces))

    def test_http2_bodies_are_kept(self):
        for body in (b"{}", b"y" * 500_000):
            with tempfile.NamedTemporaryFile() as file:
                file.write(body)
                file.flush()
                url = (f"http://127.0.0.1:{self.stand.h2_port}/pipeline/api/webhook/custom/"
                       f"{self.stand.token()}/v3?{query()}")
                done = subprocess.run(["curl", "-sS", "--http2-prior-knowledge", "--data-binary",
                                       f"@{file.name}", url], capture_output=True, text=True, check=True)
            event = done.stdout.split('"eventCorrelationId":"')[1][:24]
            self.assertEqual(self.stored(event), body)


if __name__ == "__main__":
    unittest.main()
