"""What callers give: refused at once, by name, where it cannot be meant; endless deadlines; messages
over the server's limit."""

import os
import unittest
from unittest import mock

import activation as act
import numpy as np
from case import ServerCase

ENDLESS = (float("inf"), 1e10, 1e300, 10**400)
NO_TIME = (-1, 0, float("nan"), float("-inf"), "5s", "5", None, [1.0])


class RefusalCase(unittest.TestCase):
    def refused(self, field, wanted, call, *arguments, **keywords):
        """The call is, for the field, with what it has to be."""
        with self.assertRaises(act.InvalidArgument) as caught:
            call(*arguments, **keywords)
        self.assertEqual(caught.exception.field, field)
        self.assertTrue(str(caught.exception).startswith(f"{field}: "), caught.exception)
        self.assertIn(wanted, str(caught.exception))


class AddressTest(RefusalCase):
    # As activation-client has it, and its tests.
    PORTLESS = (
        *("localhost", "127.0.0.1", "[::1]", "::1:50051", "localhost:", "localhost:0"),
        *("localhost:65536", "127.0.0.1:99999", "localhost:grpc", "localhost:-1", "localhost:1_0"),
        *("localhost:\u0661", "localhost:" + "9" * 5000, "dns:localhost", "dns:///localhost"),
        *("dns://127.0.0.1/localhost", "dns://127.0.0.1:53", "dns:localhost:0", "ipv4:127.0.0.1"),
        *("ipv4:127.0.0.1:1,127.0.0.2", "ipv6:[::1]", "unix", "dns"),
    )
    WHOLE = (
        *("localhost:1", "localhost:65535", "[::1]:8080", "dns:///localhost:1", "dns:localhost:1"),
        *("dns://127.0.0.1:53/localhost:1", "ipv4:127.0.0.1:1,127.0.0.2:1", "ipv6:[::1]:1"),
        *("unix:/path", "unix:path", "unix:///path", "unix-abstract:name", "xds:///name"),
    )

    def test_an_address_without_a_port_is_none(self):
        for address in self.PORTLESS:
            ports = "does not end in a port from 1 to 65535; write it as localhost:50051, "
            self.refused("address", ports, act.Client, address)
            self.refused("address", repr(address), act.connect, address)
            with mock.patch.dict(os.environ, ACTIVATION_ADDRESS=address):
                self.refused("ACTIVATION_ADDRESS", ports, act.Client)

    def test_a_url_is_no_address(self):
        self.refused("address", "leave http:// out", act.Client, "http://127.0.0.1:1")
        advice = "leave https:// out; credentials= connects with TLS"
        self.refused("address", advice, act.Client, "HTTPS://127.0.0.1:1")

    def test_what_is_no_text_is_no_address(self):
        for address in (50051, b"127.0.0.1:1", ("127.0.0.1", 1)):
            self.refused("address", "must be a text, as localhost:50051", act.Client, address)

    def test_addresses_as_grpc_has_them(self):
        for address in self.WHOLE:
            with act.Client(address) as client:
                self.assertEqual(client.address, address)


class NumbersTest(RefusalCase):
    def test_of_a_client(self):
        for none in (0, -1, 1.5, "1", None, float("nan"), float("inf")):
            wanted = "must be a whole number from 1"
            self.refused("chunk_bytes", wanted, act.Client, chunk_bytes=none)
            wanted += " to 2147483647"
            self.refused("max_message_bytes", wanted, act.Client, max_message_bytes=none)
        self.refused("max_message_bytes", wanted, act.Client, max_message_bytes=1 << 31)
        act.Client(chunk_bytes=np.int64(1), max_message_bytes=np.int32((1 << 31) - 1)).close()

    def test_of_retry(self):
        for none in (0, -1, 1.5, "1", None):
            self.refused("max_attempts", "a whole number from 1", act.Retry, max_attempts=none)
        for name in ("initial_backoff", "max_backoff", "budget"):
            for none in (-1, -0.1, float("nan"), "1", None, 1j):
                self.refused(name, "must be a number from 0", act.Retry, **{name: none})
            for some in (0, 1, np.float32(0.5), float("inf")):
                self.assertEqual(getattr(act.Retry(**{name: some}), name), some)
        self.assertEqual(act.Retry(max_attempts=np.int64(1)).max_attempts, 1)

    def test_of_a_stream(self):
        with act.Client() as client:
            for none in (0, -1, 1.5, "1", None):
                wanted = "must be a whole number from 1"
                self.refused("max_pending", wanted, client.stream, max_pending=none)

    def test_of_a_shared_array(self):
        # Nobody is asked: there is no server.
        with act.Client() as client:
            for shape in (-1, (-1,), (2, -1), (-1, -1), (-2,), 1.5, (1.5,), "12", None):
                wanted = "must be a whole number from 0"
                self.refused("shape", wanted, client.shared_empty, shape)
            for lease in (-1, 1 << 32, 1.5, "1"):
                wanted = "must be a whole number from 0 to 4294967295"
                self.refused("lease", wanted, client.shared_empty, 1, lease=lease)


