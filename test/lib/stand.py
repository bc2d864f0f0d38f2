"""The real nginx with the module and the real engine, on free ports in a temporary folder.

Close it at the end of a test class: that fails on `[alert]`, `[emerg]`, a sanitizer's report or a
core file. FLAVOUR=release takes the release engine; the sanitizers' one is the default.
"""
import contextlib
import http.client
import json
import os
import pathlib
import pwd
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import unittest
import urllib.parse

from ports import free_port

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD", TOP / "build")).resolve()
FLAVOUR = os.environ.get("FLAVOUR", "san")
SCOPE = {"accountIdentifier": "demo", "orgIdentifier": "default", "projectIdentifier": "demo"}
TERMINAL = {"Success", "Failed", "Errored", "Expired", "Aborted", "IgnoreFailed", "ApprovalRejected"}

PIPELINE = """
pipeline:
  name: {id}
  identifier: {id}
  orgIdentifier: default
  projectIdentifier: demo
  stages:
    - stage:
        name: Only
        identifier: only
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Script
                  identifier: script
                  type: ShellScript
                  timeout: {timeout}
                  spec:
                    shell: Bash
                    source:
                      type: Inline
                      spec:
                        script: |
{script}
"""

TRIGGER = """
trigger:
  name: {id}
  identifier: {id}
  enabled: {enabled}
  orgIdentifier: default
  projectIdentifier: demo
  pipelineIdentifier: {pipeline}
  source:
    type: Webhook
    spec:
      type: Custom
      spec: {spec}
"""


def pipeline(script="echo hello", identifier="pipe", timeout="1m"):
    lines = "\n".join(" " * 26 + line for line in script.splitlines())
    return PIPELINE.format(id=identifier, script=lines, timeout=timeout)


def trigger(identifier="trig", pipeline_identifier="pipe", enabled=True, spec=None):
    """spec: the conditions; JSON is YAML too."""
    return TRIGGER.format(id=identifier, pipeline=pipeline_identifier, enabled=str(enabled).lower(),
                          spec=json.dumps(spec or {}))


def query(**changes):
    """The five parameters of a call; a value of None leaves one out."""
    parameters = dict(SCOPE, pipelineIdentifier="pipe", triggerIdentifier="trig")
    parameters.update(changes)
    return urllib.parse.urlencode({k: v for k, v in parameters.items() if v is not None})


def wait_for(condition, what, seconds=60):
    """What condition returns once it is true; it is asked often, for nothing tells when."""
    end = time.monotonic() + seconds
    while True:
        if found := condition():
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.01)


def mount_disk(place, size):
    """A small disk at a new folder; skips the test where mounting is refused."""
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=0755", "tripgate", place],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        shutil.rmtree(place.parent)
        raise unittest.SkipTest(f"no disk can be mounted here: {done.stderr.strip()}")


