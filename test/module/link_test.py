"""The engine away, slow, hung, broken or refusing; clients that leave; reloads and kills."""

import json
import os
import signal
import threading
import unittest

from fake_engine import ACK_AS, BODY, CANCELLED, RESENT, FakeEngine
from stand import Stand, address


class Call(threading.Thread):
    """A POST that runs beside the test."""

    def __init__(self, stand, body=b"{}"):
        super().__init__()
        self.stand, self.body = stand, body
        self.answer = None
        self.start()

    def run(self):
        self.answer = self.stand.post(address(), self.body)

    def result(self):
        self.join(20)
        return self.answer


def silent(engine, connection, event):
    pass


class Link(unittest.TestCase):
    def stand_with(self, **options):
        stand = Stand(**options)
        self.addCleanup(stand.close)
        return stand

    def test_away_engine_holds_requests_until_it_is_back(self):
        stand = self.stand_with()
        stand.stop_engine()
        stand.wait_until(lambda: stand.get("/healthz")[0] == 503)
        calls = [Call(stand, b"%d" % i) for i in range(20)] + [Call(stand, b"b" * 100000)]
        engine = stand.start_engine()
        self.assertEqual([call.result()[0] for call in calls], [200] * 21)
        self.assertEqual(len(engine.events), 21)
        self.assertFalse(any(event.flags & RESENT for event in engine.events))

    def test_log_says_once_why_the_engine_is_away(self):
        stand = self.stand_with(engine=False, hold="300ms")
        self.assertEqual(stand.post(address())[0], 503)
        lines = [line for line in stand.log().splitlines() if "is away" in line]
        self.assertEqual(len(lines), 1)
        self.assertIn("[error]", lines[0])
        self.assertIn("No such file or directory", lines[0])

    def test_event_never_sent_is_503_after_hold(self):
        stand = self.stand_with(hold="300ms")
        stand.stop_engine()
        stand.wait_until(lambda: stand.get("/healthz")[0] == 503)
        status, body, headers = stand.post(address())
        self.assertEqual((status, headers["Retry-After"]), (503, "1"))
        self.assertEqual(json.loads(body)["code"], "SERVICE_UNAVAILABLE")

    def test_broken_connection_sends_again_with_the_same_id(self):
        stand = self.stand_with()
        stand.engine.answer = silent
        call = Call(stand, b"x" * 40000)
        first = stand.engine
        first.wait_for(lambda: first.events)
        first.answer = FakeEngine.ack
        first.break_connections()
        self.assertEqual(call.result()[0], 200)
        self.assertEqual(first.events[0].id, first.events[1].id)
        self.assertEqual(first.events[0].body, first.events[1].body)
        self.assertTrue(first.events[1].flags & RESENT)

    def test_sent_event_without_engine_is_504_after_hold(self):
        stand = self.stand_with(hold="300ms")
        engine = stand.engine
        engine.answer = silent
        call = Call(stand)
        engine.wait_for(lambda: engine.events)
        stand.stop_engine()
        status, body, headers = call.result()
        self.assertEqual((status, headers["Retry-After"]), (504, None))
        self.assertIn(engine.events[0].id, json.loads(body)["message"])

    def test_hung_engine_is_504_after_timeout_and_grace(self):
        stand = self.stand_with(timeout="300ms")
        stand.engine.answer = silent
        status, body, headers = stand.post(address())
        self.assertEqual((status, headers["Retry-After"]), (504, None))
        self.assertIn(stand.engine.events[0].id, body)
        self.assertEqual(stand.engine.cancels, [1])

    def test_confirmed_cancel_is_503_and_late_ack_is_200(self):
        stand = self.stand_with(timeout="200ms")
        stand.engine.answer = silent
        stand.engine.on_cancel = lambda engine, connection, sequence: engine.send(
            connection, CANCELLED, sequence)
        self.assertEqual(stand.post(address())[2]["Retry-After"], "1")
        stand.engine.on_cancel = lambda engine, connection, sequence: engine.ack(
            connection, engine.events[-1])
        self.assertEqual(stand.post(address())[0], 200)

    def test_nack_and_ack_as(self):
        stand = self.stand_with()
        stand.engine.answer = lambda engine, connection, event: engine.nack(
            connection, event, 503, 7, b"STORE_FULL", b'The "store" is full')
        status, body, headers = stand.post(address())
        self.assertEqual((status, headers["Retry-After"]), (503, "7"))
        self.assertEqual(json.loads(body)["message"], 'The "store" is full')
        stand.engine.answer = lambda engine, connection, event: engine.send(
            connection, ACK_AS, event.sequence, b"\x01" * 12)
        self.assertIn('"eventCorrelationId":"' + "01" * 12, stand.post(address())[1])

    def test_permission_lost_on_the_way_is_told_as_at_the_edge(self):
        stand = self.stand_with()
        message = "Principal of type USER with identifier alice : Missing permission " \
                  "core_pipeline_execute on pipeline with identifier pipe"
        stand.engine.answer = lambda engine, connection, event: engine.nack(
            connection, event, 403, 0, b"NG_ACCESS_DENIED", message.encode())
        status, body, headers = stand.post(address())
        self.assertEqual((status, headers["Retry-After"]), (403, None))
        self.assertEqual(
            body, '{"status":"ERROR","code":"NG_ACCESS_DENIED","message":"' + message +
            '","correlationId":null,"detailedMessage":null,"responseMessages":null,"metadata":null,'
            '"failedPermissionChecks":[{"resourceScope":{"accountIdentifier":"acc","orgIdentifier":'
            '"org","projectIdentifier":"proj"},"resourceType":"PIPELINE","resourceAttributes":null,'
            '"resourceIdentifier":"pipe","permission":"core_pipeline_execute"}]}')

    def test_acknowledgements_in_any_order(self):
        stand = self.stand_with()
        waiting = []
        stand.engine.answer = lambda engine, connection, event: waiting.append((connection, event))
        calls = [Call(stand, b"%d" % i) for i in range(9)]
        stand.wait_until(lambda: len(waiting) == 9)
        for connection, event in sorted(waiting, key=lambda entry: -entry[1].sequence):
            stand.engine.ack(connection, event)
        for call in calls:
            status, body, _ = call.result()
            event = next(e for _, e in waiting if e.body == call.body)
            self.assertEqual((status, json.loads(body)["data"]["eventCorrelationId"]),
                             (200, event.id))

    def test_small_events_overtake_a_body_without_credit(self):
        stand = self.stand_with()
        stand.stop_engine()
        engine = stand.start_engine(credit=65536)
        engine.is_granting = False
        stand.wait_until(lambda: stand.get("/healthz")[0] == 200)
        large = Call(stand, b"L" * 3000000)
        engine.wait_for(lambda: any(kind == BODY for kind, _, _ in engine.order), 10)
        self.assertEqual(stand.post(address(), b"small")[0], 200)
        self.assertEqual(sum(size for kind, _, size in engine.order if kind == BODY), 65536)
        engine.is_granting = True
        engine.grant(65536)
        self.assertEqual(large.result()[0], 200)
        self.assertLessEqual(max(size for kind, _, size in engine.order if kind == BODY), 65536)

    def test_client_that_leaves_is_forgotten(self):
        stand = self.stand_with()
        waiting = []
        stand.engine.answer = lambda engine, connection, event: waiting.append((connection, event))
        client = stand.connect()
        client.sendall(f"POST {address()} HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\n{{}}"
                       .encode())
        stand.wait_until(lambda: waiting)
        client.close()
        stand.wait_until(lambda: "client_gone" in stand.log("access.log"))
        self.assertIn("closed connection while waiting for the engine", stand.log())
        stand.engine.ack(*waiting[0])
        stand.engine.answer = FakeEngine.ack
        self.assertEqual(stand.post(address())[0], 200)

    def test_reload_keeps_requests_in_flight(self):
        stand = self.stand_with()
        waiting = []
        stand.engine.answer = lambda engine, connection, event: waiting.append((connection, event))
        calls = [Call(stand) for _ in range(8)]
        stand.wait_until(lambda: len(waiting) == 8)
        old = stand.worker()
        stand.signal(signal.SIGHUP)
        stand.wait_until(lambda: len(stand.worker()) == 2)
        for entry in waiting:
            stand.engine.ack(*entry)
        self.assertEqual([call.result()[0] for call in calls], [200] * 8)
        stand.wait_until(lambda: not set(old) & set(stand.worker()))

    def test_killed_worker_is_replaced(self):
        stand = self.stand_with()
        for _ in range(5):
            os.kill(stand.worker()[0], signal.SIGKILL)
            stand.wait_until(lambda: self.is_served(stand))
        stand.forgive("exited on signal 9")

    @staticmethod
    def is_served(stand):
        try:
            return stand.post(address())[0] == 200
        except OSError:
            return False

    def test_nonsense_from_the_engine_makes_a_new_connection(self):
        stand = self.stand_with()

        def nonsense(engine, connection, event):
            engine.answer = FakeEngine.ack
            connection.sendall(b"\xff" * 40)

        stand.engine.answer = nonsense
        self.assertEqual(stand.post(address())[0], 200)
        self.assertIn("broke the protocol", stand.log())


if __name__ == "__main__":
    unittest.main()
