#!/usr/bin/env python3
"""Three servers behind the client's own balancing or a proxy, of which some are killed, restarted, paused or silent:
replicas.py [--minutes=N] [--every=SECONDS] [--short] [--behind=haproxy|nginx|envoy]

Every reply is checked. No call may fail, and each server must have taken part again after its restart. With --short
what happens is counted in calls instead of seconds. Exit code 1 where a call failed, 77 where the proxy is not there.
"""

import argparse
import contextlib
import signal
import sys
import time

from processes import CheckedLoad, Server, verdict
from proxies import FILES, HOSTS, Proxy, program


class Fleet:
    """The servers and the way that calls go to them."""

    def __init__(self, behind=None):
        # A proxy asks for health now and then, where the client watches it.
        options = ["--drain-delay=1s"] if behind else []
        with contextlib.ExitStack() as stack:
            self.servers = [stack.enter_context(Server(*options, host=host)) for host in HOSTS]
            self.proxy = stack.enter_context(Proxy(behind, self.servers)) if behind else None
            # Where one does not start, the stack ends those before it.
            self._stack = stack.pop_all()

    def load(self, *options):
        if self.proxy:
            return CheckedLoad(self.proxy.endpoint, f"--tls-ca={self.proxy.authority}", *options)
        return CheckedLoad("ipv4:" + ",".join(server.address for server in self.servers), *options)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._stack.close()


def takes_part(load, server):
    """Returns once calls reach a server that has just been started."""
    while server.calls() < 20:
        load.await_calls(20)


def killed(fleet, kills, until_next):
    """One server after the other is killed and started again."""
    with fleet.load() as load:
        load.await_calls(200)
        for i in range(kills):
            server = fleet.servers[i % len(fleet.servers)]
            server.kill()
            load.await_calls(100)  # the others answer
            server.start()
            until_next(load)
            takes_part(load, server)
        return verdict(load.end(), f"{kills} times one of three killed")


def rolled(fleet, rounds):
    """Every server is stopped and started again, one at a time."""
    with fleet.load() as load:
        load.await_calls(200)
        for _ in range(rounds):
            for server in fleet.servers:
                server.stop()
                server.start()
                takes_part(load, server)
        return verdict(load.end(), f"{rounds} rolling restarts of all")


def paused(fleet, pauses):
    """One server at a time stands still; hedged calls go on."""
    # A third of the calls meets the server that stands still, some twice: more than the usual budget.
    with fleet.load("--hedge-ms=20", "--budget=2") as load:
        load.await_calls(200)
        for i in range(pauses):
            server = fleet.servers[i % len(fleet.servers)]
            server.signal(signal.SIGSTOP)
            load.await_calls(300)
            server.signal(signal.SIGCONT)
            load.await_calls(100)
        return verdict(load.end(), f"{pauses} times one of three paused, hedged")


def silent(fleet):
    """One server stands still for good, as if its machine had lost its power; no call is hedged."""
    # Longer than the client takes to give a silent connection up, and the call's second try.
    with fleet.load("--deadline-ms=60000") as load:
        load.await_calls(200)
        fleet.servers[0].signal(signal.SIGSTOP)
        # Each thread of the load meets it once; many calls without it say that it gets no more.
        load.await_calls(2000)
        found = load.end()
        fleet.servers[0].signal(signal.SIGCONT)
        return verdict(found, "one of three silent for good")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--every", type=float, default=3, help="seconds between two kills")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--behind", choices=sorted(FILES), help="a proxy instead of the client's own balancing")
    options = parser.parse_args()
    if options.behind and not program(options.behind):
        print(f"SKIPPED: no {options.behind} on this machine")
        return 77
    if options.short:
        kills, pauses, rounds = 3, 2, 1
    else:
        kills = max(1, round(options.minutes * 60 / options.every))
        pauses, rounds = 6, 3
    due = time.monotonic()

    def until_next(load):
        nonlocal due
        due = max(due + options.every, time.monotonic())
        while not options.short and time.monotonic() < due:
            load.await_calls(10)

    good = True
    with Fleet(options.behind) as fleet:
        good = killed(fleet, kills, until_next) and good
        # nginx asks no server for its health, so one that drains gets its calls to the end.
        if options.behind != "nginx":
            good = rolled(fleet, rounds) and good
        good = paused(fleet, pauses) and good
        # What a proxy does then is its own affair.
        if not options.short and not options.behind:
            good = silent(fleet) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
