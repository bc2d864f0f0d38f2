"""One nginx with one worker and one engine in a temporary folder, for loads that are measured.

The folder is on a real disk (BENCH_DIR, else /var/tmp): on tmpfs a flush costs nothing, and no
figure would mean anything.
"""
import atexit
import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.join(ROOT, os.environ.get('BUILD', 'build'))
SCOPE = 'accountIdentifier=demo&orgIdentifier=default&projectIdentifier=demo'
CAPTURE = '/gateway/pipeline/api/webhook/custom'
STATUS = '/gateway/pipeline/api/webhook/triggerExecutionDetails'
UNKNOWN_CALL = f'{CAPTURE}/{"A" * 22}/v3?{SCOPE}'
BAD_KEY = 'pat.demo.' + '0' * 24 + '.' + 'a' * 20
NGINX_MODULES = '/usr/lib/nginx/modules'

NGINX_CONF = """
load_module {build}/ngx_http_tripgate_module.so;
{peer_modules}
{user}
daemon off;
worker_processes 1;
worker_rlimit_nofile 65536;
pid {state}/nginx.pid;
error_log {state}/error.log warn;
events {{ worker_connections 8192; }}
http {{
    access_log off;
    client_body_temp_path {state}/body;
    proxy_temp_path {state}/proxy;
    fastcgi_temp_path {state}/fastcgi;
    uwsgi_temp_path {state}/uwsgi;
    scgi_temp_path {state}/scgi;
    client_max_body_size 25m;
    keepalive_requests 100000000;
    tripgate_store {state}/edge;
    tripgate_engine unix:{state}/intake.sock;
    upstream engine_http {{ server unix:{state}/http.sock; keepalive 32; }}
    {peer_http}
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location = /return200 {{ return 200 "{{\\"status\\":\\"SUCCESS\\"}}"; }}
        location {capture} {{ tripgate_capture; }}
        location /gateway/pipeline/api/webhook/trigger {{
            proxy_pass http://engine_http;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location = /healthz {{ tripgate_health; }}
        {peer_server}
    }}
}}
"""

PIPELINE = """pipeline:
  name: Bench
  identifier: bench
  stages:
    - stage:
        name: One
        identifier: one
        type: Custom
        spec:
          execution:
            steps:
              - step:
                  name: Step
                  identifier: step
                  type: ShellScript
                  timeout: 1m
                  spec: {shell: Bash, source: {type: Inline, spec: {script: SCRIPT}}}
"""

TRIGGER = """---
trigger:
  name: Bench
  identifier: bench
  enabled: ENABLED
  orgIdentifier: default
  projectIdentifier: demo
  pipelineIdentifier: bench
  source: {type: Webhook, spec: {type: Custom, spec: {CONDITIONS}}}
"""


class BenchError(Exception):
    """Something that has to work before anything can be measured."""


def state_parent():
    """Where the state folders of a bench go."""
    return os.environ.get('BENCH_DIR', '/var/tmp')


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


