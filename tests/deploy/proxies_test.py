"""The proxies' files of deploy/proxies, each run as it stands in front of three real servers, and called over TLS.

usage: proxies_test.py ROOT. Exit code 77 (skipped) where none of the proxies is there.
"""

import os
import queue
import subprocess
import sys
import unittest

import grpc
from grpc_health.v1 import health_pb2, health_pb2_grpc

ROOT = os.path.abspath(sys.argv[1])
sys.path[:0] = [os.path.join(ROOT, "scripts/faults"), os.path.join(ROOT, "scripts")]
from processes import BIN, Server  # noqa: E402
from proxies import FILES, HOSTS, Proxy, program  # noqa: E402
from reflection_client import ReflectionClient  # noqa: E402

HERE = [kind for kind in FILES if program(kind)]
STREAM = "activation.v1.ActivationService/Stream"
UNARY = "/activation.v1.ActivationService/Forward"
# How long each waits for more of a call with one message, where a file says so; here in less time.
SHORTER = {
    "haproxy": {"wait-for-body time 10s": "wait-for-body time 1s"},
    "nginx": {"client_body_timeout 10s": "client_body_timeout 1s"},
}


def credentials(proxy):
    with open(proxy.authority, "rb") as authority:
        return grpc.ssl_channel_credentials(authority.read())


# Calls that one connection may have in flight, in each file.
MOST_CALLS = 100


def item(elements, **fields):
    """A message of a stream: relu of zeros."""
    x = {"dtype": "DTYPE_F32", "shape": [elements], "data": bytes(4 * elements)}
    return {"forward": {"activation": {"function": "relu"}, "x": x}, **fields}


def stall(proxy):
    """Starts a call of which nothing but the headers comes; returns how the proxy ended it."""
    nothing = queue.Queue()
    with grpc.secure_channel(proxy.endpoint, credentials(proxy)) as channel:
        call = channel.stream_unary(UNARY).future(iter(nothing.get, None), timeout=60)
        ended = call.exception()
        nothing.put(None)
        return ended.code()


class OpenStream:
    """A call in flight: a stream that has been answered once and goes on. RpcError where it is refused."""

    def __init__(self, channel):
        self._items = queue.Queue()
        self._replies = channel.stream_stream("/" + STREAM)(iter(self._items.get, None), timeout=120)
        # Nothing is in it, which the server says.
        self._items.put(b"")
        self.first = next(self._replies)

    def finish(self):
        self._items.put(None)
        return list(self._replies)


class ProxiesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        # With reflection, which no proxy lets through.
        cls.servers = [Server("--profile=edge", "--reflection=on", host=host) for host in HOSTS]
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

    def client_of(self, proxy):
        client = ReflectionClient(proxy.endpoint, credentials(proxy), teacher=self.servers[0].address)
        self.addCleanup(client.close)
        return client

    def test_a_stream_carries_more_than_a_message_may(self):
        # 80 items of 64 Ki elements: 20 MiB, where --profile=edge has messages of 4 MiB.
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind):
                replies = self.client_of(proxy).stream(STREAM, [item(65536, id=1 + n) for n in range(80)])
                self.assertEqual([reply.id for reply in replies], [1 + n for n in range(80)])
                for reply in replies:
                    self.assertEqual(len(reply.forward.y.data), 4 * 65536)

    def test_a_connection_has_as_many_calls_in_flight_as_it_may(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind), grpc.secure_channel(proxy.endpoint, credentials(proxy)) as channel:
                for stream in [OpenStream(channel) for _ in range(MOST_CALLS)]:
                    self.assertEqual(stream.finish(), [])

    @unittest.skipUnless("nginx" in HERE, "no nginx")
    def test_nginx_counts_calls_in_flight_and_says_where_they_are_too_many(self):
        fewer = {"limit_conn address 256;": "limit_conn address 1;"}
        with Proxy("nginx", self.servers, fewer) as proxy:
            with grpc.secure_channel(proxy.endpoint, credentials(proxy)) as channel:
                stream = OpenStream(channel)
                with self.assertRaises(grpc.RpcError) as raised:
                    OpenStream(channel)
                self.assertEqual(raised.exception.code(), grpc.StatusCode.UNAVAILABLE)
                self.assertIn("429", raised.exception.details())
                self.assertEqual(stream.finish(), [])

    def test_a_stream_may_be_silent_for_longer_than_a_call(self):
        for kind, changes in SHORTER.items():
            if kind not in HERE:
                continue
            with self.subTest(kind), Proxy(kind, self.servers, changes) as proxy:
                items = queue.Queue()
                replies = self.client_of(proxy).open_stream(STREAM, iter(items.get, None), timeout=120)
                items.put(item(4, id=1))
                self.assertEqual(next(replies).id, 1)
                # The stream is silent while this call, begun later, is waited for in vain.
                self.assertNotIn(stall(proxy), (grpc.StatusCode.OK, grpc.StatusCode.DEADLINE_EXCEEDED))
                items.put(item(4, id=2))
                self.assertEqual(next(replies).id, 2)
                items.put(None)
                self.assertEqual(list(replies), [])

    def test_health_is_asked_of_a_server_and_watched_nowhere(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind):
                with grpc.secure_channel(proxy.endpoint, credentials(proxy)) as channel:
                    health = health_pb2_grpc.HealthStub(channel)
                    reply = health.Check(health_pb2.HealthCheckRequest(), timeout=30)
                    self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING)
                    with self.assertRaises(grpc.RpcError) as raised:
                        next(health.Watch(health_pb2.HealthCheckRequest(), timeout=30))
                    self.assertEqual(raised.exception.code(), grpc.StatusCode.UNIMPLEMENTED)

    def test_reflection_is_not_let_through(self):
        for kind, proxy in zip(HERE, self.proxies, strict=True):
            with self.subTest(kind):
                client = ReflectionClient(proxy.endpoint, credentials(proxy))
                self.addCleanup(client.close)
                with self.assertRaises(grpc.RpcError) as raised:
                    client.services()
                # HAProxy resets a call that it answers before the request's end.
                self.assertIn(raised.exception.code(), (grpc.StatusCode.UNIMPLEMENTED, grpc.StatusCode.CANCELLED))


if __name__ == "__main__":
    if not HERE:
        print("SKIPPED: no proxy on this machine")
        sys.exit(77)
    unittest.main(argv=sys.argv[:1])
