"""How the scorecard measures the goals of the wire: beside a bare echo of the same bytes, in turns."""

import functools
import json
import os

import wire
import wire_servers
import wire_soak
import wire_table
from commands import BIN, run

KIB, MIB = wire.KIB, wire.MIB


@functools.cache
def found(mode, servers):
    """By size, items and calls in flight, the rounds of each server."""
    records = list(wire.records("--quick", f"--modes={mode}", f"--servers={servers}", "--rounds=7"))
    keys = dict.fromkeys(map(wire_table.case_of, records))
    return {key: wire_table.by_server([r for r in records if wire_table.case_of(r) == key]) for key in keys}


def unary(size, in_flight):
    servers = found("unary", "echo,activation")[(size, 1, in_flight)]
    return servers["activation"], servers["echo"]


def spread(quartiles, form=".2f"):
    low, middle, high = (format(value, form) for value in quartiles)
    return f"{middle} (quartiles {low} and {high})"


def calls():
    ours, echo = unary(KIB, 64)
    ratio = wire_table.compared(ours, echo, wire_table.CALLS)
    return f"{spread(ratio)} of {wire_table.median(echo, 'calls_per_second'):,.0f} calls/s", ratio[1] >= 0.9


def bandwidth():
    ours, echo = unary(4 * MIB, 8)
    ratio = wire_table.compared(ours, echo, wire_table.BYTES)
    return f"{spread(ratio)} of {wire_table.median(echo, 'bytes_per_second') / 1e6:,.0f} MB/s", ratio[1] >= 0.85


def latency():
    ours, echo = unary(KIB, 1)
    more = wire_table.compared(ours, echo, wire_table.p50_beyond)
    return f"{spread(more, '+.1f')} us to the echo's {wire_table.median(echo, wire_table.p50):.1f} us", more[1] <= 15


def cpu():
    small, large = (wire_table.compared(*unary(*case), wire_table.CPU) for case in ((KIB, 64), (4 * MIB, 8)))
    return f"{spread(small)} at 1 KiB, {spread(large)} at 4 MiB", max(small[1], large[1]) <= 1.2


def batch():
    servers = found("batch", "echo,activation,unary")[(KIB, 64, 8)]
    many = servers["activation"]
    times = [64 * ratio for ratio in wire_table.compared(many, servers["unary"], wire_table.CALLS)]
    items = 64 * wire_table.median(many, "calls_per_second")
    return f"{spread(times, '.1f')} times, {items:,.0f} items/s", times[1] >= 15


def stream():
    servers = found("stream", "echo,activation,stream")[(KIB, 1, 64)]
    times = wire_table.compared(servers["stream"], servers["activation"], wire_table.CALLS)
    items = wire_table.median(servers["stream"], "calls_per_second")
    return f"{spread(times)} times, {items:,.0f} items/s", times[1] >= 1.5


def triton():
    if not wire_servers.triton_binary():
        raise RuntimeError("Triton is not here; ./dev wire installs it")
    figures, met = [], True
    for size, in_flight in ((KIB, 64), (16 * KIB, 8)):
        servers = found("infer", "echo,activation,triton")[(size, 1, in_flight)]
        ours, theirs = servers["activation"], servers["triton"]
        rate = wire_table.compared(ours, theirs, wire_table.CALLS)
        processor = wire_table.compared(ours, theirs, wire_table.CPU)
        met = met and rate[1] >= 1.35 and processor[1] <= 0.65
        figures.append(f"{wire_table.size(size)} x{in_flight}: {spread(rate)} of the calls, {spread(processor)} of the CPU")
    return "; ".join(figures), met


def shared():
    """The median of the ratios of pairs, taken in turns by one process."""
    found = json.loads(run(os.path.join(BIN, "shared_memory_bench"), "--turns=60", "--json=1"))
    low, high = found["quartiles"]
    text = f"{found['ratio']:.3f} of {found['in_process_ms']:.1f} ms, quartiles {low:.3f} and {high:.3f} of {found['turns']} pairs"
    return text, found["ratio"] <= 1.1


def memory():
    text, good = wire_soak.check(1000000)
    return text.replace("\n", "; "), good
