"""Every report that `activation-client bench` writes in JSON is what report.schema.json says,
judged by another implementation of JSON Schema."""

import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMA = ROOT / "client/cli/bench/report.schema.json"
COMPARISON_SCHEMA = ROOT / "client/cli/bench/comparison.schema.json"
CLIENT = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")

LOADS = {
    "closed": (),
    "open": ("--rate=500",),
    "poisson": ("--rate=500", "--arrivals=poisson"),
    "ramp": ("--ramp=200..800",),
    "steps": ("--steps=200,400",),
    "sweep": ("--sweep=1,2,4",),
    "search": (
        "--find-rate",
        "--rate=200",
        "--slo=mean<1s",
        "--slo=errors<1%",
        "--duration=5s",
    ),
    "confident": ("--until-confident=90%", "--duration=10s"),
    "streams": ("--stream", "--connections=2"),
    "shared memory": ("--shared-memory",),
    "shared memory of Open Inference": ("--shared-memory", "--api=infer", "--gradient"),
    "Open Inference": ("--api=infer",),
    "streams of Open Inference": ("--api=infer", "--stream"),
    "mix": ("--mix=gelu:64*3,softmax:bf16:8x16:gradient,prelu:4x8,leaky_relu:slope=0.2:f64:fast",),
    "baseline": ("--baseline",),
}


class BenchReportTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--shared-memory=on")
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        cls.validator = jsonschema.Draft202012Validator(schema)

    def report(self, *options, code=0):
        command = [CLIENT, f"--address={self.server.address}", "bench", "--json", "--shape=100"]
        if not any(option.startswith("--duration") for option in options):
            command.append("--duration=300ms")
        command += ["--warm-up=30ms", "--concurrency=4", *options]
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, code, done.stderr)
        return json.loads(done.stdout)

    def test_every_load_validates_and_is_answered_right(self):
        for name, options in LOADS.items():
            with self.subTest(name):
                self.check(self.report(*options))

    def test_a_search_that_finds_nothing_validates_too(self):
        report = self.report("--find-rate", "--rate=200", "--slo=mean<1ns", "--duration=5s",
                             code=99)
        self.check(report)
        self.assertIsNone(report["search"]["highest_rate"])

    def test_a_search_without_a_verdict_validates_too(self):
        report = self.report("--find-rate", "--rate=100", "--slo=p99.99<1h", "--duration=2s",
                             code=99)
        self.check(report)
        self.assertEqual(report["search"]["undecided"]["calls_needed"], 100000)

    def test_a_comparison_is_what_its_schema_says(self):
        schema = json.loads(COMPARISON_SCHEMA.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        judge = jsonschema.Draft202012Validator(schema)
        with tempfile.TemporaryDirectory() as folder:
            paths = []
            for rate in (200, 300):
                paths.append(pathlib.Path(folder, f"{rate}.json"))
                paths[-1].write_text(json.dumps(self.report(f"--rate={rate}")), encoding="utf-8")
            done = subprocess.run([CLIENT, "compare", "--json", *paths], capture_output=True,
                                  text=True, timeout=120, check=True)
        comparison = json.loads(done.stdout)
        judge.validate(comparison)
        self.assertIn("they differ in rate", comparison["warnings"])
        for change in ({"schema": "activation-comparison/2"}, {"figures": []}, {"surprise": 1}):
            self.assertFalse(judge.is_valid({**comparison, **change}), change)

    def check(self, report):
        errors = [f"{e.json_path}: {e.message}" for e in self.validator.iter_errors(report)]
        self.assertEqual(errors, [])
        self.assertEqual(report["wrong_replies"], 0)
        self.assertEqual(list(report["codes"]), ["OK"])

    def test_the_schema_refuses_what_is_none(self):
        report = self.report()
        for change in ({"schema": "activation-bench/1"}, {"valid": "yes"}, {"surprise": 1}):
            self.assertFalse(self.validator.is_valid({**report, **change}), change)
        del report["codes"]
        self.assertFalse(self.validator.is_valid(report))

    def test_the_server_says_where_the_time_went(self):
        for api in ("own", "infer"):
            stages = self.report(f"--api={api}")["stages"]
            self.assertGreater(stages["samples"], 0)
            self.assertGreater(stages["mean_ns"]["kernel"], 0)

    def test_the_echo_is_measured_beside(self):
        baseline = self.report("--baseline")["baseline"]
        self.assertGreater(baseline["share_of_echo"], 0)
        self.assertGreater(baseline["memcpy_bytes_per_second"], 0)


if __name__ == "__main__":
    unittest.main()
