"""The package against a real server: results, conversions, batches, sizes, errors."""

import os
import socket
import unittest
from fractions import Fraction
from unittest import mock

import activation as act
import ml_dtypes
import numpy as np
from case import BITS, ServerCase, stopped, values


class ResultsTest(ServerCase):
    def test_results_are_the_services_in_every_dtype(self):
        for dtype in BITS:
            x, dy = values((3, 4, 5), dtype), values((3, 4, 5), dtype, 1)
            y = self.client.forward("gelu", x, dtype=dtype)
            self.assertEqual((y.shape, y.dtype), (x.shape, x.dtype))
            self.assertEqual(y.tobytes(), self.answer("gelu", x, dtype))
            dx = self.client.gradient("gelu", x, dy, dtype=dtype)
            self.assertEqual(dx.tobytes(), self.answer("gelu", x, dtype, dy))

    def test_bfloat16_arrays_stay_bfloat16(self):
        bits = values(100, "bf16")
        y = act.gelu(bits.view(ml_dtypes.bfloat16))
        self.assertEqual(y.dtype, ml_dtypes.bfloat16)
        self.assertEqual(y.tobytes(), act.gelu(bits, dtype="bf16").tobytes())
        # Numbers are converted where ml_dtypes is there.
        self.assertEqual(act.relu([1.5, -1], dtype="bf16").dtype, ml_dtypes.bfloat16)

    def test_what_is_no_row_major_little_endian_array(self):
        x = values((6, 8), "f32")
        expected = act.gelu(x)
        for same in (np.asfortranarray(x), x.astype(">f4"), x[::-1][::-1], x.tolist()):
            self.assertTrue(np.array_equal(act.gelu(same, dtype="f32"), expected))
        self.assertTrue(np.array_equal(act.gelu(x[:, ::2]), expected[:, ::2]))
        self.assertEqual(act.relu(np.float32(2)).shape, ())
        self.assertEqual(act.relu(np.zeros((0, 3))).shape, (0, 3))

    def test_results_may_be_written_to(self):
        y = act.relu(values(4, "f32"))
        y += 1
        self.assertTrue(y.flags.owndata)

    def test_parameters_tier_and_weights(self):
        x = values((2, 3, 4), "f32")
        expected = self.answer("leaky_relu", x, "f32", parameters={"slope": 0.3})
        self.assertEqual(act.leaky_relu(x, slope=0.3).tobytes(), expected)
        expected = self.answer("softshrink", x, "f32", parameters={"lambda": 2})
        self.assertEqual(act.softshrink(x, lambda_=2).tobytes(), expected)
        expected = self.answer("gelu", x, "f32", tier="TIER_FAST")
        self.assertEqual(act.gelu(x, tier="fast").tobytes(), expected)
        weight = values(3, "f32", 2)
        expected = self.answer("prelu", x, "f32", weight=weight)
        self.assertEqual(act.prelu(x, weight).tobytes(), expected)
        self.assertEqual(act.softmax(x, axis=0).tobytes(), act.softmax(x, axis=-3).tobytes())
        self.assertNotEqual(act.softmax(x, axis=0).tobytes(), act.softmax(x).tobytes())
        self.assertEqual(act.swiglu(x).shape, (2, 3, 2))

    def test_gradients_by_parameters_and_weights(self):
        swish = act.GradientItem("swish", np.ones(3), parameter_gradients=True)
        prelu = act.GradientItem(
            "prelu", -np.ones((2, 3)), weight=np.full(3, 0.25), parameter_gradients=True
        )
        plain = act.GradientItem("gelu", np.zeros(2))
        first, second, third = self.client.gradient_batch([swish, prelu, plain])
        sigmoid = 1 / (1 + np.exp(-1))
        self.assertAlmostEqual(first.parameters["beta"], 3 * sigmoid * (1 - sigmoid), 15)
        self.assertIsNone(first.weight)
        self.assertEqual(second.weight.tolist(), [-2, -2, -2])
        self.assertEqual(second.dx.tolist(), np.full((2, 3), 0.25).tolist())
        self.assertEqual((third.dx.tolist(), third.parameters), ([0.5, 0.5], {}))

    def expect_statistics(self, x, figures):
        # From the tensors that come without them, in fractions.
        y, slope = act.gelu(x), act.gradient("gelu", x)
        finite = np.isfinite(y) & np.isfinite(slope)
        self.assertEqual(figures.elements, x.size)
        self.assertEqual(figures.non_finite, np.count_nonzero(~finite))
        y, slope = y[finite], slope[finite]
        self.assertEqual(figures.zeros, np.count_nonzero(y == 0))
        self.assertEqual(figures.dead, np.count_nonzero(slope == 0))
        self.assertEqual(
            figures.saturated, np.count_nonzero(np.abs(slope.astype(np.float64)) < 1e-3)
        )
        exact = [Fraction(float(value)) for value in y]
        mean = sum(exact) / len(exact)
        variance = sum((value - mean) ** 2 for value in exact) / len(exact)
        gain = sum(Fraction(float(value)) ** 2 for value in slope) / len(exact)
        for wanted, got in (
            (mean, figures.mean),
            (variance, figures.variance),
            (gain, figures.gradient_gain),
        ):
            self.assertLessEqual(abs(Fraction(got) - wanted), abs(wanted) * Fraction(3, 2**53))

    def test_statistics_are_those_of_the_tensors(self):
        for dtype in ("f16", "f32", "f64"):
            x = values(3000, dtype) * np.array(4, act.gelu(values(1, dtype)).dtype)
            x[[1, 2000]] = np.nan, -np.inf
            self.expect_statistics(x, self.client.statistics("gelu", x))
            first, second = act.Statistics(), act.Statistics()
            items = [
                act.GradientItem("gelu", x, np.ones_like(x) * 2, statistics=first),
                act.GradientItem("gelu", x[::-1], statistics=second, parameter_gradients=True),
            ]
            self.client.gradient_batch(items)
            self.assertEqual(first, self.client.statistics("gelu", x))
            self.assertEqual(first, second)

    def test_statistics_of_parts(self):
        x = values(20_000, "f32")
        whole, parts = self.client.statistics("gelu", x), act.Statistics()
        with act.Client(self.server.address, chunk_bytes=9000) as client:
            client.forward_batch([act.ForwardItem("gelu", x, statistics=parts)])
        self.assertEqual(whole.saturated, parts.saturated)
        self.assertEqual(whole.elements, parts.elements)
        for name in ("mean", "variance", "gradient_gain"):
            self.assertAlmostEqual(getattr(whole, name), getattr(parts, name), 13)

    def test_statistics_on_a_stream(self):
        x = values(100, "f32")
        figures = act.Statistics()
        with self.client.stream() as stream:
            stream.submit(act.ForwardItem("gelu", x, statistics=figures)).result()
        self.assertEqual(figures, self.client.statistics("gelu", x))

    def test_statistics_alone(self):
        x = values(20_000, "f32")
        wanted, gradient = act.Statistics(), act.Statistics()
        self.client.forward_batch([act.ForwardItem("swish", x, statistics=wanted)])
        items = [
            act.GradientItem("swish", x, x, statistics=gradient, statistics_only=True,
                             parameter_gradients=True),
            act.GradientItem("swish", x, x, parameter_gradients=True),
        ]  # fmt: skip
        alone, whole = self.client.gradient_batch(items)
        self.assertEqual((alone.dx.size, alone.dx.dtype), (0, x.dtype))
        self.assertEqual(alone.parameters, whole.parameters)
        self.assertEqual(gradient, wanted)
        # In parts, and on a stream.
        with act.Client(self.server.address, chunk_bytes=9000) as client:
            parts = client.statistics("swish", x)
        self.assertEqual((parts.elements, parts.dead), (wanted.elements, wanted.dead))
        self.assertAlmostEqual(parts.variance, wanted.variance, 13)
        figures = act.Statistics()
        item = act.ForwardItem("swish", x, statistics=figures, statistics_only=True)
        with self.client.stream() as stream:
            self.assertEqual(stream.submit(item).result().size, 0)
        self.assertEqual(figures, wanted)
        item.out = np.empty_like(x)
        self.assert_field(act.InvalidArgument, "items[0].out", self.client.forward_batch, [item])
        item = act.ForwardItem("swish", x, statistics_only=True)
        self.assert_field(
            act.InvalidArgument, "items[0].statistics", self.client.forward_batch, [item]
        )

    def test_statistics_of_a_row_are_refused(self):
        self.assert_field(
            act.InvalidArgument, "items[0].statistics", self.client.statistics, "softmax", [1.0, 2.0]
        )

    def test_into_an_array_of_ones_own(self):
        x = values(10, "f32")
        out = np.zeros(10, np.float32)
        self.assertIs(act.gelu(x, out=out), out)
        self.assertTrue(np.array_equal(out, act.gelu(x)))
        self.assertIs(self.client.gradient("gelu", x, out=out), out)
        self.assertTrue(np.array_equal(out, act.gradient("gelu", x)))
        halves = np.zeros(5, np.float32)
        self.assertTrue(np.array_equal(act.glu(x, out=halves), act.glu(x)))


