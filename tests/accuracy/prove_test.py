"""activation-prove's state file: what was done is not done again, whatever ended the run.

Usage: prove_test.py ACTIVATION_PROVE
"""
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest

PROVE = sys.argv.pop()
OPTIONS = ["--function=silu", "--dtype=f32", "--samples=2^18", "--chunk=65536", "--json"]


class StateTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.state = os.path.join(self.folder.name, "state.jsonl")

    def prove(self, *options, code=0):
        done = subprocess.run([PROVE, *OPTIONS, *options], capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def lines(self):
        with open(self.state, encoding="utf-8") as file:
            return file.read().splitlines()

    def test_parts_add_up_to_the_whole(self):
        whole = self.prove("--chunk=4294967296")
        self.assertEqual(self.prove(f"--state={self.state}"), whole)
        self.assertEqual(len(self.lines()), 4)

    def test_goes_on_after_a_line_cut_off(self):
        whole = self.prove(f"--state={self.state}")
        lines = self.lines()
        with open(self.state, "w", encoding="utf-8") as file:
            file.write("\n".join([*lines[:2], lines[2][:99]]))
        self.assertEqual(self.prove(f"--state={self.state}"), whole)
        self.assertEqual(sorted(self.lines()), sorted([*lines, lines[2][:99]]))

    def test_takes_what_is_in_the_file(self):
        self.prove(f"--state={self.state}")
        records = [json.loads(line) for line in self.lines()]
        records[0]["result"]["tallies"][0]["misrounds"] += 7
        with open(self.state, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
        self.assertEqual(self.prove(f"--state={self.state}", code=1)[0]["misrounds"], 7)

    def test_says_what_is_not_as_promised(self):
        self.prove(f"--state={self.state}")
        records = [json.loads(line) for line in self.lines()]
        for record, x in zip(records[:3], (-3.5, 2.5, 3), strict=True):
            tally = record["result"]["tallies"][0]
            tally["misrounds"] += 2
            tally["first_misround"] = {"x": x, "dy": 1, "got": 0.25, "wanted": "inf"}
        with open(self.state, "w", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)
        first = self.prove(f"--state={self.state}", code=1)[0]["first_misround"]
        self.assertEqual(first, {"x": 2.5, "dy": 1, "got": 0.25, "wanted": "inf"})
        options = [option for option in OPTIONS if option != "--json"]
        table = subprocess.run([PROVE, *options, f"--state={self.state}"], capture_output=True, text=True, check=False)
        self.assertEqual(table.returncode, 1)
        lines = table.stdout.splitlines()
        # FAST promises no nearest numbers.
        self.assertEqual([i for i, line in enumerate(lines) if "misround:" in line], [2])
        self.assertEqual(lines[2], "  first misround: x 2.5 (0x1.4p+1): got 0.25 (0x1p-2), wanted inf (inf)")
        self.assertEqual(table.stderr.splitlines()[-1],
                         "activation-prove: worse than promised: silu f32 exact forward: 6 misrounds")

    def test_other_options_are_done_anew(self):
        self.prove(f"--state={self.state}")
        for options in (["--dy"], ["--tier=exact"], ["--function=relu"], ["--samples=2^17"]):
            alone = self.prove(*options)
            self.assertEqual(self.prove(*options, f"--state={self.state}"), alone)

    def test_a_killed_run_goes_on(self):
        options = ["--samples=2^22", "--chunk=262144", f"--state={self.state}"]
        with subprocess.Popen([PROVE, *OPTIONS, *options], stdout=subprocess.DEVNULL) as run:
            while run.poll() is None and not (os.path.exists(self.state) and self.lines()):
                time.sleep(0.002)
            run.send_signal(signal.SIGKILL)
        self.assertEqual(self.prove(*options), self.prove("--samples=2^22"))
        self.assertGreaterEqual(len(self.lines()), 16)

    def test_refuses_a_file_that_cannot_be_written(self):
        run = subprocess.run([PROVE, *OPTIONS, f"--state={self.folder.name}/none/state"],
                             capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 1)
        self.assertIn("cannot write", run.stderr)


unittest.main()
