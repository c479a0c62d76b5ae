"""The examples of docs/load_testing.md run as they stand, for a shorter time."""

import os
import pathlib
import subprocess
import tempfile
import unittest

from blocks import blocks
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = os.environ["ACTIVATION_BIN"]

# What an example has written when it is done.
FILES = {
    "bench-open": ["report.html", "report.hgrm"],
    "bench-sweep": ["sweep.html"],
    "bench-gate": ["before.json", "after.json"],
}


class LoadTestingTest(unittest.TestCase):
    def test_examples(self):
        # The examples say no time; a function of the same name does.
        shell = (
            "activation-client() { if [[ $1 == bench ]]; then command activation-client \"$@\" "
            "--duration=1s --warm-up=100ms; else command activation-client \"$@\"; fi; }\n"
        )
        with Server() as server:
            environment = dict(
                os.environ,
                PATH=os.pathsep.join([BIN, os.environ["PATH"]]),
                ACTIVATION_ADDRESS=server.address,
            )
            for name, block in blocks(ROOT / "docs/load_testing.md").items():
                with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                    done = subprocess.run(
                        ["bash", "-ec", shell + block], env=environment, cwd=folder,
                        capture_output=True, text=True, timeout=60, check=False,
                    )  # fmt: skip
                    # Whether a run is valid depends on the machine, and with it a gate's word.
                    gated = done.returncode == 99 and "the run is invalid" in done.stderr
                    self.assertTrue(done.returncode == 0 or gated, done.stderr)
                    self.assertIn("calls", done.stdout)
                    if not gated:
                        self.assertEqual(sorted(os.listdir(folder)), sorted(FILES.get(name, [])))


if __name__ == "__main__":
    unittest.main()
