#!/usr/bin/env python3
"""Measures our server beside echoes of the same bytes and prints a line of JSON for each run: wire.py [OPTION...]

All servers run at once and take turns, in several rounds and in an order drawn anew for each, so that what else the machine does
hits all alike.
Run by ./dev wire, which builds first.
"""

import argparse
import contextlib
import json
import subprocess
import sys

import wire_servers
from commands import in_any_order

KIB, MIB = 1 << 10, 1 << 20
SIZES = (64, KIB, 16 * KIB, 256 * KIB, 4 * MIB, 64 * MIB)
IN_FLIGHT = (1, 8, 64)
# Tensors of requests and replies in flight beyond this measure the machine's memory.
MOST_BYTES = 256 * MIB
# So many connections, where calls in flight are as many.
CONNECTIONS = 4


def case(mode, size, in_flight, items=1):
    return {"mode": mode, "bytes": size, "items": items, "in_flight": in_flight}


def cases(mode, sizes, in_flights, items=1):
    return [
        case(mode, size, in_flight, items)
        for size in sizes
        for in_flight in in_flights
        if size * items * in_flight <= MOST_BYTES
    ]


# Of each mode: which servers, how they are called, and what is measured.
MODES = {
    "unary": {
        "servers": ("echo", "activation", "protobuf", "tcp"),
        "options": (),
        "cases": cases("unary", SIZES, IN_FLIGHT),
        "quick": [case("unary", KIB, 64), case("unary", KIB, 1), case("unary", 4 * MIB, 8)],
    },
    "batch": {
        "servers": ("echo", "activation", "protobuf", "unary"),
        "options": (),
        "cases": cases("batch", (64, KIB, 16 * KIB), IN_FLIGHT, items=64),
        "quick": [case("batch", KIB, 8, items=64)],
    },
    "stream": {
        "servers": ("echo", "activation", "stream"),
        "options": (),
        "cases": cases("stream", SIZES, IN_FLIGHT),
        "quick": [case("stream", KIB, 64)],
    },
    "infer": {
        "servers": ("echo", "activation", "triton"),
        "options": ("--api=infer",),
        "cases": cases("infer", SIZES, IN_FLIGHT),
        "quick": [case("infer", KIB, 64), case("infer", 16 * KIB, 8)],
    },
}

# Of contenders that take no unary calls.
TRANSPORTS = {"tcp": "tcp", "stream": "stream"}
# What a batch stands beside: its items one in a call, in turns with it, and enough of them to keep the server busy.
ALONE = {"unary": {"items": 1, "in_flight": 64}}


def measure(server, what, arguments):
    """One turn of one server."""
    what = {**what, **ALONE.get(server.name, {})}
    found = wire_servers.load(
        server.process,
        f"--transport={TRANSPORTS.get(server.name, 'unary')}",
        *MODES[what["mode"]]["options"],
        f"--bytes={what['bytes']}",
        f"--items={what['items']}",
        f"--in-flight={what['in_flight']}",
        f"--connections={min(CONNECTIONS, what['in_flight'])}",
        f"--tier={arguments.tier}",
        f"--seconds={arguments.seconds}",
    )
    return found[0]


class Contender:
    def __init__(self, name, process):
        self.name = name
        self.process = process


# Without them there is nothing to measure: every figure is of the one beside the other.
NEEDED = ("echo", "activation")


def leave_out(name, mode, error):
    if name in NEEDED:
        raise RuntimeError(f"{name} in {mode}: {error}") from error
    print(f"wire.py: {name} is left out of {mode}: {error}", file=sys.stderr)


def started(names, mode, stack):
    """Those that start; they end with the stack."""
    for name in names:
        try:
            yield Contender(name, stack.enter_context(wire_servers.SERVERS[name]()))
        except (RuntimeError, OSError) as error:
            leave_out(name, mode, error)


def run_mode(mode, arguments):
    """Yields records: the case, the server's name, the round, and what the load found."""
    names = [name for name in MODES[mode]["servers"] if name in arguments.servers]
    with contextlib.ExitStack() as stack:
        contenders = list(started(names, mode, stack))
        for what in MODES[mode]["quick" if arguments.quick else "cases"]:
            for turn in range(arguments.rounds):
                for contender in in_any_order(contenders):
                    record = {**what, "server": contender.name, "round": turn}
                    try:
                        yield {**record, **measure(contender, what, arguments)}
                    except (RuntimeError, subprocess.TimeoutExpired) as error:
                        leave_out(contender.name, mode, error)
                        contenders.remove(contender)


def parse(words):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="the cases that goals are about")
    parser.add_argument("--modes", default="unary,batch,stream,infer", help="which of %(default)s")
    parser.add_argument("--servers", default=",".join(wire_servers.SERVERS), help="which of %(default)s")
    parser.add_argument("--rounds", type=int, default=5, help="turns of each server (%(default)s)")
    parser.add_argument("--seconds", type=float, default=1, help="of each turn (%(default)s)")
    parser.add_argument("--tier", default="fast", help="fast or exact (%(default)s)")
    arguments = parser.parse_args(words)
    arguments.servers = arguments.servers.split(",")
    if not wire_servers.triton_binary() and "triton" in arguments.servers:
        arguments.servers.remove("triton")
    return arguments


def records(*words):
    """What a run with these options finds."""
    arguments = parse(words)
    for mode in arguments.modes.split(","):
        yield from run_mode(mode, arguments)


if __name__ == "__main__":
    try:
        for found in records(*sys.argv[1:]):
            print(json.dumps(found), flush=True)
    except RuntimeError as problem:
        sys.exit(f"wire.py: {problem}")
