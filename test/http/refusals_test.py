"""What a caller can send wrong, besides keys: each gets a clear answer and nothing hangs."""
import socket
import unittest

from http_case import HttpCase
from stand import query


class Refusals(HttpCase):
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

    def test_body_over_the_limit_gets_413_with_and_without_its_size(self):
        too_large = 25 * 1024 * 1024 + 1
        self.assertErrorEnvelope(self.stand.fire(b"x" * too_large), 413)
        text = self.stand.raw(f"POST {self.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: "
                              f"{too_large}\r\nConnection: close\r\n\r\n".encode())
        self.assertIn(b" 413 ", text)

    def test_nginx_refusals_wear_the_envelope(self):
        cases = {400: b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
                 414: b"POST /" + b"q" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
                 494: b"POST / HTTP/1.1\r\nHost: a\r\nX-Long: " + b"h" * 70_000 + b"\r\n\r\n"}
        for status, request in cases.items():
            answer = self.stand.raw(request)
            with self.subTest(status):
                self.assertIn(b'{"status":"ERROR"', answer)

    def test_200_headers_are_kept(self):
        headers = {f"X-Number-{i}": str(i) for i in range(200)}
        event = self.assertAccepted(self.stand.fire(headers=headers))
        self.stand.wait_for_row(event)
        self.assertIn("x-number-199", self.stand.cli("event", "show", event).stdout.lower())

    def test_long_query_is_kept_or_refused_clearly(self):
        self.assertAccepted(self.stand.request("POST", self.target() + "&x=" + "q" * 20_000, b"{}"))

    def test_caller_that_leaves_early_stores_nothing(self):
        before = self.stand.cli("event", "list", "-o", "json").stdout
        with socket.create_connection(("127.0.0.1", self.stand.port)) as client:
            client.sendall(f"POST {self.target()} HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{{"
                           .encode())
        self.assertAccepted(self.stand.fire())
        self.assertTrue(self.stand.is_healthy())
        self.assertNotIn('"payload":"{"', before)


if __name__ == "__main__":
    unittest.main()
