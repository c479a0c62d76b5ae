"""Arrays in shared memory: what is sent, what is left behind."""

import gc
import os
import queue
import secrets
import subprocess
import sys
import threading
import time
import unittest
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import activation as act
import numpy as np
from activation import messages, shared_memory
from case import BITS, ServerCase, values
from faulty_link import FaultyLink
from grpc import StatusCode as Code
from server import Server

# Makes a region and ends without a word to the server: only the lease ends it.
LEAVES_AN_ARRAY = """
import activation as act, os, sys
x = act.connect(sys.argv[1]).shared_empty(1000, prefix=sys.argv[2], lease=1)
assert act.relu(x).tolist() == [0] * 1000
os._exit(0)
"""
FORKS = """
import activation as act, os, sys
x = act.connect(sys.argv[1]).shared_empty(10, prefix=sys.argv[2])
if os.fork() == 0:
    sys.exit()  # runs what is to be run at the end of a process
os.wait()
assert act.relu(x, out=x) is x
"""


def regions(server):
    """How many the server has, as its metrics say."""
    with urllib.request.urlopen(f"http://{server.http_address}/metrics") as page:
        lines = page.read().decode().splitlines()
    name = "activation_shared_memory_regions"
    found = [line for line in lines if line.startswith((name + " ", name + "{"))]
    return sum(float(line.split()[-1]) for line in found)


