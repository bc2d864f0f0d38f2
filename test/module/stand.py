"""Real nginx with the module, a fake engine and a written edge store, in a temporary folder."""

import contextlib
import http.client
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

import watch
from fake_engine import FakeEngine

# Behind this folder, which has a stand of its own.
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../lib"))
from ports import free_port  # noqa: E402

BUILD = os.path.abspath(os.environ.get("BUILD", "build"))
SECRET = "qybothN6MJv6XETxKQjD"
KEY_ID = "63bc6f8bed8ecc38a51965ba"
GOOD_KEY = f"pat.acc.{KEY_ID}.{SECRET}"
FOREVER = 99999999999999

STORE = f"""
trigger 7 on goodtoken0000000000000 acc org proj pipe trig
trigger 8 off darktoken0000000000000 acc org proj pipe dark
trigger 9 on - acc org proj plain trig
scope off acc org proj
scope on acc org strict
trigger 10 on stricttoken00000000000 acc org strict pipe trig
key {KEY_ID} {SECRET} pat acc alice 0 {FOREVER} 2 - -
key 63bc6f8bed8ecc38a51965bb {SECRET} sat acc robot 0 {FOREVER} 1 - -
key 63bc6f8bed8ecc38a51965bc {SECRET} pat other bob 0 {FOREVER} 2 - -
key 63bc6f8bed8ecc38a51965bd {SECRET} pat acc late 0 1 2 - -
"""

CONF = """
load_module {module};
{main}
{user}
pid {root}/nginx.pid;
error_log {root}/error.log info;
worker_processes 1;
events {{ worker_connections 1024; }}
http {{
    log_format seen '$tripgate_request|$tripgate_outcome|$tripgate_event_id|$tripgate_trigger|'
                    '$tripgate_account|$tripgate_principal|$tripgate_ack_time';
    access_log {root}/access.log seen;
    client_body_temp_path {root}/body;
    proxy_temp_path {root}/proxy;
    fastcgi_temp_path {root}/fastcgi;
    uwsgi_temp_path {root}/uwsgi;
    scgi_temp_path {root}/scgi;
    client_max_body_size 5m;
    client_body_timeout {body_timeout};
    lingering_timeout 200ms;
    large_client_header_buffers 4 32k;
    {http}
    tripgate_store {root}/edge;
    tripgate_engine unix:{root}/intake.sock hold={hold} timeout={timeout};
    upstream tripgate_http {{ server unix:{root}/http.sock; }}
    server {{
        listen 127.0.0.1:{port};
        listen 127.0.0.1:{h2_port} http2;
        error_page 400 405 408 413 414 429 431 497 /tripgate/error;
        error_page 494 =431 /tripgate/error;
        tripgate_mask_header X-Secret;
        {extra}
        include {conf}/tripgate.conf;
    }}
}}
"""


def address(token="goodtoken0000000000000", query=None):
    query = query or "accountIdentifier=acc&orgIdentifier=org&projectIdentifier=proj" \
                     "&pipelineIdentifier=pipe&triggerIdentifier=trig"
    return f"/gateway/pipeline/api/webhook/custom/{token}/v3?{query}"