class CallsTest(ServerCase, RefusalCase):
    OPTIONS = ("--shared-memory=on", "--max-message-bytes=1MiB")

    def test_a_deadline_without_an_end(self):
        for deadline in ENDLESS:
            self.assertEqual(act.relu([1.0], deadline=deadline), [1.0])
            with act.Client(self.server.address, deadline=deadline) as client:
                self.assertEqual(client.forward("relu", [1.0]), [1.0])
                self.assertEqual(client.shared_empty(3).tolist(), [0, 0, 0])
                self.assertTrue(client.list_functions())
            with self.client.stream(deadline=deadline) as stream:
                self.assertEqual(stream.forward("relu", [1.0]).result(60), [1.0])

    def test_a_deadline_of_nothing(self):
        wanted = "must be a number of seconds above 0"
        for none in NO_TIME:
            self.refused("deadline", wanted, act.Client, deadline=none)
            if none is not None:
                self.refused("deadline", wanted, act.relu, [1.0], deadline=none)
                self.refused("deadline", wanted, self.client.forward_batch, [], deadline=none)
                self.refused("deadline", wanted, self.client.stream, deadline=none)

    def test_shapes_as_numpy_has_them(self):
        for shape in (0, 3, (), (2, 0), [2, 3], np.int64(3), np.array([2, 3]), range(1, 3)):
            self.assertEqual(self.client.shared_empty(shape).shape, np.empty(shape).shape)

    def test_what_is_no_name(self):
        function = "items[0].activation.function"
        for none in (5, ["relu"], act.relu):
            self.refused(function, "must be a name, as 'gelu'", act.forward, none, [1.0])
            self.refused(function, "must be a name, as 'gelu'", act.gradient, none, [1.0])
        parameters = {"parameters": {5: 0.1}}
        field = "items[0].activation.parameters"
        self.refused(field, "names must be texts", act.forward, "elu", [1.0], **parameters)


class OverTheServersLimitTest(ServerCase):
    OPTIONS = ("--max-message-bytes=1MiB",)
    ADVICE = "max_message_bytes of server_info()"

    def too_large(self, call, *arguments, **keywords):
        with self.assertRaises(act.ResourceExhausted) as caught:
            call(*arguments, **keywords)
        error = caught.exception
        self.assertRegex(error.message, r"Received message larger than max \(\d+ vs\. \d+\)")
        self.assertEqual(str(error), error.message)
        self.assertIsNone(error.retry_delay)
        return error.message

    def test_the_user_is_told_what_to_lower(self):
        x = np.ones(1 << 20, np.float32)
        for call in (
            lambda: self.client.forward("relu", x),
            lambda: self.client.forward_batch([act.ForwardItem("relu", x[:50_000])] * 20),
        ):
            message = self.too_large(call)
            self.assertIn(self.ADVICE, message)
            self.assertIn("chunk_bytes", message)
            self.assertNotIn("tries", message)
        with self.client.stream() as stream:
            self.assertIn(self.ADVICE, self.too_large(stream.forward("relu", x).result, 60))

    def test_what_is_advised_helps(self):
        x = np.ones(1 << 20, np.float32)
        limit = self.client.server_info().limits["max_message_bytes"]
        with act.Client(self.server.address, chunk_bytes=limit) as client:
            self.assertTrue(np.array_equal(client.forward("relu", x), x))
        with act.Client(self.server.address, max_message_bytes=limit) as client:
            self.assertTrue(np.array_equal(client.forward("relu", x), x))
            items = [act.ForwardItem("relu", x[:50_000])] * 20
            self.assertEqual(len(client.forward_batch(items)), 20)

    def test_nobody_is_told_so_of_the_clients_own_limit(self):
        with act.Client(self.server.address, max_message_bytes=1000) as client:
            self.assertNotIn(self.ADVICE, self.too_large(client.list_functions))


if __name__ == "__main__":
    unittest.main()
