"""Load by wrk, and figures made of interleaved runs.

Identical runs vary by 15 % on a small virtual machine, and neighbours come and go. So every round
measures everything once, one behind the other; a ratio is made within a round, and what is printed
is the median of the rounds with the lowest and the highest.
"""
import collections
import dataclasses
import os
import statistics
import subprocess

from bench_stand import ROOT, BenchError

RUNS = int(os.environ.get('RUNS', '5'))
SECONDS = int(os.environ.get('SECONDS_PER_RUN', '3'))  # wrk counts whole seconds


@dataclasses.dataclass
class Run:
    """What one run of wrk saw. Times are milliseconds."""
    rate: float
    p50: float
    p99: float
    wrong: int    # answers of another status, and broken connections
    count: int    # answers


def wrk(port, path, connections, want=200, body_size=200, key=None, seconds=None, calls=None,
        method='POST'):
    """calls: a file of paths to call in turn instead of `path`."""
    environment = dict(os.environ, WANT_STATUS=str(want), BODY_SIZE=str(body_size),
                       METHOD=method)
    environment.update({'API_KEY': key} if key else {}, **({'CALLS': calls} if calls else {}))
    done = subprocess.run(
        ['wrk', '-t1', f'-c{connections}', f'-d{seconds or SECONDS}s', '--latency',
         '--timeout', '20s', '-s', f'{ROOT}/test/bench/post.lua', f'http://127.0.0.1:{port}{path}'],
        capture_output=True, text=True, env=environment)
    line = next((line for line in done.stdout.splitlines() if line.startswith('RESULT')), None)
    if line is None:
        raise BenchError(f'wrk: {done.stdout}{done.stderr}')
    rate, p50, p99, wrong, count = line.split()[1:]
    return Run(float(rate), float(p50), float(p99), int(wrong), int(count))


def interleave(measures, rounds=None):
    """measures: name -> function that makes one run. Returns name -> the runs of all rounds."""
    os.sync()  # What was prepared is not to be written while runs are under way.
    runs = collections.defaultdict(list)
    for _ in range(rounds or RUNS):
        for name, measure in measures.items():
            runs[name].append(measure())
    return runs


@dataclasses.dataclass
class Spread:
    median: float
    low: float
    high: float

    def text(self, form='{:.2f}'):
        return f'{form.format(self.low)}-{form.format(self.high)}'


def spread(values):
    values = sorted(values)
    return Spread(statistics.median(values), values[0], values[-1])


def spread_of(runs, part):
    return spread([getattr(run, part) for run in runs])


def ratio(above, below, part='rate'):
    """Spread of the quotients of runs of the same round."""
    return spread([getattr(one, part) / getattr(other, part)
                   for one, other in zip(above, below)])
