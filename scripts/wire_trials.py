#!/usr/bin/env python3
"""What was tried for speed on the wire, as a table: wire_trials.py [--rounds=N] [--seconds=S] [NAME...]

Each is the bare echo with one thing altered, in turns with the bare echo as it is; our own server stands beside them.
"""

import argparse
import contextlib
import glob
import sys
import tempfile

import wire
import wire_servers
import wire_table
from commands import in_any_order

CASES = [wire.case("unary", wire.KIB, 64), wire.case("unary", wire.KIB, 1), wire.case("unary", 4 * wire.MIB, 8)]
REFERENCE = "echo"
LIBRARIES = "/usr/lib/*-linux-gnu"


class Trial:
    """A server, and how it is called."""

    def __init__(self, start, connections=wire.CONNECTIONS, options=()):
        self.start = start
        self.connections = connections
        self.options = options


def argument(value):
    """A channel argument on both sides."""
    option = f"--argument={value}"
    return Trial(lambda: wire_servers.echo("callback", option), options=(option,))


def environment(name, value):
    """Of the server alone."""
    return Trial(lambda: wire_servers.echo("callback", environment={name: value}))


def preload(library):
    found = glob.glob(f"{LIBRARIES}/{library}")
    return environment("LD_PRELOAD", found[0]) if found else None


def unix(folder):
    return Trial(lambda: wire_servers.echo("callback", f"--address=unix:{folder}/echo.sock"))


def trials(folder):
    queues = {
        f"{count} completion queue{'s' if count > 1 else ''}": Trial(
            lambda count=count: wire_servers.echo("queue", f"--queues={count}")
        )
        for count in (1, 2, 4)
    }
    connections = {
        f"{count} connection{'s' if count > 1 else ''}": Trial(lambda: wire_servers.echo("callback"), count)
        for count in (1, 2, 8)
    }
    arguments = {
        value: argument(value)
        for value in (
            "grpc.http2.max_frame_size=65536",
            "grpc.http2.max_frame_size=1048576",
            "grpc.http2.max_frame_size=16777215",
            "grpc.http2.lookahead_bytes=1048576",
            "grpc.http2.lookahead_bytes=8388608",
            "grpc.http2.write_buffer_size=1048576",
            "grpc.http2.write_buffer_size=8388608",
            "grpc.experimental.tcp_read_chunk_size=65536",
            "grpc.experimental.tcp_read_chunk_size=1048576",
            "grpc.http2.bdp_probe=0",
        )
    }
    experiments = {
        f"GRPC_EXPERIMENTS={name}": environment("GRPC_EXPERIMENTS", name)
        for name in (
            "tcp_frame_size_tuning",
            "tcp_read_chunks",
            "tcp_rcv_lowat",
            "peer_state_based_framing",
            "flow_control_fixes",
            "memory_pressure_controller",
            "new_hpack_huffman_decoder",
            "unconstrained_max_quota_buffer_size",
        )
    }
    return {
        REFERENCE: Trial(lambda: wire_servers.echo("callback")),
        "activation": Trial(wire_servers.activation),
        "activation, no reflection": Trial(lambda: wire_servers.activation("--reflection=off")),
        "activation, 1 poller": Trial(lambda: wire_servers.activation("--pollers=1")),
        "activation, 2 pollers": Trial(lambda: wire_servers.activation("--pollers=2")),
        "our pollers": Trial(lambda: wire_servers.echo("callback", "--pollers=0")),
        "a reactor of its own": Trial(lambda: wire_servers.echo("callback", "--own-reactor")),
        **queues,
        **connections,
        "unix socket": unix(folder),
        "jemalloc": preload("libjemalloc.so.2"),
        "tcmalloc": preload("libtcmalloc_minimal.so.4"),
        "GRPC_POLL_STRATEGY=poll": environment("GRPC_POLL_STRATEGY", "poll"),
        **arguments,
        **experiments,
    }


def measure(trial, server, what, seconds):
    return wire_servers.load(
        server,
        *trial.options,
        f"--bytes={what['bytes']}",
        f"--in-flight={what['in_flight']}",
        f"--connections={min(trial.connections, what['in_flight'])}",
        # Large calls are few in the same time.
        f"--seconds={seconds * (4 if what['bytes'] >= wire.MIB else 1)}",
        "--warm-up=0.1",
    )[0]


def race(chosen, arguments):
    """For each case the rounds of each trial."""
    found = [{name: {} for name in chosen} for _ in CASES]
    with contextlib.ExitStack() as stack:
        servers = {name: stack.enter_context(trial.start()) for name, trial in chosen.items()}
        for turn in range(arguments.rounds):
            for i, what in enumerate(CASES):
                for name, trial in in_any_order(chosen.items()):
                    record = measure(trial, servers[name], what, arguments.seconds)
                    if record["calls"] > 0:
                        found[i][name][turn] = record
    return found


def print_table(found):
    titles = [f"{wire_table.size(w['bytes'])}, {w['in_flight']} in flight" for w in CASES]
    print("Calls as a share of the echo's (quartiles) · p50 beyond the echo's in us · server CPU of a call as a share of the")
    print("echo's, medians of what each round has.\n")
    print(f"| the echo with | {' | '.join(titles)} |")
    print("|---" * (1 + len(CASES)) + "|")
    for name in found[0]:
        cell = wire_table.reference_cell if name == REFERENCE else wire_table.cell
        cells = [cell(case[name], *([] if name == REFERENCE else [case[REFERENCE]])) for case in found]
        print(f"| {name} | {' | '.join(cells)} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=6)
    parser.add_argument("--seconds", type=float, default=0.4)
    parser.add_argument("names", nargs="*", help="only these; all otherwise")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known = {name: trial for name, trial in trials(folder).items() if trial is not None}
        unknown = set(arguments.names) - set(known)
        if unknown:
            sys.exit(f"there is no trial {', '.join(unknown)}; trials: {', '.join(known)}")
        names = {REFERENCE, *(arguments.names or known)}
        print_table(race({name: trial for name, trial in known.items() if name in names}, arguments))


if __name__ == "__main__":
    main()
