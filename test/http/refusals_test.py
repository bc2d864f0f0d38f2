"""What a caller can send wrong, besides keys: each gets a clear answer and nothing hangs."""
import email
import json
import socket
import unittest

from http_case import HttpCase
from stand import Answer, query


class Refusals(HttpCase):
    settings = {"user_directives": "client_body_timeout 300ms;"}

    def target(self, **changes):
        return f"/gateway/pipeline/api/webhook/custom/{self.stand.token()}/v3?{query(**changes)}"

    def test_missing_and_empty_parameters_are_named(self):
        for name in ("accountIdentifier", "orgIdentifier", "projectIdentifier"):
            for value in (None, ""):
                answer = self.stand.fire(**{name: value})
                with self.subTest(name=name, value=value):
                    self.assertEqual(answer.status, 400, answer)
                    self.assertEqual(list(answer.json),
                                     ["status", "code", "message", "correlationId", "errors"])
                    self.assertEqual(answer.json["status"], "FAILURE")
                    self.assertEqual(answer.json["code"], "INVALID_REQUEST")
                    self.assertIn(name, answer.json["message"])
                    self.assertEqual(answer.json["errors"][0]["fieldId"], name)

    def test_first_of_repeated_parameters_counts(self):
        self.assertAccepted(self.stand.request(
            "POST", self.target() + "&accountIdentifier=other&unknown=1", b"{}"))

    def test_wrong_method_gets_405(self):
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            answer = self.stand.request(method, self.target())
            self.assertEqual(answer.status, 405, answer)
            self.assertEqual(answer.json["status"], "FAILURE")
            self.assertEqual(answer.json["code"], "RESOURCE_NOT_FOUND_EXCEPTION")

    def test_unknown_path_gets_400(self):
        for path in ("/gateway/pipeline/api/webhook/custom/a/b/v3", "/pipeline/api/webhook/custom/v4/x/y",
                     "/gateway/pipeline/api/nothing"):
            answer = self.stand.request("POST", f"{path}?{query()}", b"{}")
            self.assertEqual(answer.status, 400, answer)
            self.assertEqual(answer.json["code"], "RESOURCE_NOT_FOUND_EXCEPTION", path)

    def post(self, target, headers=b"", body=b""):
        """The answer to a request written byte by byte."""
        text = self.stand.raw(b"POST " + target.encode() + b" HTTP/1.1\r\nHost: a\r\n"
                              b"Connection: close\r\n" + headers + b"\r\n" + body)
        head, _, document = text.partition(b"\r\n\r\n")
        return Answer(int(head.split()[1]), email.message_from_bytes(head.split(b"\r\n", 1)[1]),
                      document)

    def sized(self, body):
        return b"Content-Length: %d\r\n" % len(body)

    def test_malformed_tokens_are_unknown_tokens(self):
        for token in ("x", "A" * 300, "..", "%00", "%ff%fe", "a%22b", "%3Cscript%3E"):
            answer = self.post(f"/gateway/pipeline/api/webhook/custom/{token}/v3?{query()}")
            with self.subTest(token):
                self.assertEqual(answer.status, 400, answer)
                self.assertIn(answer.json["code"],
                              ("INVALID_REQUEST", "RESOURCE_NOT_FOUND_EXCEPTION"))

    def test_body_over_the_limit_gets_413_with_and_without_its_size(self):
        too_large = 25 * 1024 * 1024 + 1
        self.assertErrorEnvelope(self.post(self.target(), b"Content-Length: %d\r\n" % too_large), 413)
        # In chunks nobody knows the size before it is too large.
        pieces = (b"x" * 1024 * 1024 for _ in range(26))
        try:
            self.assertErrorEnvelope(self.stand.fire(pieces), 413)
        except (BrokenPipeError, ConnectionResetError):
            pass  # the answer came while the client still wrote, which this client cannot read
        self.assertFalse([path for path in (self.stand.root / "nginx-body").rglob("*") if path.is_file()])

    def test_nginx_refusals_wear_the_envelope(self):
        long = b"q" * 70_000
        for status, request in (
                (400, b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
                (400, b"POST /x HTTP/1.1\r\n\r\n"),
                (400, b"NONSENSE\r\n\r\n"),
                (414, b"POST /" + long + b" HTTP/1.1\r\nHost: a\r\n\r\n"),
                (431, b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: " + long + b"\r\n\r\n")):
            text = self.stand.raw(request)
            head, _, body = text.partition(b"\r\n\r\n")
            with self.subTest(request[:40]):
                self.assertTrue(head.startswith(b"HTTP/1.1 %d " % status), head)
                self.assertErrorEnvelope(Answer(status, {}, body), status)

    def test_slow_body_gets_408_and_is_not_stored(self):
        count = self.stand.stored_count()
        with socket.create_connection(("127.0.0.1", self.stand.port), timeout=30) as client:
            client.sendall(f"POST {self.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{{"
                           .encode())
            text = b"".join(iter(lambda: client.recv(65536), b""))
        self.assertTrue(text.startswith(b"HTTP/1.1 408 "), text)
        self.assertErrorEnvelope(Answer(408, {}, text.partition(b"\r\n\r\n")[2]), 408)
        self.assertEqual(self.stand.stored_count(), count)

    def test_200_headers_are_kept(self):
        headers = {f"X-Number-{i}": str(i) for i in range(200)}
        event = self.assertAccepted(self.stand.fire(headers=headers))
        self.stand.wait_for_row(event)
        self.assertIn("x-number-199", self.stand.cli("event", "show", event).stdout.lower())

    def test_query_is_kept_up_to_30_kb_and_refused_clearly_at_64(self):
        event = self.assertAccepted(self.post(self.target() + "&x=" + "q" * 30_000))
        self.stand.wait_for_row(event)
        self.assertIn("q" * 30_000, self.stand.cli("event", "show", event).stdout)
        self.assertErrorEnvelope(self.post(self.target() + "&x=" + "q" * 64 * 1024), 414)

    def test_nul_in_a_header_is_refused_and_other_bytes_are_kept(self):
        self.assertErrorEnvelope(self.post(self.target(), b"X-Odd: a\x00b\r\n"), 400)
        event = self.assertAccepted(self.post(self.target(), b"X-Odd: \xff\xfe\xc3(\r\n"))
        self.stand.wait_for_row(event)
        shown = json.loads(self.stand.cli("event", "show", event, "-o", "json").stdout)
        values = [h["value"] for h in shown["headers"] if h["name"].lower() == "x-odd"]
        self.assertEqual(values, ["\ufffd\ufffd\ufffd("])

    def test_body_is_kept_whatever_it_is(self):
        for body in (b"", b"{", b'{"a":1} junk', b"\x00", b"\xff\xfe" * 9, b"null", b"\xef\xbb\xbf{}"):
            with self.subTest(body):
                event = self.assertAccepted(self.post(self.target(), self.sized(body), body))
                self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
                self.assertEqual(self.stand.stored_body(event).body, body)


if __name__ == "__main__":
    unittest.main()
