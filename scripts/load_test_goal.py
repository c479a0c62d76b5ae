"""How the scorecard measures the load test itself: beside a bare client, on the same echo, in turns."""

import json
import os
import statistics
import subprocess

from commands import BIN, in_any_order, run
from goals import goal

PAGE = "performance.md"

ROUNDS = 15
SECONDS = 1


class Echo:
    """activation-client's bare echo on a free loopback port."""

    def __enter__(self):
        self._process = subprocess.Popen(
            [os.path.join(BIN, "activation-client"), "echo", "--listen=127.0.0.1:0"],
            stdout=subprocess.PIPE,
            text=True,
        )
        return self._process.stdout.readline().strip()

    def __exit__(self, *_):
        self._process.terminate()
        self._process.stdout.close()
        self._process.wait()


def bare(address):
    """Calls/s of prepared bytes on a completion queue, whose replies nobody reads."""
    output = run(
        os.path.join(BIN, "activation-wire-load"), f"--address={address}", "--in-flight=64",
        "--bytes=1024", f"--seconds={SECONDS}",
    )  # fmt: skip
    return json.loads(output)["calls_per_second"]


def bench(address):
    output = run(
        os.path.join(BIN, "activation-client"), f"--address={address}", "--connections=1", "bench",
        "--to-echo", "--tier=fast", "--elements=256", "--concurrency=64", "--threads=1",
        f"--duration={SECONDS}s", "--warm-up=200ms", "--json",
    )  # fmt: skip
    return json.loads(output)


def pair(address):
    """What both find, one after the other."""
    found = {measure: measure(address) for measure in in_any_order((bench, bare))}
    return found[bench], found[bare]


@goal(
    "bench-tool",
    "the load test sustains at least 0.90 of a bare client's calls/s on the same echo, 1 KiB, 64 in flight",
    "activation-client bench --to-echo; activation-wire-load",
    PAGE,
)
def sustained():
    with Echo() as address:
        pairs = [pair(address) for _ in range(ROUNDS)]
    ratio = statistics.median(report["throughput"]["calls_per_second"] / calls for report, calls in pairs)
    busy = statistics.median(report["busy"] for report, _ in pairs)
    calls = statistics.median(calls for _, calls in pairs)
    return f"{ratio:.2f} of the bare client's {calls:,.0f} calls/s, busiest thread {busy:.0%}", ratio >= 0.9
