"""From an event to the first instruction of its step, and what a run costs beside a bare loop of
processes."""
import http.client
import os
import select
import shutil
import subprocess
import tempfile
import time

import bench_stand
from bench_stand import BUILD, BenchError, await_
from load import RUNS, spread
from peers import WebhookPeer
from runs import under_way

SAMPLES = 200
PAUSE = 0.03  # seconds
PATIENCE = 30  # seconds
RUNS_IN_A_ROW = 1000
PARALLEL = 32
SETTINGS = f'max_running: {PARALLEL}\nmax_running_per_project: {PARALLEL}\n'


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


class Starts:
    """A FIFO in a folder of its own; a script's first instruction writes its time to it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='tripgate-bench-')
        os.chmod(self.folder, 0o755)
        path = f'{self.folder}/starts'
        os.mkfifo(path)
        os.chmod(path, 0o666)
        self.script = f'echo "$EPOCHREALTIME" >{path}'
        self.fd = os.open(path, os.O_RDWR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        os.close(self.fd)
        shutil.rmtree(self.folder)

    def next(self):
        """Seconds since 1970."""
        if not select.select([self.fd], [], [], PATIENCE)[0]:
            raise BenchError(f'no step began within {PATIENCE} s')
        return float(os.read(self.fd, 100).decode().replace(',', '.'))


def starts_after(post, starts):
    """Milliseconds from the sending of an event and from its answer to the step's first instruction."""
    from_send, from_answer = [], []
    for _ in range(SAMPLES):
        sent = time.time()
        post()
        answered = time.time()
        started = starts.next()
        time.sleep(PAUSE)  # until the run is over: each is to find an idle machine
        from_send.append((started - sent) * 1000)
        from_answer.append((started - answered) * 1000)
    return from_send, from_answer


def webhook_latency(stand, starts):
    """Milliseconds from the sending of a request to the first instruction of the same script."""
    command = f'{stand.state}/started.sh'
    with open(command, 'w') as file:
        file.write(f'#!/bin/bash\n{starts.script}\n')
    os.chmod(command, 0o755)
    with WebhookPeer(stand, command) as peer:
        connection = http.client.HTTPConnection('127.0.0.1', peer.port, timeout=60)

        def post():
            connection.request('POST', peer.call, b'{}')
            connection.getresponse().read()
        return starts_after(post, starts)[0]


def measure_latency(report):
    with Starts() as starts, \
            bench_stand.start(dispatch='running', script=starts.script) as stand:
        connection = stand.connection()
        from_send, from_answer = starts_after(lambda: stand.post_event(connection), starts)
        peer = webhook_latency(stand, starts) if WebhookPeer.is_installed() else None
    report.goal('from the answer to an event to the first instruction of its step, p50, ms',
                f'{percentile(from_answer, 0.5):.1f}', '', '< 5', percentile(from_answer, 0.5) < 5)
    report.goal('the same, p99, ms', f'{percentile(from_answer, 0.99):.1f}', '', '< 25',
                percentile(from_answer, 0.99) < 25)
    report.goal('from the sending of an event, p50 and p99, ms',
                f'{percentile(from_send, 0.5):.1f}, {percentile(from_send, 0.99):.1f}', '', '', True)
    if peer:
        report.goal('the same with Debian\'s webhook, which stores nothing',
                    f'{percentile(peer, 0.5):.1f}, {percentile(peer, 0.99):.1f}', '', '', True)


def run_in_a_row(stand):
    """Seconds from the first event until the last of its runs is over."""
    begin = time.monotonic()
    stand.post_events(RUNS_IN_A_ROW)
    await_(lambda: under_way(stand.metrics()) == 0, 'the end of all runs', seconds=120)
    return time.monotonic() - begin


def spawn_in_a_row(directory):
    with open(f'{directory}/true.sh', 'w') as file:
        file.write('true\n')
    done = subprocess.run([f'{BUILD}/bench/spawn_loop', directory, str(RUNS_IN_A_ROW), str(PARALLEL)],
                          capture_output=True, text=True, check=True)
    return float(done.stdout)


def measure_cost(report):
    ratios = []
    with bench_stand.start(dispatch='running', settings=SETTINGS) as stand:
        directory = f'{stand.state}/spawned'
        os.mkdir(directory)
        for _ in range(RUNS):
            bare = spawn_in_a_row(directory)
            ratios.append(run_in_a_row(stand) / bare)
    ratio = spread(ratios)
    report.goal('1,000 durable runs of `true` as a multiple of a bare loop of processes',
                f'{ratio.median:.2f}', ratio.text('{:.2f}'), '<= 2.5', ratio.median <= 2.5)


def measure(report):
    measure_latency(report)
    measure_cost(report)
