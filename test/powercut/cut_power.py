#!/usr/bin/env python3
"""usage: cut_power.py [--seeds N] [--seed N]

Runs the journal's driver over a disk that loses power or fails at a random call, recovers, and
asks: is every acknowledged event there exactly once and whole, is no refused one, and does the
store take new events? A disk whose syncs are lies must be caught, or the test could not fail.
A seed repeats the workload, the call and what the disk kept; the threads' order is the machine's.
"""
import collections
import errno
import os
import pathlib
import random
import shutil
import subprocess
import sys

import seeded_cuts

BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
DRIVER = BUILD / "test/journal_driver"
SHIM = BUILD / "test/powercut.so"
EVENTS = 60
TIMEOUT = 60  # seconds; a run takes a fraction of one, but the machine may be busy
# A run of the driver makes about 200 calls that can fail.
CALLS = 200
# The first of them make the store.
CREATION_CALLS = 40
# How often the same disk may lose its power, also while the store recovers from the last time.
LIVES = 3


def cut(choice):
    return {"POWERCUT_CUT": choice.randrange(1, CALLS)}


def cut_creation(choice):
    return {"POWERCUT_CUT": choice.randrange(1, CREATION_CALLS)}


def fail(number):
    """One call or all from there on fail; the power goes some calls later, or at the end."""
    def choose(choice):
        call = choice.randrange(1, CALLS)
        return {"POWERCUT_FAIL": call, "POWERCUT_FAIL_COUNT": choice.choice((1, 2, 10000)),
                "POWERCUT_ERRNO": number, "POWERCUT_CUT": call + choice.choice((2, 10, 100000))}
    return choose


def lie(choice):
    return {"POWERCUT_CUT": choice.randrange(CALLS // 2, CALLS), "POWERCUT_LIE": 1}


FAULTS = {"cut": cut, "creation": cut_creation, "ENOSPC": fail(errno.ENOSPC), "EIO": fail(errno.EIO)}


def drive(*arguments, environment=None):
    return subprocess.run([DRIVER, *map(str, arguments)], env=dict(os.environ, **(environment or {})),
                          capture_output=True, text=True, timeout=TIMEOUT)


def words_by_id(output):
    found = collections.defaultdict(list)
    for line in output.splitlines():
        word, event = line.split()
        found[event].append(word)
    return found


def violations(told, recovered):
    """What a client or an operator could complain about after the recovery."""
    found = []
    if recovered.returncode != 0:
        found.append(f"the store does not recover: {recovered.stderr.strip()}")
    kept = words_by_id(recovered.stdout)
    for event, words in told.items():
        if "acknowledged" in words and kept[event] != ["event"]:
            found.append(f"{event} was acknowledged and is kept as {kept[event]}")
        if words.count("refused") == words.count("sent") and kept[event]:
            found.append(f"{event} was refused and is kept")
    found += [f"{event} is kept as {words}" for event, words in kept.items()
              if words not in ([], ["event"]) and event not in told]
    return found


def live(seed, faults, directory):
    """One life of a store; the driver's output."""
    run = drive("append", directory, seed, EVENTS,
                environment=dict(faults, LD_PRELOAD=str(SHIM), POWERCUT_DIR=str(directory),
                                 POWERCUT_SEED=str(seed)))
    if "ERROR: ld.so" in run.stderr:
        raise SystemExit(f"the shim does not load: {run.stderr}")
    return run.stdout


def play(seed, choose, root):
    """Appends over a failing disk, up to LIVES times, and recovers from what is left."""
    choice = random.Random(seed)
    directory = root / str(seed)
    directory.mkdir()
    output, lives = "", []
    try:
        for life in range(choice.randint(1, LIVES)):
            lives.append({name: str(value) for name, value in choose(choice).items()})
            output += live(seed + life * 1_000_000, lives[-1], directory)
        told = words_by_id(output)
        return told, violations(told, drive("list", directory)), lives
    except subprocess.TimeoutExpired as hung:
        return {}, [f"hangs: {hung}"], lives
    finally:
        shutil.rmtree(directory)


def play_all(kind, seeds, root, counts):
    acknowledged = 0
    for seed in seeds:
        told, found, lives = play(seed, FAULTS[kind], root)
        acknowledged += sum("acknowledged" in words for words in told.values())
        counts["failed" if found else "passed"] += 1
        if found:
            print(f"FAILED: {kind} --seed {seed} {lives}\n  " + "\n  ".join(found[:5]), flush=True)
    print(f"{kind}: {len(seeds)} runs, {acknowledged} events acknowledged", flush=True)
    return acknowledged


def play_kinds(seeds, root, counts):
    return sum([play_all(kind, seeds, root, counts) for kind in FAULTS])


def is_sound(acknowledged, root):
    # A run that acknowledges nothing proves nothing.
    return seeded_cuts.catches_lies(play, lie, root) and acknowledged > 0


if __name__ == "__main__":
    sys.exit(seeded_cuts.main("powercut", play_kinds, is_sound))
