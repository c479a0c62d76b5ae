"""What activation-client says where it cannot reach a server: the cause, as far as gRPC tells it."""

import os
import signal
import sys
import tempfile
import time
import unittest

sys.path.insert(0, os.path.dirname(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(__file__), "..", "interop"))
from authority import Authority
from cli_case import ToolTest
from running_server import RunningServer


class UnreachedTest(ToolTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.ours, cls.other = Authority(folder.name, "ours"), Authority(folder.name, "other")
        certificate, key = cls.ours.issue("server")
        cls.client, cls.stranger = cls.ours.issue("client"), cls.other.issue("stranger")
        tls = (f"--tls-certificate={certificate}", f"--tls-key={key}")
        server = RunningServer("--http-address=127.0.0.1:0")
        cls.addClassCleanup(server.stop)
        cls.plain, cls.page = server.address, server.http_address
        cls.tls = cls.serve(*tls)
        cls.mutual = cls.serve(*tls, f"--tls-client-ca={cls.ours.certificate}")

    @classmethod
    def serve(cls, *flags):
        server = RunningServer(*flags)
        cls.addClassCleanup(server.stop)
        return server.address

    def says(self, text, address, *flags, code=64 + 14):
        """Twice: by a call and by a health check."""
        for command in (("list",), ("health",)):
            message = self.refusal(code, *command, "--deadline=5s", f"--address={address}", *flags)
            self.assertIn(text, message)
            # No line of gRPC's own.
            for line in message.splitlines():
                self.assertTrue(line.startswith("activation-client: "), line)

    def trusting(self, authority, identity=None):
        flags = [f"--tls-ca={authority.certificate}"]
        if identity is not None:
            flags += [f"--tls-certificate={identity[0]}", f"--tls-key={identity[1]}"]
        return flags

    def test_a_server_that_wants_tls(self):
        self.says("it may want TLS, which --tls-ca=FILE or --tls turns on", self.tls)
        self.says("it may want TLS", self.mutual)

    def test_a_server_without_tls(self):
        self.says("speaks no TLS: leave the flags --tls... out", self.plain, *self.trusting(self.ours))

    def test_an_authority_that_is_not_the_servers(self):
        self.says(f"its authority is not one in --tls-ca, {self.other.certificate}", self.tls,
                  *self.trusting(self.other))
        self.says("is not one that this system trusts; --tls-ca=FILE names others", self.tls, "--tls")

    def test_another_name(self):
        self.says("certificate is for another name: --tls-server-name says", self.tls,
                  *self.trusting(self.ours), "--tls-server-name=elsewhere.example")

    def test_a_missing_certificate(self):
        self.says("it may want a certificate of this client, which --tls-certificate", self.mutual,
                  *self.trusting(self.ours))

    def test_a_certificate_that_the_server_does_not_trust(self):
        self.says(f"behind {self.stranger[0]} may be none that it trusts", self.mutual,
                  *self.trusting(self.ours, self.stranger))

    def test_a_key_of_another_certificate(self):
        self.says(f"is {self.stranger[1]} the key of {self.client[0]}?", self.mutual,
                  *self.trusting(self.ours, (self.client[0], self.stranger[1])))

    def test_files_that_cannot_be_read_are_named_by_their_flags(self):
        for flag in ("--tls-ca", "--token-file"):
            self.says(f"{flag}: /nowhere cannot be read: No such file", self.plain, f"{flag}=/nowhere",
                      code=2)
        self.says("--token-file: would be sent in the clear to example.org:1", "example.org:1",
                  f"--token-file={__file__}", code=2)
        self.says("--tls-certificate and --tls-key: one is of no use without the other", self.plain,
                  f"--tls-certificate={self.client[0]}", code=2)

    def test_the_port_of_the_page(self):
        self.says("speaks HTTP/1, as the server's status page does", self.page)

    def test_a_server_that_does_not_serve(self):
        draining = RunningServer("--drain-delay=1h")
        self.addCleanup(draining.stop)  # the second signal hastens it
        draining.process.send_signal(signal.SIGTERM)
        until = time.monotonic() + 60
        while self.run_client("health", address=draining.address).returncode == 0:
            self.assertLess(time.monotonic(), until)
        self.says(f"was reached at {draining.address}: the one there may be draining, or have no device;",
                  draining.address)

    def test_nobody(self):
        self.says("no serving activation-server was reached at 127.0.0.1:1;", "127.0.0.1:1")
        self.says("no serving activation-server was reached at unix:/nowhere", "unix:/nowhere")


if __name__ == "__main__":
    unittest.main()
