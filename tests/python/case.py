"""A test case with a real server, and the service's own answers to compare with."""

import contextlib
import os
import pathlib
import re
import signal
import unittest

import activation as act
import numpy as np
from reflection_client import ReflectionClient
from server import Server

SERVICE = "activation.v1.ActivationService"
#: Dtype: NumPy's type for its bits.
BITS = {"f32": np.uint32, "f64": np.uint64, "f16": np.uint16, "bf16": np.uint16}


class ServerCase(unittest.TestCase):
    OPTIONS = ("--shared-memory=on",)

    @classmethod
    def setUpClass(cls):
        cls.server = Server(*cls.OPTIONS)
        cls.addClassCleanup(cls.server.__exit__, None, None, None)
        cls.oracle = ReflectionClient(cls.server.address)
        cls.addClassCleanup(cls.oracle.close)
        cls.client = act.connect(cls.server.address)
        cls.addClassCleanup(cls.client.close)

    def answer(self, function, x, dtype, dy=None, weight=None, **activation):
        """The bytes of the result, by a client that knows nothing of the package."""

        def tensor(array):
            return {
                "dtype": f"DTYPE_{dtype.upper()}",
                "shape": array.shape,
                "data": array.tobytes(),
            }

        item = {"activation": {"function": function, **activation}, "x": tensor(x)}
        if weight is not None:
            item["weight"] = tensor(weight)
        method, result = "Forward", "y"
        if dy is not None:
            item["dy"] = tensor(dy)
            method, result = "Gradient", "dx"
        reply = self.oracle.call(f"{SERVICE}/{method}", {"items": [item]})
        return getattr(reply.results[0], result).data

    def assert_field(self, kind, field, call, *arguments, **keywords):
        with self.assertRaises(kind) as caught:
            call(*arguments, **keywords)
        self.assertEqual(caught.exception.field, field, caught.exception)
        return caught.exception


def readme_examples():
    """The blocks in Python of the package's README."""
    readme = pathlib.Path(__file__).resolve().parents[2] / "client/python/README.md"
    return re.findall(r"^```python\n(.*?)^```$", readme.read_text(encoding="utf-8"), re.S | re.M)


@contextlib.contextmanager
def stopped(server):
    """Within the block the server's process does nothing, not even read."""
    server._process.send_signal(signal.SIGSTOP)
    # The signal is only on its way.
    os.waitid(os.P_PID, server._process.pid, os.WSTOPPED)
    try:
        yield
    finally:
        server._process.send_signal(signal.SIGCONT)


def values(shape, dtype, seed=0):
    """Numbers of both signs; bf16 as its bits."""
    x = np.random.default_rng(seed).normal(scale=3, size=shape)
    if dtype == "bf16":
        return (x.astype(np.float32).view(np.uint32) >> 16).astype(np.uint16)
    return x.astype({"f32": np.float32, "f64": np.float64, "f16": np.float16}[dtype])
