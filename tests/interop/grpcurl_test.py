"""The real grpcurl calls a real server through reflection."""

import array
import base64
import json
import os
import subprocess
import sys
import unittest

from server import Server

SERVICE = "activation.v1.ActivationService"
GRPCURL = os.path.join(os.path.dirname(sys.executable), "grpcurl")


def request(function, values):
    data = base64.b64encode(array.array("f", values).tobytes()).decode()
    item = {
        "activation": {"function": function},
        "x": {"dtype": "DTYPE_F32", "shape": [len(values)], "data": data},
    }
    return json.dumps({"items": [item]})


class GrpcurlTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def grpcurl(self, *arguments, data=None):
        options = ["-plaintext"] + (["-d", data] if data else [])
        return subprocess.run(
            [GRPCURL, *options, self.server.address, *arguments],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def test_list(self):
        services = self.grpcurl("list").stdout.split()
        self.assertIn(SERVICE, services)
        self.assertIn("grpc.health.v1.Health", services)

    def test_describe(self):
        result = self.grpcurl("describe", SERVICE)
        self.assertIn("rpc Forward", result.stdout, result.stderr)
        self.assertIn("rpc Gradient", result.stdout)

    def test_every_listed_service_is_described(self):
        for service in self.grpcurl("list").stdout.split():
            result = self.grpcurl("describe", service)
            self.assertEqual(result.returncode, 0, result.stderr)
        result = self.grpcurl("grpc.health.v1.Health/Check")
        self.assertEqual(json.loads(result.stdout), {"status": "SERVING"}, result.stderr)

    def test_forward(self):
        result = self.grpcurl(f"{SERVICE}/Forward", data=request("relu", [-1.5, 0.0, 2.5]))
        self.assertEqual(result.returncode, 0, result.stderr)
        data = json.loads(result.stdout)["results"][0]["y"]["data"]
        self.assertEqual(list(array.array("f", base64.b64decode(data))), [0.0, 0.0, 2.5])

    def test_gradient(self):
        result = self.grpcurl(f"{SERVICE}/Gradient", data=request("sigmoid", [0.0]))
        self.assertEqual(result.returncode, 0, result.stderr)
        data = json.loads(result.stdout)["results"][0]["dx"]["data"]
        self.assertEqual(list(array.array("f", base64.b64decode(data))), [0.25])

    def test_an_error_names_code_and_field(self):
        result = self.grpcurl(f"{SERVICE}/Forward", data=request("gelo", [1.0]))
        self.assertEqual(result.returncode, 64 + 5)  # grpcurl: 64 + the code, here NOT_FOUND
        self.assertIn("NotFound", result.stderr)
        self.assertIn("items[0]", result.stderr)


if __name__ == "__main__":
    unittest.main()
