"""What the tests of activation-client share: a server, a folder, a way to run it."""

import os
import signal
import struct
import subprocess
import tempfile
import time
import unittest

from running_server import RunningServer

CLIENT = os.environ["ACTIVATION_CLIENT"]


def f32(*values):
    return struct.pack("<%df" % len(values), *values)


def bare_environment(**variables):
    """An environment with nothing of ours but these, and with what a sanitizer is told."""
    kept = {name: value for name, value in os.environ.items()
            if name == "PATH" or name.endswith("SAN_OPTIONS")}
    return {**kept, **variables}


class ToolTest(unittest.TestCase):
    """The tool alone: no server is there."""

    address = "127.0.0.1:1"

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()

    @classmethod
    def tearDownClass(cls):
        cls.directory.cleanup()

    def path(self, name, contents=None):
        path = os.path.join(self.directory.name, name)
        if contents is not None:
            with open(path, "wb") as file:
                file.write(contents)
        return path

    def read(self, path):
        with open(path, "rb") as file:
            return file.read()

    def run_client(self, *arguments, stdin=b"", environment=None, address=None):
        variables = {name: value for name, value in os.environ.items()
                     if not name.startswith("ACTIVATION_")}
        variables["ACTIVATION_ADDRESS"] = address or self.address
        variables.update(environment or {})
        return subprocess.run([CLIENT, *arguments], input=stdin, env=variables, timeout=120,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def answer(self, *arguments, **options):
        """stdout of a command that must succeed in silence."""
        done = self.run_client(*arguments, **options)
        self.assertEqual(done.returncode, 0, done.stderr.decode())
        self.assertEqual(done.stderr, b"")
        return done.stdout

    def wait_for_handler(self, pid):
        """Until the process takes SIGINT itself."""
        end = time.monotonic() + 60
        while time.monotonic() < end:
            with open(f"/proc/{pid}/status", encoding="ascii") as status:
                caught = next(line for line in status if line.startswith("SigCgt"))
            if int(caught.split()[1], 16) >> (signal.SIGINT - 1) & 1:
                return
            time.sleep(0.01)
        self.fail("no handler")

    def refusal(self, code, *arguments, **options):
        """stderr of a command that must fail with nothing on stdout."""
        done = self.run_client(*arguments, **options)
        self.assertEqual(done.returncode, code, done)
        self.assertEqual(done.stdout, b"")
        return done.stderr.decode()


class CliTest(ToolTest):
    """With a server."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server = RunningServer()
        cls.address = cls.server.address

    @classmethod
    def tearDownClass(cls):
        assert cls.server.stop() == 0
        super().tearDownClass()
