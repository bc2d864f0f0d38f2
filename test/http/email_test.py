"""Email steps: what the mail server gets, and what fails when it does not want it."""
import email
import email.header
import json
import unittest

from http_case import HttpCase
from mail_server import MailServer
from stand import Stand, query, trigger


def document(identifier, **spec):
    step = {"name": "mail", "identifier": "mail", "type": "Email", "timeout": "1m", "spec": spec}
    stage = {"name": "s", "identifier": "s", "type": "Custom",
             "spec": {"execution": {"steps": [{"step": step}]}}}
    return json.dumps({"pipeline": {"name": identifier, "identifier": identifier,
                                    "stages": [{"stage": stage}]}})


PIPELINE = document("pipe", to="ann@example.com, Bob <bob@example.com>", cc="<+trigger.payload.cc>",
                    subject="deployed <+trigger.payload.what>",
                    body='first\nsecond <+secrets.getValue("account.hint")>')


class Email(HttpCase):
    documents = (PIPELINE, trigger())

    @classmethod
    def setUpClass(cls):
        cls.mail = MailServer()
        cls.settings = {"engine_settings": f"smtp:\n  url: smtp://127.0.0.1:{cls.mail.port}\n"
                                           "  from: tripgate@example.com\n  tls: 'off'\n"}
        super().setUpClass()
        cls.stand.cli("secret", "set", "hint", stdin="pl4in-hint")

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.mail.close()

    def run_once(self, **body):
        event = self.assertAccepted(self.stand.fire(json.dumps(body).encode()))
        return self.stand.wait_for_end(event), self.stand.wait_for_row(event)["pipelineExecutionId"]

    def test_a_recipient_whom_the_server_refuses_fails_the_step(self):
        self.mail.refused = ["nobody@"]
        summary, _ = self.run_once(cc="nobody@example.com", what="x")
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual(summary["failureInfo"]["failureTypeList"], ["APPLICATION_FAILURE"])

    def test_a_sender_cannot_add_commands_or_headers(self):
        before = len(self.mail.messages)
        summary, _ = self.run_once(cc="eve@example.com>\r\nRCPT TO:<mallory@example.com", what="x")
        self.assertEqual(summary["status"], "Failed")
        self.assertEqual(len(self.mail.messages), before)
        summary, _ = self.run_once(cc="", what="x\r\nBcc: mallory@example.com")
        self.assertEqual(summary["status"], "Success")
        message = self.mail.wait_for(before + 1)[-1]
        self.assertIsNone(email.message_from_string(message["text"])["Bcc"])
        self.assertNotIn("<mallory@example.com>", message["to"])

    def test_the_message_arrives_once_and_its_secrets_stay_out_of_sight(self):
        before = len(self.mail.messages)
        summary, execution = self.run_once(cc="cy@example.com", what="v1")
        self.assertEqual(summary["status"], "Success")
        message = self.mail.wait_for(before + 1)[-1]
        self.assertEqual(len(self.mail.messages), before + 1)
        self.assertEqual((message["from"], message["to"]),
                         ("<tripgate@example.com>", ["<ann@example.com>", "<bob@example.com>",
                                                     "<cy@example.com>"]))
        parsed = email.message_from_string(message["text"])
        subject = email.header.make_header(email.header.decode_header(parsed["Subject"]))
        self.assertEqual(str(subject), "deployed v1")
        self.assertIn("<br>second pl4in-hint</br>", parsed.get_payload(decode=True).decode())
        shown = self.stand.get(f"/pipeline/api/pipelines/execution/v2/{execution}?"
                               f"{query(renderFullBottomGraph='true')}",
                               headers={"x-api-key": self.stand.admin_key()})
        self.assertNotIn(b"pl4in-hint", shown.body)
        node = next(node for node in shown.json["data"]["executionGraph"]["nodeMap"].values()
                    if node["identifier"] == "mail")
        self.assertEqual(list(node["outcomes"]["output"]), ["notificationId"])
        self.assertNotIn("pl4in", self.stand.cli("execution", "logs", execution).stdout)


class NoServer(unittest.TestCase):
    def test_without_settings_the_step_says_so(self):
        stand = Stand((PIPELINE, trigger()))
        try:
            stand.cli("secret", "set", "hint", stdin="x")
            summary = stand.wait_for_end(stand.fire(b'{"cc": "", "what": "x"}').event_id)
            self.assertEqual(summary["failureInfo"]["message"], "SMTP is not configured")
            self.assertEqual(summary["failureInfo"]["failureTypeList"], ["APPLICATION_FAILURE"])
        finally:
            stand.close()


if __name__ == "__main__":
    unittest.main()
