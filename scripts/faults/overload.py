#!/usr/bin/env python3
"""Ten times as many calls as the server can answer: overload.py [--seconds=N] [--times=N] [--json]

Before and after, the most calls a second that a closed loop gets (the peak is their mean); between them an open loop
of --times as many, of calls that are mostly work: a function that takes long, of tensors that lie in shared memory, so that client and server spend the time in which
calls are refused on little else. Every reply is checked. Printed are the calls sent beside those that were due, the calls answered beside the peak (goodput), how
long a refusal took and how long an answer, both from when the client sent the call to when it had the answer, and what the server says it refused them for.

Exit code 1 where goodput is below 0.9, half of the refusals take 1 ms or more, an answer in a hundred takes more than
twice the longest queue that the server was told to have, one is wrong, or less than 0.9 of the calls due were sent: a client that waits for its server offers no overload.
"""

import argparse
import json
import os
import subprocess
import sys

from processes import BIN, Server

# Some 8 ms of work on one processor, so that refusing ten times as many costs little beside it.
CALLS = "--mix=mish:f64:262144:gradient"
# The load has the same machine: it gets the other half of the processors, else it would take from the server what it
# offers, and offer less.
THREADS = max(1, (os.cpu_count() or 1) // 2)
QUEUE_MS = 100
# Far more than are in flight where refusals take as long as they may, so that the sender never waits for one.
PLACES = 512
MOST_UNSENT = 0.1
# For the peak: enough to keep the server busy, and fewer than its queue takes.
IN_FLIGHT = "--concurrency=4"


def bench(address, seconds, *options):
    """A report of the load tester."""
    command = [
        os.path.join(BIN, "activation-client"), f"--address={address}", "bench", CALLS,
        "--shared-memory", f"--duration={seconds}s", "--warm-up=2s", "--json", *options,
    ]  # fmt: skip
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    # 64 and more say that calls failed, which is what this is about.
    if not result.stdout:
        raise RuntimeError(f"exit code {result.returncode}: {result.stderr[-500:]}")
    return json.loads(result.stdout)


def percentile(latency, name):
    """In milliseconds; NaN where there were too few."""
    value = latency and latency["percentiles"].get(name)
    return value * 1e-6 if value else float("nan")


def measure(seconds, times):
    """One peak and one overload."""
    with Server("--shared-memory=on", f"--max-queue-time={QUEUE_MS}ms", f"--threads={THREADS}") as server:
        before = bench(server.address, seconds / 2, IN_FLIGHT)
        rate = before["throughput"]["calls_per_second"]
        over = bench(server.address, seconds, f"--concurrency={PLACES}", f"--rate={times * rate:.0f}")
        after = bench(server.address, seconds / 2, IN_FLIGHT)
        reasons = {
            series.split('"')[1]: value
            for series, value in server.metrics().items()
            if series.startswith("activation_rejected_total") and value > 0
        }
    peak = (rate + after["throughput"]["calls_per_second"]) / 2
    answered = over["codes"].get("OK", 0)
    refused = sum(count for code, count in over["codes"].items() if code != "OK")
    return {
        "peak": peak,
        "due": times * rate * seconds,
        "sent": answered + refused,
        "offered": times * rate,
        "goodput": over["throughput"]["calls_per_second"] / peak,
        "answered": answered,
        "refused": refused,
        "unsent": over["unsent"],
        "refusal_p50_ms": percentile(over["failed_latency_ns"], "p50"),
        "refusal_p99_ms": percentile(over["failed_latency_ns"], "p99"),
        "answer_p50_ms": percentile(over["uncorrected_latency_ns"], "p50"),
        "answer_p99_ms": percentile(over["uncorrected_latency_ns"], "p99"),
        "wrong": sum(report["wrong_replies"] for report in (before, over, after)),
        "codes": over["codes"],
        "reasons": reasons,
    }


def is_good(found):
    return (
        found["goodput"] >= 0.9
        and found["refusal_p50_ms"] < 1
        and found["answer_p99_ms"] <= 2 * QUEUE_MS
        and found["wrong"] == 0
        and found["refused"] > found["answered"]
        and found["sent"] >= (1 - MOST_UNSENT) * found["due"]
    )


def text(found):
    return (
        f"{found['offered']:,.0f} calls/s offered to a server that answers {found['peak']:,.0f}: goodput "
        f"{found['goodput']:.2f} of peak; {found['sent']:,} of {found['due']:,.0f} calls due were sent; {found['refused']:,} refused in {found['refusal_p50_ms']:.2f} ms (p50), "
        f"{found['refusal_p99_ms']:.2f} ms (p99); {found['answered']:,} answered in {found['answer_p50_ms']:.0f} ms (p50), "
        f"{found['answer_p99_ms']:.0f} ms (p99); {found['wrong']} wrong; codes {found['codes']}, reasons {found['reasons']}"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--times", type=float, default=10)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = measure(options.seconds, options.times)
    print(json.dumps(found) if options.json else f"{'good' if is_good(found) else 'BAD':4} {text(found)}")
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
