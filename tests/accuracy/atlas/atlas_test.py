"""activation-atlas as a program: it finds what is known to be wrong, nothing in our own kernels, and goes on where it was.

Usage: atlas_test.py ACTIVATION_ATLAS
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

ATLAS = sys.argv.pop()
FOLDER = os.path.dirname(os.path.abspath(__file__))


class AtlasTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def run_atlas(self, *options):
        environment = dict(os.environ, ATLAS_WORKERS=os.path.join(FOLDER, "workers"))
        return subprocess.run([ATLAS, *options], capture_output=True, text=True, check=False, env=environment)

    def records(self, *options):
        run = self.run_atlas(*options)
        if "no such peer" in run.stderr:
            self.skipTest("the library is not on this machine")
        self.assertEqual(run.returncode, 0, run.stderr)
        return [json.loads(line) for line in run.stdout.splitlines()]

    def test_finds_nothing_in_our_own_kernels(self):
        records = self.records("--own", "--log-samples=14")
        self.assertGreater(len(records), 150)
        for record in records:
            self.assertEqual(record["tally"]["wrong"], 0, record["key"])
            self.assertEqual(record["tally"]["zero_signs"], 0, record["key"])
            self.assertEqual(record["profile"], [])

    def test_finds_what_is_wrong_with_gelu(self):
        record, = self.records("--peer=oneDNN", "--function=gelu", "--direction=forward", "--dtype=f32",
                               "--log-samples=20")
        # Blocks of 2^23 patterns: -3.85 lies in [-4, -2), where f is small and computed as x / 2 * (1 + erf).
        self.assertEqual(record["span"], 1 << 23)
        errors = {block: ulp for block, ulp, _, _ in record["profile"]}
        self.assertGreater(errors[0xC0000000 >> 23], 1000)
        self.assertLess(errors[0xC0000000 >> 23], 1e5)
        self.assertGreater(record["tally"]["worst"]["ulp"], 1e6)
        self.assertGreater(record["tally"]["normal_zeros"], 0)

    def test_sweeps_every_library_that_is_here(self):
        records = self.records("--log-samples=14")
        for record in records:
            if record["key"]["case"] == "relu":
                self.assertEqual(record["tally"]["normal_wrong"], 0, record["key"])
            if record["key"]["case"] == "tanh" and record["key"]["direction"] == "forward":
                self.assertLess(record["tally"]["normal_worst"]["ulp"], 10, record["key"])

    def test_goes_on_where_it_was(self):
        state = os.path.join(self.folder.name, "results.jsonl")
        options = ("--own", "--log-samples=12", "--function=silu", f"--state={state}")
        self.records(*options)
        with open(state, encoding="utf-8") as file:
            lines = file.read().splitlines()
        self.assertEqual(len(lines), 6)  # both directions of three dtypes
        with open(state, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines[:4], lines[4][:50]]))
        self.records(*options)
        self.records(*options)
        with open(state, encoding="utf-8") as file:
            again = file.read().splitlines()
        self.assertEqual(again[:5], [*lines[:4], lines[4][:50]])
        keys = [json.loads(line)["key"] for line in again[:4] + again[5:]]
        self.assertEqual(keys, [json.loads(line)["key"] for line in lines])

    def test_takes_workers_that_answer(self):
        shutil.copy(os.path.join(FOLDER, "fake_worker.py"), os.path.join(self.folder.name, "torch_worker.py"))
        run = self.run_atlas(f"--python={sys.executable}", f"--workers={self.folder.name}", "--log-samples=12",
                             "--peer=Fake default")
        self.assertEqual(run.returncode, 0, run.stderr)
        record, = [json.loads(line) for line in run.stdout.splitlines()]
        self.assertEqual((record["key"]["case"], record["call"]), ("relu", "relu(x)"))
        self.assertEqual(record["tally"]["wrong"], 0)
        self.assertIn("ValueError: not today", run.stderr)
        self.assertIn("the worker ended", run.stderr)
        self.assertIn("without jax_worker.py default: ", run.stderr)


unittest.main()
