"""The client of an activation server."""

import os
import weakref
from collections.abc import Iterable, Mapping, Sequence
from types import TracebackType
from typing import cast

import grpc

from .arguments import check_address, check_deadline, check_whole
from .catalogue import Catalogue, FunctionInfo, ServerInfo, server_info
from .connection import Connection
from .evaluation import Evaluation
from .items import ForwardItem, GradientItem, Gradients, Tier
from .retry import Retry
from .shared_memory import Regions
from .statistics import Statistics
from .stream import Stream
from .tensors import Array, ArrayLike, DTypeLike, shared_dtype

_RETRY = Retry()
#: Where a client looks for a server that nobody has named.
DEFAULT_ADDRESS = "127.0.0.1:50051"
# gRPC counts the bytes of a message in 32 bits with a sign.
_LARGEST_MESSAGE = (1 << 31) - 1
# As the contract counts them.
_LONGEST_LEASE = (1 << 32) - 1


def _close(connection: Connection, regions: Regions, process: int) -> None:
    # A forked child has copies, and the regions are its parent's.
    if process == os.getpid():
        regions.close()
        connection.close()


def _find_address(given: str | None) -> str:
    if given:
        return check_address("address", given)
    variable = "ACTIVATION_ADDRESS"
    return check_address(variable, os.environ.get(variable) or DEFAULT_ADDRESS)


