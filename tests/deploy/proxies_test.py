"""The proxies' files of deploy/proxies, each run as it stands in front of three real servers, and called over TLS.

usage: proxies_test.py ROOT. Exit code 77 (skipped) where none of the proxies is there.
"""

import os
import subprocess
import sys
import unittest

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

ROOT = os.path.abspath(sys.argv[1])
sys.path[:0] = [os.path.join(ROOT, "scripts/faults"), os.path.join(ROOT, "scripts")]
from processes import BIN, Server  # noqa: E402
from proxies import FILES, HOSTS, Proxy, program  # noqa: E402

HERE = [kind for kind in FILES if program(kind)]


class ProxiesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.servers = [Server("--profile=edge", host=host) for host in HOSTS]
        for server in cls.servers:
            cls.addClassCleanup(server.__exit__)
        cls.proxies = [Proxy(kind, cls.servers) for kind in HERE]
        for proxy in cls.proxies:
            cls.addClassCleanup(proxy.__exit__)

    def client(self, proxy, *arguments):
        return subprocess.run(
            [
                os.path.join(BIN, "activation-client"),
                *arguments,
                f"--address={proxy.endpoint}",
                f"--tls-ca={proxy.authority}",
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_calls_are_answered_by_every_server(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind):
                before = [server.calls() for server in self.servers]
                for _ in range(6):
                    done = self.client(proxy, "forward", "--function=relu", "-1,0,2.5")
                    self.assertEqual(done.returncode, 0, done.stderr + proxy.log())
                    self.assertEqual(done.stdout.split(), ["0", "0", "2.5"])
                for server, calls in zip(self.servers, before, strict=True):
                    self.assertGreater(server.calls(), calls)

    def test_streams_pass(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind):
                done = self.client(
                    proxy,
                    *("bench", "--stream", "--function=relu", "--elements=16", "--connections=1"),
                    *("--duration=200ms", "--warm-up=0s"),
                )
                self.assertIn(done.returncode, (0, 99), done.stderr + proxy.log())

    def test_health_is_asked_of_a_server_and_watched_nowhere(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind), open(proxy.authority, "rb") as authority:
                credentials = grpc.ssl_channel_credentials(authority.read())
                with grpc.secure_channel(proxy.endpoint, credentials) as channel:
                    health = health_pb2_grpc.HealthStub(channel)
                    reply = health.Check(health_pb2.HealthCheckRequest(), timeout=30)
                    self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING)
                    with self.assertRaises(grpc.RpcError) as raised:
                        next(health.Watch(health_pb2.HealthCheckRequest(), timeout=30))
                    self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)


if __name__ == "__main__":
    if not HERE:
        print("SKIPPED: no proxy on this machine")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
