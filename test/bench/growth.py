"""How the share of `return 200` moves with connections and with the size of bodies."""
import os

import bench_stand
from bench_stand import BUILD
from load import SECONDS, interleave, ratio, spread_of, wrk
from plot import write_svg

CONNECTIONS = (1, 8, 64, 256, 512, 1024)
BODIES = {'200 B': 200, '16 kB': 16 << 10, '1 MB': 1 << 20}
HEAD = ('`return 200` req/s', 'accepted req/s', 'ratio', 'spread', 'p50 ms', 'p99 ms', 'wrong')
# Shorter runs: a second of 16 kB bodies fills some hundred megabytes of the store.
RUN_SECONDS = min(SECONDS, 2)


def pairs(stand, loads):
    """loads: name -> options of wrk. Each is measured at `return 200` and at the trigger."""
    measures = {}
    for name, options in loads.items():
        for kind, path in (('limit', stand.limit_call), ('accepted', stand.call)):
            measures[name, kind] = lambda path=path, options=options: wrk(
                stand.port, path, seconds=RUN_SECONDS, **options)
    return measures


def tabulate(report, title, first, runs, names):
    rows, ratios = [], []
    for name in names:
        limit, accepted = runs[name, 'limit'], runs[name, 'accepted']
        ratios.append(ratio(accepted, limit))
        rates = [spread_of(these, 'rate').median for these in (limit, accepted)]
        times = [spread_of(accepted, part).median for part in ('p50', 'p99')]
        rows.append((name, *(f'{rate:,.0f}' for rate in rates), f'{ratios[-1].median:.2f}',
                     ratios[-1].text(), *(f'{time:.2f}' for time in times),
                     sum(run.wrong for run in limit + accepted)))
    report.table(title, (first, *HEAD), rows)
    return ratios


def measure(report):
    with bench_stand.start() as stand:
        runs = interleave(pairs(stand, {n: {'connections': n} for n in CONNECTIONS}))
    by_connections = tabulate(report, 'Accepted and durable by connections, 200-byte bodies',
                              'connections', runs, CONNECTIONS)
    body_runs = {}
    for name, size in BODIES.items():
        # A store of its own for each: the larger bodies fill gigabytes.
        with bench_stand.start() as stand:
            body_runs |= interleave(pairs(stand, {name: {'connections': 64, 'body_size': size}}))
    by_body = tabulate(report, 'Accepted and durable by size of the body, 64 connections, against '
                       '`return 200` with the same bodies', 'body', body_runs, BODIES)
    os.makedirs(f'{BUILD}/bench', exist_ok=True)
    for file, across, ticks, ratios in (('connections', 'connections', CONNECTIONS, by_connections),
                                        ('bodies', 'size of the body', list(BODIES), by_body)):
        path = f'{BUILD}/bench/{file}.svg'
        write_svg(path, f'Accepted and durable, by {across}', across, 'share of return 200', ticks,
                  {'median, lowest and highest run': ratios}, 1.0)
        report.note(f'Plot: {os.path.relpath(path, os.path.dirname(BUILD))}')
