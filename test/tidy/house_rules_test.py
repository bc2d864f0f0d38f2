"""Rules that no compiler knows, read over every source: sizes, openings, words, includes."""
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ("ngx_module", "shared", "engine", "test")
MAX_LINES = 800
# Names that say nothing about what a file holds (style: no such folders or files).
EMPTY_NAMES = {"utils", "util", "misc", "common", "manager", "helper", "helpers"}


def sources(*endings):
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in endings and "node_modules" not in path.parts:
                yield path


def violations(paths, is_wrong):
    found = []
    for path in paths:
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if is_wrong(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")
    return found


class HouseRules(unittest.TestCase):
    def assertNone(self, found):
        self.assertFalse(found, "\n" + "\n".join(found[:20]))

    def test_no_source_is_longer_than_the_bound(self):
        self.assertNone([f"{path.relative_to(ROOT)}: {count} lines"
                         for path in sources(".h", ".cc", ".py", ".ts", ".tsx")
                         if (count := len(path.read_text().splitlines())) > MAX_LINES])

    def test_headers_begin_with_their_idea_and_pragma_once(self):
        for path in sources(".h"):
            text = path.read_text()
            self.assertTrue(text.startswith("//"), path)
            self.assertIn("#pragma once", text, path)

    def test_sources_begin_with_their_idea(self):
        self.assertNone([str(path.relative_to(ROOT)) for path in sources(".cc")
                         if not path.read_text().startswith("//")])

    def test_names_of_files_say_what_they_hold(self):
        self.assertNone([str(path.relative_to(ROOT)) for path in sources(".h", ".cc", ".py")
                         if EMPTY_NAMES & set(re.split(r"[_./]", str(path.relative_to(ROOT))))])

    def test_nobody_unwraps_a_result_blindly(self):
        engine = [path for path in sources(".cc", ".h") if "test" not in path.relative_to(ROOT).parts]
        # An error_code's number, next to its category or called failure, and a header field are read
        # the same way.
        self.assertNone(violations(engine, lambda line: re.search(r"(?<!\bfield)(?<!\bfailure)\.value\(\)", line)
                                   and "category" not in line and "///" not in line))

    def test_every_todo_names_its_owner(self):
        self.assertNone(violations(sources(".h", ".cc"),
                                   lambda line: re.search(r"\b(TODO(?!\()|FIXME|XXX)\b", line)))

    def test_every_nolint_names_its_check(self):
        self.assertNone(violations(sources(".h", ".cc"),
                                   lambda line: re.search(r"NOLINT(NEXTLINE|BEGIN|END)?(?!\w*\()\b", line)))

    def test_includes_are_written_from_the_top(self):
        self.assertNone(violations(sources(".h", ".cc"),
                                   lambda line: re.match(r'#include "(\.\.?/|[^/]+")', line)
                                   and "cmocka.h" not in line))

    def test_shared_and_module_know_nothing_of_the_engine(self):
        edge = [path for path in sources(".h", ".cc")
                if path.relative_to(ROOT).parts[0] in ("shared", "ngx_module")]
        self.assertNone(violations(edge, lambda line: re.match(r'#include "engine/', line)))


if __name__ == "__main__":
    unittest.main()
