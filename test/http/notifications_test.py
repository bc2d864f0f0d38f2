"""Notification rules: what receivers get, and that nothing of it touches the run."""
import json
import unittest

from hook_server import HookServer
from http_case import HttpCase
from mail_server import MailServer
from stand import query, trigger, wait_for


def script(identifier, text):
    spec = {"shell": "Bash", "source": {"type": "Inline", "spec": {"script": text}}}
    return {"step": {"name": identifier, "identifier": identifier, "type": "ShellScript", "timeout": "1m",
                     "spec": spec}}


def stage(identifier, *steps, **keys):
    return {"stage": {"name": identifier, "identifier": identifier, "type": "Custom",
                      "spec": {"execution": {"steps": list(steps)}}, **keys}}


def rule(identifier, events, method, **spec):
    return {"name": identifier, "identifier": identifier, "enabled": True,
            "pipelineEvents": [{"type": event} for event in events],
            "notificationMethod": {"type": method, "spec": spec}}


def document(identifier, rules, *stages):
    return json.dumps({"pipeline": {"name": identifier, "identifier": identifier, "notificationRules": rules,
                                    "stages": list(stages)}})


class Notifications(HttpCase):
    @classmethod
    def setUpClass(cls):
        cls.hook, cls.mail = HookServer(), MailServer()
        hook = f"http://127.0.0.1:{cls.hook.port}/<+pipeline.identifier>"
        cls.documents = (
            document("pipe", [
                rule("tell", ["AllEvents"], "Webhook", webhookUrl=hook,
                     headers={"X-Key": '<+secrets.getValue("account.hook_key")>'}),
                rule("mail", ["StageFailed"], "Email", recipients=["ops@example.com"]),
            ], stage("good", script("a", "true")), stage("bad", script("b", "exit 3"))), trigger(),
            document("inner", [rule("tell", ["PipelineEnd"], "Webhook", webhookUrl="http://127.0.0.2:1/")],
                     stage("s", script("a", "true"))), trigger("inner", "inner"),
            document("lost", [rule("tell", ["PipelineEnd"], "Webhook", webhookUrl=hook,
                                   headers={"X-Key": '<+secrets.getValue("account.nowhere")>'})],
                     stage("s", script("a", "true"))), trigger("lost", "lost"))
        cls.settings = {"engine_settings": "http:\n  allow_private: [127.0.0.1]\nsmtp:\n"
                                           f"  url: smtp://127.0.0.1:{cls.mail.port}\n"
                                           "  from: tripgate@example.com\n  tls: 'off'\n"}
        super().setUpClass()
        cls.stand.cli("secret", "set", "hook_key", stdin="pl4in-key")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.mail.close()
        cls.hook.close()

    def fire(self, trigger_id="trig", pipeline_id="pipe"):
        token = self.stand.token(trigger_id, pipeline_id)
        parameters = query(triggerIdentifier=trigger_id, pipelineIdentifier=pipeline_id)
        event = self.assertAccepted(self.stand.request(
            "POST", f"/gateway/pipeline/api/webhook/custom/{token}/v3?{parameters}", b"{}"))
        return event, self.stand.wait_for_row(event)["pipelineExecutionId"]

    @staticmethod
    def told(requests, run):
        """The events of a run, each once and in the order of their first arrival."""
        seen = []
        for _, body in requests:
            event = body["eventData"]
            name = (event["eventType"], event.get("stage", {}).get("identifier"))
            if event["planExecutionId"] == run and name not in seen:
                seen.append(name)
        return seen

    def wait_for_story(self, run):
        requests = self.hook.wait_for(lambda all_of_them: ("PipelineEnd", None) in self.told(all_of_them, run)
                                      and len(self.told(all_of_them, run)) >= 8, "the run's notifications")
        return [pair for pair in requests if pair[1]["eventData"]["planExecutionId"] == run]

    STORY = {("PipelineStart", None), ("StageStart", "good"), ("StageSuccess", "good"), ("StageStart", "bad"),
             ("StepFailed", "bad"), ("StageFailed", "bad"), ("PipelineFailed", None), ("PipelineEnd", None)}

    def test_a_run_ends_as_always_when_nobody_may_be_told(self):
        """An address of this machine that is not allowed, and a secret that does not exist."""
        for name, reason in (("inner", "notify-PipelineEnd"), ("lost", "There is no secret nowhere")):
            event, run = self.fire(name, name)
            self.assertEqual(self.stand.wait_for_end(event)["status"], "Success")
            wait_for(lambda: any(run in line and reason in line and "notification" in line
                                 for line in self.stand.log("engine.log").splitlines()), "a line in the log")

    def test_every_event_arrives_with_late_secrets(self):
        event, run = self.fire()
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Failed")
        requests = self.wait_for_story(run)
        self.assertEqual(set(self.told(requests, run)), self.STORY)
        self.assertEqual({headers["X-Key"] for headers, _ in requests}, {"pl4in-key"})
        failed = next(body["eventData"] for _, body in requests if body["eventData"]["eventType"] == "StepFailed")
        self.assertEqual(failed["step"]["identifier"], "b")
        self.assertIn("Please check execution logs", failed["step"]["errorMessage"])
        self.assertIn(f"/executions/{run}/pipeline", failed["executionUrl"])
        mail = wait_for(lambda: [one for one in self.mail.messages if one["to"] == ["<ops@example.com>"]],
                        "an e-mail")
        self.assertIn("StageFailed", mail[0]["text"])
        for path in (self.stand.state_dir / "state").iterdir():
            self.assertNotIn(b"pl4in-key", path.read_bytes(), path)
        self.assertNotIn("pl4in-key", self.stand.log("engine.log"))

    def test_a_receiver_that_fails_gets_it_again_across_a_kill(self):
        self.hook.answers[:] = [503] * 3
        event, run = self.fire()
        self.assertEqual(self.stand.wait_for_end(event)["status"], "Failed")
        self.stand.restart_engine()
        self.assertEqual(set(self.told(self.wait_for_story(run), run)), self.STORY)


if __name__ == "__main__":
    unittest.main()
