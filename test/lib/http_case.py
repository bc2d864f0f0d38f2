"""A test class with one stand for all its tests, and the checks that many of them share."""
import re
import unittest

from stand import Stand, pipeline, trigger

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


class HttpCase(unittest.TestCase):
    """Subclasses set `documents` and `settings` (keyword arguments of Stand)."""

    documents = (pipeline(), trigger())
    settings = {}
    stand_class = Stand
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.stand = cls.stand_class(cls.documents, **cls.settings)

    @classmethod
    def tearDownClass(cls):
        cls.stand.close()

    def assertError(self, answer, status, code, message):
        """The ERROR envelope, byte for byte (triggers.md 1.11)."""
        self.assertEqual(answer.status, status, answer)
        text = answer.body.decode()
        correlation = answer.json["correlationId"]
        self.assertRegex(correlation, UUID)
        self.assertEqual(
            text, f'{{"status":"ERROR","code":"{code}","message":"{message}","correlationId":'
            f'"{correlation}","detailedMessage":null,"responseMessages":[{{"code":"{code}",'
            f'"level":"ERROR","message":"{message}","exception":null,"failureTypes":[]}}],'
            '"metadata":null}')
        self.assertEqual(answer.headers["Content-Type"].split(";")[0], "application/json")

    def assertErrorEnvelope(self, answer, status):
        """The ERROR envelope with whatever words."""
        self.assertEqual(answer.status, status, answer)
        self.assertIsNotNone(answer.json, answer)
        self.assertEqual(list(answer.json), ["status", "code", "message", "correlationId",
                                             "detailedMessage", "responseMessages", "metadata"])
        self.assertEqual(answer.json["status"], "ERROR")

    def assertAccepted(self, answer):
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["status"], "SUCCESS")
        self.assertRegex(answer.event_id, r"^[0-9a-f]{24}$")
        return answer.event_id
