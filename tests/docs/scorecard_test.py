"""The tables of goals in docs/: scorecard_test.py ROOT"""

import pathlib
import sys
import unittest
from unittest import mock

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT / "scripts"))

import links_test  # noqa: E402
import scorecard  # noqa: E402
import scorecard_pages  # noqa: E402
import write_table  # noqa: E402
from goals import GOALS  # noqa: E402


def rows(page):
    table = write_table.read(ROOT / "docs" / page, scorecard_pages.COMMAND)
    return [line for line in table.splitlines() if line.startswith("| `")]


class GoalsTest(unittest.TestCase):
    def test_names_are_unique(self):
        names = [goal.name for goal in GOALS]
        self.assertEqual(sorted(names), sorted(set(names)))

    def test_every_row_is_a_goal_of_its_page_and_stands_once(self):
        for page in {goal.page for goal in GOALS}:
            names = [scorecard_pages.name_of(row) for row in rows(page)]
            expected = [goal.name for goal in GOALS if goal.page == page and goal.name in names]
            self.assertEqual(names, expected, page)

    def test_reasons_are_headings(self):
        reasons = [goal.reason for goal in GOALS if goal.reason]
        self.assertGreater(len(reasons), 5)
        for reason in reasons:
            name, _, anchor = reason.partition("#")
            self.assertIn(anchor, links_test.anchors(ROOT / "docs" / name), reason)

    def test_what_is_missed_says_why(self):
        for page in {goal.page for goal in GOALS}:
            for row in rows(page):
                self.assertTrue("**missed**" not in row or "[why](" in row, row)


class WriteTest(unittest.TestCase):
    def test_a_row_is_replaced_and_the_others_stay(self):
        first, second = [goal for goal in GOALS if goal.page == "accuracy.md"][:2]
        tables = [""]

        def keep(_path, _command, table):
            tables.append(table)

        with mock.patch.object(write_table, "read", lambda *_: tables[-1]), mock.patch.object(write_table, "write", keep):
            scorecard_pages.write(second, "old | figure", True)
            scorecard_pages.write(first, "1", True)
            scorecard_pages.write(second, "new", False)
        lines = tables[-1].splitlines()
        self.assertEqual([scorecard_pages.name_of(line) for line in lines[2:]], [first.name, second.name])
        self.assertIn("| new | **missed**", lines[3])
        self.assertIn("old \\| figure", tables[1])


class MainTest(unittest.TestCase):
    def test_an_unknown_goal_is_refused(self):
        with self.assertRaisesRegex(SystemExit, "there is no goal nosuch; goals: .*batch"):
            scorecard.main(["nosuch"])

    def test_slow_ones_are_measured_with_all_or_when_named(self):
        slow = next(goal for goal in GOALS if goal.slow)
        self.assertNotIn(slow, scorecard.chosen([], everything=False))
        self.assertIn(slow, scorecard.chosen([], everything=True))
        self.assertEqual(scorecard.chosen([slow.name], everything=False), [slow])


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
