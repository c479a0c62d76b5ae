"""A client of another implementation, and the command-line client, over TLS and with tokens."""

import base64
import json
import os
import socket
import ssl
import struct
import subprocess
import sys
import tempfile
import unittest
import warnings

import grpc
from authority import Authority
from grpc_health.v1 import health_pb2, health_pb2_grpc
from server import Server

CLIENT = os.path.join(os.environ["ACTIVATION_BIN"], "activation-client")
TOKEN = "a-token-of-the-tests-0123"
LIST = "/activation.v1.ActivationService/ListFunctions"


def read(path):
    with open(path, "rb") as file:
        return file.read()


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.ours, cls.other = Authority(folder.name, "ours"), Authority(folder.name, "other")
        certificate, key = cls.ours.issue("server")
        cls.client, cls.stranger = cls.ours.issue("client"), cls.other.issue("stranger")
        cls.token_file = os.path.join(folder.name, "token")
        tokens = os.path.join(folder.name, "tokens")
        for path, text in ((cls.token_file, TOKEN), (tokens, f"tests {TOKEN} compute,inspect")):
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
                file.write(text)
        cls.server = Server(
            f"--tls-certificate={certificate}",
            f"--tls-key={key}",
            f"--tls-client-ca={cls.ours.certificate}",
            f"--token-file={tokens}",
        )
        cls.addClassCleanup(cls.server.__exit__, None, None, None)

    def channel(self, authority, identity):
        credentials = grpc.ssl_channel_credentials(
            read(authority.certificate), *(identity and [read(identity[1]), read(identity[0])])
        )
        channel = grpc.secure_channel(self.server.address, credentials)
        self.addCleanup(channel.close)
        return channel

    def code(self, channel, token=None):
        metadata = [("authorization", f"Bearer {token}")] if token else None
        try:
            channel.unary_unary(LIST)(b"", timeout=30, metadata=metadata)
        except grpc.RpcError as error:
            return error.code()
        return grpc.StatusCode.OK

    def test_grpcio_with_certificate_and_token(self):
        channel = self.channel(self.ours, self.client)
        self.assertEqual(self.code(channel, TOKEN), grpc.StatusCode.OK)
        self.assertEqual(self.code(channel), grpc.StatusCode.UNAUTHENTICATED)
        self.assertEqual(self.code(channel, "wrong"), grpc.StatusCode.UNAUTHENTICATED)
        reply = health_pb2_grpc.HealthStub(channel).Check(
            health_pb2.HealthCheckRequest(), timeout=30
        )
        self.assertEqual(reply.status, health_pb2.HealthCheckResponse.SERVING)

    def test_grpcio_without_them(self):
        for authority, identity in (
            (self.ours, ()),
            (self.ours, self.stranger),
            (self.other, self.client),
        ):
            channel = self.channel(authority, identity)
            self.assertEqual(self.code(channel, TOKEN), grpc.StatusCode.UNAVAILABLE)

    def handshake(self, version):
        """The version that server and client agree on, where the client knows but one."""
        context = ssl.create_default_context(cafile=self.ours.certificate)
        context.load_cert_chain(*self.client)
        context.set_alpn_protocols(["h2"])
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version = context.maximum_version = version
        # Else this client itself would refuse the old ones.
        context.set_ciphers("DEFAULT:@SECLEVEL=0")
        host, port = self.server.address.rsplit(":", 1)
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            with context.wrap_socket(connection, server_hostname="localhost") as tls:
                self.assertEqual(tls.selected_alpn_protocol(), "h2")
                return tls.version()

    def test_no_version_before_1_2(self):
        self.assertEqual(self.handshake(ssl.TLSVersion.TLSv1_2), "TLSv1.2")
        self.assertEqual(self.handshake(ssl.TLSVersion.TLSv1_3), "TLSv1.3")
        for old in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1):
            # gRPC ends the connection without saying why.
            with self.assertRaises((ssl.SSLError, ConnectionError)):
                self.handshake(old)

    def run_client(self, *arguments, token_file=None):
        return subprocess.run(
            [
                CLIENT,
                *arguments,
                f"--address={self.server.address}",
                f"--tls-ca={self.ours.certificate}",
                f"--tls-certificate={self.client[0]}",
                f"--tls-key={self.client[1]}",
                *([f"--token-file={token_file}"] if token_file else []),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def test_the_command_line(self):
        done = self.run_client("forward", "--function=relu", "-1,0,2.5", token_file=self.token_file)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stdout.split(), ["0", "0", "2.5"])
        self.assertEqual(self.run_client("health").returncode, 0)
        done = self.run_client("list")
        self.assertEqual(done.returncode, 64 + 16)
        self.assertIn("authorization", done.stderr)
        self.assertIn("--token-file=FILE names a file that holds a token", done.stderr)
        with tempfile.NamedTemporaryFile("w") as other:
            other.write("not-one-of-the-servers-tokens")
            other.flush()
            done = self.run_client("list", token_file=other.name)
        self.assertEqual(done.returncode, 64 + 16)
        self.assertIn(f"is what --token-file, {other.name}, holds one of the server's", done.stderr)

    def test_a_printed_command_has_certificates_and_token(self):
        printed = self.run_client(
            *("forward", "--function=relu", "-1,2.5", "--print-grpcurl"), token_file=self.token_file
        )
        self.assertEqual(printed.returncode, 0, printed.stderr)
        self.assertNotIn("-plaintext", printed.stdout)
        self.assertNotIn(TOKEN, printed.stdout)
        path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
        done = subprocess.run(
            ["bash", "-ec", printed.stdout], env={**os.environ, "PATH": path},
            capture_output=True, text=True, timeout=60, check=False,
        )
        self.assertEqual(done.returncode, 0, done.stderr)
        data = base64.b64decode(json.loads(done.stdout)["results"][0]["y"]["data"])
        self.assertEqual(struct.unpack("2f", data), (0, 2.5))

    def test_the_load_test(self):
        for more in ((), ("--stream",), ("--baseline",)):
            done = self.run_client(
                *("bench", "--function=relu", "--elements=16", "--duration=200ms", "--warm-up=0s"),
                *("--json", *more),
                token_file=self.token_file,
            )
            self.assertIn(done.returncode, (0, 99), done.stderr)
            report = json.loads(done.stdout)
            self.assertEqual(list(report["codes"]), ["OK"], more)

    def test_a_file_that_cannot_be_used_is_named(self):
        done = self.run_client("list", token_file="/does/not/exist")
        self.assertEqual(done.returncode, 2)
        self.assertIn("/does/not/exist", done.stderr)


if __name__ == "__main__":
    unittest.main()
