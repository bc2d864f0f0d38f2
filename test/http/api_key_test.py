"""Keys in every way they can be bad: one answer, which tells nothing (triggers.md 4.4 to 4.6)."""
import re
import unittest

from http_case import HttpCase

BAD = "Token is not valid."


class ApiKey(HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.key = cls.stand.make_key("good")

    def bad_keys(self):
        prefix, account, uuid, secret = self.key.split(".")
        other = "sat" if prefix == "pat" else "pat"
        flipped = ("A" if secret[0] != "A" else "B") + secret[1:]
        return {
            "empty": "", "one word": "x", "two parts": f"{prefix}.{uuid}",
            "five parts": self.key + ".x", "dot at the end": self.key + ".",
            "unknown uuid": f"{prefix}.{account}.{'0' * 24}.{secret}",
            "wrong secret": f"{prefix}.{account}.{uuid}.{flipped}",
            "short secret": self.key[:-1], "wrong prefix": f"{other}.{account}.{uuid}.{secret}",
            "unknown prefix": f"jwt.{account}.{uuid}.{secret}",
            "another account": f"{prefix}.other.{uuid}.{secret}",
            "upper case uuid": f"{prefix}.{account}.{uuid.upper()}.{secret}" if uuid != uuid.upper()
            else "x", "two keys": f"{self.key},{self.key}", "huge": "p" * 4000,
        }

    def test_every_bad_key_gets_the_same_bytes(self):
        answers = set()
        for name, key in self.bad_keys().items():
            answer = self.stand.fire(key=key)
            with self.subTest(name):
                self.assertError(answer, 401, "INVALID_TOKEN", BAD)
            answers.add(re.sub(rb'"correlationId":"[^"]+"', b"", answer.body))
        self.assertEqual(len(answers), 1)

    def test_key_of_another_account_is_bad(self):
        self.assertError(self.stand.fire(key=self.key, accountIdentifier="other"), 401,
                         "INVALID_TOKEN", BAD)

    def test_good_key_is_accepted_and_old_form_too(self):
        prefix, _, uuid, secret = self.key.split(".")
        self.assertAccepted(self.stand.fire(key=self.key))
        self.assertAccepted(self.stand.fire(key=f"{prefix}.{uuid}.{secret}"))

    def test_key_is_judged_before_parameters_and_token(self):
        self.assertError(self.stand.fire(key="x", orgIdentifier=None), 401, "INVALID_TOKEN", BAD)

    def test_key_without_permission_gets_403(self):
        key = self.stand.make_key("viewer", "viewer")
        answer = self.stand.fire(key=key)
        self.assertEqual(answer.status, 403, answer)
        self.assertEqual(list(answer.json), ["status", "code", "message", "correlationId",
                                             "detailedMessage", "responseMessages", "metadata",
                                             "failedPermissionChecks"])
        self.assertEqual(answer.json["code"], "NG_ACCESS_DENIED")
        self.assertRegex(answer.json["message"],
                         r"^Principal of type (USER|SERVICE_ACCOUNT) with identifier \S+ : Missing "
                         r"permission core_pipeline_execute on pipeline with identifier pipe$")
        self.assertIsNone(answer.json["correlationId"])
        self.assertEqual(answer.json["failedPermissionChecks"], [{
            "resourceScope": {"accountIdentifier": "demo", "orgIdentifier": "default",
                              "projectIdentifier": "demo"},
            "resourceType": "PIPELINE", "resourceAttributes": None, "resourceIdentifier": "pipe",
            "permission": "core_pipeline_execute"}])

    def test_revoked_key_is_bad_at_once(self):
        key = self.stand.make_key("short-lived")
        self.assertAccepted(self.stand.fire(key=key))
        self.stand.cli("token", "revoke", "short-lived")
        self.assertError(self.stand.fire(key=key), 401, "INVALID_TOKEN", BAD)

    def test_secret_headers_are_masked_before_they_are_stored(self):
        event = self.assertAccepted(self.stand.fire(b"masked", key=self.key, headers={
            "Authorization": "Bearer hidden-word", "Cookie": "hidden-word"}))
        self.stand.wait_for_row(event)
        shown = self.stand.cli("event", "show", event).stdout
        self.assertNotIn("hidden-word", shown)
        self.assertNotIn(self.key.rsplit(".", 1)[1], shown)


if __name__ == "__main__":
    unittest.main()