def await_(is_true, what, seconds=30):
    end = time.monotonic() + seconds
    while not is_true():
        if time.monotonic() > end:
            raise BenchError(f'{what} did not happen within {seconds} s')
        time.sleep(0.02)


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__('localhost', timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def remove_state(state):
    """All but the folders of steps, which go at the end of the bench: for minutes after thousands of
    files were removed, ext4 makes new ones ten times as slowly, and the next part would measure that."""
    for name in os.listdir(state):
        path = f'{state}/{name}'
        if name == 'steps':
            atexit.register(shutil.rmtree, state, ignore_errors=True)
        elif os.path.isdir(path):
            shutil.rmtree(path, ignore_errors=True)
        else:
            os.remove(path)
    if not os.listdir(state):
        os.rmdir(state)


class Stand:
    """Use as a context: leaving it ends every process and removes the folder."""

    def __init__(self):
        self.state = tempfile.mkdtemp(prefix='tripgate-bench-', dir=state_parent())
        self.port = free_port()
        self.children = []
        self.engine = None
        self.token = None
        self.admin = f'{self.state}/admin/admin.sock'
        os.chmod(self.state, 0o755)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for child in reversed(self.children):
            self.end(child)
        remove_state(self.state)

    def spawn(self, *command, **options):
        child = subprocess.Popen(command, **options)
        self.children.append(child)
        return child

    @staticmethod
    def end(child):
        if child.poll() is None:
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    # The engine.

    def start_engine(self, dispatch='paused', settings=''):
        """settings: further lines of engine.yaml. Returns the seconds until the engine answered."""
        with open(f'{self.state}/engine.yaml', 'w') as config:
            config.write(f'state_dir: {self.state}\ndispatch: {dispatch}\n'
                         'max_backlog: 1000000000\n'
                         f'step_program: {BUILD}/tripgate-step\n{settings}'
                         + ('step_user: root\n' if os.geteuid() == 0 else ''))
        start = time.monotonic()
        with open(f'{self.state}/engine.log', 'a') as log:
            self.engine = self.spawn(f'{BUILD}/tripgate', 'engine', '--config',
                                     f'{self.state}/engine.yaml', stderr=log)
        await_(self.is_engine_ready, 'the start of the engine', seconds=300)
        return time.monotonic() - start

    def is_engine_ready(self):
        if self.engine.poll() is not None:
            with open(f'{self.state}/engine.log') as log:
                raise BenchError('the engine ended: ' + log.read()[-400:])
        try:
            return self.ask_engine('/readyz')[0] == 200
        except OSError:
            return False

    def stop_engine(self):
        self.end(self.engine)

    def ask_engine(self, path):
        connection = UnixConnection(f'{self.state}/http.sock')
        connection.request('GET', path)
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()

    def metrics(self):
        lines = self.ask_engine('/metrics')[1].decode().splitlines()
        pairs = (line.split() for line in lines if not line.startswith('#'))
        return {name.removeprefix('tripgate_'): int(value) for name, value in pairs}

    def engine_memory(self):
        """Bytes of the engine's own pages: what it maps of its stores is the kernel's cache."""
        with open(f'/proc/{self.engine.pid}/status') as status:
            line = next(line for line in status if line.startswith('RssAnon'))
        return int(line.split()[1]) * 1024

    def tripgate(self, *arguments):
        done = subprocess.run([f'{BUILD}/tripgate', *arguments, '--admin-socket', self.admin],
                              capture_output=True, text=True)
        if done.returncode != 0:
            raise BenchError(f'tripgate {" ".join(arguments)}: {done.stdout}{done.stderr}')
        return done.stdout

    def apply_documents(self, is_enabled=True, conditions='', script='true', pipeline=PIPELINE):
        """conditions: further entries of the trigger's specification. script: of the one step."""
        path = f'{self.state}/bench.yaml'
        with open(path, 'w') as file:
            file.write((pipeline + TRIGGER).replace('ENABLED', 'true' if is_enabled else 'false')
                       .replace('CONDITIONS', conditions)
                       .replace('SCRIPT', json.dumps(script)))
        self.tripgate('apply', '-f', path)
        line = self.tripgate('curl', 'bench', '-p', 'bench', '--public-url', 'http://localhost')
        self.token = line.split('/custom/')[1].split('/')[0]

    # nginx.

    def start_nginx(self, peer=None):
        """peer: makes something with `modules`, `http` and `server` for the configuration."""
        peer = peer(self) if peer else None
        conf = NGINX_CONF.format(
            build=BUILD, state=self.state, port=self.port, capture=CAPTURE,
            user='user root;' if os.geteuid() == 0 else '',
            peer_modules=peer.modules if peer else '', peer_http=peer.http if peer else '',
            peer_server=peer.server if peer else '')
        with open(f'{self.state}/nginx.conf', 'w') as file:
            file.write(conf)
        self.spawn('nginx', '-p', self.state, '-c', f'{self.state}/nginx.conf')
        await_(self.is_nginx_ready, 'the start of nginx')

    def is_nginx_ready(self):
        try:
            return self.ask('GET', '/healthz')[0] == 200
        except OSError:
            return False

    def connection(self):
        return http.client.HTTPConnection('127.0.0.1', self.port, timeout=60)

    def ask(self, method, path, body=None, connection=None):
        used = connection or self.connection()
        used.request(method, path, body)
        answer = used.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            if not connection:
                used.close()

    @property
    def call(self):
        """Path and query of the trigger's address."""
        ids = 'pipelineIdentifier=bench&triggerIdentifier=bench'
        return f'{CAPTURE}/{self.token}/v3?{SCOPE}&{ids}'

    @property
    def limit_call(self):
        """`return 200` behind a request of as many bytes: nginx parses a longer address longer."""
        path = '/return200?'
        return path + self.call[len(path):]

    def post_event(self, connection=None):
        """Posts a small event and returns its id."""
        status, answer = self.ask('POST', self.call, b'{"ref":"refs/heads/main"}', connection)
        if status != 200:
            raise BenchError(f'an event was answered {status}: {answer.decode()}')
        return json.loads(answer)['data']['eventCorrelationId']

    def post_events(self, count, connections=32):
        """Posts so many small events at once, with as little work on this side as can be."""
        body = b'{"ref":"refs/heads/main"}'
        request = (f'POST {self.call} HTTP/1.1\r\nHost: localhost\r\n'
                   f'Content-Length: {len(body)}\r\n\r\n').encode() + body
        shares = [count // connections + (i < count % connections) for i in range(connections)]
        sockets = [socket.create_connection(('127.0.0.1', self.port), 60) for _ in shares]
        for connection, share in zip(sockets, shares):
            connection.sendall(request * share)
        for connection, share in zip(sockets, shares):
            await_answers(connection, share)


def await_answers(connection, count):
    """Reads until so many events were answered with SUCCESS."""
    answers = b''
    with connection:
        while answers.count(b'"status":"SUCCESS"') < count:
            received = connection.recv(1 << 16)
            if not received or b'"status":"ERROR"' in received:
                raise BenchError(f'an event was refused: {(answers + received)[-400:]!r}')
            answers += received


def start(dispatch='paused', peer=None, conditions='', script='true', settings='',
          pipeline=PIPELINE):
    """A stand that takes events of TRIGGER, which starts the pipeline."""
    stand = Stand()
    try:
        stand.start_engine(dispatch, settings)
        stand.apply_documents(conditions=conditions, script=script, pipeline=pipeline)
        stand.start_nginx(peer)
    except BaseException:
        stand.__exit__()
        raise
    return stand
