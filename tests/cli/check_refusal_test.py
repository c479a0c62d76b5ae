"""What activation-client check refuses, and how it goes about long work."""

import json
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
from cli_case import CLIENT, ToolTest, f32


class RefusalTest(ToolTest):
    def test_functions_and_parameters(self):
        self.assertIn("'gelu'", self.refusal(64 + 5, "check", "-f", "gelo", "1", "1"))
        self.assertIn("slope", self.refusal(64 + 3, "check", "-f", "gelu", "-p", "slope=1", "1", "1"))
        self.assertIn("row_wise", self.refusal(2, "check", "-f", "softmax", "--dtype=f16",
                                               "--all-inputs=y.bin"))

    def test_command_lines(self):
        for arguments in (("1",), ("1", "2", "3"), ("-g", "1"), ("-g", "1", "2", "3", "4"),
                          ("-", "-"), ("--all-inputs=y.bin",),
                          ("--all-inputs=y.bin", "--dtype=f32"),
                          ("--all-inputs=y.bin", "--dtype=f16", "1"), ("1", "1", "--max-ulp=-1"),
                          ("1", "1", "--max-ulp=nan"), ("1", "1", "--max-ulp=inf"),
                          ("1", "1", "--json", "--svg=-"), ("1", "1", "-p", "slope")):
            with self.subTest(arguments):
                self.assertIn("help", self.refusal(2, "check", "-f", "gelu", *arguments))

    def test_tensors_that_do_not_fit(self):
        x = self.path("x.npy", npy_files.encode("<f4", (2, 3), f32(*range(6))))
        y = self.path("y.npy", npy_files.encode("<f4", (3, 2), f32(*range(6))))
        message = self.refusal(3, "check", "-f", "relu", x, y)
        for part in ("y.npy", "(3, 2)", "(2, 3)"):
            self.assertIn(part, message)
        wide = self.path("wide.npy", npy_files.encode("<f8", (2, 3), struct.pack("<6d", *range(6))))
        self.assertIn("it holds f64 where f32", self.refusal(3, "check", "-f", "relu", x, wide))
        short = self.path("short.bin", bytes(131070))
        self.assertIn("65536", self.refusal(3, "check", "-f", "gelu", "--dtype=f16",
                                            "--all-inputs", short))
        self.assertIn("no.npy", self.refusal(3, "check", "-f", "gelu", "no.npy", "1"))


class LongWorkTest(ToolTest):
    def start(self, *arguments):
        """The tool with a terminal as its stderr, and our end of that."""
        ours, theirs = pty.openpty()
        process = subprocess.Popen([CLIENT, "check", "-f", "relu", "--dtype=f32", *arguments],
                                   stdout=subprocess.PIPE, stderr=theirs,
                                   env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        self.addCleanup(os.close, ours)
        self.addCleanup(process.kill)
        return process, ours

    def read_until(self, ours, words):
        shown = b""
        while words not in shown:
            self.assertTrue(select.select([ours], [], [], 60)[0], shown)
            shown += os.read(ours, 65536)
        return shown

    def test_progress(self):
        x = self.path("x.bin", bytes(4 * 600000))
        process, ours = self.start(x, x)
        self.assertIn(b"compared 43 % of 600000", self.read_until(ours, b"compared 100 %"))
        process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0)

    def test_an_interrupt_prints_what_there_is(self):
        # Of holes: it takes no room on the disk, and could not be held in memory.
        x = self.path("x.bin", b"")
        os.truncate(x, 1 << 40)
        process, ours = self.start("--json", "--max-ulp=1", x, x)
        self.read_until(ours, b"compared 0 %")
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=60)[0])
        self.assertEqual(process.returncode, 99)
        self.assertTrue(report["stopped_early"])
        self.assertFalse(report["passed"])
        self.assertGreater(report["finite_inputs"]["inputs"], 0)
        self.assertEqual(report["finite_inputs"]["wrong"], 0)


if __name__ == "__main__":
    unittest.main()
