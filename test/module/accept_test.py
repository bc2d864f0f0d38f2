"""Calls that become events, and what the engine gets of them."""

import json
import re
import unittest

from stand import GOOD_KEY, Stand, address


class Accept(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stand = Stand()

    @classmethod
    def tearDownClass(cls):
        cls.stand.close()

    def setUp(self):
        self.engine = self.stand.engine
        self.engine.events.clear()

    def test_v3_answers_as_the_original(self):
        status, body, headers = self.stand.post(address(), headers={"X-requestId": "abc-1"})
        event = self.engine.events[0]
        base = f"http://127.0.0.1:{self.stand.port}"
        self.assertEqual(status, 200)
        self.assertEqual(headers["Content-Type"], "application/json")
        self.assertEqual(
            body, '{"status":"SUCCESS","data":{"eventCorrelationId":"' + event.id + '",'
            f'"apiUrl":"{base}/gateway/pipeline/api/webhook/triggerExecutionDetails/{event.id}'
            f'?accountIdentifier=acc","uiUrl":"{base}/ng/#/account/acc/cd/orgs/org/projects/proj/'
            f'deployments?pipelineIdentifier=pipe&page=0","uiSetupUrl":"{base}/ng/#/account/acc/cd/'
            'orgs/org/projects/proj/pipelines/pipe/pipeline-studio/"},"metaData":null,'
            '"correlationId":"abc-1"}')

    def test_event_carries_what_was_sent(self):
        self.stand.post(address(), b"\x00\xff{", {"X-Secret": "s", "Cookie": "c", "X-Name": "\xe9"})
        event = self.engine.events[0]
        headers = {name.lower(): value for name, value in event.headers}
        self.assertEqual(event.body, b"\x00\xff{")
        self.assertEqual(event.trigger_ref, 7)
        self.assertEqual((headers[b"x-secret"], headers[b"cookie"]), (b"********", b"********"))
        self.assertEqual(headers[b"x-name"], b"\xe9")
        self.assertEqual(event.texts["peer"], b"127.0.0.1")
        self.assertTrue(event.query.startswith(b"accountIdentifier=acc&"))

    def test_key_travels_as_principal_and_never_as_text(self):
        status, _, _ = self.stand.post(address(), headers={"X-Api-Key": GOOD_KEY})
        event = self.engine.events[0]
        self.assertEqual((status, event.texts["identifier"]), (200, b"alice"))
        self.assertNotIn(GOOD_KEY.encode(), event.head)

    def test_v1_and_v2_select_by_ids(self):
        query = "accountIdentifier=acc&orgIdentifier=org&projectIdentifier=proj" \
                "&pipelineIdentifier=plain"
        for path in ("/pipeline/api/webhook/custom", "/gateway/pipeline/api/webhook/custom/v2"):
            status, body, _ = self.stand.post(f"{path}?{query}")
            data = json.loads(body)["data"]
            id_text = data if isinstance(data, str) else data["eventCorrelationId"]
            self.assertEqual((status, id_text), (200, self.engine.events[-1].id))
            self.assertEqual(self.engine.events[-1].trigger_ref, 0)

    def test_v2_takes_a_trigger_with_token_when_a_valid_key_comes(self):
        path = "/pipeline/api/webhook/custom/v2?accountIdentifier=acc&orgIdentifier=org" \
               "&projectIdentifier=proj&pipelineIdentifier=pipe"
        self.assertEqual(self.stand.post(path)[0], 400)
        self.assertEqual(self.stand.post(path, headers={"X-Api-Key": GOOD_KEY})[0], 200)

    def test_bodies_of_every_size_arrive_whole(self):
        for size in (0, 1, 16383, 16384, 16385, 65536, 65537, 1000000, 4000000):
            body = bytes(i * 7 & 255 for i in range(min(size, 997))) * (size // 997 + 1)
            status, _, _ = self.stand.post(address(), body[:size])
            self.assertEqual((size, status), (size, 200))
            self.assertEqual(self.engine.events[-1].body, body[:size])
            self.assertEqual(self.engine.events[-1].body_size, size)

    def test_chunked_bodies_arrive_whole(self):
        for size in (0, 5, 70000):
            pieces = iter([b"z" * size] if size else [])
            self.assertEqual(self.stand.post(address(), pieces)[0], 200)
            self.assertEqual(self.engine.events[-1].body, b"z" * size)

    def test_decoded_ids_and_absent_pipeline(self):
        query = "%61ccountIdentifier=a%63c&orgIdentifier=org&projectIdentifier=proj&other=1"
        status, body, _ = self.stand.post(address(query=query))
        self.assertEqual(status, 200)
        self.assertIn("/pipelines/null/pipeline-studio/", body)

    def test_ids_are_unique_and_correlation_ids_are_random_uuids(self):
        answers = [json.loads(self.stand.post(address())[1]) for _ in range(300)]
        self.assertEqual(len({a["data"]["eventCorrelationId"] for a in answers}), 300)
        self.assertEqual(len({a["correlationId"] for a in answers}), 300)
        uuid = re.compile("^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$")
        self.assertTrue(all(uuid.match(a["correlationId"]) for a in answers))

    def test_log_cuts_the_token(self):
        self.stand.post(address())
        self.stand.post(address().replace("custom", "%63ustom"))
        self.stand.wait_until(lambda: self.stand.log("access.log").count("accepted") >= 2)
        log = self.stand.log("access.log") + self.stand.log()
        self.assertFalse("goodt" in log)
        self.assertTrue(
            "POST /gateway/pipeline/api/webhook/custom/good/v3?accountIdentifier=acc" in log)


if __name__ == "__main__":
    unittest.main()