class Stand:
    def __init__(self, store=STORE, engine=True, hold="5s", timeout="10s", extra="",
                 main="", body_timeout="60s"):
        self.root = tempfile.mkdtemp(prefix="tripgate-module-")
        self.port, self.h2_port = free_port(), free_port()
        self.engine = None
        if store is not None:
            self.write_store(store)
        if engine:
            self.start_engine()
        conf = CONF.format(module=watch.module(BUILD), main=main + watch.main_directives(self.root),
                           http=watch.http_directives(), root=self.root, port=self.port,
                           h2_port=self.h2_port, hold=hold, timeout=timeout, extra=extra,
                           body_timeout=body_timeout, conf=os.path.abspath("conf"),
                           user="user root;" if os.geteuid() == 0 else "")
        with open(f"{self.root}/nginx.conf", "w") as out:
            out.write(conf)
        self.start_nginx()
        if engine:
            self.wait_until(lambda: self.get("/healthz")[0] in (200, 503))
            if store is not None:
                self.wait_until(lambda: self.get("/healthz")[0] == 200)

    def write_store(self, records):
        subprocess.run([f"{BUILD}/test/edge_writer", f"{self.root}/edge"], input=records.encode(),
                       check=True)

    def start_engine(self, **options):
        path = f"{self.root}/intake.sock"
        if os.path.exists(path):
            os.unlink(path)
        self.engine = FakeEngine(path, **options)
        return self.engine

    def stop_engine(self):
        os.unlink(f"{self.root}/intake.sock")
        self.engine.close()
        self.engine = None

    def start_nginx(self):
        """As a daemon, for only such a one can be upgraded."""
        with open(f"{self.root}/nginx.out", "w") as out:
            done = subprocess.run(
                [*watch.command(self.root), "/usr/sbin/nginx", "-c", f"{self.root}/nginx.conf"],
                stdout=out, stderr=out, env=dict(os.environ, **watch.variables(self.root)))
        assert done.returncode == 0, self.log("nginx.out")
        self.wait_until(self.master)
        assert watch.is_on(self.master())

    @staticmethod
    def wait_until(condition, timeout=15):
        end = time.monotonic() + timeout * watch.PATIENCE
        while not condition():
            if time.monotonic() > end:
                raise AssertionError("waited in vain")
            time.sleep(0.005)

    def request(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path, body=body, headers=dict(headers or {}))
            answer = connection.getresponse()
            return answer.status, answer.read().decode(), answer.headers
        finally:
            connection.close()

    def get(self, path):
        return self.request("GET", path)

    def post(self, path, body=b'{"a": 1}', headers=None):
        return self.request("POST", path, body, headers)

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

    def raw(self, data):
        with self.connect() as client:
            client.sendall(data)
            answer = b""
            # nginx that closes on what it did not read resets the connection behind its answer.
            with contextlib.suppress(ConnectionResetError):
                while piece := client.recv(65536):
                    answer += piece
        return answer

    def log(self, name="error.log"):
        with open(f"{self.root}/{name}", errors="replace") as log:
            return log.read()

    def forgive(self, text):
        """Takes lines out of the error log that a test provoked."""
        kept = [line for line in self.log().splitlines() if text not in line]
        with open(f"{self.root}/error.log", "w") as out:
            out.write("\n".join(kept) + "\n")

    def master(self):
        """The master's pid; 0 while there is none."""
        try:
            with open(f"{self.root}/nginx.pid") as pid:
                return int(pid.read() or 0)
        except FileNotFoundError:
            return 0

    def worker(self, master=None):
        """Workers of a master, those that are shutting down among them."""
        children = subprocess.run(["ps", "-o", "pid=,args=", "--ppid", str(master or self.master())],
                                  capture_output=True, text=True, check=False).stdout
        return [int(line.split()[0]) for line in children.splitlines() if "master" not in line]

    def signal(self, number, master=None):
        os.kill(master or self.master(), number)

    def start_new_binary(self):
        """As an upgrade of the package does; returns the new master's pid."""
        old = self.master()
        self.signal(signal.SIGUSR2)
        self.wait_until(lambda: self.master() not in (0, old) and self.worker())
        assert watch.is_on(self.master())
        return self.master()

    @staticmethod
    def is_alive(pid):
        try:
            with open(f"/proc/{pid}/stat") as stat:
                return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
        except (FileNotFoundError, ProcessLookupError):  # The latter: it ended while we read.
            return False

    def descriptors(self):
        """How many files and sockets the one worker has open."""
        return len(os.listdir(f"/proc/{self.worker()[0]}/fd"))

    def body_files(self):
        return [os.path.join(folder, name)
                for folder, _, names in os.walk(f"{self.root}/body") for name in names]

    def close(self):
        master = self.master()
        self.signal(signal.SIGQUIT, master)
        try:
            self.wait_until(lambda: not self.is_alive(master), 20)
        finally:
            for pid in [*self.worker(master), master]:
                if self.is_alive(pid):
                    os.kill(pid, signal.SIGKILL)
            if self.engine:
                self.stop_engine()
        bad = [line for line in self.log().splitlines()
               if "[alert]" in line or "[emerg]" in line]
        bad += watch.complaints(self.root)
        shutil.rmtree(self.root)
        assert not bad, "\n".join(bad)