class SharedMemoryTest(ServerCase):
    def handle(self, array):
        return self.client._regions.find_slice(array).region

    def is_registered(self, handle):
        request = messages.SharedMemoryStatusRequest(region=handle).SerializeToString()
        try:
            self.client._connection.call("SharedMemoryStatus", request, 30)
        except act.NotFound:
            return False
        return True

    def test_results_are_those_of_sent_tensors(self):
        for dtype in BITS:
            shared = [self.client.shared_empty((4, 50), dtype).view() for _ in range(3)]
            shared = [array.view(np.uint16) if dtype == "bf16" else array for array in shared]
            x, dy, out = shared
            x[...], dy[...] = values((4, 50), dtype), values((4, 50), dtype, 1)
            self.assertIs(act.gelu(x, out=out, dtype=dtype), out)
            self.assertEqual(out.tobytes(), self.answer("gelu", x, dtype))
            self.client.gradient("gelu", x, dy, out=out, dtype=dtype)
            self.assertEqual(out.tobytes(), self.answer("gelu", x, dtype, dy))
            self.client.forward("relu", x, out=x, dtype=dtype)
            self.assertEqual(x.tobytes(), self.answer("relu", x, dtype))

    def test_no_tensor_is_sent(self):
        # 4 MiB each way, and no message may have more than a KiB.
        with Server("--shared-memory=on", "--max-message-bytes=1KiB") as server:
            with act.Client(server.address) as client:
                x, y = client.shared_empty(1 << 20), client.shared_empty(1 << 20)
                x[:] = values(1 << 20, "f32")
                client.forward("gelu", x, out=y)
                expected = act.gelu(x)
                self.assertTrue(np.array_equal(y, expected))
                client.forward("gelu", x[5:1000], out=y[:995])
                self.assertTrue(np.array_equal(y[:995], expected[5:1000]))

    def test_results_that_are_sent_fit_their_messages(self):
        x, glu = values((20, 1000), "f32"), values(8000, "f32")
        with act.Client(self.server.address, max_message_bytes=20_000) as client:
            shared = client.shared_empty(x.shape)
            shared[...] = x
            for function in ("gelu", "softmax", "swiglu"):
                y = client.forward(function, shared)
                self.assertEqual(y.tobytes(), self.answer(function, x, "f32"), function)
            for dy in (x, shared):
                dx = client.gradient("gelu", shared, dy)
                self.assertEqual(dx.tobytes(), self.answer("gelu", x, "f32", x))
            rows = client.forward_batch([act.ForwardItem("gelu", row) for row in shared])
            self.assertEqual(b"".join(rows), self.answer("gelu", x, "f32"))
            # No parts, but a result of half the size.
            gated = client.shared_empty(glu.shape)
            gated[...] = glu
            self.assertEqual(client.forward("glu", gated).tobytes(), self.answer("glu", glu, "f32"))
            whole = {"parameters": {"axis": 0}}
            self.assert_field(
                act.InvalidArgument, "items[0].x", client.forward, "softmax", shared, **whole
            )
            with client.stream() as stream:
                self.assert_field(
                    act.InvalidArgument, "item.x", stream.forward, "softmax", shared, **whole
                )
                self.assertEqual(stream.forward("glu", gated).result(60).shape, (4000,))

    def test_views_and_what_is_no_view(self):
        x = self.client.shared_empty((10, 10))
        x[...] = values((10, 10), "f32")
        offset = self.client._regions.find_slice(x[3:, :]).offset
        self.assertEqual(offset, 3 * 10 * 4)
        self.assertIsNone(self.client._regions.find_slice(x.copy()))
        self.assertTrue(np.array_equal(act.gelu(x[::2]), act.gelu(x)[::2]))
        self.assertTrue(np.array_equal(act.gelu(x.T), act.gelu(x).T))
        # Another client's arrays are sent.
        with act.Client(self.server.address) as client:
            self.assertTrue(np.array_equal(client.forward("gelu", x), act.gelu(x)))

    def test_an_output_too_small_is_never_named_to_the_server(self):
        buffer = self.client.shared_empty(100)
        x, out, behind = buffer[:50], buffer[50:75], buffer[75:]
        behind[:] = 7
        self.assert_field(act.InvalidArgument, "items[0].out", act.exp, x, out=out)
        self.assertEqual(behind.tolist(), [7] * 25)
        self.assertIs(act.glu(x, out=out), out)
        self.assertEqual(behind.tolist(), [7] * 25)

    def test_a_region_ends_with_its_last_view(self):
        x = self.client.shared_empty(10)
        handle, view = self.handle(x), x[2:4]
        del x
        gc.collect()
        self.assertTrue(self.is_registered(handle))
        del view
        gc.collect()
        # The keeper's thread ends when it has said goodbye to all regions there were.
        while keeper := self.client._regions._keeper:
            keeper.join(60)
            self.assertFalse(keeper.is_alive())
        self.assertFalse(self.is_registered(handle))

    def test_closing_ends_regions_and_arrays_stay(self):
        client = act.Client(self.server.address)
        x = client.shared_empty(10)
        x[:] = 3
        handle = client._regions.find_slice(x).region
        client.close()
        self.assertFalse(self.is_registered(handle))
        self.assertEqual(act.relu(x).tolist(), [3] * 10)

    def test_a_lease_is_renewed_as_long_as_the_array_lives(self):
        # Three times in a lease, also beside a longer one: after the fourth it would have ended.
        renewals = threading.Semaphore(0)
        longer = None
        client = act.Client(self.server.address)
        call = client._connection.call

        def count(method, request, deadline):
            reply = call(method, request, deadline)
            status = messages.SharedMemoryStatusRequest
            if method == "SharedMemoryStatus" and status.FromString(request).region != longer:
                renewals.release()
            return reply

        with mock.patch.object(client._connection, "call", count):
            first = client.shared_empty(10)
            longer = client._regions.find_slice(first).region
            x = client.shared_empty(10, lease=1)
            for _ in range(4):
                self.assertTrue(renewals.acquire(timeout=60))
        self.assertTrue(self.is_registered(client._regions.find_slice(x).region))
        client.close()

    def test_nothing_is_left_behind(self):
        # Other tests have objects, too.
        prefix = f"/activation-{secrets.token_hex(4)}-"

        def left():
            return [name for name in os.listdir("/dev/shm") if name.startswith(prefix[1:])]

        with Server("--shared-memory=on", f"--shared-memory-prefix={prefix}") as server:
            with act.Client(server.address) as client:
                _ = client.shared_empty(10, prefix=prefix)
                self.assertEqual((regions(server), left()), (1, []))
            self.assertEqual(regions(server), 0)
            for script in (FORKS, LEAVES_AN_ARRAY):
                command = [sys.executable, "-c", script, server.address, prefix]
                subprocess.run(command, check=True, timeout=60)
                self.assertEqual(left(), [])
                self.wait_until(lambda: regions(server) == 0)

    def test_where_shared_memory_is_off(self):
        with Server() as server, act.Client(server.address) as client:
            with self.assertRaises(act.Unimplemented):
                client.shared_empty(10)

    def wait_until(self, reached):
        end = time.monotonic() + 60
        while not reached():
            self.assertLess(time.monotonic(), end)

    def lose_the_reply(self, call, x):
        """What `call(client, x)` ends with when the connection breaks after the server wrote to x."""
        link = FaultyLink(self.server.address)
        self.addCleanup(link.close)
        with act.Client(link.address) as client, ThreadPoolExecutor(1) as pool:
            shared = client.shared_empty(x.shape)
            shared[...] = x
            client.list_functions()
            link.hold_replies()
            pending = pool.submit(call, client, shared)
            self.wait_until(lambda: not np.array_equal(shared, x))
            link.break_off()
            return pending.exception(60), shared.copy()

    def test_a_call_in_place_is_not_done_twice(self):
        x = values(100, "f32")
        once = act.silu(x)

        def whole(client, shared):
            client.forward("silu", shared, out=shared)

        def between_items(client, shared):
            items = [
                act.ForwardItem("silu", x[50:], out=shared[50:]),
                act.ForwardItem("silu", shared[40:90]),
            ]
            client.forward_batch(items)

        def gradient(client, shared):
            client.gradient("silu", x, shared, out=shared)

        for call, expected in (
            (whole, once),
            (between_items, np.concatenate((x[:50], once[50:]))),
            (gradient, self.client.gradient("silu", x, x)),
        ):
            error, shared = self.lose_the_reply(call, x)
            self.assertIsInstance(error, act.Unavailable, call.__name__)
            self.assertIn("x may have been changed", str(error))
            self.assertEqual(shared.tobytes(), expected.tobytes(), call.__name__)

    def test_a_batch_of_several_calls_says_that_one_before_was_in_place(self):
        large = values(5000, "f32")
        with act.Client(self.server.address, chunk_bytes=8000) as client:
            shared, local = client.shared_empty(100), np.empty(100, "f4")
            for x, out, changed in (
                (shared, shared, True),
                (local, local, True),
                (local[::-1], local, True),
                (shared, local, False),
            ):
                x[...] = values(100, "f32")
                expected = act.silu(values(100, "f32"))
                items = [act.ForwardItem("silu", x, out=out), act.ForwardItem("nosuch", large)]
                with self.assertRaises(act.NotFound) as caught:
                    client.forward_batch(items)
                self.assertEqual(out.tobytes(), expected.tobytes())
                for text in (caught.exception.message, str(caught.exception)):
                    self.assertEqual("x may have been changed" in text, changed, text)

    def test_parts_after_one_in_place_are_none_to_send_again(self):
        dy = values(5000, "f32")
        full = act.errors.make_error(Code.RESOURCE_EXHAUSTED, "full", retry_delay=0.5)
        with act.Client(self.server.address, chunk_bytes=8000) as client:
            x = client.shared_empty(dy.shape)
            call = client._connection.call
            for taken, delay in ((0, 0.5), (1, None)):
                refused = [False] * taken + [True]

                def refuse(method, *arguments, refused=refused, **keywords):
                    if method == "Gradient" and refused.pop(0):
                        raise full
                    return call(method, *arguments, **keywords)

                with mock.patch.object(client._connection, "call", refuse):
                    with self.assertRaises(act.ResourceExhausted) as caught:
                        client.gradient("silu", x, dy, out=x)
                self.assertEqual(caught.exception.retry_delay, delay)
                self.assertEqual("x may have been changed" in str(caught.exception), taken > 0)

    def test_a_call_beside_its_input_is_tried_again(self):
        x = values(100, "f32")

        def beside(client, shared):
            client.forward("silu", shared[:50], out=shared[50:])

        error, shared = self.lose_the_reply(beside, x)
        self.assertIsNone(error)
        self.assertEqual(shared[50:].tobytes(), act.silu(x[:50]).tobytes())

    def test_another_prefix_than_the_servers(self):
        self.assert_field(
            act.InvalidArgument, "key", self.client.shared_empty, 10, prefix="/elsewhere-"
        )


