"""Addresses besides the webhooks: probes, the description, the page behind uiUrl, settings."""
import time
import unittest

from http_case import HttpCase


class Addresses(HttpCase):
    def test_probes_answer_in_one_form(self):
        for address in ("/healthz", "/readyz"):
            answer = self.stand.get(address)
            self.assertEqual((answer.status, answer.body), (200, b'{"status":"UP"}'), address)
            self.assertEqual(answer.headers["Content-Type"], "application/json")

    def test_description_is_served(self):
        answer = self.stand.get("/openapi.json")
        self.assertEqual((answer.status, answer.json["openapi"]), (200, "3.0.3"))
        self.assertIn("/pipeline/api/webhook/custom/{webhookToken}/v3", answer.json["paths"])

    def test_page_behind_ui_url_says_what_is_missing(self):
        for address in ("/ng/", "/ng/nothing.js"):
            answer = self.stand.get(address)
            self.assertEqual((answer.status, answer.headers["Content-Type"]), (404, "text/html"))
            self.assertIn(b"No web interface is installed", answer.body)

    def test_setting_tells_when_it_was_written(self):
        def last_modified():
            answer = self.stand.get("/ng/api/settings?accountIdentifier=demo",
                                    {"X-Api-Key": self.stand.admin_key()})
            return answer.json["data"][0]["lastModifiedAt"]
        self.assertIsNone(last_modified())
        before_ms = time.time() * 1000 - 1
        self.stand.set_mandate("false")
        self.assertTrue(before_ms <= last_modified() <= time.time() * 1000)


if __name__ == "__main__":
    unittest.main()