class BatchTest(ServerCase):
    def test_a_batch_answers_in_order(self):
        items = [act.ForwardItem("relu", values(n, "f32", n)) for n in range(50)]
        items[7] = act.ForwardItem("softmax", values((2, 3), "f64"))
        for item, y in zip(items, self.client.forward_batch(items), strict=True):
            self.assertTrue(np.array_equal(y, self.client.forward(item.function, item.x)))
        self.assertEqual(self.client.forward_batch([]), [])

    def test_a_batch_over_the_message_limit_takes_several_calls(self):
        items = [act.ForwardItem("gelu", values(1000, "f32", n)) for n in range(20)]
        with act.Client(self.server.address, max_message_bytes=20_000) as client:
            found = client.forward_batch(items)
        for item, y in zip(items, found, strict=True):
            self.assertTrue(np.array_equal(y, act.gelu(item.x)))

    def test_errors_count_the_items_of_all_calls(self):
        x = values(1000, "f32")
        items = [act.ForwardItem("gelu", x) for _ in range(20)]
        refused = self.assert_field
        with act.Client(self.server.address, max_message_bytes=20_000) as client:
            items[17] = act.ForwardItem("glu", values(3, "f32"))
            field = "items[17].x.shape"
            error = refused(act.InvalidArgument, field, client.forward_batch, items)
            self.assertTrue(error.message.startswith(field), error.message)
            self.assertIn(field, str(error))
            # In parts.
            items[17] = act.ForwardItem("leaky_relu", values(9000, "f32"))
            items[17].parameters = {"slope": 1e30}
            field = 'items[17].activation.parameters["slope"]'
            refused(act.InvalidArgument, field, client.forward_batch, items)

    def test_parts_are_not_written_over_what_is_still_to_be_read(self):
        with act.Client(self.server.address, chunk_bytes=9000) as client:
            for first, second in ((slice(0, 9000), slice(7, 9007)), (slice(7, 9007), slice(0, 9000))):
                numbers = values(9007, "f32")
                x, out = numbers[first], numbers[second]
                expected = self.answer("gelu", x, "f32")
                self.assertIs(client.forward("gelu", x, out=out), out)
                self.assertEqual(out.tobytes(), expected)
                numbers = values(9007, "f32", 1)
                dy, dx = numbers[first], numbers[second]
                expected = self.answer("gelu", x, "f32", dy)
                self.assertIs(client.gradient("gelu", x, dy, out=dx), dx)
                self.assertEqual(dx.tobytes(), expected)
            x = values((500, 2, 30), "f32")
            weight = x.reshape(-1)[:2]
            weight[...] = [-0.5, -0.25]
            expected = self.answer("prelu", x, "f32", weight=weight)
            # Each part reads the weights.
            self.assertIs(client.forward("prelu", x, weight=weight, out=x), x)
            self.assertEqual(x.tobytes(), expected)
            x = values((500, 60), "f32")
            expected = self.answer("glu", x, "f32")
            out = x.reshape(-1)[15_000:].reshape(500, 30)
            self.assertEqual(client.forward("glu", x, out=out).tobytes(), expected)

    def test_a_tensor_over_the_message_limit_is_sent_in_parts(self):
        x = values((500, 2, 30), "f32")
        dy = values((500, 2, 30), "f32", 1)
        weight = values(2, "f32", 2)
        with act.Client(self.server.address, max_message_bytes=20_000) as client:
            for function in ("gelu", "softmax", "swiglu"):
                y = client.forward(function, x)
                self.assertEqual(y.tobytes(), self.answer(function, x, "f32"), function)
            y = client.forward("prelu", x, weight=weight)
            self.assertEqual(y.tobytes(), self.answer("prelu", x, "f32", weight=weight))
            out = np.empty_like(x)
            self.assertIs(client.gradient("gelu", x, dy, out=out), out)
            self.assertEqual(out.tobytes(), self.answer("gelu", x, "f32", dy))
            # dy has half of what x has.
            dx = client.gradient("swiglu", x, dy[..., :15])
            self.assertEqual(dx.tobytes(), self.answer("swiglu", x, "f32", dy[..., :15]))
            items = [act.ForwardItem("gelu", part) for part in (x[:1], x, x[:2])]
            for item, y in zip(items, client.forward_batch(items), strict=True):
                self.assertEqual(y.tobytes(), self.answer("gelu", item.x, "f32"))
            item = act.GradientItem("swish", x, dy, parameter_gradients=True)
            parts = client.gradient_batch([item])[0]
            whole = self.client.gradient_batch([item])[0]
            self.assertTrue(np.array_equal(parts.dx, whole.dx))
            self.assertAlmostEqual(parts.parameters["beta"], whole.parameters["beta"], 9)
            item = act.GradientItem("prelu", x, dy, weight=weight, parameter_gradients=True)
            parts = client.gradient_batch([item])[0]
            whole = self.client.gradient_batch([item])[0]
            np.testing.assert_allclose(parts.weight, whole.weight, rtol=1e-12)

    def test_a_tensor_that_has_no_parts_says_so(self):
        with act.Client(self.server.address, max_message_bytes=20_000) as client:
            x = values((50, 200), "f32")
            error = self.assert_field(
                act.InvalidArgument,
                "items[0].x",
                client.forward,
                "softmax",
                x,
                parameters={"axis": 0},
            )
            self.assertRegex(str(error), r"40\d\d\d bytes .* 20000 .*softmax")


