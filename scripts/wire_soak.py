#!/usr/bin/env python3
"""Whether a server's memory stays as it is under calls of mixed sizes: wire_soak.py [--calls=N]

Resident memory is read a hundred times on the way; twice as many calls before that, and the first third of the run,
fill pools and caches and do not count. What counts is cut into ten blocks, of each its least memory taken, as what was
freed and is not given back yet lies above that. The steps from one block to the next are what memory grows by: it grows
where all of the 99 % confidence interval of their mean (Student's t) lies above zero; else the slope is within its noise.
Steps and not a line, because the memory of heaps strays: what one block has, the next begins with.

A server that loses some bytes of every call, which is ours but for that, goes the same way and must be found to grow,
or the check is worth nothing. Exit code 1 where our memory grows, or the leak is not seen.
"""

import argparse
import math
import statistics
import sys

import wire_servers

SIZES = (64, 1 << 10, 16 << 10, 256 << 10)
BLOCKS = 10
# Of Student's distribution with BLOCKS - 2 degrees of freedom, 99 % on two sides.
T = 3.355


def growth(points):
    """Bytes a call, and half of the width of the interval around that, of (calls, bytes) in order."""
    count = len(points)
    blocks = [points[i * count // BLOCKS : (i + 1) * count // BLOCKS] for i in range(BLOCKS)]
    least = [min(memory for _, memory in block) for block in blocks]
    steps = [after - before for before, after in zip(least, least[1:])]
    calls = (points[-1][0] - points[0][0]) / BLOCKS
    error = statistics.stdev(steps) / math.sqrt(len(steps))
    return statistics.fmean(steps) / calls, T * error / calls


def run(server, calls):
    return wire_servers.load(
        server,
        f"--calls={calls}",
        f"--bytes={','.join(map(str, SIZES))}",
        "--in-flight=16",
        "--connections=4",
        patience=3600,
    )


def soak(server, calls, filling):
    """Text, and whether memory grew by more than `filling` bytes a call."""
    run(server, 2 * calls)
    samples = run(server, calls)
    points = [(s["calls"], s["resident_bytes"]) for s in samples]
    if len(points) < 6 * BLOCKS or min(memory for _, memory in points) <= 0:
        raise RuntimeError("the server's memory was not seen")
    points = points[len(points) // 3 :]
    slope, half = growth(points)
    counted = points[-1][0] - points[0][0]
    text = (
        f"{slope:+.1f} +- {half:.1f} bytes a call, {slope * counted / 2**20:+.2f} MiB in {counted:,} calls, "
        f"{points[-1][1] / 2**20:.0f} MiB at the end"
    )
    return text, slope - half > filling


def check(calls, leak=128, filling=0):
    """Text, and whether all is as it should be."""
    with wire_servers.activation() as server:
        text, grew = soak(server, calls, filling)
    with wire_servers.leaking(leak) as server:
        leaking, caught = soak(server, calls, filling)
    lines = [
        f"activation-server: {text}: {'GROWS' if grew else 'flat'}",
        f"the same losing {leak} bytes a call: {leaking}: {'caught' if caught else 'NOT CAUGHT'}",
    ]
    return "\n".join(lines), caught and not grew


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=30000)
    parser.add_argument("--leak", type=int, default=128, help="bytes that the control loses of every call")
    parser.add_argument("--filling", type=float, default=0, help="bytes a call by which heaps may still fill, in short runs")
    options = parser.parse_args()
    text, good = check(options.calls, options.leak, options.filling)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
