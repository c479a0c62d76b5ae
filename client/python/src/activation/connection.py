"""One channel to a server, and calls on it with their retries."""

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import grpc

from .errors import ActivationError, from_rpc, make_error
from .messages import SERVICE
from .retry import Retry, RetryPolicy, may_have_changed, was_refused

Sleep = Callable[[float], None]
Clock = Callable[[], float]


# All addresses that a target stands for, a call each in turn, but for those whose server says
# that it is not serving: so a server that drains gets no further call.
_SERVICE_CONFIG = json.dumps(
    {
        "loadBalancingConfig": [{"round_robin": {}}],
        "healthCheckConfig": {"serviceName": ""},
    }
)
# After a refused connection gRPC fails calls at once until it has tried again: soon at first, so
# that a server that is back is found.
_FIRST_RECONNECT_MS = 50
_SLOWEST_RECONNECT_MS = 5000
# A server that went without a word, machine and all, is missed by asking for a sign of life: after
# so long without a byte, and again for ever, since the watch of its health is always under way. Not
# below the server's --min-ping-interval (10 s), or it disconnects who asks.
_KEEPALIVE_MS = 15000
_KEEPALIVE_TIMEOUT_MS = 10000
# What is this machine for certain, beside unix sockets; one address alone, since of a list it would
# say nothing about the others. Digits and dots: a name may begin with 127, too.
_LOOPBACK = re.compile(r"(dns:///|dns:|ipv4:|ipv6:)?(localhost|\[::1\]|127\.[0-9.]*)(:[^:,]*)?")
# What activation-client says of the same, with its flags.
_MAY_WANT_TLS = "; it closed the connection at once: it may want TLS, which credentials= turns on"

# gRPC's own words, of a request at the server and of a reply here, with the message's bytes.
_OVER_LIMIT = re.compile(r"Received message larger than max \((\d{1,19}) vs\.")
_TAKES_LESS = (
    "; the server takes less in a message (max_message_bytes of server_info()): chunk_bytes of the "
    "client has to be lower or, for batches of small tensors and streams, its max_message_bytes"
)


def is_local(address: str) -> bool:
    """Whether a target is on this machine for certain: unix sockets and loopback addresses."""
    if address.startswith(("unix:", "unix-abstract:")):
        return True
    return _LOOPBACK.fullmatch(address) is not None


class Connection:
    """Bytes in, bytes out. Thread-safe."""

    def __init__(
        self,
        address: str,
        credentials: grpc.ChannelCredentials | None,
        max_message_bytes: int,
        retry: Retry,
        *,
        sleep: Sleep = time.sleep,
        clock: Clock = time.monotonic,
    ) -> None:
        self.max_message_bytes = max_message_bytes
        options = [
            ("grpc.max_send_message_length", max_message_bytes),
            ("grpc.max_receive_message_length", max_message_bytes),
            # Two clients of one process have two connections.
            ("grpc.use_local_subchannel_pool", 1),
            ("grpc.service_config", _SERVICE_CONFIG),
            ("grpc.service_config_disable_resolution", 1),
            # Retries are ours; gRPC's would keep a copy of every request for theirs.
            ("grpc.enable_retries", 0),
            ("grpc.initial_reconnect_backoff_ms", _FIRST_RECONNECT_MS),
            ("grpc.max_reconnect_backoff_ms", _SLOWEST_RECONNECT_MS),
            ("grpc.keepalive_time_ms", _KEEPALIVE_MS),
            ("grpc.keepalive_timeout_ms", _KEEPALIVE_TIMEOUT_MS),
            ("grpc.http2.max_pings_without_data", 0),
        ]
        # gRPC sends all but unix sockets by way of http_proxy, where no_proxy does not name them:
        # what may be said in the clear on this machine alone would go to another.
        if is_local(address):
            options.append(("grpc.enable_http_proxy", 0))
        self._insecure = credentials is None
        if credentials is None:
            self._channel = grpc.insecure_channel(address, options)
        else:
            self._channel = grpc.secure_channel(address, credentials, options)
        self._policy = RetryPolicy(retry)
        self._sleep = sleep
        self._clock = clock
        self._closed = False
        self._methods: dict[str, grpc.UnaryUnaryMultiCallable] = {}

    def call(
        self, method: str, request: bytes, deadline: float, *, overwrites: bool = False
    ) -> bytes:
        """The reply within `deadline` seconds, retries included; ActivationError otherwise.

        overwrites: whether a result takes the place of an input. Computed once more it would be
            f(f(x)), so such a call is tried again only where the server has certainly refused it.
        """
        send = self._methods.get(method) or self._methods.setdefault(
            method, self._channel.unary_unary(f"/{SERVICE}/{method}")
        )
        self._policy.on_first_try()
        end = self._clock() + deadline
        tries = 1
        while True:
            try:
                with self._starting():
                    return send(request, timeout=end - self._clock())
            except grpc.RpcError as failure:
                error = self.error_of(failure)
                delay = None
                if overwrites and not was_refused(error):
                    may_have_changed(error)
                else:
                    delay = self._policy.next_delay(error, tries, end - self._clock())
                if delay is None:
                    if tries > 1:
                        error.args = (f"{error.message} (after {tries} tries)",)
                    raise error from failure
            self._sleep(delay)
            tries += 1

    def open_stream(self, requests: Iterator[bytes], deadline: float | None) -> Any:
        """A call of `Stream`: an iterator of replies that can be cancelled."""
        with self._starting():
            return self._channel.stream_stream(f"/{SERVICE}/Stream")(requests, timeout=deadline)

    def error_of(self, failure: grpc.RpcError) -> ActivationError:
        """Of a call that gRPC ended with an error: with what may help where that is known."""
        error = from_rpc(failure)
        if self._may_want_tls(error):
            error.message += _MAY_WANT_TLS
        elif self._is_over_servers_limit(error):
            error.message += _TAKES_LESS
        error.args = (error.message,)
        return error

    def _may_want_tls(self, error: ActivationError) -> bool:
        # A server that dies in the middle of a call is "Socket closed", too, but no "last error"
        # of an attempt to connect.
        closed = "last error: " in error.message and error.message.endswith("Socket closed")
        return self._insecure and error.code is grpc.StatusCode.UNAVAILABLE and closed

    def _is_over_servers_limit(self, error: ActivationError) -> bool:
        if error.code is not grpc.StatusCode.RESOURCE_EXHAUSTED:
            return False
        # What this client's own limit lets pass it has sent.
        found = _OVER_LIMIT.search(error.message)
        return found is not None and int(found[1]) <= self.max_message_bytes

    def close(self) -> None:
        self._closed = True
        self._channel.close()

    @contextlib.contextmanager
    def _starting(self) -> Iterator[None]:
        """Within the block a call starts. On a closed channel gRPC raises a plain ValueError."""
        try:
            yield
        except ValueError as error:
            if not self._closed:
                raise
            raise make_error(grpc.StatusCode.FAILED_PRECONDITION, "the client is closed") from error
