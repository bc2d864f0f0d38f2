"""A million stored events: memory, status, start. Status is asked for events that started a run, and
for events of every part of the journal that found no enabled trigger."""
import os
import random
import statistics
import time

import bench_stand
from bench_stand import STATUS, await_
from load import RUNS, spread, wrk
from runs import under_way

EVENTS = int(os.environ.get('EVENTS', '1000000'))
SAMPLES = 200  # events of each part of the journal whose status is asked for


def store_up_to(stand, count):
    while (missing := count - stand.metrics()['events_durable']) > 0:
        # About 80,000 events a second; the last second overshoots by a few.
        wrk(stand.port, stand.call, 512, seconds=max(1, min(10, missing // 80000)))


def sample_events(stand):
    connection = stand.connection()
    return [stand.post_event(connection) for _ in range(SAMPLES)]


def idle_memory(stand):
    """After two seconds of rest, in which freed pages are given back."""
    time.sleep(2)
    return stand.engine_memory() / 1e6


def status_times(stand, events):
    """Milliseconds of one status after another over one connection."""
    connection = stand.connection()
    times = []
    for event in random.sample(events, len(events)):
        start = time.perf_counter()
        status, answer = stand.ask('GET', f'{STATUS}/{event}?accountIdentifier=demo',
                                   connection=connection)
        times.append((time.perf_counter() - start) * 1000)
        if status != 200:
            raise bench_stand.BenchError(f'the status of {event} is answered {answer.decode()}')
    return times


def judge_all(stand):
    """Lets the engine decide about every event; the trigger is disabled, so none starts a run.
    Returns events a second."""
    stand.apply_documents(is_enabled=False)
    stand.stop_engine()
    start = time.monotonic()
    stand.start_engine('running')
    count = stand.metrics()['events_durable']
    await_(lambda: stand.metrics()['events_settled'] >= count, 'judging all events', seconds=600)
    return count / (time.monotonic() - start)


def run_events(stand):
    """Events whose run has ended; the engine takes events without judging them from here on."""
    events = sample_events(stand)
    await_(lambda: under_way(stand.metrics()) == 0, 'the end of all runs', seconds=300)
    stand.stop_engine()
    stand.start_engine('paused')
    return events


def measure(report):
    memory = []
    with bench_stand.start('running') as stand:
        events = run_events(stand)
        for share in (4, 2, 1):
            store_up_to(stand, EVENTS // share)
            events += sample_events(stand)
            memory.append((stand.metrics()['events_durable'], idle_memory(stand)))
        judged = judge_all(stand)
        memory.append((stand.metrics()['events_durable'], idle_memory(stand)))
        times = [status_times(stand, events) for _ in range(RUNS)]
        stand.stop_engine()
        start_seconds = stand.start_engine()
    report_figures(report, memory, times, judged, start_seconds)


def report_figures(report, memory, times, judged, start_seconds):
    label = f'{EVENTS:,}'
    most = max(megabytes for _, megabytes in memory)
    report.goal(f'engine resident memory, idle, {label} events stored (mapped pages apart)',
                f'{most:.0f} MB', ', '.join(f'{size:.0f}' for _, size in memory), 'under 60 MB',
                most < 60)
    p50 = spread([statistics.median(run) for run in times])
    p99 = spread([statistics.quantiles(run, n=100)[98] for run in times])
    report.goal(f'status of one event through nginx, {label} stored, p50', f'{p50.median:.2f} ms',
                p50.text(), 'under 1 ms', p50.median < 1)
    report.note('Engine memory, idle: ' + '; '.join(
        f'{size:.1f} MB at {count:,} events' for count, size in memory[:-1]) +
        f'; {memory[-1][1]:.1f} MB once all of them have their history row.')
    report.note(f'With {label} events stored: status p99 {p99.median:.2f} ms ({p99.text()}); the '
                f'engine decides about {judged:,.0f} stored events a second; it is ready '
                f'{start_seconds:.2f} s after its start.')
