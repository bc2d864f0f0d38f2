"""Proxied calls whose engine is away, or goes while it is asked: what was not sent may be repeated."""
import socket
import threading
import unittest

from http_case import HttpCase
from stand import Stand

PATH = "/gateway/pipeline/api/pipeline/execute/interrupt/x?accountIdentifier=demo&interruptType=AbortAll"


class EngineGone(HttpCase):
    @classmethod
    def setUpClass(cls):
        cls.stand = Stand(start=False)
        cls.stand.start_nginx(is_health_awaited=False)

    def ask_one_that_hangs_up(self, method):
        """The answer to a call whose engine reads it and closes."""
        path = self.stand.root / "http.sock"
        with socket.socket(socket.AF_UNIX) as engine:
            engine.bind(str(path))
            path.chmod(0o666)
            engine.listen(1)

            def hang_up():
                connection, _ = engine.accept()
                with connection:
                    connection.recv(65536)

            thread = threading.Thread(target=hang_up)
            thread.start()
            answer = self.stand.request(method, PATH)
            thread.join()
        path.unlink()
        return answer

    def test_what_was_never_sent_is_503(self):
        for method in ("GET", "PUT", "POST", "DELETE"):
            answer = self.stand.request(method, PATH)
            self.assertErrorEnvelope(answer, 503)
            self.assertEqual(answer.headers["Retry-After"], "1")

    def test_what_was_sent_and_may_be_done_is_504(self):
        for method in ("PUT", "POST", "DELETE"):
            answer = self.ask_one_that_hangs_up(method)
            self.assertError(answer, 504, "GATEWAY_TIMEOUT",
                             "It is not known whether the engine did what it was told")
            self.assertIsNone(answer.headers["Retry-After"])

    def test_what_changes_nothing_is_503(self):
        answer = self.ask_one_that_hangs_up("GET")
        self.assertErrorEnvelope(answer, 503)
        self.assertEqual(answer.headers["Retry-After"], "1")

    def test_the_command_line_tells_the_two_apart_by_their_words(self):
        away = self.stand.cli("execution", "abort", "x", "--url", f"http://127.0.0.1:{self.stand.port}",
                              check=False)
        self.assertEqual((away.returncode, away.stderr), (1, "tripgate: The engine is not available\n"))
        away = self.stand.cli("execution", "abort", "x", check=False)
        self.assertEqual(away.returncode, 3, away)


if __name__ == "__main__":
    unittest.main()
