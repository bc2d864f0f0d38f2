"""A million triggers against a thousand: rate of accepted calls, memory, start, rebuild."""
import os
import random
import shutil
import subprocess
import time

from bench_stand import BUILD, CAPTURE, SCOPE, BenchError, Stand
from load import interleave, ratio, spread_of, wrk

FEW, MANY = 1000, int(os.environ.get('TRIGGERS', '1000000'))
CALLS = 200_000  # different requests of a load; with few triggers several go to one of them


def load_triggers(stand, count):
    """Returns the seconds that it took."""
    tokens = f'{stand.state}/tokens'
    start = time.monotonic()
    done = subprocess.run([f'{BUILD}/bench/trigger_loader', stand.state, str(count), tokens],
                          capture_output=True, text=True)
    if done.returncode != 0:
        raise BenchError(f'trigger_loader: {done.stderr}')
    return time.monotonic() - start


def write_calls(stand):
    """Random triggers. The number makes requests differ, so that a load of few triggers costs wrk
    as much memory as one of many."""
    with open(f'{stand.state}/tokens') as file:
        tokens = [line.split()[0] for line in file]
    chosen = random.sample(tokens, CALLS) if len(tokens) > CALLS else random.choices(tokens, k=CALLS)
    with open(f'{stand.state}/calls', 'w') as file:
        for number, token in enumerate(chosen):
            file.write(f'{CAPTURE}/{token}/v3?{SCOPE}&n={number:06}\n')


def prepare(stand, count):
    """Returns the seconds of loading and of starting."""
    load_seconds = load_triggers(stand, count)
    write_calls(stand)
    start_seconds = stand.start_engine()
    stand.start_nginx()
    return load_seconds, start_seconds


def rebuild_seconds(stand):
    """Seconds until the engine is ready when the edge store has missed the last change, as after a
    kill between two commits, and when it is gone."""
    stand.stop_engine()
    old = f'{stand.state}/edge.old'
    shutil.copytree(f'{stand.state}/edge', old)
    stand.start_engine()
    stand.apply_documents()
    stand.stop_engine()
    shutil.rmtree(f'{stand.state}/edge')
    os.rename(old, f'{stand.state}/edge')
    behind_seconds = stand.start_engine()
    stand.stop_engine()
    shutil.rmtree(f'{stand.state}/edge')
    return behind_seconds, stand.start_engine()


def measure(report):
    with Stand() as few, Stand() as many:
        prepare(few, FEW)
        load_seconds, start_seconds = prepare(many, MANY)
        memory = many.engine_memory() / 1e6

        def load(stand, connections):
            return lambda: wrk(stand.port, '/', connections, calls=f'{stand.state}/calls')

        runs = interleave({(name, connections): load(stand, connections)
                           for connections in (64, 512)
                           for name, stand in (('few', few), ('many', many))})
        end_memory = many.engine_memory() / 1e6
        behind_seconds, lost_seconds = rebuild_seconds(many)
    for connections in (64, 512):
        quotient = ratio(runs['many', connections], runs['few', connections])
        report.goal(f'accepted with {MANY:,} triggers, of that with {FEW:,}, {connections} '
                    'connections', f'{quotient.median:.2f}', quotient.text(), 'at least 0.90',
                    quotient.median >= 0.9)
    wrong = sum(run.wrong for these in runs.values() for run in these)
    rates = ', '.join(f'{spread_of(runs[name, connections], "rate").median:,.0f} with {count:,} at '
                      f'{connections} connections' for connections in (64, 512)
                      for name, count in (('few', FEW), ('many', MANY)))
    report.note(f'Accepted requests a second by triggers: {rates}; {wrong} wrong answers.')
    report.note(f'{MANY:,} triggers: loaded in {load_seconds:.0f} s; the engine is ready '
                f'{start_seconds:.2f} s after its start and takes {memory:.0f} MB, '
                f'{end_memory:.0f} MB after the load; ready in {behind_seconds:.1f} s when '
                f'the edge store has missed a change, in {lost_seconds:.0f} s when it is lost.')
