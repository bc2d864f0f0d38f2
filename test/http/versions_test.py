"""The three forms of the address, under both prefixes."""
import unittest

from http_case import HttpCase
from stand import pipeline, trigger

OLD_URL = ("Invalid request: This webhook url is no longer supported for newly created custom webhook "
           "triggers. We are migrating to new webhook urls using custom webhook tokens in the url.")


class WithToken(HttpCase):
    documents = (pipeline(), trigger(), trigger("off", enabled=False))

    def test_both_prefixes_reach_the_trigger(self):
        for prefix in ("/gateway", ""):
            self.assertAccepted(self.stand.fire(prefix=prefix))

    def test_old_addresses_are_refused_without_a_key(self):
        for version in ("v1", "v2"):
            self.assertError(self.stand.fire_without_token(version), 400, "INVALID_REQUEST", OLD_URL)

    def test_old_addresses_take_a_valid_key(self):
        key = self.stand.make_key("old-address")
        answer = self.stand.fire_without_token("v1", headers={"X-Api-Key": key})
        self.assertEqual(answer.status, 200, answer)
        self.assertRegex(answer.json["data"], r"^[0-9a-f]{24}$")
        self.assertAccepted(self.stand.fire_without_token("v2", headers={"X-Api-Key": key}))

    def test_nothing_selected_names_what_was_asked(self):
        self.assertError(
            self.stand.fire_without_token("v2", triggerIdentifier="nobody"), 400, "INVALID_REQUEST",
            "Invalid request: No enabled custom trigger found for Account:demo, Org: default, "
            "Project: demo, Pipeline: pipe, Trigger: nobody")
        self.assertError(
            self.stand.fire_without_token("v2", projectIdentifier="nowhere", pipelineIdentifier=None,
                                          triggerIdentifier=None), 400, "INVALID_REQUEST",
            "Invalid request: No enabled custom trigger found for Account:demo, Org: default, "
            "Project: nowhere")

    def test_unknown_token_is_named(self):
        self.assertError(
            self.stand.request("POST", "/gateway/pipeline/api/webhook/custom/AAAAAAAAAAAAAAAAAAAAAA/v3?"
                               "accountIdentifier=demo&orgIdentifier=default&projectIdentifier=demo",
                               b"{}"), 400, "INVALID_REQUEST",
            "Invalid request: No custom trigger found for the used custom webhook token: "
            "AAAAAAAAAAAAAAAAAAAAAA")

    def test_disabled_trigger_is_told(self):
        token = self.stand.token("off")
        self.assertError(self.stand.fire(trigger_id="off"), 400, "INVALID_REQUEST",
                         "Invalid request: No enabled custom trigger found for the used custom webhook "
                         f"token: {token}")

    def test_token_fires_its_own_trigger_only(self):
        token = self.stand.token()
        for change in ({"triggerIdentifier": "off"}, {"pipelineIdentifier": "other"},
                       {"projectIdentifier": "other"}, {"accountIdentifier": "other"}):
            changes = {"triggerIdentifier": "trig", **change}
            self.assertError(self.stand.fire(**changes), 400, "INVALID_REQUEST",
                             "Invalid request: No custom trigger found for the used custom webhook "
                             f"token: {token}")

    def test_pipeline_and_trigger_may_be_left_out(self):
        answer = self.stand.fire(pipelineIdentifier=None, triggerIdentifier=None)
        self.assertAccepted(answer)
        self.assertIn("pipelineIdentifier=null&page=0", answer.json["data"]["uiUrl"])


class WithoutToken(HttpCase):
    settings = {"engine_settings": "webhook_tokens: false\n"}

    def test_old_addresses_work_without_a_key(self):
        answer = self.stand.fire_without_token("v1")
        self.assertEqual(answer.status, 200, answer)
        event = self.assertAccepted(self.stand.fire_without_token("v2"))
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")


if __name__ == "__main__":
    unittest.main()