class ErrorsTest(ServerCase):
    def test_errors_name_the_field(self):
        refused = self.assert_field
        x = values((2, 3), "f32")
        error = refused(
            act.NotFound, "items[0].activation.function", self.client.forward, "gelo", x
        )
        self.assertIn("gelu", str(error))
        self.assertIsInstance(error, LookupError)
        slope = 'items[0].activation.parameters["slope"]'
        error = refused(act.InvalidArgument, slope, act.leaky_relu, x, slope=1e30)
        self.assertIsInstance(error, ValueError)
        refused(act.InvalidArgument, "items[0].weight.shape", act.prelu, x, values(2, "f32"))
        items = [act.ForwardItem("relu", x), act.ForwardItem("glu", x)]
        error = refused(act.InvalidArgument, "items[1].x.shape", self.client.forward_batch, items)
        self.assertIsNone(error.retry_delay)

    def test_what_can_be_seen_before_sending(self):
        refused = self.assert_field
        x = values(4, "f32")
        refused(act.InvalidArgument, "items[0].x.dtype", act.relu, np.arange(3))
        refused(act.InvalidArgument, "items[0].x.dtype", act.relu, x, dtype="f33")
        refused(act.InvalidArgument, "items[0].x", act.relu, ["a"], dtype="f32")
        refused(act.InvalidArgument, "items[0].activation.tier", act.relu, x, tier="best")
        for out in (np.zeros(4), np.zeros(8, np.float32)[::2], np.zeros(3, np.float32)):
            refused(act.InvalidArgument, "items[0].out", act.relu, x, out=out)
        # Half as many, which only the server's catalogue tells.
        refused(act.InvalidArgument, "items[0].out", act.glu, x, out=np.zeros(4, np.float32))
        read_only = np.zeros(4, np.float32)
        read_only.flags.writeable = False
        refused(act.InvalidArgument, "items[0].out", act.relu, x, out=read_only)

    def test_a_conversion_is_advised_where_there_is_one(self):
        advice = "dtype='f32' converts"
        for x in ([True], [1, 2], np.uint16([1]), np.longdouble([1])):
            error = self.assert_field(act.InvalidArgument, "items[0].x.dtype", act.relu, x)
            self.assertIn(advice, str(error))
            act.relu(x, dtype="f32")
        for x in ([1j], "hello", None, np.array([1], "datetime64[s]")):
            error = self.assert_field(act.InvalidArgument, "items[0].x.dtype", act.relu, x)
            self.assertNotIn("converts", str(error))
            self.assert_field(act.InvalidArgument, "items[0].x", act.relu, x, dtype="f32")
        # Of a type that was asked for there is nothing to convert.
        for call in (lambda: act.relu([1.0], dtype="i4"), lambda: act.shared_empty(1, "f33")):
            with self.assertRaises(act.InvalidArgument) as caught:
                call()
            self.assertNotIn("converts", str(caught.exception))

    def test_bf16_without_ml_dtypes_is_its_bits(self):
        with mock.patch.dict("sys.modules", {"ml_dtypes": None}):
            y = act.relu(np.array([0x3F80, 0xBF80], np.uint16), dtype="bf16")
            self.assertEqual((y.dtype, y.tolist()), (np.uint16, [0x3F80, 0]))
            self.assert_field(act.InvalidArgument, "items[0].x", act.relu, [1.0], dtype="bf16")

    def test_a_deadline_ends_a_call(self):
        with stopped(self.server), self.assertRaises(act.DeadlineExceeded) as caught:
            self.client.forward("gelu", values(1000, "f32"), deadline=0.1)
        self.assertIsInstance(caught.exception, TimeoutError)

    def test_a_deadline_of_nothing(self):
        for none in (-1, 0, float("nan")):
            for call in (
                lambda: self.client.forward("gelu", [1.0], deadline=none),
                lambda: self.client.stream(deadline=none),
                lambda: act.Client(deadline=none),
            ):
                with self.assertRaises(act.InvalidArgument) as caught:
                    call()
                self.assertEqual(caught.exception.field, "deadline")

    def test_nobody_there(self):
        # A port that is taken, so that nobody else listens there either.
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            address = f"127.0.0.1:{taken.getsockname()[1]}"
            with act.Client(address, retry=act.Retry(max_attempts=1)) as client:
                with self.assertRaises(act.Unavailable) as caught:
                    client.forward("relu", [1.0])
        self.assertIsInstance(caught.exception, ConnectionError)

    def test_a_reply_that_is_none(self):
        short = b"\x0a\x06\x0a\x04\x08\x01\x12\x00"  # no bytes of a shape without axes
        with act.Client(self.server.address) as client:
            for reply in (b"\xff" * 20, b"", short):
                with mock.patch.object(client._connection, "call", return_value=reply):
                    with self.assertRaisesRegex(act.Internal, "cannot be read"):
                        client.forward("relu", [1.0])
                    if reply.startswith(b"\xff"):
                        self.assertRaises(act.Internal, client.server_info)
                        self.assertRaises(act.Internal, client.list_functions)
                        self.assertRaises(act.Internal, client.shared_empty, 10)


