#!/usr/bin/env python3
"""Measures the front door against `return 200` of the same nginx, and against its peers.

Ratios are medians of interleaved runs: each run measures `return 200` and, right behind it, every
row, so that a noisy neighbour disturbs both sides alike. Prints a table in Markdown.
"""
import http.client
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), '..', '..'))
BUILD = os.path.join(ROOT, os.environ.get('BUILD', 'build'))
RUNS = int(os.environ.get('RUNS', '5'))
SECONDS = int(os.environ.get('SECONDS_PER_RUN', '3'))
IDS = 'accountIdentifier=demo&orgIdentifier=default&projectIdentifier=demo'
PATH = '/gateway/pipeline/api/webhook/custom'

NGINX_CONF = """
load_module {build}/ngx_http_tripgate_module.so;
{lua_modules}
user root;
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
    {lua_http}
    server {{
        listen 127.0.0.1:{port} backlog=8192;
        location = /return200 {{ return 200 "{{\\"status\\":\\"SUCCESS\\"}}"; }}
        location {path} {{ tripgate_capture; }}
        location /gateway/pipeline/api/webhook/trigger {{
            proxy_pass http://engine_http;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
        }}
        location = /healthz {{ tripgate_health; }}
        {lua_server}
    }}
}}
"""
LUA_HTTP = """
    lua_shared_dict tokens 64m;
    init_by_lua_block {{
        ngx.shared.tokens:set("{token}", true)
        ngx.shared.tokens:set("store", "unix:{state}/peer.sock")
    }}
"""
LUA_SERVER = """
        location /lua { client_body_buffer_size 64k; content_by_lua_file %s; }
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


class Bench:
    def __init__(self):
        self.state = tempfile.mkdtemp(prefix='tripgate-bench-', dir=os.environ.get('BENCH_DIR'))
        self.port = free_port()
        self.children = []
        self.admin = os.path.join(self.state, 'admin/admin.sock')

    def spawn(self, *command, **options):
        child = subprocess.Popen(command, **options)
        self.children.append(child)
        return child

    def tripgate(self, *arguments):
        done = subprocess.run([f'{BUILD}/tripgate', *arguments, '--admin-socket', self.admin],
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f'tripgate {" ".join(arguments)}: {done.stdout}{done.stderr}')
        return done.stdout

    def start_engine(self, dispatch='paused'):
        with open(f'{self.state}/engine.yaml', 'w') as config:
            config.write(f'state_dir: {self.state}\ndispatch: {dispatch}\n'
                         'max_backlog: 1000000000\n'
                         f'step_program: {BUILD}/tripgate-step\n')
        log = open(f'{self.state}/engine.log', 'a')
        self.engine = self.spawn(f'{BUILD}/tripgate', 'engine', '--config',
                                 f'{self.state}/engine.yaml', stderr=log)
        self.await_(lambda: os.path.exists(self.admin) and self.answers(self.admin))

    @staticmethod
    def answers(path):
        try:
            with socket.socket(socket.AF_UNIX) as probe:
                probe.connect(path)
            return True
        except OSError:
            return False

    @staticmethod
    def await_(is_true, seconds=20):
        end = time.monotonic() + seconds
        while not is_true():
            if time.monotonic() > end:
                sys.exit('bench: something did not start')
            time.sleep(0.02)

    def start_nginx(self, token):
        modules = '/usr/lib/nginx/modules'
        self.has_lua = os.path.exists(f'{modules}/ngx_http_lua_module.so')
        lua_modules = (f'load_module {modules}/ndk_http_module.so;\n'
                       f'load_module {modules}/ngx_http_lua_module.so;' if self.has_lua else '')
        conf = NGINX_CONF.format(
            build=BUILD, state=self.state, port=self.port, path=PATH, lua_modules=lua_modules,
            lua_http=LUA_HTTP.format(token=token, state=self.state) if self.has_lua else '',
            lua_server=LUA_SERVER % f'{ROOT}/test/bench/peers/durable.lua' if self.has_lua else '')
        with open(f'{self.state}/nginx.conf', 'w') as file:
            file.write(conf)
        os.chmod(self.state, 0o755)
        if self.has_lua:
            os.makedirs(f'{self.state}/peer', exist_ok=True)
            peer = self.spawn(f'{BUILD}/bench/durable_store', f'{self.state}/peer',
                              f'{self.state}/peer.sock', stdout=subprocess.PIPE)
            peer.stdout.readline()
        self.spawn('nginx', '-p', self.state, '-c', f'{self.state}/nginx.conf')
        self.await_(self.is_healthy)

    def is_healthy(self):
        try:
            return urllib.request.urlopen(f'http://127.0.0.1:{self.port}/healthz').status == 200
        except OSError:
            return False

    def wrk(self, path, connections, want=200, body=200, key=None, port=None, seconds=SECONDS):
        environment = dict(os.environ, WANT_STATUS=str(want), BODY_SIZE=str(body))
        if key:
            environment['API_KEY'] = key
        out = subprocess.run(
            ['wrk', '-t1', f'-c{connections}', f'-d{seconds}s', '--latency', '-s',
             f'{ROOT}/test/bench/post.lua', f'http://127.0.0.1:{port or self.port}{path}'],
            capture_output=True, text=True, env=environment).stdout
        line = next(l for l in out.splitlines() if l.startswith('RESULT'))
        rate, p50, p99, wrong, errors = line.split()[1:]
        return {'rate': float(rate), 'p50': float(p50), 'p99': float(p99),
                'wrong': int(wrong), 'errors': int(errors)}

    def stop(self):
        for child in reversed(self.children):
            child.send_signal(signal.SIGTERM)
        for child in reversed(self.children):
            try:
                child.wait(15)
            except subprocess.TimeoutExpired:
                child.kill()
        shutil.rmtree(self.state, ignore_errors=True)


def apply_demo(bench):
    text = """pipeline:
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
                  spec: {shell: Bash, source: {type: Inline, spec: {script: "true"}}}
