"""Watches nginx and the module for errors of memory: under valgrind, or with the sanitizers.

WATCH=valgrind runs Debian's nginx below valgrind. WATCH=sanitizer loads a module that was built
with AddressSanitizer and UndefinedBehaviorSanitizer, whose runtime is preloaded into the same
nginx. In both, pools are so small that nearly every piece of a pool is a block of its own and a
write past its end is seen.
"""

import glob
import os
import pathlib
import re
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
KIND = os.environ.get("WATCH", "")
PATIENCE = {"": 1, "valgrind": 10, "sanitizer": 3}[KIND]

# 128 bytes hold the pool's own head and nothing of ours.
SMALL_POOLS = "connection_pool_size 128; request_pool_size 128;"
VALGRIND = ["valgrind", "--quiet", "--leak-check=full", "--show-leak-kinds=definite",
            "--errors-for-leak-kinds=definite", "--num-callers=30",
            f"--suppressions={HERE / 'valgrind.supp'}"]


def runtime(name):
    """The sanitizer's library that belongs to the compiler of the module."""
    return subprocess.run(["gcc", f"-print-file-name={name}"], capture_output=True, text=True,
                          check=True).stdout.strip()


def module(build):
    return f"{build}/{'san/' if KIND == 'sanitizer' else ''}ngx_http_tripgate_module.so"


def command(root):
    """What stands in front of nginx."""
    return [*VALGRIND, f"--log-file={root}/watch.%p"] if KIND == "valgrind" else []


def variables(root):
    """The environment of nginx."""
    if KIND != "sanitizer":
        return {}
    report = f"log_path={root}/watch"
    # Leaks are valgrind's: its suppressions can tell nginx's own, whose symbols are stripped, from
    # the module's.
    return {"LD_PRELOAD": f"{runtime('libasan.so')} {runtime('libubsan.so')}",
            "ASAN_OPTIONS": f"{report}:detect_leaks=0:detect_stack_use_after_return=1",
            "UBSAN_OPTIONS": f"{report}:print_stacktrace=1"}


def main_directives(root):
    """nginx clears its environment; a new binary must get the watch from the old one."""
    return "".join(f"env {name};" for name in variables(root))


def http_directives():
    return SMALL_POOLS if KIND else ""


def is_on(pid):
    """Whether that nginx is really watched."""
    trace = {"": "", "valgrind": "memcheck", "sanitizer": "libasan"}[KIND]
    return trace in pathlib.Path(f"/proc/{pid}/maps").read_text()


def complaints(root):
    """What was found, one text for each process."""
    found = []
    for path in sorted(glob.glob(f"{root}/watch.*")):
        text = pathlib.Path(path).read_text(errors="replace")
        if re.search(r"^==\d+== +\S|Sanitizer|runtime error", text, re.M):
            found.append(text)
    return found
