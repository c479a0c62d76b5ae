"""What the tests with the real tritonclient share: a server, both clients, tensors in every type."""

import unittest

import ml_dtypes
import numpy
import tritonclient.grpc as triton
from reflection_client import ReflectionClient
from server import Server
from tritonclient.utils import InferenceServerException

SERVICE = "activation.v1.ActivationService"
# By the protocol's name: numpy's type and the own API's name.
DTYPES = {
    "FP32": (numpy.float32, "DTYPE_F32"),
    "FP64": (numpy.float64, "DTYPE_F64"),
    "FP16": (numpy.float16, "DTYPE_F16"),
    "BF16": (ml_dtypes.bfloat16, "DTYPE_BF16"),
}
X = numpy.concatenate([numpy.linspace(-9, 9, 118), [0.0, -0.0]]).reshape(10, 12)
DY = numpy.linspace(0.5, 2, X.size).reshape(X.shape)


def typed(values, datatype):
    return numpy.asarray(values).astype(DTYPES[datatype][0])


def tensor(name, values, datatype):
    """An input with raw contents, as users of tritonclient give them."""
    infer_input = triton.InferInput(name, list(values.shape), datatype)
    infer_input.set_data_from_numpy(values)
    return infer_input


def result_bytes(result, name):
    names = [output.name for output in result.get_response().outputs]
    return result.get_response().raw_output_contents[names.index(name)]


class TritonCase(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server("--shared-memory=on")
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.own = ReflectionClient(cls.server.address)
        cls.addClassCleanup(cls.own.close)
        cls.client = triton.InferenceServerClient(cls.server.address)
        cls.addClassCleanup(cls.client.close)

    def own_tensor(self, values, datatype):
        return {
            "dtype": DTYPES[datatype][1],
            "shape": list(values.shape),
            "data": values.tobytes(),
        }

    def own_forward(self, function, x, datatype, weight=None, **activation):
        item = {
            "activation": {"function": function, **activation},
            "x": self.own_tensor(x, datatype),
        }
        if weight is not None:
            item["weight"] = self.own_tensor(weight, datatype)
        return self.own.call(f"{SERVICE}/Forward", {"items": [item]}).results[0].y.data

    def own_gradient(self, function, x, dy, datatype, weight=None, **activation):
        item = {
            "activation": {"function": function, **activation},
            "x": self.own_tensor(x, datatype),
            "dy": self.own_tensor(dy, datatype),
        }
        if weight is not None:
            item["weight"] = self.own_tensor(weight, datatype)
        return self.own.call(f"{SERVICE}/Gradient", {"items": [item]}).results[0].dx.data

    def refused(self, code, text, call, *arguments, **keywords):
        with self.assertRaises(InferenceServerException) as caught:
            call(*arguments, **keywords)
        self.assertEqual(caught.exception.status(), f"StatusCode.{code}", caught.exception)
        self.assertIn(text, caught.exception.message())