class Answer:
    """Status, headers, body and, if there is one, the document of an answer."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        self.json = None
        with contextlib.suppress(ValueError):
            self.json = json.loads(body)

    @property
    def event_id(self):
        return self.json["data"]["eventCorrelationId"]

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Stand:
    def __init__(self, documents=(), engine_settings="", hold="5s", timeout="10s", workers=1,
                 start=True, flavour=FLAVOUR, user_directives="", disk_size=None):
        """disk_size: of a disk of its own for state_dir, such as "48m"; needs the right to mount."""
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="tripgate-http-"))
        self.state_dir = self.root
        if disk_size:
            self.state_dir = self.root / "disk"
            mount_disk(self.state_dir, disk_size)
        self.port, self.h2_port = free_port(), free_port()
        self.program = BUILD / ("san/tripgate" if flavour == "san" else "tripgate")
        self.engine = self.nginx = None
        self.tokens = {}
        self.engine_environment = {}
        self.engine_log = open(self.root / "engine.log", "ab")
        self.nginx_log = open(self.root / "nginx.log", "ab")
        self._write_engine_yaml(engine_settings)
        self._write_nginx_conf(hold, timeout, workers, user_directives)
        if not start:
            return
        try:
            self.start_engine()
            self.start_nginx()
            if documents:
                self.apply(*documents)
        except BaseException:
            print(self.log("engine.log"), self.log("nginx.log"))
            self.kill_all()
            raise

    # Files.

    def _write_engine_yaml(self, settings):
        (self.root / "engine.yaml").write_text(
            f"state_dir: {self.state_dir}\nedge_dir: {self.root}/edge\n"
            f"intake_socket: {self.root}/intake.sock\nhttp_socket: {self.root}/http.sock\n"
            f"admin_socket: {self.root}/admin/admin.sock\n"
            f"step_program: {BUILD}/tripgate-step\n{self._step_user()}{settings}")

    @staticmethod
    def _step_user():
        """An engine that is root names the user of its steps."""
        return "step_user: root\n" if os.geteuid() == 0 else ""

    def _write_nginx_conf(self, hold, timeout, workers, user_directives):
        """The shipped configuration, with what a test needs to know or to change."""
        user = f"user {pwd.getpwuid(os.geteuid()).pw_name};" if os.geteuid() == 0 else ""
        text = (TOP / "conf/nginx.conf").read_text()
        for place, value in {"BUILD": BUILD, "STATE_DIR": self.root, "CONF": TOP / "conf",
                             "USER": user}.items():
            text = text.replace(f"@{place}@", str(value))
        for old, new in {
            "listen 127.0.0.1:@PORT@ backlog=4096;":
                f"listen 127.0.0.1:{self.port};\n        listen 127.0.0.1:{self.h2_port} http2;\n"
                f"        {user_directives}",
            "hold=5s timeout=10s": f"hold={hold} timeout={timeout}",
            "worker_processes auto": f"worker_processes {workers}",
        }.items():
            assert old in text, f"conf/nginx.conf lost its line {old}"
            text = text.replace(old, new)
        (self.root / "nginx.conf").write_text(text)

    def log(self, name):
        path = self.root / name
        return path.read_text(errors="replace") if path.exists() else ""

    # Processes.

    def start_engine(self):
        environment = dict(os.environ, ASAN_OPTIONS="detect_leaks=1:abort_on_error=0",
                           UBSAN_OPTIONS="print_stacktrace=1", **self.engine_environment)
        self.engine = subprocess.Popen(
            [self.program, "engine", "--config", self.root / "engine.yaml"],
            stdout=self.engine_log, stderr=self.engine_log, env=environment)
        wait_for(lambda: self._has_ended(self.engine, "engine") or self._accepts("http.sock"),
                 "the engine's sockets")

    def start_nginx(self, is_health_awaited=True):
        self.nginx = subprocess.Popen(["/usr/sbin/nginx", "-p", self.root, "-c", "nginx.conf"],
                                      stdout=self.nginx_log, stderr=self.nginx_log)
        is_up = self.is_healthy if is_health_awaited else self._answers
        wait_for(lambda: self._has_ended(self.nginx, "nginx") or is_up(), "nginx")

    def stop_nginx(self):
        self.nginx.send_signal(signal.SIGQUIT)
        self.nginx.wait(20)

    def _has_ended(self, process, name):
        if process.poll() is not None:
            raise AssertionError(f"{name} ended ({process.returncode}): {self.log(name + '.log')}")

    def _accepts(self, name):
        with socket.socket(socket.AF_UNIX) as probe:
            return probe.connect_ex(str(self.root / name)) == 0

    def _answers(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz").status in (200, 503)
        return False

    def is_healthy(self):
        with contextlib.suppress(OSError, http.client.HTTPException):
            return self.get("/healthz").status == 200
        return False

    def kill_engine(self):
        self.engine.kill()
        self.engine.wait()

    def restart_engine(self):
        self.kill_engine()
        self.start_engine()

    @contextlib.contextmanager
    def hung_engine(self):
        """The engine answers nothing while the block runs."""
        self.engine.send_signal(signal.SIGSTOP)
        # The signal is on its way: a thread on the other core may still acknowledge an event.
        os.waitid(os.P_PID, self.engine.pid, os.WSTOPPED)
        try:
            yield
        finally:
            self.engine.send_signal(signal.SIGCONT)

    def worker_pids(self):
        """Workers that take requests; those that a reload sends home are left out."""
        found = []
        children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(self.nginx.pid)],
                                  capture_output=True, text=True, check=False).stdout
        for line in children.splitlines():
            pid, words = line.split(None, 1)
            if "shutting down" not in words:
                found.append(int(pid))
        return found

    def reload_nginx(self):
        before = set(self.worker_pids())
        self.nginx.send_signal(signal.SIGHUP)
        wait_for(lambda: (after := set(self.worker_pids())) and not (after & before), "a reload")

    # Requests.

    def request(self, method, target, body=None, headers=None, seconds=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)
        try:
            connection.request(method, target, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()

    def get(self, target, headers=None):
        return self.request("GET", target, headers=headers)

    def raw(self, data):
        """Sends bytes as they are and returns everything that comes back."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as client:
            client.sendall(data)
            answer = b""
            with contextlib.suppress(ConnectionError):
                while piece := client.recv(65536):
                    answer += piece
            return answer

    def fire(self, body=b'{"sample_key": "sample_value"}', key=None, trigger_id="trig", headers=None,
             prefix="/gateway", **changes):
        """POSTs to the trigger's v3 address."""
        headers = dict(headers or {})
        if key is not None:
            headers["X-Api-Key"] = key
        parameters = query(**{"triggerIdentifier": trigger_id, **changes})
        return self.request("POST", f"{prefix}/pipeline/api/webhook/custom/{self.token(trigger_id)}"
                            f"/v3?{parameters}", body, headers)

    def fire_without_token(self, version, body=b"{}", headers=None, **changes):
        path = {"v1": "custom", "v2": "custom/v2"}[version]
        return self.request("POST", f"/gateway/pipeline/api/webhook/{path}?{query(**changes)}", body,
                            headers)

    def stored_body(self, event_id):
        """What eventHistory/body answers."""
        return self.get(f"/gateway/pipeline/api/triggers/eventHistory/body/{event_id}"
                        "?accountIdentifier=demo", {"X-Api-Key": self.admin_key()})

    def stored_count(self):
        """Events that the journal holds; it numbers them without gaps while no write fails."""
        line = next(line for line in self.get("/metrics").body.decode().splitlines()
                    if line.startswith("tripgate_events_durable "))
        return int(line.split()[1])

    def details(self, event_id, account="demo"):
        return self.get("/gateway/pipeline/api/webhook/triggerExecutionDetails/"
                        f"{event_id}?accountIdentifier={account}")

    def wait_for_row(self, event_id):
        """The processing details, once the event has been judged."""
        answer = wait_for(lambda: (a := self.details(event_id)).status == 200 and a, "a history row")
        return answer.json["data"]["webhookProcessingDetails"]

    def wait_for_end(self, event_id, seconds=60):
        """The execution summary, once the run has ended."""
        def ended():
            answer = self.details(event_id)
            execution = answer.json.get("data") and answer.json["data"]["executionDetails"]
            summary = execution and execution["pipelineExecutionSummary"]
            return summary if summary and summary["status"] in TERMINAL else None
        return wait_for(ended, "the end of a run", seconds)

    # The command line.

    def cli(self, *words, stdin=None, check=True):
        done = subprocess.run([self.program, *map(str, words)], input=stdin, text=True,
                              capture_output=True, timeout=60, check=False,
                              env=dict(os.environ,
                                       TRIPGATE_ADMIN_SOCKET=str(self.root / "admin/admin.sock")))
        if check and done.returncode != 0:
            raise AssertionError(f"{shlex.join(map(str, words))}: {done.returncode} {done.stdout}{done.stderr}")
        return done

    def apply(self, *documents, check=True):
        path = self.root / "apply.yaml"
        path.write_text("\n---\n".join(documents))
        return self.cli("apply", "-f", path, check=check)

    def curl_line(self, trigger_id="trig", pipeline_id="pipe"):
        return self.cli("curl", trigger_id, "-p", pipeline_id, "--public-url",
                        f"http://127.0.0.1:{self.port}").stdout.strip()

    def token(self, trigger_id="trig", pipeline_id="pipe"):
        """The trigger's webhook token; asked once, for tokens never change."""
        if trigger_id not in self.tokens:
            line = self.curl_line(trigger_id, pipeline_id)
            self.tokens[trigger_id] = line.split("/custom/")[1].split("/v3")[0]
        return self.tokens[trigger_id]

    def make_key(self, name, role="executor", *more):
        return self.cli("token", "create", "--name", name, "--role", role, *more).stdout.strip()

    def admin_key(self):
        return (self.state_dir / "admin.token").read_text().strip()

    def set_mandate(self, value, *more):
        self.cli("setting", "set", "mandate_custom_webhook_authorization", value, *more)

    # The end.

    def kill_all(self):
        for process in (self.nginx, self.engine):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait()
        if self.state_dir != self.root and os.path.ismount(self.state_dir):
            subprocess.run(["umount", "-l", self.state_dir], check=True)

    def close(self):
        if self.nginx is not None:
            self.nginx.send_signal(signal.SIGQUIT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.nginx.wait(20)
        engine_status = 0
        if self.engine is not None and self.engine.poll() is None:
            self.engine.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.engine.wait(20)
            engine_status = self.engine.returncode
        self.kill_all()
        self.engine_log.close()
        self.nginx_log.close()
        complaints = [line for name in ("engine.log", "nginx.log")
                      for line in self.log(name).splitlines()
                      if any(word in line for word in
                             ("[alert]", "[emerg]", "Sanitizer", "runtime error:"))]
        cores = [str(path) for path in self.root.glob("core*")]
        assert not complaints and not cores, (complaints[:20], cores, str(self.root))
        assert engine_status == 0, f"SIGTERM ended the engine with {engine_status}, see {self.root}"
        shutil.rmtree(self.root, ignore_errors=True)
