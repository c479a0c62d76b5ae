"""A Python client that knows nothing of our files calls a real server."""

import array
import math
import unittest

import grpc
from google.rpc import error_details_pb2, status_pb2
from grpc_health.v1 import health_pb2, health_pb2_grpc
from reflection_client import ReflectionClient
from server import Server

SERVICE = "activation.v1.ActivationService"
FUNCTIONS = {
    "sigmoid", "tanh", "relu", "relu6", "leaky_relu",
    "silu", "swish", "gelu", "gelu_tanh", "gelu_sigmoid",
}  # fmt: skip


def gelu(x):
    return 0.5 * x * math.erfc(-x / math.sqrt(2))


def gelu_gradient(x):
    density = math.exp(-0.5 * x * x) / math.sqrt(2 * math.pi)
    return 0.5 * math.erfc(-x / math.sqrt(2)) + x * density


def to_f32(values):
    return array.array("f", values)


def tensor(values):
    return {"dtype": "DTYPE_F32", "shape": [len(values)], "data": to_f32(values).tobytes()}


class PythonClientTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.client = ReflectionClient(cls.server.address)
        cls.addClassCleanup(cls.client.close)

    def fails(self, code, method, fields):
        with self.assertRaises(grpc.RpcError) as caught:
            self.client.call(f"{SERVICE}/{method}", fields)
        self.assertEqual(caught.exception.code(), code, caught.exception.details())
        return caught.exception

    def test_reflection_lists_the_services(self):
        services = self.client.services()
        self.assertIn(SERVICE, services)
        self.assertIn("grpc.health.v1.Health", services)

    def test_forward_returns_correctly_rounded_gelu(self):
        xs = [-3.0, -1.0, -0.5, 0.0, 0.25, 1.0, 2.0]
        item = {"activation": {"function": "gelu"}, "x": tensor(xs)}
        reply = self.client.call(f"{SERVICE}/Forward", {"items": [item]})
        y = reply.results[0].y
        self.assertEqual(list(y.shape), [len(xs)])
        self.assertEqual(array.array("f", y.data), to_f32(gelu(x) for x in xs))

    def test_a_batch_answers_in_order(self):
        items = [
            {"activation": {"function": "relu"}, "x": tensor([-1.0, 2.0])},
            {
                "activation": {"function": "leaky_relu", "parameters": {"slope": 0.5}},
                "x": tensor([-1.0, 2.0]),
            },
        ]
        reply = self.client.call(f"{SERVICE}/Forward", {"items": items})
        self.assertEqual(list(array.array("f", reply.results[0].y.data)), [0.0, 2.0])
        self.assertEqual(list(array.array("f", reply.results[1].y.data)), [-0.5, 2.0])

    def test_gradient_multiplies_by_dy(self):
        xs = [-2.0, -0.5, 0.0, 1.0]
        item = {
            "activation": {"function": "gelu"},
            "x": tensor(xs),
            "dy": tensor([2.0] * len(xs)),
        }
        reply = self.client.call(f"{SERVICE}/Gradient", {"items": [item]})
        found = array.array("f", reply.results[0].dx.data)
        self.assertEqual(found, to_f32(2 * gelu_gradient(x) for x in xs))

    def test_gradient_returns_parameter_gradients(self):
        item = {
            "activation": {"function": "leaky_relu"},
            "x": tensor([-3.0, 5.0]),
            "parameter_gradients": True,
        }
        reply = self.client.call(f"{SERVICE}/Gradient", {"items": [item]})
        self.assertEqual(dict(reply.results[0].parameter_gradients), {"slope": -3.0})

    def test_the_catalogue_has_the_functions(self):
        reply = self.client.call(f"{SERVICE}/ListFunctions")
        self.assertLessEqual(FUNCTIONS, {function.name for function in reply.functions})

    def test_the_server_says_what_it_accepts(self):
        reply = self.client.call(f"{SERVICE}/GetServerInfo")
        self.assertRegex(reply.version, r"^\d+\.\d+\.\d+$")
        self.assertGreater(reply.limits.max_message_bytes, 0)

    def test_health_is_serving(self):
        with grpc.insecure_channel(self.server.address) as channel:
            stub = health_pb2_grpc.HealthStub(channel)
            for service in ("", SERVICE):
                reply = stub.Check(health_pb2.HealthCheckRequest(service=service), timeout=30)
                self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING, service)

    def test_an_unknown_function_is_not_found_and_the_nearest_named(self):
        item = {"activation": {"function": "gelo"}, "x": tensor([1.0])}
        error = self.fails(grpc.StatusCode.NOT_FOUND, "Forward", {"items": [item]})
        self.assertIn("gelu", error.details())

    def test_an_error_carries_the_field_as_a_detail(self):
        good = {"activation": {"function": "gelu"}, "x": tensor([1.0])}
        bad = {
            "activation": {"function": "gelu"},
            "x": {"dtype": "DTYPE_F32", "shape": [2], "data": b"1234"},
        }
        error = self.fails(grpc.StatusCode.INVALID_ARGUMENT, "Forward", {"items": [good, bad]})
        trailers = dict(error.trailing_metadata())
        status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
        request = error_details_pb2.BadRequest()
        self.assertTrue(status.details[0].Unpack(request))
        self.assertTrue(request.field_violations[0].field.startswith("items[1].x"), request)
        self.assertIn("items[1].x", error.details())


if __name__ == "__main__":
    unittest.main()
