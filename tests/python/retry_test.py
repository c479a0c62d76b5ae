"""Retries: what is decided, and what a failing gRPC server then sees."""

import os
import unittest
from concurrent.futures import ThreadPoolExecutor
from unittest import mock

import grpc
from activation import Retry, Unavailable, errors, wire
from activation.connection import Connection, is_local
from activation.messages import SERVICE
from activation.retry import RetryPolicy
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2

Code = grpc.StatusCode


def error(code, retry_delay=None, message="text"):
    return errors.make_error(code, message, retry_delay=retry_delay)


class PolicyTest(unittest.TestCase):
    def delay(self, failure, tries=1, time_left=60.0, uniform=1.0, **options):
        policy = RetryPolicy(Retry(**options), lambda: uniform)
        policy.on_first_try()
        return policy.next_delay(failure, tries, time_left)

    def test_codes(self):
        self.assertIsNotNone(self.delay(error(Code.UNAVAILABLE)))
        self.assertIsNotNone(self.delay(error(Code.CANCELLED)))
        self.assertIsNotNone(self.delay(error(Code.UNKNOWN)))
        reset = error(Code.INTERNAL, message="Received RST_STREAM with error code 2")
        self.assertIsNotNone(self.delay(reset))
        self.assertIsNotNone(self.delay(error(Code.RESOURCE_EXHAUSTED, 0.5)))
        # A message over the limit stays as large as it is.
        self.assertIsNone(self.delay(error(Code.RESOURCE_EXHAUSTED)))
        for code in (Code.INVALID_ARGUMENT, Code.NOT_FOUND, Code.DEADLINE_EXCEEDED, Code.INTERNAL):
            self.assertIsNone(self.delay(error(code, 0.5)), code)

    def test_backoff_doubles_up_to_its_bound_with_full_jitter(self):
        options = {"initial_backoff": 0.5, "max_backoff": 3.0, "max_attempts": 9}
        failure = error(Code.UNAVAILABLE)
        delays = [self.delay(failure, tries, **options) for tries in (1, 2, 3, 4, 5)]
        self.assertEqual(delays, [0.5, 1.0, 2.0, 3.0, 3.0])
        self.assertEqual(self.delay(failure, 2, uniform=0.25, **options), 0.25)
        # Without a deadline there may be more tries than a float has doublings.
        self.assertEqual(self.delay(failure, 5000, **{**options, "max_attempts": 9999}), 3.0)

    def test_the_servers_delay_comes_first_and_never_means_never(self):
        failure = error(Code.RESOURCE_EXHAUSTED, 2.0)
        self.assertEqual(self.delay(failure, initial_backoff=0.5), 2.5)
        self.assertIsNone(self.delay(error(Code.UNAVAILABLE, -1.0)))

    def test_tries_and_time_end(self):
        failure = error(Code.UNAVAILABLE)
        self.assertIsNone(self.delay(failure, 4))
        self.assertIsNone(self.delay(failure, 1, max_attempts=1))
        self.assertIsNone(self.delay(failure, time_left=0.01, initial_backoff=0.01))

    def test_the_budget_is_a_share_of_first_tries(self):
        policy = RetryPolicy(Retry(budget=0.2))

        def retries():
            allowed = 0
            while policy.next_delay(error(Code.UNAVAILABLE), 1, 60.0) is not None:
                allowed += 1
            return allowed

        self.assertEqual(retries(), 10)
        for _ in range(100):
            policy.on_first_try()
        self.assertIn(retries(), (19, 20))  # a share that binary cannot hold exactly
        self.assertIsNone(self.delay(error(Code.UNAVAILABLE), budget=0))


class FailingService(grpc.GenericRpcHandler):
    """Ends calls of Forward with the statuses given, one after the other, then replies."""

    def __init__(self, *failures):
        self.failures = list(failures)
        self.calls = 0

    def service(self, details):
        # The channel asks for health, too; a server without it counts as serving.
        if details.method.startswith("/grpc.health."):
            return None
        return grpc.unary_unary_rpc_method_handler(self._forward)

    def _forward(self, request, context):
        self.calls += 1
        if not self.failures:
            return b"reply to " + request
        code, trailers, *message = self.failures.pop(0)
        context.set_trailing_metadata(trailers)
        context.abort(code, *(message or ["as asked"]))


def retry_info(seconds):
    status = status_pb2.Status(code=8, details=[any_pb2.Any()])
    detail = error_details_pb2.RetryInfo()
    detail.retry_delay.FromNanoseconds(int(seconds * 1e9))
    status.details[0].Pack(detail)
    return (("grpc-status-details-bin", status.SerializeToString()),)


def bad_duration():
    delay = wire.field(1, [b"\x08"])
    url = wire.field(1, [b"type.googleapis.com/google.rpc.RetryInfo"])
    return b"".join(wire.field(3, [*url, *wire.field(2, delay)]))


