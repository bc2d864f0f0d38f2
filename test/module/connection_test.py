"""What a client's connection lives through: pipelining, refusals, halves that close, long goodbyes."""

import signal
import unittest

from fake_engine import FakeEngine
from stand import Stand, address


def call(path, body=b"{}", headers=""):
    return (f"POST {path} HTTP/1.1\r\nHost: h\r\n{headers}Content-Length: {len(body)}\r\n\r\n"
            .encode() + body)


def read_answers(client, count):
    """The status of each of the next answers."""
    statuses, data = [], b""
    while len(statuses) < count:
        head, found, rest = data.partition(b"\r\n\r\n")
        size = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0]) if found else 0
        if not found or len(rest) < size:
            piece = client.recv(65536)
            assert piece, "the connection was closed"
            data += piece
            continue
        statuses.append(int(head.split()[1]))
        data = rest[size:]
    return statuses


class Connection(unittest.TestCase):
    def stand_with(self, **options):
        stand = Stand(**options)
        self.addCleanup(stand.close)
        return stand

    def test_pipelined_calls_are_answered_in_order(self):
        stand = self.stand_with()
        with stand.connect() as client:
            client.sendall(call(address(), b"1") + call(address("unknown")) +
                           call(address(), b"2" * 40000) + call(address(), b"3"))
            self.assertEqual(read_answers(client, 4), [200, 400, 200, 200])
        self.assertEqual([len(event.body) for event in stand.engine.events], [1, 40000, 1])

    def test_connection_outlives_refusals_with_a_body(self):
        stand = self.stand_with(hold="200ms")
        with stand.connect() as client:
            for body in (b"", b"x" * 10, b"x" * 100000):
                client.sendall(call(address("unknown"), body))
                self.assertEqual(read_answers(client, 1), [400])
            stand.stop_engine()
            client.sendall(call(address()))
            self.assertEqual(read_answers(client, 1), [503])
            stand.start_engine()
            client.sendall(call(address()))
            self.assertEqual(read_answers(client, 1), [200])

    def test_refusal_reaches_a_client_that_goes_on_sending(self):
        stand = self.stand_with()
        with stand.connect() as client:
            client.sendall(call(address("unknown"), headers="Connection: close\r\n")[:-2].replace(
                b"Content-Length: 2", b"Content-Length: 4000000"))
            client.sendall(b"x" * 2000000)
            self.assertEqual(read_answers(client, 1), [400])
            client.sendall(b"x" * 2000000)

    def test_bodies_that_nginx_keeps_in_files_only(self):
        stand = self.stand_with(extra="client_body_in_file_only clean;")
        for size in (0, 1, 16384, 16385, 300000):
            self.assertEqual(stand.post(address(), b"f" * size)[0], 200)
            self.assertEqual(stand.engine.events[-1].body, b"f" * size)
        # nginx removes a file when the request ends, a moment behind its answer.
        stand.wait_until(lambda: not stand.body_files())

    def test_body_file_that_was_cut_is_not_stored(self):
        stand = self.stand_with(extra="client_body_in_file_only clean;")
        stand.stop_engine()
        engine = stand.start_engine(credit=65536)
        engine.is_granting = False
        stand.wait_until(lambda: stand.get("/healthz")[0] == 200)
        engine.on_cancel = lambda engine, connection, sequence: engine.send(connection, 9, sequence)
        with stand.connect() as client:
            client.sendall(call(address(), b"c" * 300000))
            engine.wait_for(lambda: len(engine.order) > 2)
            name, = stand.body_files()
            with open(name, "wb"):
                pass
            engine.grant(1000000)
            self.assertEqual(read_answers(client, 1), [503])
        self.assertEqual(engine.events, [])

    def test_workers_shutdown_timeout_ends_calls_in_flight(self):
        stand = self.stand_with(main="worker_shutdown_timeout 300ms;")
        waiting = []
        stand.engine.answer = lambda engine, connection, event: waiting.append(event)
        with stand.connect() as client:
            client.sendall(call(address()))
            stand.wait_until(lambda: waiting)
            old = stand.worker()
            stand.signal(signal.SIGHUP)
            self.assertEqual(client.recv(1), b"")
            stand.wait_until(lambda: not set(old) & set(stand.worker()))
        stand.engine.answer = FakeEngine.ack
        self.assertEqual(stand.post(address())[0], 200)

    def test_variables_are_known_inside_an_if_block(self):
        path = "/gateway/pipeline/api/webhook/custom/v2"
        stand = self.stand_with(extra=f"""
            location = {path} {{ tripgate_capture; if ($http_x_if) {{ set $seen 1; }} }}""")
        ids = "accountIdentifier=acc&orgIdentifier=org&projectIdentifier=proj"
        self.assertEqual(stand.post(f"{path}?{ids}&pipelineIdentifier=plain",
                                    headers={"X-If": "1"})[0], 200)
        stand.wait_until(lambda: "|trig|acc|" in stand.log("access.log"))


if __name__ == "__main__":
    unittest.main()
