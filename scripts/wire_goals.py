"""How the scorecard measures the goals of the wire: beside a bare echo of the same bytes, in turns."""

import functools
import json
import os

import wire
import wire_servers
import wire_soak
import wire_table
from commands import BIN, run
from goals import goal

PAGE = "performance_wire.md"
# Long turns, as the system counts processor time in hundredths of a second.
OPTIONS = ("--quick", "--rounds=21", "--seconds=0.5")


def command(mode, servers):
    """That finds what a goal is about."""
    return f"scripts/wire.py {' '.join(OPTIONS)} --modes={mode} --servers={servers}"


UNARY = ("unary", "echo,activation")
BATCH = ("batch", "echo,activation,unary")
STREAM = ("stream", "echo,activation,stream")
TRITON = ("infer", "echo,activation,triton")

KIB, MIB = wire.KIB, wire.MIB


@functools.cache
def found(mode, servers):
    """By size, items and calls in flight, the rounds of each server."""
    records = list(wire.records(*OPTIONS, f"--modes={mode}", f"--servers={servers}"))
    keys = dict.fromkeys(map(wire_table.case_of, records))
    return {key: wire_table.by_server([r for r in records if wire_table.case_of(r) == key]) for key in keys}


def compared(ours, reference, compare):
    quartiles = wire_table.compared(ours, reference, compare)
    if quartiles is None:
        raise RuntimeError("in no round did both servers finish a call")
    return quartiles


def unary(size, in_flight):
    servers = found(*UNARY)[(size, 1, in_flight)]
    return servers["activation"], servers["echo"]


def spread(quartiles, form=".2f"):
    low, middle, high = (format(value, form) for value in quartiles)
    return f"{middle} (quartiles {low} and {high})"


@goal(
    "wire-calls",
    "1 KiB, 64 in flight: at least 0.90 of the bare echo's calls/s",
    command(*UNARY),
    PAGE,
    reason="performance_wire.md#the-wire",
)
def calls():
    ours, echo = unary(KIB, 64)
    ratio = compared(ours, echo, wire_table.CALLS)
    return f"{spread(ratio)} of {wire_table.median(echo, 'calls_per_second'):,.0f} calls/s", ratio[1] >= 0.9


@goal(
    "wire-bytes",
    "4 MiB, FAST: at least 0.85 of the bare echo's bytes/s",
    command(*UNARY),
    PAGE,
    reason="performance_wire.md#the-wire",
)
def bandwidth():
    ours, echo = unary(4 * MIB, 8)
    ratio = compared(ours, echo, wire_table.BYTES)
    return f"{spread(ratio)} of {wire_table.median(echo, 'bytes_per_second') / 1e6:,.0f} MB/s", ratio[1] >= 0.85


@goal(
    "wire-p50",
    "1 KiB, one in flight: p50 at most 15 us beyond the bare echo's",
    command(*UNARY),
    PAGE,
    reason="performance_wire.md#the-wire",
)
def latency():
    ours, echo = unary(KIB, 1)
    more = compared(ours, echo, wire_table.p50_beyond)
    return f"{spread(more, '+.1f')} us to the echo's {wire_table.median(echo, wire_table.p50):.1f} us", more[1] <= 15


@goal(
    "wire-cpu",
    "server CPU of a call at most 1.20 of the bare echo's, 1 KiB and 4 MiB",
    command(*UNARY),
    PAGE,
    reason="performance_wire.md#the-wire",
)
def cpu():
    small, large = (compared(*unary(*case), wire_table.CPU) for case in ((KIB, 64), (4 * MIB, 8)))
    return f"{spread(small)} at 1 KiB, {spread(large)} at 4 MiB", max(small[1], large[1]) <= 1.2


@goal(
    "wire-batch",
    "64 items of 1 KiB in a call: at least 15 times the items/s of unary calls",
    command(*BATCH),
    PAGE,
    reason="performance_wire.md#the-wire",
)
def batch():
    servers = found(*BATCH)[(KIB, 64, 8)]
    many = servers["activation"]
    times = [64 * ratio for ratio in compared(many, servers["unary"], wire_table.CALLS)]
    items = 64 * wire_table.median(many, "calls_per_second")
    return f"{spread(times, '.1f')} times, {items:,.0f} items/s", times[1] >= 15


@goal(
    "wire-stream",
    "stream at 1 KiB: at least 1.5 times the items/s of unary calls",
    command(*STREAM),
    PAGE,
)
def stream():
    servers = found(*STREAM)[(KIB, 1, 64)]
    times = compared(servers["stream"], servers["activation"], wire_table.CALLS)
    items = wire_table.median(servers["stream"], "calls_per_second")
    return f"{spread(times)} times, {items:,.0f} items/s", times[1] >= 1.5


@goal(
    "wire-triton",
    "Open Inference beside Triton that only copies: 1.35 times its calls/s, 0.65 of its CPU, 1 KiB x64 and 16 KiB x8",
    command(*TRITON),
    PAGE,
)
def triton():
    if not wire_servers.triton_binary():
        raise RuntimeError("Triton is not here; ./dev wire installs it")
    figures, met = [], True
    for size, in_flight in ((KIB, 64), (16 * KIB, 8)):
        servers = found(*TRITON)[(size, 1, in_flight)]
        ours, theirs = servers["activation"], servers["triton"]
        rate = compared(ours, theirs, wire_table.CALLS)
        processor = compared(ours, theirs, wire_table.CPU)
        met = met and rate[1] >= 1.35 and processor[1] <= 0.65
        figures.append(f"{wire_table.size(size)} x{in_flight}: {spread(rate)} of the calls, {spread(processor)} of the CPU")
    return "; ".join(figures), met


@goal(
    "wire-shared",
    "shared memory, 64 MiB f32 gelu, one call: at most 1.10 of the in-process kernel's wall time on the same buffers",
    "./dev wire shared --turns=60",
    PAGE,
)
def shared():
    """The median of the ratios of pairs, taken in turns by one process."""
    found = json.loads(run(os.path.join(BIN, "shared_memory_bench"), "--turns=60", "--json=1"))
    low, high = found["quartiles"]
    text = f"{found['ratio']:.3f} of {found['in_process_ms']:.1f} ms, quartiles {low:.3f} and {high:.3f} of {found['turns']} pairs"
    return text, found["ratio"] <= 1.1


@goal(
    "wire-memory",
    "resident memory flat over a million calls of mixed sizes, a leak is caught",
    "./dev wire soak",
    PAGE,
    slow=True,
)
def memory():
    text, good = wire_soak.check(1000000)
    return text.replace("\n", "; "), good
