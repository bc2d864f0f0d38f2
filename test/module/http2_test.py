"""Streams of HTTP/2 that stop, close and come late while their events are on the way."""

import json
import unittest

from fake_engine import FakeEngine
from h2_client import H2Client
from stand import Stand, address


class Http2(unittest.TestCase):
    def setUp(self):
        self.stand = Stand(body_timeout="300ms")
        self.addCleanup(self.stand.close)
        self.engine, self.waiting = self.stand.engine, []

    def client(self, **options):
        client = H2Client(self.stand.h2_port, **options)
        self.addCleanup(client.close)
        return client

    def hold_answers(self):
        self.engine.answer = lambda engine, connection, event: self.waiting.append(
            (connection, event))

    def answer_all(self):
        self.engine.answer = FakeEngine.ack
        for entry in self.waiting:
            self.engine.ack(*entry)

    def test_body_that_comes_after_its_time_out_is_not_stored(self):
        client = self.client(window=0)  # the answer's body cannot leave, so the stream stays open
        number = client.post(address(), 10)
        client.body(number, b"12345", is_last=False)
        stream = client.streams[number]
        client.read_until(lambda: stream.status is not None)
        self.assertEqual(stream.status, 408)
        client.body(number, b"67890")
        client.ping()
        client.grant(number, 65535)
        client.read_until(lambda: stream.is_ended)
        self.assertEqual(json.loads(stream.body)["status"], "ERROR")
        self.assertEqual(self.engine.events, [])

    def test_answer_waits_for_the_window_and_nobody_else_does(self):
        client = self.client(window=0)
        number = client.post(address(), 2)
        client.body(number, b"{}")
        stream = client.streams[number]
        client.read_until(lambda: stream.status is not None)
        self.assertEqual(self.stand.post(address())[0], 200)
        self.assertEqual((stream.status, stream.body), (200, b""))
        client.grant(number, 100)
        client.read_until(lambda: len(stream.body) == 100)
        client.grant(number, 65535)
        client.read_until(lambda: stream.is_ended)
        self.assertIn(self.engine.events[0].id, stream.body.decode())

    def test_stream_that_is_reset_in_flight_is_forgotten(self):
        self.hold_answers()
        client = self.client()
        reset, kept = client.post(address(), 2), client.post(address(), 2)
        client.body(reset, b"{}")
        client.body(kept, b"{}")
        self.stand.wait_until(lambda: len(self.waiting) == 2)
        client.reset(reset)
        self.stand.wait_until(lambda: "client_gone" in self.stand.log("access.log"))
        self.answer_all()
        client.read_until(lambda: client.streams[kept].is_ended)
        self.assertEqual(client.streams[kept].status, 200)
        self.assertIsNone(client.streams[reset].status)

    def test_connection_that_closes_with_many_streams_in_flight(self):
        self.hold_answers()
        client = self.client()
        for _ in range(30):
            client.body(client.post(address(), 2), b"{}")
        self.stand.wait_until(lambda: len(self.waiting) == 30)
        client.close()
        self.stand.wait_until(lambda: self.stand.log("access.log").count("client_gone") == 30)
        self.answer_all()
        self.assertEqual(self.stand.post(address())[0], 200)

    def test_engine_that_goes_and_comes_under_many_streams(self):
        client = self.client()
        self.stand.stop_engine()
        self.stand.wait_until(lambda: self.stand.get("/healthz")[0] == 503)
        numbers = [client.post(address(), 2) for _ in range(30)]
        for number in numbers:
            client.body(number, b"{}")
        client.ping()
        self.stand.start_engine()
        client.read_until(lambda: all(client.streams[n].is_ended for n in numbers))
        self.assertEqual({client.streams[n].status for n in numbers}, {200})


if __name__ == "__main__":
    unittest.main()
