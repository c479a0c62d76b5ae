"""Arrays in memory that a server on the same machine sees, too: they are not sent."""

import contextlib
import math
import mmap
import os
import queue
import secrets
import threading
import time
from typing import Any

import grpc
import numpy as np

from . import messages
from .connection import Connection
from .errors import ActivationError, make_error, reading_reply
from .tensors import Array

# Where glibc's shm_open puts its objects.
_FOLDER = "/dev/shm"
# Seconds for what the lease would do as well, only later.
_DEADLINE = 1.0
# Leases are whole seconds. One of none, which no sound server gives, would have its region asked
# for without a pause.
_SHORTEST_LEASE = 1.0


class _Mapping(mmap.mmap):
    """A region's memory; every array in it holds on to it, and it ends with the last."""

    regions: "Regions | None" = None
    handle = ""

    def __del__(self) -> None:
        if self.regions is not None:
            self.regions.forget(self.handle)


class Regions:
    """The shared arrays of one client. Thread-safe.

    A thread of its own renews the leases as long as there are arrays, and unregisters what
    has gone: an array may be collected anywhere, also where no call can be made.
    """

    def __init__(self, connection: Connection, deadline: float) -> None:
        self._connection = connection
        self._deadline = deadline
        self._leases: dict[str, float] = {}  # seconds, by handle
        # None wakes the keeper: a lease is shorter than those it knew, or there are none left.
        self._gone: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lock = threading.Lock()  # of the keeper
        self._keeper: threading.Thread | None = None

    def empty(
        self, shape: tuple[int, ...], dtype: np.dtype[Any], prefix: str, mode: int, lease: int
    ) -> Array:
        """An array of zeros in a region of its own."""
        size = max(1, math.prod(shape) * dtype.itemsize)
        name = prefix + secrets.token_hex(16)
        mapping = _create(name, size, mode)
        try:
            request = messages.RegisterSharedMemoryRequest(
                key=name, bytes=size, lease_seconds=lease
            )
            encoded = self._connection.call(
                "RegisterSharedMemory", request.SerializeToString(), self._deadline
            )
        finally:
            # Whoever has opened it keeps it; nothing is left behind in the system's list.
            os.unlink(_FOLDER + name)
        with reading_reply():
            reply = messages.RegisterSharedMemoryResponse.FromString(encoded)
        if not reply.region:
            raise make_error(
                grpc.StatusCode.INTERNAL, "malformed reply: a region without its handle"
            )
        mapping.regions, mapping.handle = self, reply.region
        self._keep(reply.region, max(_SHORTEST_LEASE, reply.lease_seconds))
        return np.ndarray(shape, dtype, buffer=mapping)

    def find_slice(self, array: Array) -> Any:
        """The SharedMemorySlice of an array that lies in a region; else None."""
        owner: Any = array
        while isinstance(owner, np.ndarray):
            owner = owner.base
        if not isinstance(owner, _Mapping) or owner.handle not in self._leases:
            return None
        begin = np.frombuffer(owner, np.uint8).ctypes.data
        return messages.SharedMemorySlice(region=owner.handle, offset=array.ctypes.data - begin)

    def forget(self, handle: str) -> None:
        """The memory goes. Takes no lock and makes no call: it comes from the garbage collector."""
        self._gone.put(handle)
        self._leases.pop(handle, None)

    def close(self) -> None:
        """Unregisters everything; the arrays stay what they are and are sent from now on."""
        handles: set[str | None] = set(self._leases.copy())
        self._leases.clear()
        # The keeper takes from it, too.
        with contextlib.suppress(queue.Empty):
            while True:
                handles.add(self._gone.get_nowait())
        # It ends now, and not after the calls below, each of which may take its deadline.
        self._gone.put(None)
        for handle in handles:
            self._unregister(handle)

    def _keep(self, handle: str, lease: float) -> None:
        with self._lock:
            self._leases[handle] = lease
            if self._keeper is None:
                self._keeper = threading.Thread(target=self._renew_and_unregister, daemon=True)
                self._keeper.start()
            else:
                self._gone.put(None)

    def _renew_and_unregister(self) -> None:
        renewed = time.monotonic()
        while True:
            # Three times in the shortest lease.
            pause = min(self._leases.copy().values(), default=0.0) / 3
            try:
                timeout = max(0.0, renewed + pause - time.monotonic())
                self._unregister(self._gone.get(timeout=timeout))
            except queue.Empty:
                for handle in self._leases.copy():
                    request = messages.SharedMemoryStatusRequest(region=handle)
                    self._ask("SharedMemoryStatus", request)
                renewed = time.monotonic()
            with self._lock:
                if not self._leases and self._gone.empty():
                    self._keeper = None
                    return

    def _unregister(self, handle: str | None) -> None:
        if handle is not None:
            request = messages.UnregisterSharedMemoryRequest(region=handle)
            self._ask("UnregisterSharedMemory", request)

    def _ask(self, method: str, request: Any) -> None:
        """Whatever the answer is, a later one may be better, or the lease ends the region."""
        with contextlib.suppress(ActivationError):
            self._connection.call(method, request.SerializeToString(), _DEADLINE)


def _create(name: str, size: int, mode: int) -> _Mapping:
    """A new object with memory for all of it, so that no later touch can fail."""
    path = _FOLDER + name
    file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.posix_fallocate(file, 0, size)
        # Not by open: the process' mask of permissions would take some away.
        os.fchmod(file, mode)
        return _Mapping(file, size)
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(file)
