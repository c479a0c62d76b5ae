"""What a call may end with.

ActivationError
  InvalidArgument       an argument or a field is wrong; also a ValueError
  NotFound              an unknown function, region or object; also a LookupError
  FailedPrecondition    a client or a stream that is closed; a shared-memory region that its owner
                        made smaller, or an object on which a process has a lease
  PermissionDenied      also a PermissionError
  Unimplemented         the server has turned the feature off; also a NotImplementedError
  ResourceExhausted     too much at once, or a message over the limit
  DeadlineExceeded      also a TimeoutError
  Cancelled
  Unavailable           nobody answers, or the server drains; also a ConnectionError
  Unauthenticated       also a PermissionError
  Internal              a bug of the server

Beside them stand Python's own: a TypeError or the like where an argument is nothing that its type
hint means, and no InvalidArgument tells so; a MemoryError or, of shared memory, an OSError where
there is no room.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

import grpc
from google.protobuf import duration_pb2
from google.protobuf.message import DecodeError

from . import wire


class ActivationError(Exception):
    """A call that ended without a result."""

    def __init__(
        self,
        message: str,
        *,
        field: str | None = None,
        code: grpc.StatusCode = grpc.StatusCode.UNKNOWN,
        retry_delay: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        #: The field at fault, as "items[0].x.shape"; None where it is none.
        self.field = field
        self.code = code
        #: Seconds after which the server says to try again; negative: never; None: it says nothing.
        self.retry_delay = retry_delay


class InvalidArgument(ActivationError, ValueError):
    """An argument or a field of the request is wrong."""


class NotFound(ActivationError, LookupError):
    """There is no such function, region or shared-memory object."""


class FailedPrecondition(ActivationError):
    """The client or the stream is closed, a shared-memory region's owner made it smaller than it
    was, or a process has a lease on its object."""


class PermissionDenied(ActivationError, PermissionError):
    """The caller may not, or the server may not open a shared-memory object."""


class Unauthenticated(ActivationError, PermissionError):
    """The server wants to know who calls."""


class Unimplemented(ActivationError, NotImplementedError):
    """The server has this feature turned off, or is too old for it."""


class ResourceExhausted(ActivationError):
    """The server has too much in flight, or a message is over its limit."""


class DeadlineExceeded(ActivationError, TimeoutError):
    """The deadline passed before the result was there."""


class Cancelled(ActivationError):
    """The call was given up."""


class Unavailable(ActivationError, ConnectionError):
    """Nobody answers at the address, or the server is draining."""


class Internal(ActivationError):
    """A bug of the server."""


_CLASSES: dict[grpc.StatusCode, type[ActivationError]] = {
    grpc.StatusCode.INVALID_ARGUMENT: InvalidArgument,
    grpc.StatusCode.NOT_FOUND: NotFound,
    grpc.StatusCode.FAILED_PRECONDITION: FailedPrecondition,
    grpc.StatusCode.PERMISSION_DENIED: PermissionDenied,
    grpc.StatusCode.UNAUTHENTICATED: Unauthenticated,
    grpc.StatusCode.UNIMPLEMENTED: Unimplemented,
    grpc.StatusCode.RESOURCE_EXHAUSTED: ResourceExhausted,
    grpc.StatusCode.DEADLINE_EXCEEDED: DeadlineExceeded,
    grpc.StatusCode.CANCELLED: Cancelled,
    grpc.StatusCode.UNAVAILABLE: Unavailable,
    grpc.StatusCode.INTERNAL: Internal,
}
_BY_NUMBER = {code.value[0]: code for code in grpc.StatusCode}
# 115 days.
_MOST_PUSHBACK_DIGITS = 10


def make_error(
    code: grpc.StatusCode, message: str, field: str | None = None, retry_delay: float | None = None
) -> ActivationError:
    """The exception of a code."""
    kind = _CLASSES.get(code, ActivationError)
    return kind(message, field=field, code=code, retry_delay=retry_delay)


def invalid(field: str, message: str) -> ActivationError:
    """What is wrong with a field, found before anything was sent."""
    return make_error(grpc.StatusCode.INVALID_ARGUMENT, f"{field}: {message}", field)


def unreadable(error: Exception) -> ActivationError:
    """Of a reply that is none, by what came of reading it."""
    return make_error(grpc.StatusCode.INTERNAL, f"the server's reply cannot be read: {error!r}")


@contextlib.contextmanager
def reading_reply() -> Iterator[None]:
    """Within the block a reply is read: where it is none, that is an Internal."""
    try:
        yield
    except (ActivationError, MemoryError):
        raise
    except Exception as error:
        raise unreadable(error) from error


def from_stream(error: Any) -> ActivationError:
    """Of a StreamError."""
    code = _BY_NUMBER.get(error.code, grpc.StatusCode.UNKNOWN)
    delay = error.retry_delay_ms / 1000 if error.retry_delay_ms else None
    return make_error(code, error.message, error.field or None, delay)


def from_rpc(error: grpc.RpcError) -> ActivationError:
    """Of a call that gRPC ended with an error. Details that cannot be read are as good as none."""
    trailers = dict(error.trailing_metadata() or ())
    field: str | None = None
    delay: float | None = None
    with contextlib.suppress(ValueError, DecodeError):
        field, delay = _details(trailers.get("grpc-status-details-bin", b""))
    if "grpc-retry-pushback-ms" in trailers:
        delay = _pushback(trailers["grpc-retry-pushback-ms"])
    return make_error(error.code(), error.details() or error.code().name, field, delay)


def _pushback(milliseconds: str) -> float:
    """Seconds; what is no number that can be waited for means never, as in gRPC's own retries."""
    # Python refuses to read a number of thousands of digits, and a float holds none of hundreds.
    if not milliseconds.isdecimal() or len(milliseconds) > _MOST_PUSHBACK_DIGITS:
        return -1.0
    return int(milliseconds) / 1000


# The messages of google.rpc are read as fields without a schema: googleapis-common-protos,
# which has them, is pinned to other releases of protobuf by many.
def _details(status: bytes) -> tuple[str | None, float | None]:
    """The field of a google.rpc.BadRequest and the seconds of a RetryInfo."""
    name, delay = None, None
    for record in wire.records(memoryview(status)):
        if record.number != 3:  # Status.details
            continue
        url, _ = wire.split(record.payload, 1)
        value, _ = wire.split(record.payload, 2)
        kind = bytes(url or b"").rpartition(b"/")[2]
        if kind == b"google.rpc.BadRequest" and value is not None:
            name = _violation(value)
        elif kind == b"google.rpc.RetryInfo" and value is not None:
            delay = _duration(value)
    return name, delay


def _violation(bad_request: memoryview) -> str | None:
    violation, _ = wire.split(bad_request, 1)  # BadRequest.field_violations
    name = wire.split(violation, 1)[0] if violation is not None else None
    return bytes(name).decode(errors="replace") if name is not None else None


def _duration(retry_info: memoryview) -> float | None:
    delay, _ = wire.split(retry_info, 1)  # RetryInfo.retry_delay
    if delay is None:
        return None
    parsed = duration_pb2.Duration.FromString(bytes(delay))
    return float(max(0.0, parsed.seconds + parsed.nanos * 1e-9))
