"""Large runs: what the engine spends on a node, and how much memory one takes."""
import os
import subprocess
import threading
import time

import bench_stand
from bench_stand import BUILD, ROOT, BenchError, await_
from load import RUNS, spread
from plot import write_svg
from runs import under_way

PROGRAM = f'{BUILD}/bench/run_bench'
STAGES, STEPS = 200, 5
ITERATIONS, AT_ONCE = 1000, 50
BYTES_MAX = 20_000
# A stage takes nine nodes: itself, its specification, its execution, its steps, five of them.
COUNTS = {'stages': (11, 33, 111, 333, 1111), 'loop': (100, 300, 1000, 3000, 10000)}
TICKS = ('100', '300', '1,000', '3,000', '10,000')
SETTINGS = 'max_running: 64\nmax_running_per_project: 64\n'

HEAD = 'pipeline:\n  name: Bench\n  identifier: bench\n  stages:\n'
STAGE = """    - stage:
        name: NAME
        identifier: NAME
        type: Custom
        spec:
          execution:
            steps:
"""
STEP = """              - step:
                  name: NAME
                  identifier: NAME
                  type: ShellScript
                  timeout: 1m
                  spec: {shell: Bash, source: {type: Inline, spec: {script: 'true'}}}
"""


def many_stages():
    stage = STAGE + ''.join(STEP.replace('NAME', f'step{i}') for i in range(STEPS))
    return HEAD + ''.join(stage.replace('NAME', f'stage{i}') for i in range(STAGES))


def matrix():
    values = ', '.join(f'v{i}' for i in range(ITERATIONS))
    loop = (f'                  strategy: {{matrix: {{x: [{values}], maxConcurrency: {AT_ONCE}}}}}\n')
    return HEAD + STAGE.replace('NAME', 'stage') + STEP.replace('NAME', 'step') + loop


class MemoryWatch:
    """The engine's own pages, at the most, while this is entered."""

    def __init__(self, stand):
        self.stand = stand
        self.peak = 0
        self.is_over = threading.Event()
        self.thread = threading.Thread(target=self.run)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.is_over.set()
        self.thread.join()

    def run(self):
        while not self.is_over.wait(0.02):
            self.peak = max(self.peak, self.stand.engine_memory())


def run_whole(pipeline, steps):
    """Bytes by which the engine grew per step, and the seconds that the run took."""
    with bench_stand.start('running', pipeline=pipeline, settings=SETTINGS) as stand:
        before = stand.engine_memory()
        with MemoryWatch(stand) as watch:
            begin = time.monotonic()
            stand.post_event()
            await_(lambda: under_way(stand.metrics()) == 0, 'the end of the run', seconds=120)
            seconds = time.monotonic() - begin
    return (watch.peak - before) / steps, seconds


def curve(shape):
    """Spreads of microseconds and of bytes per node, one for each count."""
    runs = []
    for _ in range(RUNS):
        done = subprocess.run([PROGRAM, shape, *map(str, COUNTS[shape])], capture_output=True,
                              text=True, cwd=ROOT)
        if done.returncode:
            raise BenchError(f'{PROGRAM}: {done.stderr}')
        runs.append([list(map(float, line.split())) for line in done.stdout.splitlines()])
    points = list(zip(*runs))
    return [(int(point[0][0]), spread([run[1] for run in point]), spread([run[2] for run in point]))
            for point in points]


def report_curve(report, shape, words):
    points = curve(shape)
    rows = [(f'{nodes:,}', f'{time_.median:.1f}', time_.text('{:.1f}'), f'{bytes_.median:,.0f}')
            for nodes, time_, bytes_ in points]
    report.table(f'The engine\'s own cost of a run, {words}, store in memory',
                 ('nodes', 'us per node', 'spread', 'bytes per node'), rows)
    return points


def measure(report):
    growth = {}
    for name, pipeline, steps in (('200 stages of 5 steps', many_stages(), STAGES * STEPS),
                                  ('a matrix of 1,000, 50 at once', matrix(), ITERATIONS)):
        growth[name], seconds = run_whole(pipeline, steps)
        report.goal(f'engine memory, growth per step, {name}', f'{growth[name] / 1000:.1f} kB',
                    f'run took {seconds:.1f} s', '< 20 kB', growth[name] < BYTES_MAX)
    shapes = {'stages of five steps': report_curve(report, 'stages', 'stages of five steps'),
              'one loop': report_curve(report, 'loop', 'a step in one loop, 50 at once')}
    for name, points in shapes.items():
        grown = points[-1][1].median / points[2][1].median
        report.goal(f'cost of a node at 10,000 against 1,000, {name}', f'{grown:.2f}', '', '<= 1.2',
                    grown <= 1.2)
    path = f'{BUILD}/bench/nodes.svg'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    series = {name: [time_ for _, time_, _ in points] for name, points in shapes.items()}
    y_max = 1.25 * max(each.high for points in series.values() for each in points)
    write_svg(path, 'Cost of a node, by nodes of the run', 'nodes', 'us per node', TICKS, series,
              y_max)
    report.note(f'Plot: {os.path.relpath(path, os.path.dirname(BUILD))}')
