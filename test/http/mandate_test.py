"""The setting that makes keys mandatory, at each scope (triggers.md 4.5, 5.2)."""
import unittest

from http_case import HttpCase

MISSING = ("Invalid request: Authorization is mandatory for custom triggers in demo:default:demo. "
           "Please add X-Api-Key header in the request")
PROJECT = ("--org", "default", "--project", "demo")


class Mandate(HttpCase):
    def setUp(self):
        self.stand.set_mandate("false")
        self.stand.set_mandate("false", *PROJECT)

    def assertMandated(self):
        self.assertError(self.stand.fire(), 400, "INVALID_REQUEST", MISSING)

    def test_off_takes_anonymous_calls(self):
        self.assertAccepted(self.stand.fire())

    def test_on_refuses_a_call_without_key_and_takes_one_with(self):
        self.stand.set_mandate("true", *PROJECT)
        self.assertMandated()
        self.assertAccepted(self.stand.fire(key=self.stand.make_key("mandated")))

    def test_mandate_is_told_before_the_token_is_looked_at(self):
        self.stand.set_mandate("true", *PROJECT)
        self.assertError(
            self.stand.request("POST", "/gateway/pipeline/api/webhook/custom/unknown/v3?accountIdentifier="
                               "demo&orgIdentifier=default&projectIdentifier=demo", b"{}"),
            400, "INVALID_REQUEST", MISSING)

    def test_project_overrides_the_account(self):
        self.stand.set_mandate("true")
        self.assertAccepted(self.stand.fire())

    def test_account_without_overrides_removes_the_projects_value(self):
        self.stand.set_mandate("true", "--no-overrides")
        self.assertMandated()
        done = self.stand.cli("setting", "set", "mandate_custom_webhook_authorization", "false",
                              *PROJECT, check=False)
        self.assertEqual(done.returncode, 1)
        self.assertIn("Setting- mandate_custom_webhook_authorization cannot be overridden at the "
                      "current scope", done.stdout + done.stderr)
        self.stand.set_mandate("false")
        self.assertAccepted(self.stand.fire())

    def test_yes_is_enforced_like_true(self):
        self.stand.set_mandate("yes", *PROJECT)
        self.assertMandated()

    def test_bad_key_is_refused_though_none_is_needed(self):
        self.assertError(self.stand.fire(key="nonsense"), 401, "INVALID_TOKEN", "Token is not valid.")


if __name__ == "__main__":
    unittest.main()
