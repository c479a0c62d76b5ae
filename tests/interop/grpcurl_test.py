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

    def printed(self, *arguments):
        """What the command that activation-client prints for its arguments answers."""
        client = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")
        command = subprocess.run(
            [client, "--address", self.server.address, "--print-grpcurl", *arguments],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout
        self.assertTrue(command.startswith("grpcurl "), command)
        path = os.pathsep.join([os.path.dirname(GRPCURL), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-ec", command], env={**os.environ, "PATH": path},
            capture_output=True, text=True, timeout=60, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def test_printed_commands_make_the_same_call(self):
        forward = self.printed("forward", "-f", "leaky_relu", "-p", "slope=0.5", "-2,3")
        data = base64.b64decode(forward["results"][0]["y"]["data"])
        self.assertEqual(list(array.array("f", data)), [-1, 3])
        gradient = self.printed(
            "gradient", "-f", "leaky_relu", "--parameter-gradients", "--dtype=f64", "-2,3",
            "--dy", "10,20",
        )["results"][0]
        self.assertEqual(list(array.array("d", base64.b64decode(gradient["dx"]["data"]))), [0.1, 20])
        self.assertEqual(gradient["parameter_gradients"], {"slope": -20})
        weighted = self.printed("forward", "-f", "prelu", "--weight=0.25", "--", "-1,2")
        data = base64.b64decode(weighted["results"][0]["y"]["data"])
        self.assertEqual(list(array.array("f", data)), [-0.25, 2])
        for arguments in (("list",), ("describe", "gelu")):
            names = [function["name"] for function in self.printed(*arguments)["functions"]]
            self.assertIn("gelu", names)
        self.assertEqual(self.printed("health"), {"status": "SERVING"})

    def test_a_printed_command_is_safe_whatever_the_address(self):
        client = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")
        hostile = "unix:/tmp/it's; echo $(id) \"here\""
        command = subprocess.run(
            [client, "--address", hostile, "--print-grpcurl", "list"],
            capture_output=True, text=True, timeout=60, check=True,
        ).stdout
        done = subprocess.run(
            ["bash", "-ec", 'grpcurl() { printf "%s\\n" "$@"; }\n' + command],
            capture_output=True, text=True, timeout=60, check=True,
        )
        words = ["-plaintext", "-unix", hostile.removeprefix("unix:"), f"{SERVICE}/ListFunctions"]
        self.assertEqual(done.stdout.splitlines(), words)

    def test_an_error_names_code_and_field(self):
        result = self.grpcurl(f"{SERVICE}/Forward", data=request("gelo", [1.0]))
        self.assertEqual(result.returncode, 64 + 5)  # grpcurl: 64 + the code, here NOT_FOUND
        self.assertIn("NotFound", result.stderr)
        self.assertIn("items[0]", result.stderr)


if __name__ == "__main__":
    unittest.main()
