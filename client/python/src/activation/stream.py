"""Many items in flight on one stream, for tensors that come one by one."""

import queue
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Any, NamedTuple

import grpc

from . import messages, wire
from .arguments import check_deadline, check_whole
from .connection import Connection
from .encoding import Encoded, Encoder, decode
from .errors import ActivationError, from_stream, invalid, make_error, unreadable
from .items import ForwardItem, GradientItem


class _Pending(NamedTuple):
    encoded: Encoded
    future: Future[Any]
    took_room: bool


class Stream:
    """One stream of `Client.stream`. Items are sent in the order of `submit`.

    An item fails alone, with the error that a call would raise; nothing is tried again. When the
    stream itself fails, because the server drains, the connection breaks or the deadline passes,
    everything pending fails with its error and so does every later item: open another one.

    Thread-safe. Leaving its block waits for all results. Until then it keeps its client.
    """

    def __init__(
        self,
        connection: Connection,
        encoder: Encoder,
        *,
        max_pending: int,
        may_overtake: bool,
        deadline: float | None,
        owner: object,
    ) -> None:
        self._owner = owner  # the client: its end would close the connection
        self._encoder = encoder
        self._max_message_bytes = connection.max_message_bytes
        self._error_of = connection.error_of
        self._may_overtake = may_overtake
        if deadline is not None:
            deadline = check_deadline(deadline)
        self._room = threading.Semaphore(check_whole("max_pending", max_pending, 1))
        self._requests: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._pending: dict[int, _Pending] = {}
        self._last_id = 0
        self._end: ActivationError | None = None  # why nothing can be sent any more
        self._call = connection.open_stream(iter(self._requests.get, None), deadline)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def forward(self, function: str, x: Any, **how: Any) -> "Future[Any]":
        """y = f(x), with the further arguments of a ForwardItem."""
        return self.submit(ForwardItem(function, x, **how))

    def gradient(self, function: str, x: Any, dy: Any = None, **how: Any) -> "Future[Any]":
        """Gradients, with the further arguments of a GradientItem."""
        return self.submit(GradientItem(function, x, dy, **how))

    def submit(self, item: ForwardItem | GradientItem) -> "Future[Any]":
        """The result to come: an array of a ForwardItem, Gradients of a GradientItem.

        Waits while max_pending items are pending, except in a callback of such a future. What is
        wrong with the item and can be seen here is raised here.
        """
        encoded = self._encoder.encode(item, "item")
        limit = self._max_message_bytes
        if self._encoder.message_bytes(item, encoded, limit) > limit:
            raise invalid("item.x", f"it or its result does not fit a message of {limit} bytes")
        took_room = self._room.acquire(blocking=threading.current_thread() is not self._reader)
        future: Future[Any] = Future()
        future.set_running_or_notify_cancel()
        pending = _Pending(encoded, future, took_room)
        with self._lock:
            if self._end is None:
                self._last_id += 1
                self._pending[self._last_id] = pending
                self._requests.put(self._request(self._last_id, encoded))
                return future
        self._leave(pending)
        future.set_exception(self._end)
        return future

    def close(self) -> None:
        """Says that no item comes any more, and waits until all are done."""
        self._finish(make_error(grpc.StatusCode.FAILED_PRECONDITION, "the stream is closed"))
        self._requests.put(None)
        self._reader.join()

    def __enter__(self) -> "Stream":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if error is not None:
            self._call.cancel()
        self.close()

    def _request(self, number: int, encoded: Encoded) -> bytes:
        head = messages.StreamRequest(id=number, may_overtake=self._may_overtake)
        pieces = wire.field(3 if encoded.gradient else 2, encoded.pieces)
        return b"".join([head.SerializeToString(), *pieces])

    def _read(self) -> None:
        end = make_error(grpc.StatusCode.UNAVAILABLE, "the server ended the stream")
        try:
            try:
                for reply in self._call:
                    self._take(memoryview(reply))
            except grpc.RpcError as error:
                end = self._error_of(error)
        except Exception as error:  # whatever it is, nobody may wait for ever
            self._call.cancel()
            end = unreadable(error)
        self._finish(end)
        # gRPC's thread that sends may wait for another request.
        self._requests.put(None)
        with self._lock:
            pending, self._pending = self._pending, {}
        for item in pending.values():
            self._leave(item)
            item.future.set_exception(end)

    def _take(self, reply: memoryview) -> None:
        payload, rest = None, []
        for record in wire.records(reply):
            if record.number in (2, 3):
                payload = record.payload
            else:
                rest.append(record.whole)
        message = messages.StreamResponse.FromString(b"".join(rest))
        with self._lock:
            item = self._pending.pop(message.id)
        self._leave(item)
        if payload is None:
            item.future.set_exception(from_stream(message.error))
            return
        try:
            result = decode(payload, item.encoded)
        except (ActivationError, MemoryError) as error:
            item.future.set_exception(error)
        except Exception as error:
            item.future.set_exception(unreadable(error))
        else:
            item.future.set_result(result)

    def _leave(self, item: _Pending) -> None:
        if item.took_room:
            self._room.release()

    def _finish(self, end: ActivationError) -> None:
        with self._lock:
            self._end = self._end or end
