"""Streams of the package against a real server."""

import threading
import unittest
from concurrent.futures import ThreadPoolExecutor

import activation as act
import grpc
import numpy as np
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

    def test_a_callback_may_submit(self):
        done = threading.Event()
        with self.client.stream(max_pending=1) as stream:

            def again(future):
                stream.forward("relu", future.result()).add_done_callback(lambda _: done.set())

            stream.forward("relu", [3.0]).add_done_callback(again)
            self.assertTrue(done.wait(60))

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


if __name__ == "__main__":
    unittest.main()
