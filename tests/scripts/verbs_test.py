"""What verbs of ./dev refuse, and that half a measurement takes no table's place in a page (scripts/dev/lib/tables.sh).

usage: verbs_test.py ROOT
"""

import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv[1]).resolve()

PAGE = "before\n<!-- table: ./dev try --write -->\n| old |\n<!-- end of table -->\nbehind\n"
# Prints a row and ends as it is told.
WRITE = """
set -euo pipefail
source scripts/dev/lib/tables.sh
measure() { echo "| new |"; "$1"; echo "| newer |"; }
tables() { measure "$end" | cat; }
end="$1"
write_table tables page.md ./dev try
"""


class OptionsTest(unittest.TestCase):
    def refused(self, *words):
        """What the verb says; it must end before it does anything."""
        done = subprocess.run(["bash", ROOT / "dev", *words], capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_an_unknown_option_is_refused(self):
        for verb in ("atlas", "compare", "docs", "format", "lint", "sass", "trials"):
            with self.subTest(verb):
                self.assertIn("unknown option --al", self.refused(verb, "--al"))

    def test_one_option_too_many_is_refused(self):
        for verb, option in (("compare", "--json"), ("docs", "--promise"), ("format", "--check"), ("sass", "--write")):
            with self.subTest(verb):
                self.assertIn("one option at most", self.refused(verb, option, "--al"))

    def test_lint_refuses_what_it_would_not_read(self):
        self.assertIn("there is no file 'nosuch.cc'", self.refused("lint", "nosuch.cc"))
        self.assertIn("'README.md' is no .cc file", self.refused("lint", "README.md"))


class TablesTest(unittest.TestCase):
    def written(self, end):
        """The exit code, and the page afterwards."""
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "scripts").symlink_to(ROOT / "scripts")
            page = pathlib.Path(folder) / "page.md"
            page.write_text(PAGE, encoding="utf-8")
            done = subprocess.run(["bash", "-c", WRITE, "bash", end], cwd=folder, timeout=60, check=False)
            return done.returncode, page.read_text(encoding="utf-8")

    def test_a_whole_measurement_is_written(self):
        code, page = self.written("true")
        self.assertEqual(code, 0)
        self.assertIn("\n\n| new |\n| newer |\n<!-- end of table -->\nbehind\n", page)
        self.assertNotIn("old", page)

    def test_half_a_measurement_leaves_the_page_as_it_is(self):
        self.assertEqual(self.written("false"), (1, PAGE))


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
