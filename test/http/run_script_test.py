"""What `make run` starts, by somebody who is not root: all of it runs as one user, a dead engine comes
back, and Ctrl-C ends everything."""
import contextlib
import http.client
import json
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import tempfile
import unittest

from ports import free_port
from stand import BUILD, TOP, pipeline, trigger, wait_for


class WithoutRoot(unittest.TestCase):
    def setUp(self):
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tripgate-run-"))
        self.addCleanup(shutil.rmtree, self.root)
        self.state, self.port = self.root / "state", free_port()
        self.user = {}
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            self.user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            os.chown(self.root, nobody.pw_uid, nobody.pw_gid)
            self.skip_unless_readable(BUILD / "tripgate", TOP / "conf/run.sh")
        self.log = open(self.root / "log", "ab")
        self.addCleanup(self.log.close)
        self.script = subprocess.Popen(
            [TOP / "conf/run.sh"], stdout=self.log, stderr=self.log, start_new_session=True,
            env=dict(os.environ, BUILD=str(BUILD), STATE_DIR=str(self.state), PORT=str(self.port),
                     DEMO="0"), **self.user)
        self.addCleanup(self.end)
        wait_for(lambda: self.script.poll() is not None or "ready on port" in self.text(), "run.sh")
        self.assertIsNone(self.script.poll(), self.text())

    def skip_unless_readable(self, *paths):
        for path in paths:
            if subprocess.run(["test", "-x", path], **self.user, check=False).returncode != 0:
                self.skipTest(f"an ordinary user cannot reach {path}")

    def text(self):
        return (self.root / "log").read_text()

    def end(self):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.script.pid, signal.SIGKILL)
        self.script.wait()

    def family(self):
        """pid, uid and arguments of everything in the script's session."""
        listed = subprocess.run(["ps", "-o", "pid=,uid=,args=", "-s", str(self.script.pid)],
                                capture_output=True, text=True, check=False).stdout
        return [line.split(None, 2) for line in listed.splitlines()]

    def engine(self):
        return [int(pid) for pid, _, words in self.family() if " engine --config " in words]

    def cli(self, *words, **options):
        return subprocess.run([BUILD / "tripgate", *words, "--admin-socket",
                               self.state / "admin/admin.sock"], capture_output=True, text=True,
                              check=True, **self.user, **options).stdout

    def ask(self, method, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path, b"{}" if method == "POST" else None)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def is_healthy(self):
        with contextlib.suppress(OSError, ValueError):
            return self.ask("GET", "/healthz")[0] == 200
        return False

    def fire(self):
        """Posts what `tripgate curl` prints and waits for the end of the run."""
        address = self.cli("curl", "trig", "-p", "pipe").split("'")[3]
        status, answer = self.ask("POST", address.split(f":{self.port}", 1)[1])
        self.assertEqual(status, 200, answer)
        details = answer["data"]["apiUrl"].split(f":{self.port}", 1)[1]

        def ended():
            execution = (self.ask("GET", details)[1].get("data") or {}).get("executionDetails")
            summary = execution and execution["pipelineExecutionSummary"]
            return summary and summary["status"] not in ("Running", "NotStarted") and summary
        return wait_for(ended, "the end of a run")["status"]

    def test_deploys_survives_its_engine_and_stops(self):
        documents = self.root / "documents.yaml"
        documents.write_text("\n---\n".join([pipeline(), trigger()]))
        documents.chmod(0o644)
        self.cli("apply", "-f", documents)
        self.assertEqual(self.fire(), "Success")
        owner = self.user.get("user", os.geteuid())
        self.assertEqual({int(uid) for _, uid, _ in self.family()}, {owner})

        dead = self.engine()
        self.assertEqual(len(dead), 1)
        os.kill(dead[0], signal.SIGKILL)
        wait_for(lambda: self.engine() not in ([], dead) and self.is_healthy(), "a new engine")
        self.assertEqual(self.fire(), "Success")

        os.killpg(self.script.pid, signal.SIGINT)
        self.assertEqual(self.script.wait(30), 0, self.text())
        wait_for(lambda: not self.family(), "the end of everything")


if __name__ == "__main__":
    unittest.main()
