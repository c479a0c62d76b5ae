"""The examples of docs/diagnosing.md run as they stand, without a server, and its figures are right."""

import json
import os
import pathlib
import tempfile
import unittest

from page_case import DOCS, PageCase


class DiagnosingTest(PageCase):
    page = DOCS / "diagnosing.md"

    def test_normal(self):
        with tempfile.TemporaryDirectory() as folder:
            text = self.run_block("diagnose-normal", folder)
            self.assertEqual(sorted(os.listdir(folder)), ["normal.png", "normal.svg"])
            drawn = pathlib.Path(folder, "normal.svg").read_text(encoding="utf-8")
        kept = (DOCS / "images/diagnosis.svg").read_text(encoding="utf-8")
        self.assertEqual(drawn, kept)
        # What the page says of tanh's gain to initialise with.
        self.assertRegex(text, r"(?m)^tanh .*  1\.593  ")
        page = self.page.read_text(encoding="utf-8")
        self.assertIn("1.5925", page)

    def test_tensor(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_block("diagnose-tensor", folder), "")
            report = json.loads(pathlib.Path(folder, "report.json").read_text(encoding="utf-8"))
        (figures,) = report["functions"]
        self.assertEqual(figures["function"], "leaky_relu")
        # -0.6, -0.2, 0.5 and 2, as f32 has them.
        self.assertAlmostEqual(figures["mean"], 0.425, 7)

    def test_columns_are_those_of_the_program(self):
        with tempfile.TemporaryDirectory() as folder:
            heading = self.run_block("diagnose-normal", folder).splitlines()[2]
        for name in ("mean", "centred", "variance", "zeros", "dead", "saturated", "gain", "left 10",
                     "left 50", "init", "not finite", "ns", "ns f'"):
            self.assertIn(f" {name}", heading)


if __name__ == "__main__":
    unittest.main()