class Client:
    """A handle to a server. Connects on the first call. Thread-safe.

    Every call ends with a result or an ActivationError; errors.py says which, and where Python has
    one of its own. Arrays of `shared_empty` and views of them are not sent: the server reads and
    writes them where they are.
    """

    def __init__(
        self,
        address: str | None = None,
        *,
        credentials: grpc.ChannelCredentials | None = None,
        deadline: float = 30.0,
        retry: Retry = _RETRY,
        max_message_bytes: int = 256 << 20,
        chunk_bytes: int = 64 << 20,
    ) -> None:
        """
        address: host:port, unix:/path, dns:///name:port, or several addresses as
            ipv4:10.0.0.1:50051,10.0.0.2:50051. Calls go to all addresses of a target in turn, but
            for those that cannot be reached or whose server says that it is not serving. Where the
            environment names a proxy (http_proxy), loopback addresses are reached without it.
            Default: the environment variable ACTIVATION_ADDRESS or, without it, 127.0.0.1:50051.
        credentials: as grpc.ssl_channel_credentials() makes them. Default: no TLS.
        deadline: seconds for one call with all its retries, above 0; infinity and whatever is more
            than ten years are ten years. Raise it for very large tensors.
        retry: when calls are tried again.
        max_message_bytes: the largest request or reply, up to 2 GiB less a byte. The server has a
            limit, too.
        chunk_bytes: tensors with more, sent or returned, take several calls, where the function
            allows it. Not above the server's limit.
        """
        self.address = _find_address(address)
        self._deadline = check_deadline(deadline)
        max_message_bytes = check_whole("max_message_bytes", max_message_bytes, 1, _LARGEST_MESSAGE)
        chunk_bytes = check_whole("chunk_bytes", chunk_bytes, 1)
        self._connection = Connection(self.address, credentials, max_message_bytes, retry)
        self._catalogue = Catalogue(self._connection)
        self._regions = Regions(self._connection, self._deadline)
        self._evaluation = Evaluation(
            self._connection,
            self._catalogue,
            self._regions.find_slice,
            deadline=self._deadline,
            chunk_bytes=chunk_bytes,
        )
        # Runs at the end of the process, too, and when the client is collected.
        self._finalizer = weakref.finalize(
            self, _close, self._connection, self._regions, os.getpid()
        )

    def close(self) -> None:
        """Unregisters the shared arrays and closes the connection. Streams end with Cancelled;
        whatever would ask the server later raises a FailedPrecondition."""
        self._finalizer()

    def forward(
        self,
        function: str,
        x: ArrayLike,
        *,
        weight: ArrayLike | None = None,
        out: Array | None = None,
        dtype: DTypeLike = None,
        tier: Tier = "exact",
        parameters: Mapping[str, float] | None = None,
        deadline: float | None = None,
    ) -> Array:
        """y = f(x); ForwardItem says what the arguments are."""
        item = ForwardItem(function, x, weight, out, dtype, tier, parameters or {})
        return self.forward_batch([item], deadline=deadline)[0]

    def gradient(
        self,
        function: str,
        x: ArrayLike,
        dy: ArrayLike | None = None,
        *,
        weight: ArrayLike | None = None,
        out: Array | None = None,
        dtype: DTypeLike = None,
        tier: Tier = "exact",
        parameters: Mapping[str, float] | None = None,
        deadline: float | None = None,
    ) -> Array:
        """dx = dy * f'(x), without dy the derivative; GradientItem says what the arguments are."""
        item = GradientItem(function, x, dy, weight, out, dtype, tier, parameters or {})
        return self.gradient_batch([item], deadline=deadline)[0].dx

    def statistics(
        self,
        function: str,
        x: ArrayLike,
        *,
        dtype: DTypeLike = None,
        tier: Tier = "exact",
        parameters: Mapping[str, float] | None = None,
        deadline: float | None = None,
    ) -> Statistics:
        """What an elementwise function makes of x. Items take `statistics=`, too, beside a result."""
        figures = Statistics()
        item = ForwardItem(
            function,
            x,
            dtype=dtype,
            tier=tier,
            parameters=parameters or {},
            statistics=figures,
            statistics_only=True,
        )
        self.forward_batch([item], deadline=deadline)
        return figures

    def forward_batch(
        self, items: Sequence[ForwardItem], *, deadline: float | None = None
    ) -> list[Array]:
        """All of them in one call: the cheapest way for many small tensors at hand. What fits no
        message takes several, each with the whole deadline. Where one fails, those before it have
        written their results; if that was over an input, the error says that x may have been
        changed and has no `retry_delay`."""
        return cast(list[Array], self._evaluation.run(items, deadline))

    def gradient_batch(
        self, items: Sequence[GradientItem], *, deadline: float | None = None
    ) -> list[Gradients]:
        """The same of gradients, also by parameters where an item asks for them."""
        return cast(list[Gradients], self._evaluation.run(items, deadline))

    def stream(
        self, *, max_pending: int = 256, may_overtake: bool = False, deadline: float | None = None
    ) -> Stream:
        """A stream for many small tensors that come one by one, each with a future. What is at hand
        together costs a fraction of that as a batch:

            with client.stream() as stream:
                futures = [stream.forward("gelu", x) for x in tensors]

        max_pending: items without result, past which `submit` waits; at least 1.
        may_overtake: whether a result may come before those of earlier items.
        deadline: seconds for the whole stream, above 0; None: no end.
        """
        return Stream(
            self._connection,
            self._evaluation.encoder,
            max_pending=max_pending,
            may_overtake=may_overtake,
            deadline=deadline,
            owner=self,
        )

    def shared_empty(
        self,
        shape: int | Iterable[int],
        dtype: DTypeLike = None,
        *,
        prefix: str = "/activation-",
        mode: int = 0o600,
        lease: int = 0,
    ) -> Array:
        """An array, zeros at first, in memory that the server sees, too. Calls of this client
        send neither it nor its views: x, dy and weights are read there, and `out` is written
        there. It ends with its last view.

        The server must run on this machine, with --shared-memory=on. After it was started anew
        calls on the array raise NotFound: make another.

        shape: as numpy.empty has it.
        dtype: default f32.
        prefix: what the server's --shared-memory-prefix says.
        mode: who may open the memory until the server has: its owner. 0o660 where the server
            runs as another user of the same group.
        lease: seconds for which the server keeps the memory when this process dies; renewed as
            long as the array lives. 0: the server's default.
        """
        is_several = isinstance(shape, Iterable) and getattr(shape, "ndim", 1) > 0
        given = cast(Iterable[int], shape) if is_several else (shape,)
        # Of one axis of -1 NumPy would make as many elements as the memory has.
        extents = tuple(check_whole("shape", extent, 0) for extent in given)
        lease = check_whole("lease", lease, 0, _LONGEST_LEASE)
        return self._regions.empty(extents, shared_dtype(dtype), prefix, mode, lease)

    def list_functions(self) -> tuple[FunctionInfo, ...]:
        """The server's catalogue."""
        return tuple(self._catalogue.functions(self._deadline).values())

    def server_info(self) -> ServerInfo:
        """Version, devices and limits of the server."""
        return server_info(self._connection, self._deadline)

    def __enter__(self) -> "Client":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"activation.Client({self.address!r})"
