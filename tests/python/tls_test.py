"""TLS, client certificates and tokens: the README's examples, and what is said without TLS."""

import os
import tempfile
import unittest

import activation as act
import grpc
from authority import Authority
from case import readme_examples
from server import Server

TOKEN = "a-token-of-the-tests-0123"
MAY_WANT_TLS = "it closed the connection at once: it may want TLS, which credentials= turns on"


def write(path, text):
    with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


class TlsTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        # The examples read their files from where they are run.
        cls.addClassCleanup(os.chdir, os.getcwd())
        os.chdir(folder.name)
        authority = Authority("", "ca")
        certificate, key = authority.issue("server")
        authority.issue("client")
        cls.tls = (f"--tls-certificate={certificate}", f"--tls-key={key}")
        cls.mutual = (*cls.tls, f"--tls-client-ca={authority.certificate}")
        write("token", TOKEN + "\n")
        write("tokens", f"tests {TOKEN} compute\n")

    def serve(self, *options):
        server = Server(*options)
        self.addCleanup(server.__exit__, None, None, None)
        return server.address

    def relu(self, client):
        self.addCleanup(client.close)
        return client.forward("relu", [-1.0, 2.0]).tolist()

    def test_the_readmes_examples(self):
        tls = self.serve(*self.tls)
        mutual = self.serve(*self.mutual)
        token = self.serve(*self.mutual, "--token-file=tokens")
        local = self.serve(f"--address=unix:{os.getcwd()}/socket", "--token-file=tokens")
        examples = [code for code in readme_examples() if "credentials" in code]
        names = {}
        for code, written, server, refused in zip(
            examples,
            ("localhost:50051",) * 3 + ("unix:/run/activation/server.sock",),
            (tls, mutual, token, local),
            (act.Unavailable, act.Unavailable, act.Unauthenticated, act.Unauthenticated),
            strict=True,
        ):
            # A client that has not got what the example shows.
            before = names.get("tls") if server != local else None
            with self.assertRaises(refused):
                self.relu(act.Client(server, credentials=before))
            self.assertIn(written, code)
            exec(code.replace(written, server), names)
            self.assertEqual(self.relu(names["client"]), [0, 2])

    def test_a_client_without_tls_is_told_that_it_may_be_wanted(self):
        for options in (self.tls, self.mutual):
            client = act.Client(self.serve(*options))
            with self.assertRaises(act.Unavailable) as caught:
                self.relu(client)
            self.assertIn(MAY_WANT_TLS, str(caught.exception))
            self.assertIn("Socket closed", str(caught.exception))
            with client.stream() as stream, self.assertRaises(act.Unavailable) as caught:
                stream.forward("relu", [1.0]).result()
            self.assertIn(MAY_WANT_TLS, str(caught.exception))

    def test_nobody_is_told_so_for_another_reason(self):
        # Who has TLS and is turned away for want of a certificate.
        with open("ca.crt", "rb") as file:
            tls = grpc.ssl_channel_credentials(file.read())
        with self.assertRaises(act.Unavailable) as caught:
            self.relu(act.Client(self.serve(*self.mutual), credentials=tls))
        self.assertNotIn("TLS", str(caught.exception))
        # A server that dies in the middle, and then one that is not there.
        server = Server()
        client = act.Client(server.address)
        self.addCleanup(client.close)
        with client.stream() as stream:
            stream.forward("relu", [1.0]).result()
            server._process.kill()
            server._process.wait()
            server._process.stderr.close()
            with self.assertRaises(act.Unavailable) as caught:
                stream.forward("relu", [1.0]).result()
        self.assertNotIn("TLS", str(caught.exception))
        with self.assertRaises(act.Unavailable) as caught:
            self.relu(client)
        self.assertNotIn("TLS", str(caught.exception))


if __name__ == "__main__":
    unittest.main()
