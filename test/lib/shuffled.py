#!/usr/bin/env python3
"""usage: shuffled.py FOLDER

Runs the tests of FOLDER/*_test.py in an order of their own: classes shuffled, and the tests within
each. ORDER repeats one.
"""
import itertools
import os
import random
import sys
import unittest


def flatten(suite):
    for part in suite:
        if isinstance(part, unittest.TestSuite):
            yield from flatten(part)
        else:
            yield part


def shuffled(tests, order):
    """A class stays together: its tests share what setUpClass made."""
    classes = [list(group) for _, group in itertools.groupby(tests, type)]
    order.shuffle(classes)
    for group in classes:
        order.shuffle(group)
    return unittest.TestSuite(itertools.chain.from_iterable(classes))


def main():
    order = random.Random(int(os.environ.get("ORDER", 0)))
    tests = flatten(unittest.defaultTestLoader.discover(sys.argv[1], pattern="*_test.py"))
    result = unittest.TextTestRunner().run(shuffled(tests, order))
    return 0 if result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
