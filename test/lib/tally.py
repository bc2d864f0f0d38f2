#!/usr/bin/env python3
"""Runs the suites one after the other and ends with the line `N passed, N failed`.

Tests run in an order of their own each time; ORDER repeats one.

A program that dies without its own count or hangs adds one failure, so that neither looks like
silence. Output of a suite is shown only when it fails.
"""
import argparse
import os
import random
import re
import signal
import subprocess
import sys
import time

SUITES = ["unit", "cmocka", "tidy", "module", "http", "sim", "powercut", "crash", "fuzz"]
PATIENCE = 900  # seconds for one program; the longest takes a third of it on a busy machine
GTEST_RAN = re.compile(r"^\[=+\] (\d+) tests? from .* ran\.", re.M)
GTEST_FAILED = re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.M)
GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) tests?", re.M)
PYTHON_RAN = re.compile(r"^Ran (\d+) tests?", re.M)
PYTHON_OUTCOME = re.compile(r"^FAILED \((.*)\)", re.M)
OWN_COUNT = re.compile(r"^\w+: (\d+) passed, (\d+) failed$", re.M)
CMOCKA_PASSED = re.compile(r"^\[  PASSED  \] (\d+) test\(s\)", re.M)
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (\d+) test\(s\)", re.M)


def number(pattern, text):
    return sum(int(match) for match in pattern.findall(text))


def count(text, status):
    """(passed, failed) out of what GoogleTest, unittest or cmocka printed."""
    if GTEST_RAN.search(text):
        failed = number(GTEST_FAILED, text)
        passed = number(GTEST_RAN, text) - failed - number(GTEST_SKIPPED, text)
    elif PYTHON_RAN.search(text):
        outcome = PYTHON_OUTCOME.search(text)
        failed = sum(int(n) for n in re.findall(r"(?:failures|errors)=(\d+)", outcome[1])) if outcome else 0
        skipped = sum(int(n) for n in re.findall(r"skipped=(\d+)", text))
        passed = number(PYTHON_RAN, text) - failed - skipped
    elif CMOCKA_PASSED.search(text):
        passed, failed = number(CMOCKA_PASSED, text), number(CMOCKA_FAILED, text)
    elif own := OWN_COUNT.findall(text):
        passed, failed = (sum(int(pair[i]) for pair in own) for i in (0, 1))
    else:
        passed, failed = (1, 0) if status == 0 else (0, 1)
    if status != 0 and failed == 0:
        failed = 1
    return max(passed, 0), failed


def programs(folder):
    """The programs of a folder as (name, path)."""
    names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
    paths = [(name, f"{folder}/{name}") for name in names]
    return [(name, path) for name, path in paths if os.access(path, os.X_OK)]


def fuzz(build, name, program):
    """A fuzzer for a few seconds, from its seeds; what it finds stays below the build directory."""
    corpus, seeds = f"{build}/fuzz/corpus/{name}", f"test/data/fuzz/{name}"
    os.makedirs(corpus, exist_ok=True)
    return [program, "-max_total_time=2", "-timeout=60", "-rss_limit_mb=1024", "-verbosity=0",
            f"-artifact_prefix={build}/fuzz/", corpus] + ([seeds] if os.path.isdir(seeds) else [])


def commands(suite, build, unit_dirs, order):
    """The programs of a suite, as (name, command)."""
    python = [sys.executable, "-B"]
    shuffle = ["--gtest_brief=1", "--gtest_shuffle", f"--gtest_random_seed={order}"]
    if suite == "unit":
        return [(f"unit {name}", [f"{build}/san/unit/{name}", *shuffle]) for name in unit_dirs]
    if suite == "sim":
        return [("sim", [f"{build}/san/sim", *shuffle])]
    if suite == "cmocka":
        return [(f"cmocka {name}", [path]) for name, path in programs(f"{build}/cmocka")]
    if suite in ("tidy", "module", "http"):
        return [(suite, [*python, "test/lib/shuffled.py", f"test/{suite}"])]
    if suite == "powercut":
        return [("powercut", [*python, f"test/powercut/{name}.py", "--seeds", "10"])
                for name in ("cut_power", "cut_steps")]
    if suite == "crash":
        return [("crash matrix", [*python, "test/crash/kill_after_each_commit.py", "6"]),
                ("crash", [*python, "test/crash/kill_under_load.py", "5", "2", "2"])]
    return [(f"fuzz {name}", fuzz(build, name, path)) for name, path in programs(f"{build}/fuzz/bin")]


def output_of(command, environment):
    """(what it printed, exit status). A program that hangs is ended with everything it started."""
    program = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, text=True, errors="replace",
                               start_new_session=True)
    try:
        return program.communicate(timeout=PATIENCE)[0], program.returncode
    except subprocess.TimeoutExpired:
        os.killpg(program.pid, signal.SIGKILL)
        return f"{program.communicate()[0]}\nhangs: no end within {PATIENCE} s", 1


def run(name, command, environment, is_counted=True):
    started = time.monotonic()
    text, status = output_of(command, environment)
    passed, failed = count(text if is_counted else "", status)
    if failed:
        print(text)
    print(f"{name}: {passed} passed, {failed} failed ({time.monotonic() - started:.1f} s)", flush=True)
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--suites", nargs="*", default=SUITES)
    parser.add_argument("unit_dirs", nargs="*")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    # GoogleTest takes seeds up to 99999.
    order = int(os.environ.get("ORDER") or random.SystemRandom().randrange(1, 99_999))
    environment = dict(os.environ, BUILD=build, TRIPGATE_STEP=f"{build}/tripgate-step",
                       TRIPGATE_CALL=f"{build}/san/tripgate-call",
                       PYTHONPATH="test/lib", PYTHONDONTWRITEBYTECODE="1", ORDER=str(order))
    total = [0, 0]
    for suite in options.suites:
        for name, command in commands(suite, build, options.unit_dirs, order):
            passed, failed = run(name, command, environment, "must_fail" not in name)
            total[0] += passed
            total[1] += failed
    print(f"order: ORDER={order}")
    print(f"{total[0]} passed, {total[1]} failed", flush=True)
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