---
trigger:
  name: Bench
  identifier: bench
  enabled: true
  orgIdentifier: default
  projectIdentifier: demo
  pipelineIdentifier: bench
  source: {type: Webhook, spec: {type: Custom, spec: {}}}
"""
    path = f'{bench.state}/bench.yaml'
    with open(path, 'w') as file:
        file.write(text)
    bench.tripgate('apply', '-f', path)
    line = bench.tripgate('curl', 'bench', '-p', 'bench', '--public-url', f'http://127.0.0.1:{bench.port}')
    return line.split('/custom/')[1].split('/')[0]


def ratio_rows(bench, rows, runs=RUNS):
    """rows: name -> (connections, measure). Interleaved; returns name -> summary."""
    results = {name: [] for name in rows}
    for _ in range(runs):
        base = {}
        for name, (connections, measure) in rows.items():
            if connections not in base:
                base[connections] = bench.wrk('/return200', connections)['rate']
            one = measure()
            one['ratio'] = one['rate'] / base[connections]
            one['base'] = base[connections]
            results[name].append(one)
    return results


def print_rows(results):
    print('| measure | req/s | of `return 200` | spread | p50 ms | p99 ms | wrong |')
    print('|---|---|---|---|---|---|---|')
    for name, runs in results.items():
        ratios = sorted(run['ratio'] for run in runs)
        median = lambda key: statistics.median(run[key] for run in runs)
        print(f"| {name} | {median('rate'):,.0f} | {statistics.median(ratios):.2f} | "
              f"{ratios[0]:.2f}-{ratios[-1]:.2f} | {median('p50'):.2f} | {median('p99'):.2f} | "
              f"{sum(run['wrong'] + run['errors'] for run in runs)} |", flush=True)


def machine():
    model = next((l.split(':')[1].strip() for l in open('/proc/cpuinfo') if 'model name' in l), '?')
    nginx = subprocess.run(['nginx', '-v'], capture_output=True, text=True).stderr.strip()
    return f'{os.cpu_count()} x {model}, Linux {os.uname().release}, {nginx}'


def curve_rows(bench, v3):
    rows = {f'{count} connections': (count, lambda count=count: bench.wrk(v3, count))
            for count in (1, 8, 64, 256, 512, 1024)}
    for size, label in ((16384, '16 kB'), (1 << 20, '1 MB')):
        rows[f'64 connections, {label}'] = (64, lambda size=size: bench.wrk(v3, 64, body=size))
    return rows


def plot(results, path):
    """The ratio over the connections as an SVG with bars: no library needed to draw or to see."""
    bars = []
    for index, (name, runs) in enumerate(results.items()):
        ratio = statistics.median(run['ratio'] for run in runs)
        y = 24 + index * 28
        bars.append(f'<text x="8" y="{y + 14}">{name}</text>'
                    f'<rect x="210" y="{y}" width="{ratio * 400:.0f}" height="18" fill="#2b6cb0"/>'
                    f'<text x="{216 + ratio * 400:.0f}" y="{y + 14}">{ratio:.2f}</text>')
    height = 40 + 28 * len(results)
    with open(path, 'w') as file:
        file.write(f'<svg xmlns="http://www.w3.org/2000/svg" width="700" height="{height}" '
                   'font-family="sans-serif" font-size="13"><rect width="100%" height="100%" '
                   f'fill="white"/><text x="8" y="16">accepted and durable, of return 200</text>'
                   f'{"".join(bars)}</svg>')


def measure_uploads(bench, v3):
    """p99 of small events alone, and while four clients send 25 MB bodies one after the other."""
    body = b'"' + b'x' * (25 * 1000 * 1000 - 2) + b'"'
    is_over = threading.Event()
    sent = [0]

    def upload():
        while not is_over.is_set():
            connection = http.client.HTTPConnection('127.0.0.1', bench.port, timeout=60)
            connection.request('POST', v3, body)
            if connection.getresponse().status == 200:
                sent[0] += 1

    alone = bench.wrk(v3, 64)
    threads = [threading.Thread(target=upload) for _ in range(4)]
    for thread in threads:
        thread.start()
    together = bench.wrk(v3, 64)
    is_over.set()
    for thread in threads:
        thread.join()
    print(f'\np99 of small events: {alone["p99"]:.2f} ms alone, {together["p99"]:.2f} ms while four '
          f'clients sent {sent[0]} bodies of 25 MB ({together["p99"] / alone["p99"]:.1f}x)')


def measure_million(bench, v3, count):
    """Memory and status latency with many events stored."""
    stored = 0
    while stored < count:
        run = bench.wrk(v3, 512, seconds=10)
        stored += int(run['rate'] * 10)
    with urllib.request.urlopen(urllib.request.Request(
            f'http://127.0.0.1:{bench.port}{v3}', b'{}', method='POST')) as answer:
        event = json.load(answer)['data']['eventCorrelationId']
    time.sleep(2)
    status = dict(line.split(':', 1) for line in open(f'/proc/{bench.engine.pid}/status'))
    connection = http.client.HTTPConnection('127.0.0.1', bench.port)
    path = f'/gateway/pipeline/api/webhook/triggerExecutionDetails/{event}?accountIdentifier=demo'
    times = []
    for _ in range(1000):
        start = time.perf_counter()
        connection.request('GET', path)
        connection.getresponse().read()
        times.append((time.perf_counter() - start) * 1000)
    print(f'\nwith {stored:,} events stored: engine resident {int(status["RssAnon"].split()[0]) / 1024:.0f}'
          f' MB without mapped pages; status of one event p50 {statistics.median(times):.2f} ms, '
          f'p99 {sorted(times)[989]:.2f} ms')


def measure_runs(bench, v3, seconds=10):
    """Events that each start their run: accepted and finished within the time."""
    connection = http.client.HTTPConnection('127.0.0.1', bench.port)
    start = time.monotonic()
    count = 0
    while time.monotonic() - start < seconds:
        connection.request('POST', v3, b'{}')
        event = json.load(connection.getresponse())['data']['eventCorrelationId']
        count += 1
    path = f'/gateway/pipeline/api/webhook/triggerExecutionDetails/{event}?accountIdentifier=demo'

    def is_done():
        connection.request('GET', path)
        data = json.load(connection.getresponse()).get('data') or {}
        details = data.get('executionDetails') or {}
        return details.get('pipelineExecutionSummary', {}).get('status') == 'Success'
    bench.await_(is_done, seconds=600)
    print(f'\nevents that each start a run of one bash step: {count} in '
          f'{time.monotonic() - start:.1f} s, {count / (time.monotonic() - start):.0f} a second')


def measure_webhook(bench):
    """Debian's webhook: answers before it starts anything, stores nothing."""
    port = free_port()
    hooks = f'{bench.state}/hooks.json'
    with open(hooks, 'w') as file:
        json.dump([{'id': 'bench', 'execute-command': '/bin/true',
                    'response-message': 'ok'}], file)
    child = bench.spawn('webhook', '-hooks', hooks, '-ip', '127.0.0.1', '-port', str(port),
                        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def is_up():
        try:
            return urllib.request.urlopen(f'http://127.0.0.1:{port}/').status == 200
        except OSError:
            return False
    bench.await_(is_up)
    result = bench.wrk('/hooks/bench', 64, port=port)
    child.terminate()
    return result


def main():
    bench = Bench()
    try:
        bench.start_engine()
        token = apply_demo(bench)
        bench.start_nginx(token)
        v3 = f'{PATH}/{token}/v3?{IDS}&pipelineIdentifier=bench&triggerIdentifier=bench'
        unknown = f'{PATH}/{"A" * 22}/v3?{IDS}'
        bad_key = 'pat.demo.' + '0' * 24 + '.' + 'a' * 20
        print(f'{machine()}; {RUNS} interleaved runs of {SECONDS} s, one nginx worker\n')
        rows = {
            'refused: unknown token, 64': (64, lambda: bench.wrk(unknown, 64, want=400)),
            'refused: bad key, 64': (64, lambda: bench.wrk(v3, 64, want=401, key=bad_key)),
            'accepted and durable, 64': (64, lambda: bench.wrk(v3, 64)),
            'accepted and durable, 512': (512, lambda: bench.wrk(v3, 512)),
        }
        if bench.has_lua:
            lua = v3.replace(PATH, '/lua/custom', 1)
            rows['nginx+Lua, durable, 64'] = (64, lambda: bench.wrk(lua, 64))
            rows['nginx+Lua, durable, 512'] = (512, lambda: bench.wrk(lua, 512))
        if shutil.which('webhook'):
            rows['Debian webhook, not durable, 64'] = (64, lambda: measure_webhook(bench))
        print_rows(ratio_rows(bench, rows))
        if '--short' in sys.argv:
            return
        print('\nConnections and body size\n')
        curve = ratio_rows(bench, curve_rows(bench, v3), runs=3)
        print_rows(curve)
        os.makedirs(f'{BUILD}/bench', exist_ok=True)
        plot(curve, f'{BUILD}/bench/curve.svg')
        print(f'plot: {BUILD}/bench/curve.svg')
        measure_uploads(bench, v3)
        measure_million(bench, v3, int(os.environ.get('EVENTS', '1000000')))
    finally:
        bench.stop()
    running = Bench()
    try:
        running.start_engine(dispatch='running')
        token = apply_demo(running)
        running.start_nginx(token)
        measure_runs(running, f'{PATH}/{token}/v3?{IDS}')
    finally:
        running.stop()


if __name__ == '__main__':
    main()
