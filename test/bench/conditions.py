"""Judging and parsing conditions and bodies: the library alone, then behind the front door."""
import collections
import json
import os
import shutil
import subprocess

import judged
from bench_stand import BUILD, BenchError, ROOT
from load import RUNS, ratio, spread
from plot import write_svg

PROGRAM = f'{BUILD}/release/bench/jexl'
BODY = 'test/data/jexl/github_push.json'
PEER = 'test/bench/peers/JexlBench.java'
PEER_JARS = ('/usr/share/java/commons-jexl3.jar', '/usr/share/java/commons-logging.jar')
MICROSECONDS = {'ns': 1e-3, 'us': 1, 'ms': 1e3}
# Microseconds, and how often bare yajl's time.
JUDGE_MAX, PARSE_MAX, BODY_MAX, PROJECT_MAX = 0.5, 10, 2.5, 10_000

Timing = collections.namedtuple('Timing', 'rate')


def time_all():
    """Name of a benchmark -> its microseconds, one for each run."""
    done = subprocess.run([PROGRAM, '--benchmark_format=json', '--benchmark_min_time=0.1',
                           f'--benchmark_repetitions={RUNS}'], cwd=ROOT, capture_output=True,
                          text=True)
    if done.returncode:
        raise BenchError(f'{PROGRAM}: {done.stderr.strip()}')
    times = collections.defaultdict(list)
    for row in json.loads(done.stdout)['benchmarks']:
        if row['run_type'] == 'iteration':
            times[row['name']].append(row['cpu_time'] * MICROSECONDS[row['time_unit']])
    return times


def quotients(above, below):
    return ratio([Timing(time) for time in above], [Timing(time) for time in below])


def curve(times, name):
    """Points of `name/ARGUMENT`, in order: the argument and its microseconds."""
    points = [(int(key.split('/')[1]), spread(runs)) for key, runs in times.items()
              if key.startswith(f'{name}/')]
    return sorted(points, key=lambda point: point[0])


def size_text(size):
    return '1 MB' if size == 1 << 20 else f'{size >> 10} kB'


def plot(report, file, title, across, points, words):
    """Time per condition or kilobyte: a cost that grows linearly is a level line."""
    path = f'{BUILD}/bench/{file}.svg'
    os.makedirs(os.path.dirname(path), exist_ok=True)
    y_max = 1.25 * max(each.high for each in points)
    write_svg(path, title, across, title, words, {'median, lowest and highest run': points}, y_max)
    report.note(f'Plot: {os.path.relpath(path, os.path.dirname(BUILD))}')


def scaled(each, divisor):
    return type(each)(each.median / divisor, each.low / divisor, each.high / divisor)


def bars(values):
    """The values as bars, for terminals."""
    highest = max(values)
    return ['#' * max(1, round(30 * value / highest)) for value in values]


def report_conditions(report, times):
    points = curve(times, 'judge_many')
    each = [scaled(time, count / 1000) for count, time in points]
    rows = [(count, f'{time.median:.2f}', time.text(), f'{one.median:.0f}', bar)
            for (count, time), one, bar in zip(points, each, bars([one.median for one in each]))]
    report.table('Judging by number of conditions', ('conditions', 'us', 'spread',
                                                     'ns a condition', ''), rows)
    plot(report, 'judging', 'ns a condition', 'conditions', each, [count for count, _ in points])


def report_bodies(report, times):
    ours, bare = curve(times, 'parse_size'), curve(times, 'bare_yajl_size')
    each = [scaled(time, size >> 10) for size, time in ours]
    rows = [(size_text(size), f'{time.median:.1f}', time.text('{:.1f}'), f'{yajl.median:.1f}',
             f'{time.median / yajl.median:.2f}', f'{one.median:.2f}', bar)
            for (size, time), (_, yajl), one, bar in
            zip(ours, bare, each, bars([one.median for one in each]))]
    report.table('Parsing bodies by their size', ('body', 'us', 'spread', 'bare yajl us',
                                                  'times yajl', 'us a kB', ''), rows)
    plot(report, 'parsing', 'us a kB', 'size of the body', each,
         [size_text(size) for size, _ in ours])


def report_peer(report, judge):
    """Commons JEXL on the same machine, the same body, the same condition."""
    missing = [jar for jar in PEER_JARS if not os.path.exists(jar)]
    if missing or not shutil.which('javac'):
        report.note('Commons JEXL skipped: it takes a JDK and libcommons-jexl3-java')
        return
    done = subprocess.run(['java', '-cp', ':'.join(PEER_JARS), PEER, BODY], cwd=ROOT,
                          capture_output=True, text=True)
    if done.returncode:
        report.note(f'Commons JEXL could not be measured: {done.stderr.strip()[:200]}')
        return
    cached, parsing = (float(word) / 1000 for word in done.stdout.split())
    report.goal('Commons JEXL, script kept', f'{cached:.2f} us',
                f'{cached / judge.median:.1f} times ours', '', True)
    report.goal('Commons JEXL, parsed every time', f'{parsing:.2f} us',
                f'{parsing / judge.median:.0f} times ours', '', True)


def measure(report):
    times = time_all()
    judge, parse = spread(times['judge']), spread(times['parse_condition'])
    body = quotients(times['parse_push'], times['bare_yajl_push'])
    report.goal('judging a typical condition on a 7 kB push', f'{judge.median:.3f} us',
                judge.text('{:.3f}'), f'< {JUDGE_MAX} us', judge.median < JUDGE_MAX)
    report.goal('parsing that condition', f'{parse.median:.2f} us', parse.text(),
                f'< {PARSE_MAX} us', parse.median < PARSE_MAX)
    report.goal('parsing that body, against bare yajl', f'{body.median:.2f}', body.text(),
                f'<= {BODY_MAX}', body.median <= BODY_MAX)
    project = spread(times['judge_project/10000'])
    report.goal('judging 10,000 triggers of one project', f'{project.median / 1000:.2f} ms',
                scaled(project, 1000).text(), f'< {PROJECT_MAX // 1000} ms',
                project.median < PROJECT_MAX)
    report_peer(report, judge)
    judged.measure(report)
    report_conditions(report, times)
    report_bodies(report, times)
