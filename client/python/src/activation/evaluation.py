"""Batches of items to calls and back."""

from collections.abc import Sequence

from . import chunks, wire
from .catalogue import Catalogue, result_shape
from .connection import Connection
from .encoding import Encoded, Encoder, FindSlice, decode
from .errors import ActivationError, invalid
from .items import ForwardItem, GradientItem, Gradients
from .tensors import Array

Item = ForwardItem | GradientItem

# What a message may hold beside its pieces, a part beside those of its whole: tags and lengths.
_ENVELOPE = 64
# The server's default; a call with more items is refused.
_MAX_ITEMS = 16384


class Evaluation:
    """Evaluates items with as few calls as their sizes allow. Thread-safe."""

    def __init__(
        self,
        connection: Connection,
        catalogue: Catalogue,
        find_slice: FindSlice,
        *,
        deadline: float,
        chunk_bytes: int,
    ) -> None:
        self._connection = connection
        self._catalogue = catalogue
        self._deadline = deadline
        self._max_message_bytes = connection.max_message_bytes
        self._chunk_bytes = min(chunk_bytes, self._max_message_bytes)
        self.encoder = Encoder(find_slice, self._result_shape)

    def run(self, items: Sequence[Item], deadline: float | None) -> list[Array | Gradients]:
        """The results in order. All items are of one kind; each call has the whole deadline."""
        deadline = self._deadline if deadline is None else deadline
        results: list[Array | Gradients] = []
        group: list[Encoded] = []
        room = self._max_message_bytes
        for index, item in enumerate(items):
            encoded = self.encoder.encode(item, f"items[{index}]")
            size = wire.size(encoded.pieces) + _ENVELOPE
            large = size > self._chunk_bytes
            if group and (large or size > room or len(group) == _MAX_ITEMS):
                results += self._call(group, deadline)
                group, room = [], self._max_message_bytes
            if large and (parts := self._parts(item, encoded, size)):
                results.append(self._in_parts(*parts, deadline))
            elif size > self._max_message_bytes:
                raise self._too_large(encoded, item.function, size)
            else:
                group.append(encoded)
                room -= size
        return results + (self._call(group, deadline) if group else [])

    def _parts(self, item: Item, encoded: Encoded, size: int) -> tuple[chunks.Parts, int] | None:
        """How to cut an item, and into parts of how many bytes; None where that cannot be."""
        info = self._catalogue.functions(self._deadline).get(item.function)
        parts = chunks.parts_of(item, encoded.x, info)
        if parts is None:
            return None
        tensors = 1 if parts.dy is None else 2
        beside = size - tensors * encoded.x.array.nbytes
        part_bytes = (self._chunk_bytes - beside - _ENVELOPE) // tensors
        return (parts, part_bytes) if parts.row_bytes() <= part_bytes else None

    def _in_parts(self, parts: chunks.Parts, part_bytes: int, deadline: float) -> Array | Gradients:
        encoded = (self.encoder.encode(part, "items[0]") for part in parts.cut(part_bytes))
        return parts.join([self._call([part], deadline)[0] for part in encoded])

    def _too_large(self, encoded: Encoded, function: str, size: int) -> ActivationError:
        return invalid(
            f"{encoded.field}.x",
            f"{size} bytes do not fit a message of {self._max_message_bytes} (max_message_bytes), "
            f"and {function} has no parts along the first axis that do; use shared memory",
        )

    def _call(self, group: list[Encoded], deadline: float) -> list[Array | Gradients]:
        request: wire.Pieces = []
        for encoded in group:
            request += wire.field(1, encoded.pieces)
        method = "Gradient" if group[0].gradient else "Forward"
        reply = self._connection.call(method, b"".join(request), deadline)
        found = [record.payload for record in wire.records(memoryview(reply)) if record.number == 1]
        return [decode(result, encoded) for result, encoded in zip(found, group, strict=True)]

    def _result_shape(self, item: ForwardItem, shape: tuple[int, ...]) -> tuple[int, ...]:
        info = self._catalogue.functions(self._deadline).get(item.function)
        return result_shape(info, item.parameters, shape)
