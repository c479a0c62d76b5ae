"""When a call is tried again, and after how long: decisions only, no waiting."""

import dataclasses
import random
import threading
from collections.abc import Callable

import grpc

from .arguments import check_number, check_whole
from .errors import ActivationError

# Each first try puts a share of a retry in; the bucket holds what so many put in.
_WINDOW = 500
_INITIAL_TOKENS = 10.0
# Of a nanosecond they make centuries, and a float holds no number of a thousand.
_MOST_DOUBLINGS = 64
# As the server words it; of other refusals it names the delay.
_DRAINING = "the server is draining"
# Codes of calls that may have been computed.
_UNTOLD = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.DEADLINE_EXCEEDED,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.INTERNAL,
)

# No server of ours says UNKNOWN: gRPC does where a reply ends without a status, as that of a
# proxy whose server was killed amid the reply.
_TRANSIENT = (
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.CANCELLED,
    grpc.StatusCode.UNKNOWN,
)


@dataclasses.dataclass(frozen=True)
class Retry:
    """How often a call is tried again. Numbers out of range are refused with an InvalidArgument.

    Every call may be: most are pure functions of their requests, and of shared memory that is
    registered twice, as a reply was lost, the server ends the other region with its lease. Retried
    are UNAVAILABLE, CANCELLED, which this client never asks for, UNKNOWN, which is a reply that a
    proxy cut, and RESOURCE_EXHAUSTED where the server names a delay (a message over the size limit
    has the same code, and no retry makes it smaller).

    The one exception is a call whose `out` overlaps an input in shared memory: it is tried again
    only where the server has refused it before it computed anything, and else raises an error
    that says that x may have been changed.

    A try whose connection broke may go on at the server until the end of the stretch it is at, and
    write into a shared `out` once more what the next try wrote. Who uses that memory for something
    else at once sets max_attempts to 1, and takes other memory after an error.
    """

    #: Tries in all, the first included: at least 1, which is never to retry.
    max_attempts: int = 4
    #: Seconds, from 0, before the first retry; each further one waits up to twice as long, up to
    #: max_backoff, with full jitter, on top of the delay that the server asks for.
    initial_backoff: float = 0.01
    max_backoff: float = 1.0
    #: Retries may be at most this share of first tries, so that a failing server is not
    #: buried; the first calls have ten to begin with. 0: never retry.
    budget: float = 0.2

    def __post_init__(self) -> None:
        check_whole("max_attempts", self.max_attempts, 1)
        for name in ("initial_backoff", "max_backoff", "budget"):
            check_number(name, getattr(self, name))


class RetryBudget:
    """A token bucket. Thread-safe."""

    def __init__(self, share: float) -> None:
        self._share = max(0.0, share)
        # Room for one retry at least, or a small budget would be none.
        self._capacity = max(1.0, self._share * _WINDOW) if self._share > 0 else 0.0
        self._tokens = min(self._capacity, _INITIAL_TOKENS)
        self._lock = threading.Lock()

    def on_first_try(self) -> None:
        with self._lock:
            self._tokens = min(self._capacity, self._tokens + self._share)

    def take(self) -> bool:
        """Whether one more retry is allowed; if so, it is counted."""
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True


class RetryPolicy:
    """Shared by all calls of a client. Thread-safe."""

    def __init__(self, options: Retry, uniform: Callable[[], float] = random.random) -> None:
        self._options = options
        self._uniform = uniform
        self._budget = RetryBudget(options.budget)

    def on_first_try(self) -> None:
        """To be told of each call once."""
        self._budget.on_first_try()

    def next_delay(self, error: ActivationError, tries: int, time_left: float) -> float | None:
        """Seconds before the next try after `tries`; None where the error is final."""
        if not _may_be_retried(error) or tries >= self._options.max_attempts:
            return None
        delay = (error.retry_delay or 0.0) + self._backoff(tries)
        # The budget last: a retry that will not happen costs nothing.
        if delay >= time_left or not self._budget.take():
            return None
        return delay

    def _backoff(self, tries: int) -> float:
        # Full jitter: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
        doublings = min(tries - 1, _MOST_DOUBLINGS)
        bound = min(self._options.initial_backoff * 2**doublings, self._options.max_backoff)
        return float(bound * self._uniform())


def was_refused(error: ActivationError) -> bool:
    """Whether the server certainly refused a call before it did any of it: it names a delay, or is
    draining."""
    if error.retry_delay is not None:
        return True
    return error.code is grpc.StatusCode.UNAVAILABLE and error.message == _DRAINING


def may_have_changed(error: ActivationError) -> None:
    """Has the error of a call in place say so, where its code does not tell."""
    if error.code in _UNTOLD:
        error.message += (
            "; the result takes the place of an input: x may have been changed, so the call was "
            "not tried again"
        )
        error.args = (error.message,)


def was_changed(error: ActivationError) -> None:
    """Has the error of a later call, whatever it is, say that an earlier one has overwritten inputs:
    who sends the whole again computes f(f(x))."""
    error.retry_delay = None
    said = "; an earlier call of several has written over an input"
    if "x may have been changed" not in error.message:
        said += ": x may have been changed"
    error.message += said
    error.args = (f"{error}{said}",)


def _may_be_retried(error: ActivationError) -> bool:
    if error.retry_delay is not None and error.retry_delay < 0:
        return False
    if error.code in _TRANSIENT:
        return True
    # Another proxy resets the stream then. The text is gRPC's, and all that tells it from a
    # server that says INTERNAL.
    if error.code is grpc.StatusCode.INTERNAL and error.message.startswith("Received RST_STREAM"):
        return True
    return error.code is grpc.StatusCode.RESOURCE_EXHAUSTED and error.retry_delay is not None
