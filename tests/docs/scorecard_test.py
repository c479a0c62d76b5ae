"""The tables of goals in docs/, and when tests meet one: scorecard_test.py ROOT"""

import contextlib
import dataclasses
import io
import math
import pathlib
import sys
import tempfile
import unittest
from unittest import mock

ROOT = pathlib.Path(sys.argv[1]).resolve()
sys.path.insert(0, str(ROOT / "scripts"))

import accuracy_goals  # noqa: E402
import commands  # noqa: E402
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
            self.assertGreater(len(names), 3, page)

    def test_rows_say_what_the_goals_say(self):
        goals = {goal.name: goal for goal in GOALS}
        for page in {goal.page for goal in GOALS}:
            for row in rows(page):
                goal = goals[scorecard_pages.name_of(row)]
                self.assertTrue(row.startswith(f"| `{goal.name}`: {scorecard_pages.cell(goal.text)} |"), row)
                self.assertTrue(row.endswith(f"| `{scorecard_pages.cell(goal.command)}` |"), row)

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
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.page = pathlib.Path(folder.name) / "docs/accuracy.md"
        self.page.parent.mkdir()
        self.page.write_text("before\n<!-- table: ./dev scorecard --write -->\n<!-- end of table -->\nbehind\n", "utf-8")
        root = mock.patch.object(scorecard_pages, "ROOT", folder.name)
        root.start()
        self.addCleanup(root.stop)
        self.first, self.second = [goal for goal in GOALS if goal.page == "accuracy.md"][:2]

    def names(self):
        return [scorecard_pages.name_of(line) for line in self.page.read_text("utf-8").splitlines() if line.startswith("| `")]

    def test_a_row_is_replaced_and_the_others_stay(self):
        scorecard_pages.write(self.second, "old | figure", True)
        self.assertIn("| old \\| figure | met |", self.page.read_text("utf-8"))
        scorecard_pages.write(self.first, "1", True)
        scorecard_pages.write(self.second, "new", False)
        text = self.page.read_text("utf-8")
        self.assertEqual(self.names(), [self.first.name, self.second.name])
        self.assertIn("| new | **missed** |", text)
        self.assertNotIn("old", text)
        self.assertTrue(text.startswith("before\n<!--") and text.endswith("-->\nbehind\n"), text)

    def test_what_was_not_measured_leaves_the_row_as_it_is(self):
        goal = dataclasses.replace(self.first, measure=mock.Mock(side_effect=RuntimeError("no such library")))
        scorecard_pages.write(goal, "good", True)
        with mock.patch.object(scorecard, "GOALS", [goal]), contextlib.redirect_stdout(io.StringIO()) as printed:
            self.assertEqual(scorecard.main(["--write"]), 1)
        self.assertIn("| good | met |", self.page.read_text("utf-8"))
        self.assertIn("not measured: no such library", printed.getvalue())
        self.assertIn("why: docs/ give no reason", printed.getvalue())

    def test_what_was_measured_is_written(self):
        goal = dataclasses.replace(self.first, measure=lambda: ("0.5", True))
        with mock.patch.object(scorecard, "GOALS", [goal]), contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(scorecard.main(["--write"]), 0)
        self.assertIn("| 0.5 | met |", self.page.read_text("utf-8"))


class AccuracyTest(unittest.TestCase):
    def test_an_infinite_error_is_the_worst(self):
        records = accuracy_goals.parsed(
            '{"tier":"fast","direction":"forward","function":"gelu","max_ulp":1.5}\n'
            '{"tier":"fast","direction":"forward","function":"erf","max_ulp":"inf"}\n'
        )
        self.assertEqual(accuracy_goals.worst(records, "fast", "forward"), (math.inf, "inf ULP (erf)"))

    def test_nothing_is_no_result(self):
        with self.assertRaisesRegex(RuntimeError, "found nothing"):
            accuracy_goals.parsed("")


# Of ctest -V.
PASSED = "100% tests passed, 0 tests failed out of 3\n"
SKIPPED = (
    PASSED
    + "\nThe following tests did not run:\n"
    + "\t  7 - neon.gives_the_same_bits (Skipped)\n"
    + "\t9 - DTypes/ProbesTest.Slopes/f32  # GetParam() = 1-byte object <00> (Skipped)\n"
)
PART_SKIPPED = "test 2\n      Start  2: python.client\n2: Ran 5 tests in 0.1s\n2: \n2: OK (skipped=2)\n" + PASSED


FAILED = (
    SKIPPED
    + "\nThe following tests FAILED:\n"
    + "\t  8 - HttpTest.Head (Failed)\n"
    + "\t1191 - DTypes/ProbesTest.Slopes/f64  # GetParam() = 1-byte object <01> (SEGFAULT)\n"
    + "Errors while running CTest\n"
)


class PassingTest(unittest.TestCase):
    def found(self, output, may_skip=None):
        with mock.patch.object(commands, "run", return_value=output):
            return commands.passing(1, "ctest", may_skip=may_skip)

    def test_what_was_skipped_meets_no_goal(self):
        self.assertEqual(self.found(PASSED), ("100% tests passed, 0 tests failed out of 3, 0 s", True))
        figure, met = self.found(SKIPPED)
        self.assertFalse(met)
        self.assertIn("2 skipped, 2 of them not to be skipped, as neon.gives_the_same_bits, 0 s", figure)

    def test_nor_does_a_test_of_which_a_part_was_skipped(self):
        figure, met = self.found(PART_SKIPPED)
        self.assertFalse(met)
        self.assertIn("1 skipped, 1 of them not to be skipped, as a part of python.client", figure)
        self.assertTrue(self.found(PART_SKIPPED, r"^a part of python\.client$")[1])

    def test_what_may_be_skipped_does_no_harm_and_is_counted(self):
        figure, met = self.found(SKIPPED, "^neon|Slopes/f32$")
        self.assertTrue(met)
        self.assertTrue(figure.endswith("out of 3, 2 skipped, 0 s"), figure)
        self.assertFalse(self.found(SKIPPED, "^neon")[1])

    def test_what_failed_is_named(self):
        self.assertEqual(commands.failed_tests(PASSED), [])
        self.assertEqual(commands.failed_tests(FAILED), ["HttpTest.Head", "DTypes/ProbesTest.Slopes/f64"])
        script = f"printf '%s' '{FAILED}'; exit 8"
        with self.assertRaisesRegex(RuntimeError, "exit code 8: HttpTest.Head, DTypes"):
            commands.run("sh", "-c", script)

    def test_a_command_without_tests_has_an_exit_code(self):
        self.assertEqual(self.found("done"), ("exit code 0, 0 s", True))


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
