"""The examples of docs/checking.md run as they stand, without a server."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from blocks import blocks

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/checking.md"


class CheckingTest(unittest.TestCase):
    def run_block(self, name, folder):
        path = os.pathsep.join([os.environ["ACTIVATION_BIN"], os.environ["PATH"]])
        done = subprocess.run(["bash", "-ec", blocks(PAGE)[name]], env={**os.environ, "PATH": path},
                              cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

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
