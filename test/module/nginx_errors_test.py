"""What nginx refuses by itself wears the ERROR envelope, and a proxy without engine too."""

import json
import shutil
import subprocess
import unittest

from stand import Stand, address


class NginxErrors(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        path = address().split("?")[0]
        query = address().split("?")[1]
        cls.stand = Stand(body_timeout="300ms", extra=f"""
            location = /mirrored {{ mirror /copy; proxy_pass http://unix:/nowhere; }}
            location = /guarded {{ auth_request /copy; tripgate_health; }}
            location = /copy {{ internal; rewrite ^ {path}?{query}? last; }}""")

    @classmethod
    def tearDownClass(cls):
        cls.stand.close()

    def check(self, answer, status, header=None):
        head, _, body = answer.partition(b"\r\n\r\n")
        self.assertTrue(head.startswith(b"HTTP/1.1 %d " % status), head)
        envelope = json.loads(body)
        self.assertEqual(list(envelope), ["status", "code", "message", "correlationId",
                                          "detailedMessage", "responseMessages", "metadata"])
        self.assertIn(b"application/json", head)
        if header:
            self.assertIn(header, head)

    @staticmethod
    def read_answer(client):
        answer = b""
        while not answer.endswith(b'"metadata":null}'):
            piece = client.recv(65536)
            if not piece:
                break
            answer += piece
        return answer

    def post(self, path, headers="", body=b"", size=None):
        size = len(body) if size is None else size
        return self.stand.raw(f"POST {path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n{headers}"
                              f"Content-Length: {size}\r\n\r\n".encode() + body)

    def test_body_over_the_limit(self):
        self.check(self.post(address(), size=30000000), 413)
        chunk = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"
        with self.stand.connect() as client:
            client.sendall(f"POST {address()} HTTP/1.1\r\nHost: h\r\n"
                           "Transfer-Encoding: chunked\r\n\r\n".encode())
            try:
                for _ in range(27):
                    client.sendall(chunk)
            except OSError:
                pass
            self.check(self.read_answer(client), 413)

    def test_long_address_and_large_headers(self):
        self.check(self.post(address() + "&x=" + "y" * 65536), 414)
        self.check(self.post(address(), "X-Large: " + "y" * 65536 + "\r\n"), 431)

    def test_long_query_and_many_headers_within_the_limits_are_accepted(self):
        answer = self.post(address() + "&x=" + "y" * 30000,
                           "".join(f"X-H{i}: v\r\n" for i in range(200)))
        self.assertTrue(answer.startswith(b"HTTP/1.1 200 "))
        self.assertGreater(len(self.stand.engine.events[-1].headers), 200)

    def test_headers_beyond_ours(self):
        self.check(self.post(address(), "".join(f"X-H{i}: v\r\n" for i in range(600))), 431)

    def test_malformed_request(self):
        self.check(self.stand.raw(b"POST " + address().encode() + b" HTTP/1.1\r\n\r\n"), 400)
        self.check(self.stand.raw(b"NONSENSE\r\n\r\n"), 400)

    def test_slow_body(self):
        with self.stand.connect() as client:
            client.sendall(f"POST {address()} HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n12"
                           .encode())
            self.check(self.read_answer(client), 408)

    def test_proxied_without_engine_is_503(self):
        answer = self.stand.raw(b"GET /gateway/pipeline/api/webhook/triggerExecutionDetails/1 "
                                b"HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
        self.check(answer, 503, b"Retry-After: 1")

    def test_mirror_and_auth_request_store_nothing(self):
        count = len(self.stand.engine.events)
        self.assertEqual(self.stand.post("/mirrored")[0], 502)
        self.assertEqual(self.stand.get("/guarded")[0], 403)
        self.assertEqual(len(self.stand.engine.events), count)

    @unittest.skipUnless(shutil.which("curl"), "curl speaks HTTP/2 for us")
    def test_http2_bodies_of_every_size(self):
        for size in (0, 2, 20000, 1000000):
            done = subprocess.run(
                ["curl", "-s", "--http2-prior-knowledge", "-w", "%{http_code}", "-o", "/dev/null",
                 "--data-binary", "@-", f"http://127.0.0.1:{self.stand.h2_port}{address()}"],
                input=b"h" * size, capture_output=True, check=True)
            self.assertEqual((size, done.stdout), (size, b"200"))
            self.assertEqual(self.stand.engine.events[-1].body, b"h" * size)

    def test_http10_without_host_links_to_the_server_address(self):
        answer = self.stand.raw(f"POST {address()} HTTP/1.0\r\nContent-Length: 0\r\n\r\n".encode())
        self.assertIn(f'"apiUrl":"http://127.0.0.1:{self.stand.port}/gateway/'.encode(), answer)


if __name__ == "__main__":
    unittest.main()
