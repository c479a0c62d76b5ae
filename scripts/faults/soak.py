#!/usr/bin/env python3
"""Mixed calls over every way into the server for long: soak.py [--minutes=N] [--load=SHARE] [--json]

Unary calls and streams of the service's own API and Open Inference at once, each with functions, dtypes, tiers and
sizes mixed. First each way's most calls a second alone, in a closed loop with 16 in flight; then all together, each
at a third of --load (0.8) of that, in an open loop with Poisson arrivals. Every reply is compared bit for bit, and
the server's resident memory is read every second; the first third is for pools and heaps to fill. Exit code 1 where
a call failed or was wrong, or memory grew.
"""

import argparse
import json
import os
import subprocess
import sys
import time

from processes import BIN, Server

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from wire_soak import SIGMAS, line_through  # noqa: E402

ELEMENTWISE = (
    "gelu:f32:1024*4,relu:bf16:4096*2,silu:f32:16384:gradient*2,tanh:f64:2048,mish:f16:8192:fast,"
    "gelu_tanh:f32:262144,erf:f32:64*4"
)
ROWS = "softmax:f32:64x128*2,swiglu:f32:32x256,log_softmax:bf16:16x512:gradient"

WAYS = {
    "unary": [f"--mix={ELEMENTWISE},{ROWS}"],
    "stream": ["--stream", f"--mix={ELEMENTWISE},{ROWS}"],
    "infer": ["--api=infer", f"--mix={ELEMENTWISE},softmax:f32:64x128*2"],
}
MOST_GROWTH = 8 << 20


def command(address, way, *options):
    return [os.path.join(BIN, "activation-client"), f"--address={address}", "bench", "--json", *WAYS[way], *options]


def report_of(process):
    output, errors = process.communicate()
    if not output:
        raise RuntimeError(f"exit code {process.returncode}: {errors[-500:]}")
    return json.loads(output)


def start(*words):
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def peak(address, way):
    """Calls a second of this way alone."""
    options = ("--concurrency=16", "--warm-up=1s", "--duration=5s")
    return report_of(start(*command(address, way, *options)))["throughput"]["calls_per_second"]


def soak(minutes, load):
    seconds = int(60 * minutes)
    with Server() as server:
        peaks = {way: peak(server.address, way) for way in WAYS}
        rates = {way: load * rate / len(WAYS) for way, rate in peaks.items()}
        runs = {
            way: start(
                *command(
                    server.address, way, f"--rate={rate:.0f}", "--arrivals=poisson", "--concurrency=256",
                    "--warm-up=1s", f"--duration={seconds}s",
                )
            )
            for way, rate in rates.items()
        }  # fmt: skip
        samples = []
        begin = time.monotonic()
        while any(run.poll() is None for run in runs.values()):
            samples.append((time.monotonic() - begin, server.resident_bytes()))
            time.sleep(1)
        reports = {way: report_of(run) for way, run in runs.items()}
    samples = samples[len(samples) // 3 :]
    slope, error = line_through(samples)
    grown = slope * (samples[-1][0] - samples[0][0])
    return {
        "minutes": minutes,
        "load": load,
        "rates": rates,
        "answered": sum(report["codes"].get("OK", 0) for report in reports.values()),
        "failed": sum(n for report in reports.values() for code, n in report["codes"].items() if code != "OK"),
        "failures": {
            f"{way} {code}": n for way, report in reports.items() for code, n in report["codes"].items() if code != "OK"
        },
        "wrong": sum(report["wrong_replies"] for report in reports.values()),
        "unsent": sum(report["unsent"] for report in reports.values()),
        "p99_ms": {way: (report["latency_ns"]["percentiles"]["p99"] or 0) * 1e-6 for way, report in reports.items()},
        "resident_bytes": samples[-1][1],
        "grown_bytes": grown,
        "grows": grown > MOST_GROWTH and slope > SIGMAS * error,
    }


def is_good(found):
    return found["answered"] > 0 and found["failed"] == 0 and found["wrong"] == 0 and not found["grows"]


def text(found):
    rates = ", ".join(f"{way} {rate:,.0f}/s (p99 {found['p99_ms'][way]:.1f} ms)" for way, rate in found["rates"].items())
    failures = ", ".join(f"{n} {what}" for what, n in found["failures"].items())
    return (
        f"{found['minutes']:g} minutes at {found['load']:.0%} of what each way does alone, {rates}: {found['answered']:,} "
        f"answered, {found['failed']} failed{failures and f' ({failures})'}, {found['wrong']} wrong, {found['unsent']} never sent; memory "
        f"{found['grown_bytes'] / 2**20:+.1f} MiB after the first third, {found['resident_bytes'] / 2**20:.0f} MiB at the end"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--load", type=float, default=0.8)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = soak(options.minutes, options.load)
    print(json.dumps(found) if options.json else f"{'good' if is_good(found) else 'BAD':4} {text(found)}")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
