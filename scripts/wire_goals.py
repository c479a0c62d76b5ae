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
    """By size, items and calls in flight, the best of each server."""
    records = list(wire.records("--quick", f"--modes={mode}", f"--servers={servers}", "--rounds=7"))
    keys = dict.fromkeys(map(wire_table.case_of, records))
    return {key: wire_table.by_server([r for r in records if wire_table.case_of(r) == key]) for key in keys}


def unary(size, in_flight):
    servers = found("unary", "echo,activation")[(size, 1, in_flight)]
    return servers["activation"], servers["echo"]


def share(size, in_flight, key):
    ours, echo = unary(size, in_flight)
    return ours[key] / echo[key]


def calls():
    ours, echo = unary(KIB, 64)
    ratio = ours["calls_per_second"] / echo["calls_per_second"]
    return f"{ratio:.2f} of {echo['calls_per_second']:,.0f} calls/s", ratio >= 0.9


def bandwidth():
    ours, echo = unary(4 * MIB, 8)
    ratio = ours["bytes_per_second"] / echo["bytes_per_second"]
    return f"{ratio:.2f} of {echo['bytes_per_second'] / 1e6:,.0f} MB/s", ratio >= 0.85


def latency():
    ours, echo = unary(KIB, 1)
    more = ours["p50_us"] - echo["p50_us"]
    return f"{more:+.1f} us to the echo's {echo['p50_us']:.1f} us", more <= 15


def cpu():
    small, large = share(KIB, 64, "server_cpu_us"), share(4 * MIB, 8, "server_cpu_us")
    return f"{small:.2f} at 1 KiB, {large:.2f} at 4 MiB", max(small, large) <= 1.2


def batch():
    one, _ = unary(KIB, 64)
    many = found("batch", "echo,activation")[(KIB, 64, 8)]["activation"]
    times = 64 * many["calls_per_second"] / one["calls_per_second"]
    return f"{times:.1f} times, {64 * many['calls_per_second']:,.0f} items/s", times >= 15


def stream():
    servers = found("stream", "echo,activation,stream")[(KIB, 1, 64)]
    times = servers["stream"]["calls_per_second"] / servers["activation"]["calls_per_second"]
    return f"{times:.2f} times, {servers['stream']['calls_per_second']:,.0f} items/s", times >= 1.5


def triton():
    if not wire_servers.triton_binary():
        raise RuntimeError("Triton is not here; ./dev wire installs it")
    figures, met = [], True
    for size, in_flight in ((KIB, 64), (16 * KIB, 8)):
        servers = found("infer", "echo,activation,triton")[(size, 1, in_flight)]
        ours, theirs = servers["activation"], servers["triton"]
        rate = ours["calls_per_second"] / theirs["calls_per_second"]
        processor = ours["server_cpu_us"] / theirs["server_cpu_us"]
        met = met and rate >= 1.35 and processor <= 0.65
        figures.append(f"{wire_table.size(size)} x{in_flight}: {rate:.2f} of the calls, {processor:.2f} of the CPU")
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