class Registrar:
    """A connection to a server that answers every registration alike."""

    def __init__(self, **reply):
        self._reply = messages.RegisterSharedMemoryResponse(**reply).SerializeToString()

    def call(self, method, request, deadline):
        return self._reply if method == "RegisterSharedMemory" else b""


class RegistrationTest(unittest.TestCase):
    """What is made of replies, also of those that no sound server gives."""

    def empty(self, regions):
        return regions.empty((10,), np.dtype("f4"), "/activation-", 0o600, 0)

    def test_a_region_without_its_handle_is_none(self):
        regions = shared_memory.Regions(Registrar(lease_seconds=30), 30)
        with self.assertRaisesRegex(act.Internal, "a region without its handle"):
            self.empty(regions)
        self.assertEqual(regions._leases, {})

    def test_closing_ends_the_keeper_amid_its_pause(self):
        regions = shared_memory.Regions(Registrar(region="handle", lease_seconds=3600), 30)
        _ = self.empty(regions)
        keeper = regions._keeper
        regions.close()
        keeper.join(60)
        self.assertFalse(keeper.is_alive())

    def test_a_lease_of_nothing_is_not_renewed_without_a_pause(self):
        regions = shared_memory.Regions(Registrar(region="handle"), 30)
        timeouts, gone = queue.SimpleQueue(), regions._gone

        def get(timeout):
            timeouts.put(timeout)
            return gone.get()

        regions._gone = mock.Mock(wraps=gone, get=get)
        with mock.patch.object(shared_memory, "time", mock.Mock(monotonic=lambda: 0.0)):
            x = self.empty(regions)
            self.assertAlmostEqual(timeouts.get(timeout=60), 1 / 3)
            keeper = regions._keeper
            del x
            gc.collect()
            keeper.join(60)


if __name__ == "__main__":
    unittest.main()
