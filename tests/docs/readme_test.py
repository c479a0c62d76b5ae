"""What README.md shows works as shown: its calls are run against a real server
and print what the page says they print."""

import os
import pathlib
import subprocess
import sys
import unittest

from blocks import ADDRESS, blocks
from server import Server

ROOT = pathlib.Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
QUICKSTART = ROOT / "client/examples/quickstart.cc"
BIN = os.environ["ACTIVATION_BIN"]


class ReadmeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.blocks = blocks(README)
        cls.server = Server()
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def prints_what_the_page_says(self, name, command):
        tools = os.pathsep.join([BIN, os.path.dirname(sys.executable), os.environ["PATH"]])
        environment = dict(os.environ, PATH=tools)
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.rstrip(), self.blocks[name + "-output"].rstrip())

    def block(self, name):
        return self.blocks[name].replace(ADDRESS, self.server.address)

    def test_cpp(self):
        # The example that the build compiles is the one on the page.
        with open(QUICKSTART, encoding="utf-8") as file:
            self.assertEqual(self.blocks["cpp"], file.read())
        quickstart = os.path.join(BIN, "activation-quickstart")
        self.prints_what_the_page_says("cpp", [quickstart, self.server.address])

    def test_python(self):
        self.prints_what_the_page_says("python", [sys.executable, "-c", self.block("python")])

    def test_tritonclient(self):
        command = [sys.executable, "-c", self.block("tritonclient")]
        self.prints_what_the_page_says("tritonclient", command)

    def test_grpcurl(self):
        self.prints_what_the_page_says("grpcurl", ["bash", "-ec", self.block("grpcurl")])

    def test_the_first_picture_is_what_the_client_draws(self):
        command = [os.path.join(BIN, "activation-client"), f"--address={self.server.address}"]
        drawn = subprocess.run(
            [*command, "plot", "gelu", "--gradient", "-o", "-"], capture_output=True, timeout=60, check=True
        )
        self.assertEqual(drawn.stdout, (ROOT / "docs/images/gelu.svg").read_bytes())

    def test_client(self):
        self.prints_what_the_page_says("client", ["bash", "-ec", self.block("client")])


if __name__ == "__main__":
    unittest.main()
