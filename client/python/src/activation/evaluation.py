"""Batches of items to calls and back."""

import re
from collections.abc import Iterator, Sequence

import numpy as np

from . import chunks, wire
from .arguments import check_deadline
from .catalogue import Catalogue, result_shape
from .connection import Connection
from .encoding import ENVELOPE, Encoded, Encoder, FindSlice, decode, overlap, overwrite_inputs
from .errors import ActivationError, invalid, reading_reply
from .items import ForwardItem, GradientItem, Gradients
from .retry import was_changed
from .tensors import Array

Item = ForwardItem | GradientItem

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
        self._find_slice = find_slice
        self._deadline = deadline
        self._max_message_bytes = connection.max_message_bytes
        self._chunk_bytes = min(chunk_bytes, self._max_message_bytes)
        self.encoder = Encoder(find_slice, self._result_shape)

    def run(self, items: Sequence[Item], deadline: float | None) -> list[Array | Gradients]:
        """The results in order. All items are of one kind; each call has the whole deadline."""
        deadline = self._deadline if deadline is None else check_deadline(deadline)
        written: list[Array] = []
        try:
            return self._run(items, deadline, written)
        except ActivationError as error:
            # Whatever became of the last call, the run as a whole is none to do once more.
            if overlap(written, _inputs(items)):
                was_changed(error)
            raise

    def _run(
        self, items: Sequence[Item], deadline: float, written: list[Array]
    ) -> list[Array | Gradients]:
        """`written` gets the `out` of each call that has ended."""
        results: list[Array | Gradients] = []
        group: list[Encoded] = []
        room = self._max_message_bytes
        for index, item in enumerate(items):
            encoded = self.encoder.encode(item, f"items[{index}]")
            size = self.encoder.message_bytes(item, encoded, self._chunk_bytes)
            large = size > self._chunk_bytes
            if group and (large or size > room or len(group) == _MAX_ITEMS):
                results += self._call(group, deadline, written)
                group, room = [], self._max_message_bytes
            if large and (parts := self._parts(item, encoded)):
                results.append(self._in_parts(*parts, encoded.field, deadline, written))
            elif size > self._max_message_bytes:
                raise self._too_large(encoded, item.function, size)
            else:
                group.append(encoded)
                room -= size
        return results + (self._call(group, deadline, written) if group else [])

    def _parts(self, item: Item, encoded: Encoded) -> tuple[chunks.Parts, int] | None:
        """How to cut an item, and into parts of how many bytes; None where that cannot be."""
        info = self._catalogue.functions(self._deadline).get(item.function)
        parts = chunks.parts_of(item, encoded.x, info)
        if parts is None:
            return None
        x = encoded.x.array
        tensors = [x] if parts.dy is None else [x, parts.dy]
        sent = sum(tensor.nbytes for tensor in tensors if self._find_slice(tensor) is None)
        room = self._chunk_bytes - (wire.size(encoded.pieces) - sent) - ENVELOPE
        # What is not sent comes back, as many bytes as x has.
        part_bytes = room * x.nbytes // max(sent, x.nbytes, 1)
        return (parts, part_bytes) if 0 < parts.row_bytes() <= part_bytes else None

    def _in_parts(
        self,
        parts: chunks.Parts,
        part_bytes: int,
        field: str,
        deadline: float,
        written: list[Array],
    ) -> Array | Gradients:
        # What is gathered elsewhere first is written when all of it is there.
        of_parts = written if parts.target is None else []
        encoded = (self.encoder.encode(part, field) for part in parts.cut(part_bytes))
        whole = parts.join([self._call([part], deadline, of_parts)[0] for part in encoded])
        if parts.target is not None:
            written.append(parts.target)
        return whole

    def _too_large(self, encoded: Encoded, function: str, size: int) -> ActivationError:
        return invalid(
            f"{encoded.field}.x",
            f"{size} bytes do not fit a message of {self._max_message_bytes} (max_message_bytes), "
            f"and {function} has no parts along the first axis that do; use shared memory, for `out`, too",
        )

    def _call(
        self, group: list[Encoded], deadline: float, written: list[Array]
    ) -> list[Array | Gradients]:
        request: wire.Pieces = []
        for encoded in group:
            request += wire.field(1, encoded.pieces)
        method = "Gradient" if group[0].gradient else "Forward"
        try:
            reply = self._connection.call(
                method, b"".join(request), deadline, overwrites=overwrite_inputs(group)
            )
        except ActivationError as error:
            _renumber(error, group)
            raise
        written += [encoded.out for encoded in group if encoded.out is not None]
        with reading_reply():
            records = wire.records(memoryview(reply))
            found = [record.payload for record in records if record.number == 1]
            return [decode(result, encoded) for result, encoded in zip(found, group, strict=True)]

    def _result_shape(self, item: ForwardItem, shape: tuple[int, ...]) -> tuple[int, ...]:
        info = self._catalogue.functions(self._deadline).get(item.function)
        return result_shape(info, item.parameters, shape)


def _inputs(items: Sequence[Item]) -> Iterator[Array]:
    """The caller's own arrays, which a copy in another layout or dtype stands for in a call."""
    for item in items:
        dy = item.dy if isinstance(item, GradientItem) else None
        yield from (a for a in (item.x, dy, item.weight) if isinstance(a, np.ndarray))


def _renumber(error: ActivationError, group: Sequence[Encoded]) -> None:
    """The server counts the items of one call, whoever reads the error those of all."""
    found = re.match(r"items\[(\d+)\]", error.field or "")
    if found is None or int(found[1]) >= len(group):
        return
    old, new = found[0], group[int(found[1])].field
    error.field = (error.field or "").replace(old, new, 1)
    error.message = error.message.replace(old, new, 1)
    error.args = (str(error).replace(old, new, 1),)
