"""Accepted, durable and judged by a JEXL condition that is false, against `return 200`."""
import dataclasses
import json
import time

import bench_stand
from load import interleave, ratio, spread_of, wrk

CONDITION = """jexlCondition: '<+trigger.payload.ref> == "refs/heads/none"'"""
GOALS = {64: 0.33, 512: 0.55}  # connections -> of the rate of `return 200`


def is_judged(stand):
    metrics = stand.metrics()
    return metrics['events_settled'] >= metrics['events_durable']


def load_and_judge(stand, connections):
    """A run whose rate counts until the last of its events is judged."""
    run = wrk(stand.port, stand.call, connections)
    start = time.monotonic()
    bench_stand.await_(lambda: is_judged(stand), 'judging what a load left', seconds=60)
    seconds = run.count / run.rate + time.monotonic() - start
    return dataclasses.replace(run, rate=run.count / seconds)


def measures_on(stand):
    measures = {}
    for connections in GOALS:
        measures['limit', connections] = (
            lambda count=connections: wrk(stand.port, stand.limit_call, count))
        measures['judged', connections] = lambda count=connections: load_and_judge(stand, count)
    return measures


def measure(report):
    with bench_stand.start(dispatch='running', conditions=CONDITION) as stand:
        runs = interleave(measures_on(stand))
        executions = json.loads(stand.tripgate('execution', 'list', '-o', 'json'))['totalElements']
    for connections, least in GOALS.items():
        quotient = ratio(runs['judged', connections], runs['limit', connections])
        report.goal(f'accepted, durable and judged by a false condition, {connections} connections, '
                    'of `return 200`', f'{quotient.median:.2f}', quotient.text(),
                    f'at least {least:.2f}', quotient.median >= least)
    judged = {connections: runs['judged', connections] for connections in GOALS}
    wrong = sum(run.wrong for these in judged.values() for run in these)
    report.goal('answers to these but 200, and runs that these started', f'{wrong + executions}',
                '', 'none', wrong + executions == 0)
    rates = ', '.join(f'{spread_of(these, "rate").median:,.0f} a second at {connections} '
                      'connections' for connections, these in judged.items())
    report.note(f'Judged until the last event: {rates}.')
