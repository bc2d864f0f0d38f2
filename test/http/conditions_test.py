"""Conditions through the whole of it: what they decide, what is told of them, what is refused."""
import unittest

from http_case import HttpCase
from stand import pipeline, trigger, wait_for

JEXL = '<+trigger.payload.n> > 3 && <+trigger.header["X-Team"]> == "blue"'
IS_MAIN = {"key": "<+trigger.payload.ref>", "operator": "Equals", "value": "refs/heads/main"}
KEY_IS = {"key": "<+trigger.header['Authorization']>", "operator": "Equals", "value": "Bearer x"}
FULL = {"payloadConditions": [IS_MAIN], "headerConditions": [KEY_IS], "jexlCondition": JEXL}


class Conditions(HttpCase):
    documents = (pipeline(), trigger("trig", spec={"jexlCondition": JEXL}),
                 trigger("main", spec={"payloadConditions": [IS_MAIN]}), trigger("full", spec=FULL))

    def fire(self, body, trigger_id="trig", headers=None):
        return self.assertAccepted(self.stand.fire(body, trigger_id=trigger_id, headers=headers))

    def explain(self, event, key=None):
        headers = {"X-Api-Key": self.stand.admin_key() if key is None else key}
        return self.stand.get("/gateway/pipeline/api/triggers/eventHistory/explain/"
                              f"{event}?accountIdentifier=demo", headers)

    def test_expression_that_does_not_parse_is_refused(self):
        done = self.stand.apply(trigger("bad", spec={"jexlCondition": "<+trigger.payload.n> >"}),
                                check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"apply\.yaml:13:54: a value was expected, but the text ends here\n"
                                      r"<\+trigger\.payload\.n> >\n {22}\^\n")
        self.assertEqual(self.stand.cli("get", "trigger", "bad", check=False).returncode, 1)

    def test_pattern_that_does_not_compile_is_refused(self):
        spec = {"payloadConditions": [{"key": "<+trigger.payload.a>", "operator": "Regex", "value": "[x"}]}
        done = self.stand.apply(trigger("bad", spec=spec), check=False)
        self.assertEqual(done.returncode, 1)
        self.assertRegex(done.stderr, r"apply\.yaml:13:\d+: bad pattern: ")

    def test_false_condition_starts_nothing_and_says_so(self):
        event = self.fire(b'{"n": 3}', headers={"X-Team": "blue"})
        row = self.stand.wait_for_row(event)
        created = row.pop("eventCreatedAt")
        self.assertGreater(created, 0)
        self.assertEqual(row, {
            "eventFound": True, "eventId": event, "accountIdentifier": "demo", "orgIdentifier": None,
            "projectIdentifier": None, "triggerIdentifier": None, "pipelineIdentifier": None,
            "pipelineExecutionId": None, "exceptionOccured": True,
            "status": "NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS",
            "message": "No Trigger matched jexl conditions for payload event for Project: demo",
            "payload": '{"n": 3}', "runtimeInput": None, "warningMsg": None})
        self.assertIsNone(self.stand.details(event).json["data"]["executionDetails"])

    def test_true_condition_runs_the_pipeline(self):
        event = self.fire(b'{"n": 4}', headers={"x-team": "blue"})
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")

    def test_payload_condition_takes_a_body_that_is_no_json_for_text(self):
        event = self.fire(b"ref=refs/heads/main", "main")
        self.assertEqual(self.stand.wait_for_row(event)["status"],
                         "NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS")

    def test_explanation_is_for_those_who_may_view(self):
        event = self.fire(b"{}", "main")
        self.stand.wait_for_row(event)
        self.assertEqual(self.explain(event, key="").status, 401)
        self.assertEqual(self.explain("0" * 24).status, 404)

    def test_explanation_names_each_condition_and_masks_the_key(self):
        event = self.fire(b'{"ref": "refs/heads/main", "n": "x"}', "full",
                          {"Authorization": "Bearer s3cret"})
        self.stand.wait_for_row(event)
        answer = self.explain(event)
        self.assertEqual(answer.status, 200, answer)
        self.assertNotIn(b"s3cret", answer.body)
        data = answer.json["data"]
        self.assertEqual(data["status"], "NO_MATCHING_TRIGGER_FOR_HEADER_CONDITIONS")
        [candidate] = data["candidates"]
        self.assertEqual(candidate["firstFailing"], "headerConditions[0]")
        first, second, third = candidate["conditions"]
        self.assertEqual((first["result"], first["found"]), ("holds", "refs/heads/main"))
        self.assertEqual((second["result"], second["found"]), ("fails", "********"))
        self.assertEqual(third["result"], "error")
        self.assertEqual((third["error"]["line"], third["error"]["column"]), (1, 22))
        text = self.stand.cli("event", "explain", event).stdout
        self.assertIn("  FAILS  headerConditions[0]\n", text)
        self.assertNotIn("s3cret", text)

    def test_explanation_keeps_to_the_version_that_judged(self):
        spec = {"jexlCondition": "<+trigger.payload.n> == 1"}
        self.stand.apply(trigger("edited", spec=spec))
        event = self.fire(b'{"n": 2}', "edited")
        self.stand.wait_for_row(event)
        self.stand.apply(trigger("edited", spec={"jexlCondition": "<+trigger.payload.n> == 2"}))
        [candidate] = self.explain(event).json["data"]["candidates"]
        self.assertEqual(candidate["version"], 1)
        self.assertEqual(candidate["conditions"][0]["source"], "<+trigger.payload.n> == 1")
        again = self.fire(b'{"n": 2}', "edited")
        self.assertEqual(self.stand.wait_for_row(again)["status"], "TARGET_EXECUTION_REQUESTED")

    def test_mismatch_shows_in_the_activity_of_the_trigger(self):
        self.stand.apply(trigger("quiet", spec={"payloadConditions": [IS_MAIN]}))
        event = self.fire(b"{}", "quiet")
        self.stand.wait_for_row(event)
        answer = self.stand.get(
            "/gateway/pipeline/api/triggers/eventHistory/quiet?accountIdentifier=demo&orgIdentifier="
            "default&projectIdentifier=demo&targetIdentifier=pipe",
            {"X-Api-Key": self.stand.admin_key()})
        [row] = answer.json["data"]["content"]
        self.assertEqual(row["eventCorrelationId"], event)
        self.assertEqual(row["finalStatus"], "NO_MATCHING_TRIGGER_FOR_PAYLOAD_CONDITIONS")
        self.assertEqual(row["message"], "payloadConditions[0] does not hold")

    def test_what_if_names_the_events_that_an_edit_changes(self):
        self.stand.apply(trigger("draft", spec={"jexlCondition": "<+trigger.payload.n> > 2"}))
        events = [self.fire(b'{"n": %d}' % n, "draft") for n in range(1, 6)]
        for event in events:
            self.stand.wait_for_row(event)
        path = self.stand.root / "draft.yaml"
        path.write_text(trigger("draft", spec={"jexlCondition": "<+trigger.payload.n> < 4"}))
        text = self.stand.cli("whatif", path, "--last", "4").stdout
        self.assertIn("4 events judged: 1 would newly fire, 2 would stop, 1 still fire, 0 still do not",
                      text)
        self.assertRegex(text, rf"newly fires +{events[1]} ")
        self.assertRegex(text, rf"stops +{events[4]} .*jexlCondition")
        path.write_text(trigger("draft", spec={"jexlCondition": "(("}))
        self.assertEqual(self.stand.cli("whatif", path, check=False).returncode, 1)


