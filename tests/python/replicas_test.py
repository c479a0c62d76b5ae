"""Several servers behind one target: all are used, and none is missed when it stops."""

import os
import re
import subprocess
import threading
import time
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import activation as act
import numpy as np
from activation import connection
from case import stopped, values
from server import Server

CALLERS = 4


def forwards(server):
    """How many calls of Forward the server has answered."""
    with urllib.request.urlopen(f"http://{server.http_address}/metrics") as page:
        lines = page.read().decode().splitlines()
    name = "grpc_server_handled_total{"
    found = [line for line in lines if line.startswith(name) and '"Forward"' in line]
    return sum(float(line.split()[-1]) for line in found)


class Load:
    """Calls one after the other, of several threads, until it is stopped."""

    def __init__(self, case, client):
        self._client = client
        self._x = values(10, "f32")
        self._wanted = client.forward("gelu", self._x)
        self._stopping = threading.Event()
        case.addCleanup(self._stopping.set)
        self._answered = [0] * CALLERS
        self._pool = ThreadPoolExecutor(CALLERS)
        self._ends = [self._pool.submit(self._run, caller) for caller in range(CALLERS)]

    def _run(self, caller):
        while not self._stopping.is_set():
            y = self._client.forward("gelu", self._x)
            assert np.array_equal(y, self._wanted)
            self._answered[caller] += 1

    def wait_for(self, calls):
        """Until each thread has had so many more answers; or one has failed."""
        wanted = [answered + calls for answered in self._answered]
        while any(a < w for a, w in zip(self._answered, wanted, strict=True)):
            if any(end.done() for end in self._ends):
                break

    def stop(self):
        self._stopping.set()
        self._pool.shutdown()
        return [end.exception() for end in self._ends]


class ReplicasTest(unittest.TestCase):
    def wait_for_all(self, load, servers):
        """Until each has answered some calls."""
        end = time.monotonic() + 60
        while min(forwards(each) for each in servers) < 10:
            self.assertLess(time.monotonic(), end, "a server gets no calls")
            load.wait_for(1)

    def test_a_server_that_stops_is_not_missed(self):
        with Server() as first, Server() as second:
            third = Server("--drain-delay=1s")
            target = "ipv4:" + ",".join(each.address for each in (first, second, third))
            # Without retries: what remains is not luck.
            with act.Client(target, retry=act.Retry(max_attempts=1)) as client:
                load = Load(self, client)
                self.wait_for_all(load, (first, second, third))
                third.__exit__(None, None, None)
                load.wait_for(100)
                self.assertEqual(load.stop(), [None] * CALLERS)

    def test_a_rolling_restart_fails_no_call(self):
        servers = [Server() for _ in range(3)]
        target = "ipv4:" + ",".join(each.address for each in servers)
        with act.Client(target) as client:
            load = Load(self, client)
            for index, server in enumerate(servers):
                address = server.address
                load.wait_for(50)
                server.__exit__(None, None, None)
                load.wait_for(50)
                servers[index] = Server(f"--address={address}")
                self.wait_for_all(load, servers)
            self.assertEqual(load.stop(), [None] * CALLERS)
        for server in servers:
            server.__exit__(None, None, None)

    def test_servers_let_clients_ask_as_often_as_they_do(self):
        help_text = subprocess.run([os.environ["ACTIVATION_SERVER"], "--help"], capture_output=True, text=True, check=True).stdout
        least = re.search(r"--min-ping-interval DURATION \[(\d+)s\]", help_text)
        self.assertGreater(connection._KEEPALIVE_MS, 1000 * int(least[1]))

    def test_a_server_that_says_nothing_is_given_up(self):
        # Its kernel takes bytes and confirms them: only a ping tells. Without, the call ends late.
        soon = mock.patch.multiple(
            "activation.connection", _KEEPALIVE_MS=1000, _KEEPALIVE_TIMEOUT_MS=2000
        )
        once = act.Retry(max_attempts=1)
        with Server() as server, soon, act.Client(server.address, retry=once, deadline=120) as client:
            x = values(10, "f32")
            wanted = client.forward("gelu", x)
            with stopped(server), self.assertRaises(act.Unavailable):
                client.forward("gelu", x)
            # The channel hears of its connection's end after the call does.
            until = time.monotonic() + 60
            while True:
                try:
                    again = client.forward("gelu", x)
                    break
                except act.Unavailable:
                    self.assertLess(time.monotonic(), until)
            self.assertTrue(np.array_equal(again, wanted))


if __name__ == "__main__":
    unittest.main()