class ServerFactsTest(ServerCase):
    def test_the_catalogue(self):
        functions = {info.name: info for info in self.client.list_functions()}
        self.assertEqual(functions["gelu"].kind, "elementwise")
        self.assertEqual(functions["swiglu"].kind, "gated")
        slope = functions["leaky_relu"].parameters[0]
        self.assertEqual((slope.name, slope.default_value), ("slope", 0.01))
        self.assertTrue(slope.differentiable)

    def test_the_server(self):
        info = self.client.server_info()
        self.assertEqual(info.version, act.__version__)
        self.assertEqual(info.limits["max_message_bytes"], 256 << 20)
        self.assertEqual(info.devices[0][0], "cpu")
        self.assertIn("CPU", info.runs_on)

    def test_the_address_is_what_the_environment_says(self):
        here = mock.patch.dict(os.environ, ACTIVATION_ADDRESS=self.server.address)
        with here, act.Client() as client:
            self.assertEqual(client.address, self.server.address)
            self.assertEqual(client.forward("relu", [1.0]), [1.0])
        with mock.patch.dict(os.environ):
            os.environ.pop("ACTIVATION_ADDRESS", None)
            with act.Client() as client:
                self.assertEqual(client.address, "127.0.0.1:50051")


if __name__ == "__main__":
    unittest.main()
