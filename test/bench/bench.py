#!/usr/bin/env python3
"""Measures every figure of the README; `bench.py --help` says how to measure less."""
import argparse
import os
import shutil
import signal
import sys
import time

import conditions
import front_door
import growth
import load
import nodes
import polls
import runs
import steps
import storage
import triggers
import uploads
from bench_stand import BUILD, BenchError, state_parent
from report import Report, machine

# Name -> what it measures, its part, and about how many minutes it takes with 5 runs of 3 s. Steps come
# first: they make files, which is slow for minutes after others have removed many.
SECTIONS = {
    'steps': ('from event to step, and what a run costs', steps.measure, 1),
    'conditions': ('judging and parsing: the library, then the front door', conditions.measure, 2),
    'front-door': ('refused and accepted requests, and the peers', front_door.measure, 2.5),
    'growth': ('by connections and by size of the body', growth.measure, 4),
    'uploads': ('small events beside 25 MB bodies', uploads.measure, 1),
    'storage': ('memory and status with a million events', storage.measure, 1),
    'triggers': ('a million triggers against a thousand', triggers.measure, 3),
    'runs': ('events that each start a run', runs.measure, 0.5),
    'nodes': ('large runs: memory and cost of a node', nodes.measure, 1.5),
    'polls': ('stored executions, and who asks for running ones', polls.measure, 1),
}
FREE_BYTES = 8 << 30


def parse_arguments():
    parser = argparse.ArgumentParser(
        description='RUNS (5) and SECONDS_PER_RUN (3) in the environment shorten it; BENCH_DIR '
                    '(/var/tmp) is where stores are made, and has to be on the disk to measure.')
    parser.add_argument('--short', action='store_true', help='the front door only')
    parser.add_argument('--only', metavar='SECTION,...', help=', '.join(SECTIONS))
    arguments = parser.parse_args()
    names = list(SECTIONS)
    if arguments.only:
        names = arguments.only.split(',')
    elif arguments.short:
        names = ['front-door']
    unknown = [name for name in names if name not in SECTIONS]
    if unknown:
        parser.error(f'no such section: {", ".join(unknown)}')
    return names


def check_machine():
    for program, package in (('wrk', 'wrk'), ('nginx', 'nginx')):
        if not shutil.which(program):
            sys.exit(f'bench: {program} is missing: apt-get install {package}')
    if shutil.disk_usage(state_parent()).free < FREE_BYTES:
        sys.exit(f'bench: {state_parent()} needs 8 GB free; BENCH_DIR names another folder')


def main():
    names = parse_arguments()
    check_machine()
    # Ends like an interrupt: stands stop what they started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit('bench: ended'))
    minutes = sum(SECTIONS[name][2] for name in names)
    print(f'bench: {", ".join(names)}; about {minutes:g} minutes\n')
    report = Report(f'{machine()}, wrk on the same cores, {load.RUNS} interleaved runs of '
                    f'{load.SECONDS} s, one nginx worker, keep-alive, 200-byte JSON POST:')
    failures = []
    for name in names:
        what, measure, _ = SECTIONS[name]
        print(f'\n== {name}: {what}', flush=True)
        start = time.monotonic()
        try:
            measure(report)
        except BenchError as error:
            failures.append(name)
            report.note(f'{name} could not be measured: {error}')
        print(f'   {time.monotonic() - start:.0f} s', flush=True)
    if report.goals:
        print(f'\n{report.goal_table()}')
    os.makedirs(f'{BUILD}/bench', exist_ok=True)
    path = f'{BUILD}/bench/figures.md'
    with open(path, 'w') as file:
        file.write(report.markdown())
    print(f'\nfor the README: {os.path.relpath(path)}')
    sys.exit(1 if failures else 0)


if __name__ == '__main__':
    main()
