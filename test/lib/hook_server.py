"""A receiver of webhooks on a free port of this machine: keeps requests, answers what a test says."""
import http.server
import json
import threading


class _Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with self.server.arrival:
            answers = self.server.answers
            status = answers.pop(0) if answers else 200
            self.server.requests.append((dict(self.headers), json.loads(body)))
            self.server.arrival.notify_all()
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        """Silence."""


class HookServer(http.server.ThreadingHTTPServer):
    """`requests` are pairs of headers and documents; `answers` are statuses of the next ones."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.requests, self.answers = [], []
        self.arrival = threading.Condition()
        self.port = self.server_address[1]
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def wait_for(self, condition, what, seconds=60):
        """The requests, once `condition` holds for them."""
        with self.arrival:
            if not self.arrival.wait_for(lambda: condition(self.requests), seconds):
                raise AssertionError(f"waited in vain for {what}: {self.requests}")
            return list(self.requests)

    def close(self):
        self.shutdown()
        self.server_close()
        self.thread.join()
