"""The examples of client/examples, each run as its comment says by the real tool.

usage: examples_test.py THIRD_PARTY, the folder that third_party.sh has made.
"""

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "client/examples"
THIRD_PARTY = pathlib.Path(sys.argv.pop(1))
TOOLS = THIRD_PARTY / "venv/bin"

GELU = "gelu(-1) = -0.158655\ngelu(0) = 0\ngelu(1) = 0.841345\n"


class ExamplesTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def run_tool(self, *command, **environment):
        path = os.pathsep.join([os.environ["PATH"], str(TOOLS)])
        return subprocess.run(
            command,
            env={**os.environ, "PATH": path, **environment},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def prints(self, expected, *command, **environment):
        result = self.run_tool(*command, **environment)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, expected)

    def test_cpp(self):
        program = os.path.join(os.environ["ACTIVATION_BIN"], "activation-quickstart")
        self.prints(GELU, program, self.server.address)

    def test_python(self):
        self.prints(GELU, sys.executable, EXAMPLES / "quickstart.py", self.server.address)

    def test_grpcio(self):
        with tempfile.TemporaryDirectory() as folder:
            command = [sys.executable, "-m", "grpc_tools.protoc", f"-I{ROOT}/proto"]
            command += [f"--python_out={folder}", f"--grpc_python_out={folder}"]
            subprocess.run([*command, "activation/v1/activation.proto"], check=True)
            # Only what protoc has made, not our package.
            self.prints(
                GELU,
                *[sys.executable, EXAMPLES / "quickstart_grpcio.py", self.server.address],
                PYTHONPATH=folder,
            )

    def test_tritonclient(self):
        expected = (
            "gelu: [-0.15865526  0.          0.8413448 ]\n"
            "its derivative: [-0.08331547  0.5         1.0833155 ]\n"
        )
        command = [sys.executable, EXAMPLES / "quickstart_tritonclient.py", self.server.address]
        self.prints(expected, *command)

    def test_grpcurl(self):
        result = self.run_tool(EXAMPLES / "quickstart_grpcurl.sh", self.server.address)
        self.assertEqual(result.stdout.split(), ["-0.15865526", "0", "0.8413448"], result.stderr)

    def test_node(self):
        packages = THIRD_PARTY / "node/node_modules"
        path = os.pathsep.join([os.environ["PATH"], str(TOOLS)])
        if not packages.exists() or shutil.which("node", path=path) is None:
            self.skipTest("Node or its packages cannot be had on this machine")
        script = EXAMPLES / "node/quickstart.js"
        self.prints(GELU, "node", script, self.server.address, NODE_PATH=str(packages))

    def test_k6(self):
        def load(address):
            options = ["-e", f"ADDRESS={address}", "-e", "VUS=2", "-e", "DURATION=1s"]
            return self.run_tool("k6", "run", "--quiet", *options, EXAMPLES / "load_k6.js")

        result = load(self.server.address)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"checks_succeeded\.*: 100\.00%")
        # It must be able to fail: here nobody answers.
        self.assertNotEqual(load("127.0.0.1:1").returncode, 0)


if __name__ == "__main__":
    unittest.main()
