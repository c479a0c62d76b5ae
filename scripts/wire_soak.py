#!/usr/bin/env python3
"""Whether a server's memory stays as it is under calls of mixed sizes: wire_soak.py [--calls=N] [--growth=MIB]

Resident memory is read on the way; twice as many calls before that, and the first third of the run, fill pools and
caches and do not count: heaps that keep what was freed grow to the most that was ever needed at once. Beside our
server an echo that loses some bytes of every call goes the same way: it must be caught, or the check is worth
nothing. Exit code 1 where memory grows, or the leak is not seen.
"""

import argparse
import math
import sys

import wire_servers

SIZES = (64, 1 << 10, 16 << 10, 256 << 10)
LEAK = 512  # bytes of every call
# A slope is one where it is so many times its standard error.
SIGMAS = 4


def line_through(points):
    """Slope of the least squares' line, and its standard error."""
    count = len(points)
    mean_x = sum(x for x, _ in points) / count
    mean_y = sum(y for _, y in points) / count
    spread = sum((x - mean_x) ** 2 for x, _ in points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / spread
    residual = sum((y - mean_y - slope * (x - mean_x)) ** 2 for x, y in points)
    return slope, math.sqrt(residual / (count - 2) / spread)


def run(server, calls):
    return wire_servers.load(
        server,
        f"--calls={calls}",
        f"--bytes={','.join(map(str, SIZES))}",
        "--in-flight=16",
        "--connections=4",
        patience=3600,
    )


def soak(server, calls, growth):
    """Text, and whether memory grew by more than so many MiB."""
    run(server, 2 * calls)
    samples = run(server, calls)
    points = [(s["calls"], s["resident_bytes"]) for s in samples]
    if len(points) < 50 or min(memory for _, memory in points) <= 0:
        raise RuntimeError("the server's memory was not seen")
    points = points[len(points) // 3 :]
    slope, error = line_through(points)
    counted = points[-1][0] - points[0][0]
    grew = slope * counted > growth * 2**20 and slope > SIGMAS * error
    text = (
        f"{slope:+.1f} bytes a call (standard error {error:.1f}), {slope * counted / 2**20:+.2f} MiB in {counted:,}"
        f" calls, {points[-1][1] / 2**20:.0f} MiB at the end"
    )
    return text, grew


def check(calls, growth=1):
    """Text, and whether all is as it should be."""
    with wire_servers.activation() as server:
        text, grew = soak(server, calls, growth)
    with wire_servers.echo("callback", f"--leak={LEAK}") as server:
        leaking, caught = soak(server, min(calls, 30000), growth)
    lines = [
        f"activation-server: {text}: {'GROWS' if grew else 'flat'}",
        f"control that loses {LEAK} bytes a call: {leaking}: {'caught' if caught else 'NOT CAUGHT'}",
    ]
    return "\n".join(lines), caught and not grew


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--calls", type=int, default=30000)
    parser.add_argument("--growth", type=float, default=1, help="MiB that heaps may still grow by")
    options = parser.parse_args()
    text, good = check(options.calls, options.growth)
    print(text)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
