"""Every test that docs/testing.md names is there.

usage: testing_test.py ROOT BUILD
"""

import pathlib
import re
import subprocess
import sys
import unittest

ROOT, BUILD = (pathlib.Path(path).resolve() for path in sys.argv[1:3])
# In a table a bar is written with a backslash.
PAGE = (ROOT / "docs/testing.md").read_text(encoding="utf-8").replace("\\|", "|")


def in_sources():
    """Suite.Test of GoogleTest and Class.method of Python, built or not."""
    for path in (ROOT / "tests").rglob("*.cc"):
        for suite, name in re.findall(r"^TEST(?:_F|_P)?\((\w+),\s*(\w+)\)", path.read_text("utf-8"), re.M):
            yield f"{suite}.{name}"
    for path in (ROOT / "tests").rglob("*.py"):
        found = re.findall(r"^class (\w+)|^    def (test_\w+)", path.read_text("utf-8"), re.M)
        suite = ""
        for begun, name in found:
            suite = begun or suite
            if name:
                yield f"{suite}.{name}"


def in_ctest():
    """Tests that CMake declares by their names."""
    listed = subprocess.run(
        ["ctest", "--test-dir", BUILD, "-N"], capture_output=True, text=True, timeout=60, check=True
    ).stdout
    found = re.findall(r"^\s*Test\s+#\d+: (\S+)", listed, re.M)
    # Programs that are not built yet; their tests are among the sources.
    return [name for name in found if not name.endswith("_NOT_BUILT")]


def patterns():
    """What `ctest -R` is given, alternative by alternative."""
    for quoted, bare in re.findall(r"`ctest -R (?:'([^']+)'|([^`' ]+))`", PAGE):
        yield from (quoted or bare).split("|")


def bug_table():
    """The names in its column "what keeps it out"; targets of the fuzzers are no tests."""
    table = PAGE[PAGE.index("### Bugs found so") :].split("\n## ")[0]
    rows = [row.split(" | ") for row in table.splitlines() if row.startswith("| ") and "---" not in row]
    for row in rows[1:]:
        yield from re.findall(r"(?<!target )`([\w.]+)`", row[-1])


class NamesTest(unittest.TestCase):
    tests = [*in_sources(), *in_ctest()]

    def test_every_pattern_matches_a_test(self):
        found = list(patterns())
        self.assertGreater(len(found), 10)
        for pattern in found:
            with self.subTest(pattern):
                self.assertTrue(any(re.search(pattern, name) for name in self.tests))

    def test_what_keeps_a_bug_out_is_there(self):
        found = list(bug_table())
        self.assertGreater(len(found), 20)
        for name in found:
            with self.subTest(name):
                self.assertTrue(any(test.startswith(name) for test in self.tests))

    def test_every_fault_has_a_figure(self):
        table = PAGE[PAGE.index("## Faults on purpose") : PAGE.index("### Bugs found so")]
        rows = [row for row in table.splitlines() if row.startswith("| ")]
        self.assertGreater(len(rows), 10)
        for row in rows:
            with self.subTest(row[:60]):
                self.assertNotRegex(row, r"\|\s*\|$")

    def test_a_name_that_is_none_is_seen(self):
        self.assertFalse(any(re.search("cuda_backend_test", name) for name in self.tests))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
