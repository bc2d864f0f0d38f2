#!/usr/bin/env python3
"""usage: cut_steps.py [--seeds N] [--seed N]

Runs a step below a supervisor that loses power or its disk at a random call, and asks the next
engine: a step that had begun is never taken for one that had not, and a result is the true one. A
disk whose syncs are lies must be caught, or the test could not fail.
"""
import collections
import errno
import os
import pathlib
import random
import select
import shutil
import signal
import subprocess
import sys

import seeded_cuts

BUILD = pathlib.Path(os.environ.get("BUILD", "build")).resolve()
DRIVER = BUILD / "test/step_driver"
SUPERVISOR = BUILD / "test/tripgate-step"
SHIM = BUILD / "test/powercut.so"
TIMEOUT = 60  # seconds; a run takes a fraction of one, but the machine may be busy
# A supervisor makes up to 16 calls that can fail; what lies behind its last one is cut at its end.
CALLS = 18

WRAPPER = """#!/bin/sh
exec 9>{fifo}
exec env LD_PRELOAD={shim} POWERCUT_DIR={steps} {faults} {supervisor} "$@"
"""


def cut(choice):
    return {"POWERCUT_CUT": choice.randrange(1, CALLS)}


def fail(number):
    """One call or three fail; the power goes some calls later, or at the end."""
    def choose(choice):
        call = choice.randrange(1, CALLS)
        return {"POWERCUT_FAIL": call, "POWERCUT_FAIL_COUNT": choice.choice((1, 3)),
                "POWERCUT_ERRNO": number, "POWERCUT_CUT": call + choice.choice((2, 10, 100000))}
    return choose


def lie(choice):
    return {"POWERCUT_CUT": choice.randrange(CALLS // 3, CALLS), "POWERCUT_LIE": 1}


FAULTS = {"cut": cut, "ENOSPC": fail(errno.ENOSPC), "EIO": fail(errno.EIO)}


# How a step ends and what the next engine makes of it: one leaves a value, the other nothing.
ENDS = {"left=word; exit 0": "finished 0 word", "exit 3": "finished 3"}


def end_spawner(engine):
    """It has forked, and holds what tells the end of the supervisor."""
    for child in pathlib.Path(f"/proc/{engine}/task/{engine}/children").read_text().split():
        os.kill(int(child), signal.SIGKILL)


def await_hangup(fd):
    poll = select.poll()
    poll.register(fd, 0)
    if not poll.poll(TIMEOUT * 1000):
        raise subprocess.TimeoutExpired("supervisor", TIMEOUT)


class Attempt:
    def __init__(self, directory, seed, faults):
        self.end = list(ENDS)[seed % 2]
        self.is_engine_there = seed % 3 != 0
        self.steps = directory / "steps"
        self.steps.mkdir()
        self.marker = directory / "ran"
        self.fifo = directory / "fifo"
        os.mkfifo(self.fifo)
        self.supervisor = directory / "supervisor"
        words = dict(faults, POWERCUT_SEED=seed)
        self.supervisor.write_text(WRAPPER.format(
            fifo=self.fifo, shim=SHIM, steps=self.steps, supervisor=SUPERVISOR,
            faults=" ".join(f"{name}={value}" for name, value in words.items())))
        self.supervisor.chmod(0o755)

    def run(self):
        """Returns when the supervisor is gone and the disk keeps what it keeps."""
        script = f"echo ran >>{self.marker}; {self.end}"
        held = os.open(self.fifo, os.O_RDONLY | os.O_NONBLOCK)
        driver = subprocess.Popen([DRIVER, "start", self.steps, self.supervisor, script],
                                  stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        try:
            driver.stdout.readline()
            if self.is_engine_there:
                end_spawner(driver.pid)
            else:
                driver.communicate(timeout=TIMEOUT)
            await_hangup(held)
            if self.is_engine_there:
                driver.communicate(timeout=TIMEOUT)
        finally:
            driver.kill()
            driver.wait()
            os.close(held)

    def adopt(self):
        return subprocess.run([DRIVER, "adopt", self.steps], capture_output=True, text=True,
                              timeout=TIMEOUT).stdout.strip()

    def times_run(self):
        return self.marker.read_text().count("ran") if self.marker.exists() else 0


def violations(attempt):
    found = []
    first, second = attempt.adopt(), attempt.adopt()
    times = attempt.times_run()
    if first != second:
        found.append(f"is {first} and then {second}")
    if first.startswith(("never_started", "not started")) and times:
        found.append(f"ran, and is {first}")
    if first.startswith("finished") and (first != ENDS[attempt.end] or times != 1):
        found.append(f"ran {times} times and is {first}")
    if first.split(" ")[0] not in ("never_started", "interrupted", "finished", "lost", "not"):
        found.append(f"is {first}")
    return first.split(" ")[0], found


def play(seed, choose, root):
    directory = root / str(seed)
    directory.mkdir()
    faults = choose(random.Random(seed))
    try:
        attempt = Attempt(directory, seed, faults)
        attempt.run()
        return *violations(attempt), faults
    except subprocess.TimeoutExpired as hung:
        return "hung", [f"hangs: {hung}"], faults
    finally:
        shutil.rmtree(directory)


def play_all(kind, seeds, root, counts):
    outcomes = collections.Counter()
    for seed in seeds:
        outcome, found, faults = play(seed, FAULTS[kind], root)
        outcomes[outcome] += 1
        counts["failed" if found else "passed"] += 1
        if found:
            print(f"FAILED: {kind} --seed {seed} {faults}\n  " + "\n  ".join(found), flush=True)
    print(f"{kind}: {len(seeds)} steps, " +
          ", ".join(f"{count} {name}" for name, count in outcomes.items()), flush=True)
    return outcomes


def play_kinds(seeds, root, counts):
    return sum((play_all(kind, seeds, root, counts) for kind in FAULTS), collections.Counter())


def is_sound(outcomes, root):
    # Cuts that always come too late or too early prove nothing.
    has_all = all(outcomes[kind] for kind in ("never_started", "interrupted", "finished"))
    return has_all and seeded_cuts.catches_lies(play, lie, root)


if __name__ == "__main__":
    sys.exit(seeded_cuts.main("cut_steps", play_kinds, is_sound))
