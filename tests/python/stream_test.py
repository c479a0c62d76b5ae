"""Streams of the package against a real server, and one whose replies are none."""

import gc
import threading
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import activation as act
import grpc
import numpy as np
from activation import messages
from case import ServerCase, stopped, values
from server import Server


class StreamTest(ServerCase):
    def test_results_are_those_of_calls(self):
        tensors = [values(n % 100, "f32", n) for n in range(1000)]
        for may_overtake in (False, True):
            with self.client.stream(may_overtake=may_overtake) as stream:
                forward = [stream.forward("gelu", x) for x in tensors]
                gradient = [stream.gradient("gelu", x, x, tier="fast") for x in tensors]
            expected = self.client.forward_batch([act.ForwardItem("gelu", x) for x in tensors])
            for future, y in zip(forward, expected, strict=True):
                self.assertTrue(np.array_equal(future.result(), y))
            items = [act.GradientItem("gelu", x, x, tier="fast") for x in tensors]
            expected = self.client.gradient_batch(items)
            for future, gradients in zip(gradient, expected, strict=True):
                self.assertTrue(np.array_equal(future.result().dx, gradients.dx))

    def test_an_item_fails_alone(self):
        with self.client.stream() as stream:
            first = stream.forward("relu", [1.0])
            bad = stream.forward("gelo", [1.0])
            last = stream.forward("relu", [2.0])
            self.assert_field(
                act.InvalidArgument, "item.x.dtype", stream.forward, "relu", np.arange(2)
            )
        self.assertEqual((first.result(), last.result()), ([1.0], [2.0]))
        self.assertIsInstance(bad.exception(), act.NotFound)
        self.assertEqual(bad.exception().field, "forward.activation.function")

    def test_an_item_over_the_message_limit_is_not_sent(self):
        with act.Client(self.server.address, max_message_bytes=1000) as client:
            with client.stream() as stream:
                refused = (stream.forward, "relu", np.zeros(250, np.float32))
                self.assert_field(act.InvalidArgument, "item.x", *refused)
                # The message would have ended the stream.
                self.assertEqual(stream.forward("relu", [1.0]).result(60), [1.0])

    def test_no_more_are_pending_than_asked_for(self):
        # A callback holds the thread up that takes replies.
        held, go_on = threading.Event(), threading.Event()

        def hold(_):
            held.set()
            go_on.wait(60)

        with self.client.stream(max_pending=2) as stream:
            stream.forward("relu", [0.0]).add_done_callback(hold)
            self.assertTrue(held.wait(60))
            futures = [stream.forward("relu", [1.0]), stream.forward("relu", [2.0])]
            self.assertFalse(stream._room.acquire(blocking=False))
            third = ThreadPoolExecutor(1).submit(stream.forward, "relu", [3.0])
            go_on.set()
            futures.append(third.result(60))
            self.assertEqual([future.result(60)[0] for future in futures], [1, 2, 3])

    def test_room_for_no_item_is_refused(self):
        self.assert_field(act.InvalidArgument, "max_pending", self.client.stream, max_pending=0)

    def test_a_callback_may_submit(self):
        done = threading.Event()
        with self.client.stream(max_pending=1) as stream:

            def again(future):
                stream.forward("relu", future.result()).add_done_callback(lambda _: done.set())

            stream.forward("relu", [3.0]).add_done_callback(again)
            self.assertTrue(done.wait(60))

    def test_only_what_has_taken_room_gives_it_back(self):
        done = threading.Semaphore(0)
        with self.client.stream(max_pending=1) as stream:

            def again(future):
                for _ in range(3):
                    stream.forward("relu", future.result()).add_done_callback(
                        lambda _: done.release()
                    )

            stream.forward("relu", [3.0]).add_done_callback(again)
            for _ in range(3):
                self.assertTrue(done.acquire(timeout=60))
        self.assertTrue(stream._room.acquire(blocking=False))
        self.assertFalse(stream._room.acquire(blocking=False))

    def test_a_stream_keeps_its_client(self):
        stream = act.Client(self.server.address).stream()
        gc.collect()
        self.assertEqual(stream.forward("relu", [1.0]).result(60), [1.0])
        stream.close()

    def test_shared_arrays_live_until_the_server_has_read_them(self):
        x = values((100, 2), "f32")
        for name in ("dy", "weight"):
            shared = self.client.shared_empty(x.shape if name == "dy" else 2)
            shared[...] = values(shared.shape, "f32", 1)
            place = self.client._regions.find_slice(shared)
            keywords = {"weight": np.ones(2, np.float32), name: shared}
            expected = self.client.gradient("prelu", x, **{**keywords, name: shared.copy()})
            with self.client.stream() as stream:
                with stopped(self.server):
                    future = stream.gradient("prelu", x, **keywords)
                    del shared, keywords
                    gc.collect()
                    self.assertIn(place.region, self.client._regions._leases)
                self.assertTrue(np.array_equal(future.result(60).dx, expected), name)

    def test_shared_memory_goes_over_a_stream_too(self):
        x, y = self.client.shared_empty(100), self.client.shared_empty(100)
        x[:] = values(100, "f32")
        with self.client.stream() as stream:
            future = stream.forward("gelu", x, out=y)
        self.assertIs(future.result(), y)
        self.assertTrue(np.array_equal(y, act.gelu(np.array(x))))

    def test_a_deadline_fails_what_is_pending_and_what_comes_later(self):
        with stopped(self.server), self.client.stream(deadline=0.1) as stream:
            future = stream.forward("relu", [1.0])
            self.assertIsInstance(future.exception(60), act.DeadlineExceeded)
            self.assertIsInstance(stream.forward("relu", [1.0]).exception(60), act.DeadlineExceeded)

    def test_a_draining_server_ends_the_stream(self):
        with Server() as server:
            client = act.Client(server.address)
            stream = client.stream()
            self.assertEqual(stream.forward("relu", [1.0]).result(60), [1.0])
        # Leaving the block has stopped the server.
        self.assertIsInstance(stream.forward("relu", [1.0]).exception(60), act.Unavailable)
        stream.close()
        client.close()

    def test_a_closed_stream_takes_nothing(self):
        stream = self.client.stream()
        stream.close()
        error = stream.forward("relu", [1.0]).exception(60)
        self.assertEqual(error.code, grpc.StatusCode.FAILED_PRECONDITION)


