"""Secrets from the command line to a step's process, and nowhere else."""
import stat
import unittest
import urllib.parse

from http_case import HttpCase
from stand import SCOPE, pipeline, query, trigger

SCRIPT = """\
token="<+secrets.getValue("token")>"
echo "it is $token, or $(echo "$token" | rev)"
echo "size ${#token}, shared <+secrets.getValue("account.shared")>"
echo "sent <+trigger.payload.sent>"
"""
HANDED_ON = pipeline('T="Bearer <+secrets.getValue("token")>"', identifier="handed").replace(
    "                    source:\n", """\
                    outputVariables:
                      - {name: T, type: String, value: T}
                    source:
""")
MISSING = 'echo "<+secrets.getValue("org.nowhere")>"'
PLAIN = "pl4in'$(id)\"text"
SHARED = "of-the-whole-account"


class Secrets(HttpCase):
    documents = (pipeline(SCRIPT), trigger(),
                 pipeline(MISSING, identifier="missing"), trigger("lost", "missing"),
                 HANDED_ON, trigger("hands", "handed"))

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.stand.cli("secret", "set", "token", "--org", "default", "--project", "demo",
                      stdin=PLAIN + "\n")
        cls.stand.cli("secret", "set", "shared", stdin=SHARED)

    def run_pipeline(self, body=b"{}", trigger_id="trig", pipeline_id="pipe"):
        """The summary of the ended run, and its id."""
        parameters = query(triggerIdentifier=trigger_id, pipelineIdentifier=pipeline_id)
        token = self.stand.token(trigger_id, pipeline_id)
        event = self.assertAccepted(self.stand.request(
            "POST", f"/gateway/pipeline/api/webhook/custom/{token}/v3?{parameters}", body))
        summary = self.stand.wait_for_end(event)
        return summary, self.stand.wait_for_row(event)["pipelineExecutionId"]

    def test_a_step_gets_its_secrets_and_its_log_hides_them(self):
        summary, execution = self.run_pipeline()
        self.assertEqual(summary["status"], "Success")
        log = self.stand.cli("execution", "logs", execution).stdout
        self.assertIn(f"it is **************, or {PLAIN[::-1]}\n", log)
        self.assertIn(f"size {len(PLAIN)}, shared **************\n", log)

    def test_what_a_sender_writes_reaches_no_secret(self):
        body = b'{"sent": "<+secrets.getValue(\\"token\\")>"}'
        summary, execution = self.run_pipeline(body)
        self.assertEqual(summary["status"], "Success")
        log = self.stand.cli("execution", "logs", execution).stdout
        self.assertIn('sent <+secrets.getValue("token")>\n', log)

    def test_a_missing_secret_fails_the_step_by_its_name_and_scope(self):
        summary, execution = self.run_pipeline(trigger_id="lost", pipeline_id="missing")
        self.assertEqual(summary["status"], "Failed")
        shown = self.stand.cli("execution", "show", execution, "-o", "json").stdout
        self.assertIn("There is no secret nowhere in organisation default of account demo", shown)

    def test_an_output_variable_shows_asterisks_for_a_secret(self):
        summary, execution = self.run_pipeline(trigger_id="hands", pipeline_id="handed")
        self.assertEqual(summary["status"], "Success")
        graph = self.stand.get(f"/gateway/pipeline/api/pipelines/execution/v2/{execution}?"
                               "renderFullBottomGraph=true&" + urllib.parse.urlencode(SCOPE),
                               {"X-Api-Key": self.stand.admin_key()}).body.decode()
        self.assertIn('"T":"Bearer **************"', graph)
        self.assertNotIn("pl4in", graph)

    def test_no_file_of_the_engine_holds_plain_text(self):
        self.run_pipeline()
        self.run_pipeline(trigger_id="hands", pipeline_id="handed")
        self.stand.restart_engine()
        for path in self.stand.root.rglob("*"):
            if not path.is_file():
                continue
            content = path.read_bytes()
            for plain in (PLAIN, SHARED):
                self.assertNotIn(plain.encode(), content, path)

    def test_neither_lists_nor_answers_hold_a_value(self):
        listed = self.stand.cli("secret", "list", "-o", "json").stdout
        self.assertIn("shared", listed)
        self.assertNotIn(SHARED, listed)
        done = self.stand.cli("secret", "set", "brief", stdin="v")
        self.assertEqual(done.stdout, "stored brief, 1 bytes\n")
        self.assertEqual(self.stand.cli("secret", "delete", "brief").stdout, "deleted brief\n")
        self.assertEqual(self.stand.cli("secret", "delete", "brief", check=False).returncode, 1)

    def test_an_empty_value_and_a_value_in_the_arguments_are_refused(self):
        self.assertEqual(self.stand.cli("secret", "set", "x", stdin="\n", check=False).returncode, 2)
        self.assertEqual(self.stand.cli("secret", "set", "x", "value", check=False).returncode, 2)

    def test_the_key_is_for_the_engine_alone(self):
        key = next(self.stand.root.rglob("secrets.key"))
        self.assertEqual(stat.S_IMODE(key.stat().st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(key.parent.stat().st_mode), 0o700)


if __name__ == "__main__":
    unittest.main()
