#!/usr/bin/env python3
"""How long a server takes from exec to its line "started", after which it serves: startup.py [STARTS] [OPTION...]

Each start is followed by a call that asks for its health. Options are those of activation-server, which without any serves
gRPC and HTTP on free ports of loopback.
"""

import json
import os
import statistics
import subprocess
import sys
import time

from commands import BIN, run


def milliseconds(options):
    """Of one start."""
    command = [
        os.path.join(BIN, "activation-server"),
        "--address=127.0.0.1:0",
        "--http-address=127.0.0.1:0",
        "--log-format=json",
        *options,
    ]
    begin = time.monotonic()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            for line in server.stderr:
                taken = time.monotonic() - begin
                entry = json.loads(line)
                if entry["event"] == "started":
                    run(os.path.join(BIN, "activation-client"), f"--address={entry['address']}", "health")
                    return taken * 1000
        finally:
            server.terminate()
            server.stderr.read()
    raise RuntimeError("the server did not start")


def starts(count=20, options=()):
    return [milliseconds(options) for _ in range(count)]


def text(times):
    return f"median {statistics.median(times):.0f} ms, worst {max(times):.0f} ms of {len(times)} starts"


if __name__ == "__main__":
    print(text(starts(int((sys.argv[1:2] or ["20"])[0]), sys.argv[2:])))
