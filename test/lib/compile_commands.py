#!/usr/bin/env python3
"""Turns the commands that `make -Bn V=1` prints (stdin) into compile_commands.json (stdout)."""
import json
import os
import shlex
import sys


def main():
    entries = {}
    for line in sys.stdin:
        if " -c -o " not in line:
            continue
        words = shlex.split(line)
        source = words[-1]
        if words[0].endswith("ccache"):
            words = words[1:]
        entries.setdefault(source, {"directory": os.getcwd(), "file": source, "arguments": words})
    json.dump([entries[source] for source in sorted(entries)], sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main()