class ConnectionTest(unittest.TestCase):
    def connect(self, *failures):
        self.service = FailingService(*failures)
        server = grpc.server(ThreadPoolExecutor(2), handlers=[self.service])
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self.addCleanup(lambda: server.stop(None).wait())
        self.waits = []
        connection = Connection(
            f"127.0.0.1:{port}", None, 1 << 20, Retry(initial_backoff=0), sleep=self.waits.append
        )
        self.addCleanup(connection.close)
        return connection

    def test_a_call_is_tried_again_after_what_the_server_says(self):
        connection = self.connect(
            (Code.UNAVAILABLE, ()),
            (Code.RESOURCE_EXHAUSTED, (("grpc-retry-pushback-ms", "1500"),)),
            (Code.RESOURCE_EXHAUSTED, retry_info(0.25)),
        )
        self.assertEqual(connection.call("Forward", b"this", 30), b"reply to this")
        self.assertEqual(self.waits, [0, 1.5, 0.25])

    def test_the_last_error_says_how_many_tries_there_were(self):
        connection = self.connect(*[(Code.UNAVAILABLE, ())] * 4)
        with self.assertRaisesRegex(Unavailable, r"as asked \(after 4 tries\)"):
            connection.call("Forward", b"", 30)
        self.assertEqual(self.service.calls, 4)

    def test_what_must_not_be_retried_is_not(self):
        never = (("grpc-retry-pushback-ms", "-1"),)
        for failure in ((Code.INTERNAL, ()), (Code.UNAVAILABLE, never)):
            connection = self.connect(failure)
            with self.assertRaises(errors.ActivationError):
                connection.call("Forward", b"", 30)
            self.assertEqual(self.service.calls, 1)

    def test_a_call_in_place_is_tried_again_only_where_it_was_refused(self):
        connection = self.connect(
            (Code.RESOURCE_EXHAUSTED, (("grpc-retry-pushback-ms", "1500"),)),
            (Code.UNAVAILABLE, (), "the server is draining"),
        )
        reply = connection.call("Forward", b"this", 30, overwrites=True)
        self.assertEqual(reply, b"reply to this")
        for code in (Code.UNAVAILABLE, Code.CANCELLED, Code.DEADLINE_EXCEEDED):
            connection = self.connect((code, ()))
            with self.assertRaisesRegex(errors.ActivationError, "x may have been changed"):
                connection.call("Forward", b"", 30, overwrites=True)
            self.assertEqual(self.service.calls, 1)
        connection = self.connect((Code.INVALID_ARGUMENT, ()))
        with self.assertRaisesRegex(errors.InvalidArgument, "^as asked$"):
            connection.call("Forward", b"", 30, overwrites=True)

    def assert_closed(self, call, *arguments):
        with self.assertRaisesRegex(errors.FailedPrecondition, "^the client is closed$"):
            call(*arguments)

    def test_a_closed_connection_takes_no_call(self):
        connection = self.connect()
        connection.call("Forward", b"", 30)
        connection.close()
        self.assert_closed(connection.call, "Forward", b"", 30)
        self.assert_closed(connection.call, "Gradient", b"", 30)
        self.assert_closed(connection.open_stream, iter(()), 30)

    def test_closing_ends_what_waits_for_its_next_try(self):
        connection = self.connect((Code.UNAVAILABLE, ()))
        connection._sleep = lambda _: connection.close()
        self.assert_closed(connection.call, "Forward", b"", 30)

    def test_trailers_that_cannot_be_read_change_no_error(self):
        for details in (b"\xff", bad_duration()):
            connection = self.connect((Code.NOT_FOUND, (("grpc-status-details-bin", details),)))
            with self.assertRaisesRegex(errors.NotFound, "^as asked$") as caught:
                connection.call("Forward", b"", 30)
            self.assertEqual((caught.exception.field, caught.exception.retry_delay), (None, None))
        # As gRPC has it, and the C++ client.
        for digits in (400, 5000):
            pushback = (("grpc-retry-pushback-ms", "9" * digits),)
            connection = self.connect((Code.UNAVAILABLE, pushback))
            with self.assertRaises(Unavailable) as caught:
                connection.call("Forward", b"", 30)
            self.assertEqual((caught.exception.retry_delay, self.service.calls), (-1, 1))

    def test_no_proxy_stands_between_this_machine_and_itself(self):
        # Nobody listens there, and no_proxy of whoever runs this does not count.
        proxy = {"grpc_proxy": "http://127.0.0.1:1", "no_grpc_proxy": "elsewhere.example"}
        with mock.patch.dict(os.environ, proxy):
            connection = self.connect()
            self.assertEqual(connection.call("Forward", b"this", 30), b"reply to this")

    def test_loopback_and_unix_sockets_alone_are_local(self):
        for address in (
            *("unix:/x", "unix:///x", "unix-abstract:x", "localhost:1", "localhost", "127.0.0.1:1"),
            *("127.8.9.1:1", "[::1]:1", "[::1]", "dns:///localhost:1", "ipv4:127.0.0.1:1", "ipv6:[::1]:1"),
        ):
            self.assertTrue(is_local(address), address)
        for address in (
            *("10.0.0.1:1", "127.example.org:1", "localhost.example.org:1", "dns:///name:1", ""),
            *("[2001:db8::1]:1", "ipv4:127.0.0.1:1,10.0.0.1:1", "dns://10.0.0.1/localhost:1"),
        ):
            self.assertFalse(is_local(address), address)

    def test_the_service_is_that_of_the_contract(self):
        self.assertEqual(SERVICE, "activation.v1.ActivationService")


if __name__ == "__main__":
    unittest.main()
