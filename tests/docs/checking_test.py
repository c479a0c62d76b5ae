"""The examples of docs/checking.md run as they stand, without a server."""

import json
import os
import pathlib
import tempfile
import unittest

from page_case import DOCS, PageCase


class CheckingTest(PageCase):
    page = DOCS / "checking.md"

    def test_numbers(self):
        with tempfile.TemporaryDirectory() as folder:
            text = self.run_block("check-numbers", folder)
        self.assertIn("leaky_relu slope=0.5 in f32", text)
        self.assertIn("2 ULP at x = 3", text)

    def test_gate(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_block("check-gate", folder), "")
            self.assertEqual(sorted(os.listdir(folder)), ["error.svg", "report.json"])
            report = json.loads(pathlib.Path(folder, "report.json").read_text(encoding="utf-8"))
        self.assertTrue(report["passed"])
        self.assertEqual(report["schema"], "activation-check/1")


if __name__ == "__main__":
    unittest.main()
