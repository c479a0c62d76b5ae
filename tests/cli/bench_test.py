"""activation-client bench, echo and compare as a user has them: exit codes, stdout, stderr."""

import json
import os
import pty
import select
import shutil
import signal
import struct
import subprocess
import sys
import unittest

sys.path.insert(0, os.path.dirname(__file__))
import npy_files
from cli_case import CLIENT, CliTest, f32
from running_server import RunningServer


class BenchTest(CliTest):
    SHORT = ("--duration=300ms", "--warm-up=50ms", "--concurrency=8", "--elements=100")

    def test_report(self):
        for extra in ((), ("--gradient",), ("--dtype=bf16", "--items=5"), ("--tier=fast",),
                      ("--stream",), ("--stream", "--gradient", "--connections=2"),
                      ("--api=infer",), ("--api=infer", "--stream"), ("--threads=2",),
                      ("--rate=300",), ("--function=swiglu", "--gradient", "--stream")):
            report = json.loads(self.answer("bench", "--json", *self.SHORT, *extra))
            self.assertEqual(report["schema"], "activation-bench/2")
            self.assertEqual(report["wrong_replies"], 0)
            self.assertEqual(list(report["codes"]), ["OK"])
            self.assertGreater(report["throughput"]["calls_per_second"], 0)
            self.assertEqual(report["latency_ns"]["samples"], report["codes"]["OK"])

    def test_text_and_file(self):
        path = self.path("report.json")
        text = self.answer("bench", *self.SHORT, "--output", path).decode()
        self.assertIn("wrong      0", text)
        self.assertIn("p50", text)
        self.assertEqual(json.loads(self.read(path))["load"]["concurrency"], 8)

    def test_a_tensor_of_ones_own(self):
        x = self.path("own.npy", npy_files.encode("<f8", (2, 3), struct.pack("<6d", *range(6))))
        case = json.loads(self.answer("bench", "--json", *self.SHORT[:3], "--input", x))["workload"]
        self.assertEqual(case["cases"][0]["shape"], [2, 3])
        self.assertEqual(case["cases"][0]["dtype"], "f64")

    def test_a_tensor_that_is_not_there(self):
        self.assertIn("no.npy", self.refusal(3, "bench", "--input=no.npy"))

    def test_shared_memory_that_is_off(self):
        self.assertIn("UNIMPLEMENTED", self.refusal(64 + 12, "bench", "--shared-memory"))

    def test_shared_memory_of_a_server_with_names_of_its_own(self):
        server = RunningServer("--shared-memory=on", "--shared-memory-prefix=/ours-")
        self.addCleanup(server.stop)
        options = {"address": server.address}
        message = self.refusal(64 + 3, "bench", "--shared-memory", **options)
        self.assertIn("must begin with /ours-", message)
        for api in ("own", "infer"):
            report = json.loads(self.answer("bench", "--json", *self.SHORT, f"--api={api}",
                                            "--shared-memory", "--shared-memory-prefix=/ours-",
                                            **options))
            self.assertGreater(report["codes"]["OK"], 0)
        for prefix in ("ours-", "", "/our/s-"):
            self.assertIn("--shared-memory-prefix: ", self.refusal(
                2, "bench", "--shared-memory", f"--shared-memory-prefix={prefix}", **options))
        self.refusal(2, "bench", "--shared-memory-prefix=/ours-", **options)

    def test_an_echo_is_told_from_a_server(self):
        done = self.run_client("bench", *self.SHORT, "--to-echo")
        self.assertEqual(done.returncode, 98)
        self.assertIn(b"is there an `activation-client echo` at", done.stderr)
        echo = subprocess.Popen([CLIENT, "echo", "--listen=127.0.0.1:0"], stdout=subprocess.PIPE)
        address = echo.stdout.readline().decode().strip()
        report = json.loads(self.answer("bench", "--json", *self.SHORT, "--to-echo",
                                        address=address))
        self.assertEqual(report["workload"]["expect"], "echo")
        self.assertGreater(report["codes"]["OK"], 0)
        echo.send_signal(signal.SIGTERM)
        self.assertEqual(echo.wait(timeout=60), 0)
        echo.stdout.close()

    def test_a_condition_on_the_baseline(self):
        path = self.path("report.json")
        run = self.run_client("bench", *self.SHORT[:2], "--concurrency=1", "--baseline",
                              "--fail-if=echo>0%", "-o", path)
        self.assertEqual(run.returncode, 99)
        self.assertIn(b"echo>0%", run.stderr)
        baseline = json.loads(self.read(path))["baseline"]
        self.assertEqual(baseline["valid"], baseline["faults"] == [])
        self.assertEqual(baseline["wrong_replies"], 0)
        for words, arguments in (
            ("needs --baseline", ("--fail-if=echo<80%",)),
            ("closed loop", ("--baseline", "--rate=50", "--fail-if=memcpy<5%")),
            ("no baseline for each rate", ("--find-rate", "--slo=echo>80%")),
        ):
            self.assertIn(words, self.refusal(2, "bench", *arguments))

    def test_compare(self):
        first, second = self.path("first.json"), self.path("second.json")
        self.answer("bench", *self.SHORT, "-o", first)
        self.answer("bench", *self.SHORT, "-o", second)
        figures = json.loads(self.answer("compare", "--json", first, first))["figures"]
        self.assertEqual(figures[0]["name"], "calls/s")
        self.assertEqual(figures[0]["verdict"], "same")
        self.assertIn("95 % confidence", self.answer("compare", first, second).decode())
        self.refusal(3, "compare", first, self.path("no.json", b"{}"))

    def test_a_gate_on_a_comparison(self):
        first = self.path("first.json")
        self.answer("bench", *self.SHORT, "-o", first)
        report = json.loads(self.read(first))

        def judged(p99, valid=True):
            """Of a report, with that p99 in every slice, against itself."""
            timeline = {**report["timeline"], "answered": [9] * 50, "p50_ns": [5] * 50,
                        "p99_ns": [p99] * 50, "stretches": []}
            known = self.path("known.json", json.dumps(
                {**report, "valid": valid, "timeline": timeline}).encode())
            return self.run_client("compare", known, known, "--fail-if-worse")

        self.assertEqual(judged(9).returncode, 0)
        self.assertIn(b"error: the second run is invalid", judged(9, valid=False).stderr)
        unknown = judged(None)
        self.assertEqual(unknown.returncode, 99)
        self.assertIn(b"whether p99 is worse is open: it needs 1000 calls", unknown.stderr)
        self.assertIn(b"p99      unknown", unknown.stdout)

    def test_what_is_compared_must_be_reports(self):
        first = self.path("first.json")
        self.answer("bench", *self.SHORT, "-o", first)
        good = json.loads(self.read(first))
        for change in ({"valid": "x"}, {"load": [1]},
                       {"timeline": {**good["timeline"], "slice_seconds": 0}}):
            bad = self.path("bad.json", json.dumps({**good, **change}).encode())
            self.assertIn("bad.json: /" + next(iter(change)), self.refusal(3, "compare", first, bad))

    def test_a_report_that_cannot_be_written_is_known_at_once(self):
        missing = self.path("missing/report.json")
        self.assertIn("missing/report.json",
                      self.refusal(3, "bench", "--duration=1h", "-o", missing))

    def test_an_echo_that_cannot_be_started_is_known_at_once(self):
        # A program of its own, which nobody may start a second time once it runs.
        program = self.path("own-client")
        shutil.copy(CLIENT, program)
        process = subprocess.Popen(
            [program, "-a", self.server.address, "bench", "--input=-", "--duration=1h",
             "--baseline"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        os.chmod(program, 0)
        x = npy_files.encode("<f4", (2,), f32(1, 2))
        try:
            _, message = process.communicate(x, timeout=60)
        finally:
            process.kill()
        self.assertEqual(process.returncode, 3)
        self.assertIn(b"the echo", message)

    def test_a_text_is_shown_whatever_cannot_be_written(self):
        path = self.path("full.json")
        os.symlink("/dev/full", path)
        run = self.run_client("bench", *self.SHORT, "-o", path, "-o", self.path("good.json"))
        self.assertEqual(run.returncode, 3)
        self.assertIn(b"wrong      0", run.stdout)
        self.assertIn(b"full.json", run.stderr)
        self.assertTrue(json.loads(self.read(self.path("good.json")))["valid"] in (True, False))

    def test_calls_above_the_limit(self):
        for arguments in (("--elements=99999999999",), ("--items=16384", "--elements=100000")):
            message = self.refusal(64 + 3, "bench", *arguments)
            self.assertIn("--elements", message)
            self.assertIn("max_message_bytes, 268435456", message)
        self.assertIn("1073741824", self.refusal(64 + 3, "bench", "--shared-memory",
                                                 "--elements=99999999999"))

    def test_too_few_samples_are_no_verdict(self):
        run = self.run_client("bench", *self.SHORT[:3], "--find-rate", "--rate=50",
                              "--slo=p99.9<1h")
        self.assertEqual(run.returncode, 99)
        self.assertIn(b"p99.9<1h needs 10000 calls", run.stderr)
        self.assertNotIn(b"no rate", run.stdout + run.stderr)

    def test_a_rate_at_which_no_call_is_due_measures_nothing(self):
        # Only the first, of the warm-up.
        run = self.run_client("bench", *self.SHORT[:2], "--rate=0.1")
        self.assertEqual(run.returncode, 99)
        self.assertIn(b"note       no call was due in the measured 300 ms: give it a longer --duration", run.stdout)
        self.assertIn(b"error: no call was due", run.stderr)

    def test_first_interrupt_prints_what_there_is(self):
        for ending in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(ending):
                self.prints_what_there_is_at(ending)

    def test_nothing_measured_is_a_failure(self):
        process = subprocess.Popen(
            [CLIENT, "-a", self.server.address, "bench", "--warm-up=1h"],
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        self.wait_for_handler(process.pid)
        process.send_signal(signal.SIGINT)
        self.assertIn(b"stopped before a call was measured", process.communicate(timeout=60)[1])
        self.assertEqual(process.returncode, 64 + 1)

    def test_an_echo_that_cannot_listen_says_so(self):
        message = self.refusal(3, "echo", "--listen", self.server.address)
        self.assertIn("--listen: cannot listen on", message)

    def prints_what_there_is_at(self, ending):
        ours, theirs = pty.openpty()
        process = subprocess.Popen(
            [CLIENT, "-a", self.server.address, "bench", "--duration=1h", "--warm-up=0",
             "--baseline", "--json"],
            stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"})
        os.close(theirs)
        shown = b""
        while b"answered" not in shown:  # the progress line: it is running
            self.assertTrue(select.select([ours], [], [], 60)[0], "no progress is shown")
            shown += os.read(ours, 4096)
        process.send_signal(ending)
        report = json.loads(process.communicate(timeout=60)[0])
        os.close(ours)
        self.assertEqual(process.returncode, 0)
        self.assertTrue(report["load"]["stopped_early"])
        self.assertGreater(report["codes"]["OK"], 0)
        self.assertIsNone(report["baseline"], "nobody waited for it")

    def test_an_echo_for_a_load_test_outlives_an_interrupt(self):
        echo = subprocess.Popen([CLIENT, "echo", "--listen=127.0.0.1:0", "--until-input-ends"],
                                stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        echo.stdout.readline()
        echo.send_signal(signal.SIGINT)
        echo.communicate(timeout=60)
        self.assertEqual(echo.returncode, 0)


if __name__ == "__main__":
    unittest.main()
