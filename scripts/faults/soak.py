#!/usr/bin/env python3
"""Mixed calls over every way into the server for long: soak.py [--minutes=N] [--load=SHARE] [--json]

Unary calls and streams of the service's own API and Open Inference at once, each with functions, dtypes, tiers and
sizes mixed. First each way's most calls a second alone, in a closed loop with 16 in flight; then all together, each
at a third of --load (0.8) of that, in an open loop with Poisson arrivals. Every reply is compared bit for bit.

The server's resident memory is read at rest, before and after: once the server has given back what nobody uses. Under
load it goes up and down with what is in flight, and only its most is said. Exit code 1 where a call failed or was
wrong, memory at rest grew, or more than one call in a thousand that was due was never sent: then it was not the load that was asked for.
"""

import argparse
import contextlib
import json
import os
import subprocess
import sys
import time

from processes import BIN, Server

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
MOST_UNSENT = 0.001
# Longer than two of the periods after which the server gives unused memory back (server/memory.h).
REST = 25


def command(address, way, *options):
    return [os.path.join(BIN, "activation-client"), f"--address={address}", "bench", "--json", *WAYS[way], *options]


def report_of(process):
    output, errors = process.communicate()
    if not output:
        raise RuntimeError(f"exit code {process.returncode}: {errors[-500:]}")
    return json.loads(output)


@contextlib.contextmanager
def started(*words):
    """A process that ends with the block at the latest."""
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def peak(address, way):
    """Calls a second of this way alone."""
    options = ("--concurrency=16", "--warm-up=1s", "--duration=5s")
    with started(*command(address, way, *options)) as run:
        return report_of(run)["throughput"]["calls_per_second"]


def resting_bytes(server):
    """Resident memory once nobody has called for a while."""
    time.sleep(REST)
    return server.resident_bytes()


def soak(minutes, load):
    seconds = int(60 * minutes)
    with Server() as server, contextlib.ExitStack() as stack:
        peaks = {way: peak(server.address, way) for way in WAYS}
        rates = {way: load * rate / len(WAYS) for way, rate in peaks.items()}
        before = resting_bytes(server)
        runs = {
            way: stack.enter_context(
                started(
                    *command(
                        server.address, way, f"--rate={rate:.0f}", "--arrivals=poisson", "--concurrency=256",
                        "--warm-up=1s", f"--duration={seconds}s",
                    )
                )
            )
            for way, rate in rates.items()
        }  # fmt: skip
        most = before
        while any(run.poll() is None for run in runs.values()):
            most = max(most, server.resident_bytes())
            time.sleep(1)
        reports = {way: report_of(run) for way, run in runs.items()}
        after = resting_bytes(server)
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
        "most_bytes": most,
        "resting_bytes": after,
        "grown_bytes": after - before,
        "grows": after - before > MOST_GROWTH,
    }


def is_good(found):
    return (
        found["answered"] > 0
        and found["failed"] == 0
        and found["wrong"] == 0
        and not found["grows"]
        and found["unsent"] <= MOST_UNSENT * due(found)
    )


def due(found):
    """Calls that were to be sent."""
    return found["answered"] + found["failed"] + found["unsent"]


def text(found):
    rates = ", ".join(f"{way} {rate:,.0f}/s (p99 {found['p99_ms'][way]:.1f} ms)" for way, rate in found["rates"].items())
    failures = ", ".join(f"{n} {what}" for what, n in found["failures"].items())
    return (
        f"{found['minutes']:g} minutes at {found['load']:.0%} of what each way does alone, {rates}: {due(found) - found['unsent']:,} of "
        f"{due(found):,} calls due were sent, {found['answered']:,} "
        f"answered, {found['failed']} failed{failures and f' ({failures})'}, {found['wrong']} wrong; memory "
        f"at rest {found['grown_bytes'] / 2**20:+.1f} to {found['resting_bytes'] / 2**20:.0f} MiB, at most "
        f"{found['most_bytes'] / 2**20:.0f} MiB under load"
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
