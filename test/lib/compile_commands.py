#!/usr/bin/env python3
"""Turns the commands that `make -Bn V=1` prints (stdin) into compile_commands.json (stdout)."""
import json
import os
import shlex
import sys

# Arguments of g++ that clang does not know.
UNKNOWN_TO_CLANG = {"-fno-gnu-unique"}


def main():
    entries = {}
    for line in sys.stdin:
        if " -c -o " not in line:
            continue
        words = [word for word in shlex.split(line) if word not in UNKNOWN_TO_CLANG]
        source = words[-1]
        if words[0].endswith("ccache"):
            words = words[1:]
        entries.setdefault(source, {"directory": os.getcwd(), "file": source, "arguments": words})
    json.dump([entries[source] for source in sorted(entries)], sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