class Replying(grpc.GenericRpcHandler):
    """Answers every item of a stream with the next of the replies given."""

    def __init__(self, *replies):
        self.replies = replies

    def service(self, details):
        # The channel asks for health, too; a server without it counts as serving.
        if details.method.startswith("/grpc.health."):
            return None
        return grpc.stream_stream_rpc_method_handler(self._stream)

    def _stream(self, requests, context):
        for _, reply in zip(requests, self.replies):
            yield reply


class Refusing(Replying):
    """Ends every stream at its first item, with the trailers given."""

    def _stream(self, requests, context):
        next(requests)
        context.set_trailing_metadata(self.replies)
        context.abort(grpc.StatusCode.UNAVAILABLE, "as asked")


class UnreadableReplyTest(unittest.TestCase):
    def stream(self, *replies, handler=Replying):
        server = grpc.server(ThreadPoolExecutor(2), handlers=[handler(*replies)])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(lambda: server.stop(None).wait())
        client = act.Client(f"127.0.0.1:{port}")
        self.addCleanup(client.close)
        return client.stream()

    def test_what_is_no_reply_ends_the_stream(self):
        unknown = messages.StreamResponse(id=99).SerializeToString()
        for reply in (b"\x08", b"\x00\x00", unknown):
            with self.stream(reply) as stream:
                pending = [stream.forward("relu", [n]) for n in (1.0, 2.0)]
                for future in pending:
                    self.assertIsInstance(future.exception(60), act.Internal, reply)
                self.assertIsInstance(stream.forward("relu", [3.0]).exception(60), act.Internal)

    def test_trailers_that_are_none_end_the_stream_all_the_same(self):
        for trailer in (
            ("grpc-status-details-bin", b"\xff"),
            ("grpc-retry-pushback-ms", "9" * 400),
        ):
            with self.stream(trailer, handler=Refusing) as stream:
                future = stream.forward("relu", [1.0])
                self.assertIsInstance(future.exception(60), act.Unavailable, trailer)

    def test_nobody_waits_where_even_the_error_cannot_be_read(self):
        with self.stream(handler=Refusing) as stream:
            stream._error_of = mock.Mock(side_effect=RuntimeError)
            self.assertIsInstance(stream.forward("relu", [1.0]).exception(60), act.Internal)

    def test_what_is_no_result_fails_its_item_alone(self):
        # Fewer bytes than the shape has; bytes that are no message.
        short = messages.StreamResponse(id=1, forward={"y": {"shape": [5]}})
        noise = messages.StreamResponse(id=2).SerializeToString() + b"\x12\x01\x08"
        right = messages.StreamResponse(id=3, forward={"y": {"shape": [1], "data": bytes(8)}})
        replies = (short.SerializeToString(), noise, right.SerializeToString())
        with self.stream(*replies) as stream:
            futures = [stream.forward("relu", [n]) for n in (1.0, 2.0, 3.0)]
            for future in futures[:2]:
                self.assertIsInstance(future.exception(60), act.Internal)
            self.assertEqual(futures[2].result(60).tolist(), [0])


if __name__ == "__main__":
    unittest.main()
