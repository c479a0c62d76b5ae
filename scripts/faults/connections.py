#!/usr/bin/env python3
"""Many connections, and too many: connections.py [--idle=N] [--active=N] [--short]

First so many idle connections are held while calls go over so many active ones; every reply is checked. Then a server
that may open few file descriptors is met with more connections than it can take, on gRPC's port and on HTTP's: it
closes those beyond, goes on answering calls on the others, and takes connections again once some have ended. Exit code 1
where one of these is not so.
"""

import argparse
import contextlib
import os
import socket
import subprocess
import sys
import urllib.error

from processes import BIN, CheckedLoad, Server, eventually, total, verdict

# What an HTTP/2 client says first, with no settings of its own.
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\0\0\0\4\0\0\0\0\0"


def connect(address):
    host, port = address.rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=60)


def settled(address, say_hello=True):
    """A connection the server has taken, or None where it closed it."""
    connection = connect(address)
    try:
        if say_hello:
            connection.sendall(PREFACE)
        answer = connection.recv(64)
    except ConnectionError:
        answer = b""
    if answer:
        return connection
    connection.close()
    return None


def is_open(connection):
    """Whether the other side has not closed it; what it said is taken."""
    connection.setblocking(False)
    try:
        while connection.recv(65536):
            pass
    except BlockingIOError:
        return True
    except ConnectionError:
        pass
    return False


def is_healthy(server):
    """By a connection of its own."""
    command = [os.path.join(BIN, "activation-client"), f"--address={server.address}", "health"]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode == 0


def answers_http(server):
    try:
        return total(server.metrics(), "activation_build_info") == 1
    except (urllib.error.URLError, ConnectionError, OSError):
        return False


def held(idle, active):
    """Idle connections beside active ones."""
    with Server() as server, contextlib.ExitStack() as stack:
        connections = []
        for _ in range(idle):
            connection = settled(server.address)
            if connection is None:
                raise RuntimeError(f"the server closed a connection after {len(connections)}")
            connections.append(stack.enter_context(connection))
        options = (f"--connections={active}", "--threads=32")
        with CheckedLoad(server.address, *options) as load:
            load.await_calls(4 * active)
            open_descriptors = server.metrics()["process_open_fds"]
            found = load.end()
        lost = sum(not is_open(connection) for connection in connections)
        memory = server.resident_bytes() / 2**20
        good = verdict(found, f"{active} connections in use beside {idle} idle ones")
        print(f"     {lost} idle ones lost, {open_descriptors:.0f} descriptors open, {memory:.0f} MiB resident")
        shed = total(server.metrics(), "activation_connections_shed_total")
        return good and lost == 0 and shed == 0 and open_descriptors >= idle + active


def exhausted(descriptors):
    """More connections than descriptors."""
    with Server(descriptors=descriptors) as server, contextlib.ExitStack() as stack:
        with CheckedLoad(server.address, "--connections=2", "--threads=4") as load:
            load.await_calls(100)
            kept, refused = [], 0
            # Each is answered or closed; none may be left without an answer.
            while refused < 20:
                if len(kept) > descriptors:
                    raise RuntimeError("the server took more connections than it has descriptors")
                connection = settled(server.address)
                if connection is None:
                    refused += 1
                else:
                    kept.append(stack.enter_context(connection))
            load.await_calls(200)
            unhealthy = not is_healthy(server)
            silent = not answers_http(server)
            for connection in kept:
                connection.close()
            eventually("the server takes connections again", lambda: is_healthy(server))
            eventually("HTTP is answered again", lambda: answers_http(server))
            shed = total(server.metrics(), "activation_connections_shed_total")
            load.await_calls(200)
            found = load.end()
        good = verdict(found, f"calls while {descriptors} descriptors were exhausted")
        print(
            f"     {len(kept)} connections kept, {refused} closed at once; then gRPC "
            f"{'closed' if unhealthy else 'open'}, HTTP {'closed' if silent else 'open'} to new ones; {shed:.0f} shed, "
            "and taken again"
        )
        return good and unhealthy and shed >= refused and len(kept) > 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--idle", type=int, default=5000)
    parser.add_argument("--active", type=int, default=500)
    parser.add_argument("--descriptors", type=int, default=128)
    parser.add_argument("--short", action="store_true")
    options = parser.parse_args()
    if options.short:
        options.idle, options.active = 300, 30
    good = held(options.idle, options.active)
    good = exhausted(options.descriptors) and good
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
