"""Many stored executions, and many who ask about the ones that run."""
import json
import random
import statistics
import time

import bench_stand
from bench_stand import STATUS, BenchError, UnixConnection, await_
from load import RUNS, interleave, spread, spread_of, wrk
from runs import under_way

STORED = 10_000
PAGES = (0, 10, 499)  # of 20 executions
SAMPLES = 20
ACTIVE = 50
CONNECTIONS = 16
SETTINGS = 'max_running: 64\nmax_running_per_project: 64\n'
# Ends in its first turn: what is measured is how executions are kept.
SKIPPED = bench_stand.PIPELINE.replace('timeout: 1m', 'timeout: 1m\n                  '
                                       'when: {stageStatus: Success, condition: "false"}')


def resident_memory(stand):
    """Bytes of all pages of the engine, those that it maps of its stores too."""
    with open(f'/proc/{stand.engine.pid}/status') as status:
        line = next(line for line in status if line.startswith('VmRSS'))
    return int(line.split()[1]) * 1024


def page_times(stand):
    """Milliseconds that the engine takes for a page of executions."""
    connection = UnixConnection(stand.admin)
    times = []
    for page in PAGES * SAMPLES:
        start = time.perf_counter()
        connection.request('POST', f'/pipeline/api/pipelines/execution/summary?{bench_stand.SCOPE}'
                           f'&page={page}&size=20', '{}', {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        text = answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != 200 or not json.loads(text)['data']['content']:
            raise BenchError(f'page {page} is answered {answer.status}: {text[:400]!r}')
    connection.close()
    return times


def measure_stored(report):
    with bench_stand.start('running', pipeline=SKIPPED, settings=SETTINGS) as stand:
        stand.post_events(STORED)
        await_(lambda: under_way(stand.metrics()) == 0, 'the end of all runs', seconds=120)
        stand.stop_engine()
        stand.start_engine('running')
        time.sleep(2)
        resident = resident_memory(stand) / 1e6
        times = [page_times(stand) for _ in range(RUNS)]
    report.goal(f'engine, all resident pages, idle, {STORED:,} executions stored',
                f'{resident:.0f} MB', '', '< 40 MB', resident < 40)
    p50 = spread([statistics.median(run) for run in times])
    worst = spread([max(run) for run in times])
    report.goal('a page of 20 executions, p50', f'{p50.median:.2f} ms', p50.text(), '< 5 ms',
                p50.median < 5)
    report.goal('the slowest of the pages', f'{worst.median:.2f} ms', worst.text(), '', True)


def measure_polls(report):
    with bench_stand.start('running', script='exec sleep 1000', settings=SETTINGS) as stand:
        connection = stand.connection()
        events = [stand.post_event(connection) for _ in range(ACTIVE)]
        await_(lambda: stand.metrics()['executions_running'] == ACTIVE, 'the start of all runs')
        calls = f'{stand.state}/calls'
        with open(calls, 'w') as file:
            file.write('\n'.join(f'{STATUS}/{event}?accountIdentifier=demo'
                                 for event in random.sample(events, len(events))))
        runs = interleave({'polls': lambda: wrk(stand.port, '/', CONNECTIONS, calls=calls,
                                                method='GET')})['polls']
        if any(run.wrong for run in runs):
            raise BenchError('some polls were not answered')
        stand.engine.send_signal(2)  # Aborts the steps.
        stand.engine.wait(30)
    rate, p99 = spread_of(runs, 'rate'), spread_of(runs, 'p99')
    report.goal(f'status polls a second through nginx, {ACTIVE} runs active, {CONNECTIONS} '
                f'connections', f'{rate.median:,.0f}', rate.text('{:,.0f}'), '>= 10,000',
                rate.median >= 10_000)
    report.goal('their p99', f'{p99.median:.1f} ms', p99.text('{:.1f}'), '< 5 ms', p99.median < 5)


def measure(report):
    measure_stored(report)
    measure_polls(report)
