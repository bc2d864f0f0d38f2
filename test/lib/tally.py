#!/usr/bin/env python3
"""Runs the suites one after the other and ends with the line `N passed, N failed`.

A program that dies without its own count adds one failure, so that a crash never looks like
silence. Output of a suite is shown only when it fails.
"""
import argparse
import os
import re
import subprocess
import sys
import time

SUITES = ["unit", "cmocka", "tidy", "module", "http", "crash", "fuzz"]
GTEST_RAN = re.compile(r"^\[=+\] (\d+) tests? from .* ran\.", re.M)
GTEST_FAILED = re.compile(r"^\[  FAILED  \] (\d+) tests?, listed below", re.M)
GTEST_SKIPPED = re.compile(r"^\[  SKIPPED \] (\d+) tests?", re.M)
PYTHON_RAN = re.compile(r"^Ran (\d+) tests?", re.M)
PYTHON_OUTCOME = re.compile(r"^FAILED \((.*)\)", re.M)
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
    else:
        passed, failed = (1, 0) if status == 0 else (0, 1)
    if status != 0 and failed == 0:
        failed = 1
    return max(passed, 0), failed


def commands(suite, build, unit_dirs):
    """The programs of a suite, as (name, command); an absent part yields a line that says so."""
    python = [sys.executable, "-m", "unittest", "discover", "-p", "*_test.py"]
    if suite == "unit":
        return [(f"unit {name}", [f"{build}/san/unit/{name}", "--gtest_brief=1"]) for name in unit_dirs]
    if suite == "cmocka":
        folder = f"{build}/cmocka"
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        return [(f"cmocka {name}", [f"{folder}/{name}"]) for name in names
                if os.access(f"{folder}/{name}", os.X_OK)]
    if suite == "tidy":
        return [("tidy", python + ["-s", "test/tidy"])]
    if suite == "module":
        return [("module", python + ["-s", "test/module"]),
                ("module under sanitizers", ["env", "WATCH=sanitizer", *python, "-s", "test/module"])]
    if suite == "http":
        return [("http", python + ["-s", "test/http"])]
    if suite == "crash":
        return [("crash", [sys.executable, "test/crash/kill_under_load.py", "5", "2", "2"])]
    folder = f"{build}/fuzz"
    names = sorted(name for name in os.listdir(folder) if name.endswith("_fuzz")) if os.path.isdir(folder) else []
    return [(f"fuzz {name}", [f"{folder}/{name}", "-max_total_time=5", "-verbosity=0"]) for name in names]


def present(suite, build):
    if suite == "tidy":
        return os.path.isdir("test/tidy")
    if suite in ("http", "crash"):
        return os.path.isdir(f"test/{suite}") and os.path.exists("engine/engine.cc")
    return True


def run(name, command, environment, is_counted=True):
    started = time.monotonic()
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace")
    passed, failed = count(done.stdout if is_counted else "", done.returncode)
    if failed:
        print(done.stdout)
    print(f"{name}: {passed} passed, {failed} failed ({time.monotonic() - started:.1f} s)", flush=True)
    return passed, failed


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", default="build")
    parser.add_argument("--suites", nargs="*", default=SUITES)
    parser.add_argument("unit_dirs", nargs="*")
    options = parser.parse_args()
    build = os.path.abspath(options.build)
    environment = dict(os.environ, BUILD=build, TRIPGATE_STEP=f"{build}/tripgate-step",
                       PYTHONPATH="test/lib",
                       PYTHONDONTWRITEBYTECODE="1")
    total = [0, 0]
    for suite in options.suites:
        if not present(suite, build):
            print(f"{suite}: skipped, its program is not in this tree")
            continue
        for name, command in commands(suite, build, options.unit_dirs):
            passed, failed = run(name, command, environment, "must_fail" not in name)
            total[0] += passed
            total[1] += failed
    print(f"{total[0]} passed, {total[1]} failed", flush=True)
    return 1 if total[1] else 0


if __name__ == "__main__":
    sys.exit(main())
