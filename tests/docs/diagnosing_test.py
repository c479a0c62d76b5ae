"""The examples of docs/diagnosing.md run as they stand, without a server, and its figures are right."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

from blocks import blocks

PAGE = pathlib.Path(__file__).resolve().parents[2] / "docs/diagnosing.md"


class DiagnosingTest(unittest.TestCase):
    def run_block(self, name, folder):
        path = os.pathsep.join([os.environ["ACTIVATION_BIN"], os.environ["PATH"]])
        done = subprocess.run(["bash", "-ec", blocks(PAGE)[name]], env={**os.environ, "PATH": path},
                              cwd=folder, capture_output=True, text=True, timeout=60, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_normal(self):
        with tempfile.TemporaryDirectory() as folder:
            text = self.run_block("diagnose-normal", folder)
            self.assertEqual(sorted(os.listdir(folder)), ["normal.png", "normal.svg"])
            drawn = pathlib.Path(folder, "normal.svg").read_text(encoding="utf-8")
        kept = (PAGE.parent / "images/diagnosis.svg").read_text(encoding="utf-8")
        self.assertEqual(drawn, kept)
        # What the page says of tanh's gain to initialise with.
        self.assertRegex(text, r"(?m)^tanh .*  1\.593  ")
        page = PAGE.read_text(encoding="utf-8")
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