class SeveralTriggers(HttpCase):
    settings = {"engine_settings": "webhook_tokens: false\n"}
    documents = (pipeline(), pipeline(identifier="other"),
                 trigger("trig", spec={"payloadConditions": [IS_MAIN]}),
                 trigger("trig", "other", spec={"jexlCondition": "<+trigger.payload.ref.foo.bar()>"}),
                 trigger("free", "other"))

    def test_all_that_match_fire_and_a_broken_one_hurts_nobody(self):
        event = self.assertAccepted(self.stand.fire_without_token(
            "v2", b'{"ref": "refs/heads/main"}', pipelineIdentifier=None, triggerIdentifier=None))
        row = self.stand.wait_for_row(event)
        self.assertEqual(row["warningMsg"], "There are multiple trigger events generated from this "
                         "eventId. This response contains only one of them.")
        answer = self.stand.get("/gateway/pipeline/api/triggers/eventHistory/eventCorrelation/"
                                f"{event}?accountIdentifier=demo", {"X-Api-Key": self.stand.admin_key()})
        rows = answer.json["data"]["content"]
        self.assertEqual([(r["targetIdentifier"], r["triggerIdentifier"]) for r in rows],
                         [("pipe", "trig"), ("other", "free")])
        text = wait_for(lambda: self.stand.cli("event", "explain", event).stdout, "the explanation")
        self.assertEqual(text.count("\ntrigger "), 3)
        self.assertIn("trigger trig of pipeline other, version 1: does not match", text)

    def test_none_of_the_selected_leaves_one_row(self):
        event = self.assertAccepted(self.stand.fire_without_token(
            "v2", b"{}", pipelineIdentifier=None, triggerIdentifier="trig"))
        self.assertEqual(self.stand.wait_for_row(event)["status"],
                         "NO_MATCHING_TRIGGER_FOR_JEXL_CONDITIONS")


if __name__ == "__main__":
    unittest.main()
