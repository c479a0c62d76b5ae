"""Items to the bytes of requests, and the bytes of results to arrays."""

import bisect
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import messages, wire
from .errors import invalid
from .items import ForwardItem, GradientItem, Gradients
from .statistics import Statistics
from .tensors import Array, Tensor, check_output, tensor, view

#: Where an array lies in shared memory that the server has mapped, as a SharedMemorySlice;
#: None where it does not.
FindSlice = Callable[[Array], Any]
#: The shape of a forward item's result, where x has the shape given.
ResultShape = Callable[[ForwardItem, tuple[int, ...]], tuple[int, ...]]

# What a message holds beside an item's pieces or a result's elements: id, flag, tags and lengths.
ENVELOPE = 64
_TIERS = {name.lower(): messages.enum_numbers("Tier")[f"TIER_{name}"] for name in ("EXACT", "FAST")}


class Encoded(NamedTuple):
    """An item, ready to be sent."""

    field: str  # what errors call it
    pieces: wire.Pieces
    x: Tensor
    beside: list[Tensor]  # dy and the weights: shared ones must live until the server has read them
    out: Array | None
    gradient: bool
    in_place: bool  # whether the server writes the result into `out` itself
    statistics: Statistics | None
    statistics_only: bool


class Encoder:
    """Thread-safe."""

    def __init__(self, find_slice: FindSlice, result_shape: ResultShape) -> None:
        self._find_slice = find_slice
        self._result_shape = result_shape

    def encode(self, item: ForwardItem | GradientItem, field: str) -> Encoded:
        """The bytes of a ForwardItem or GradientItem of the contract."""
        x = tensor(item.x, item.dtype, f"{field}.x")
        gradient = isinstance(item, GradientItem)
        pieces = wire.field(1, [_activation(item, field)]) + self._tensor(2, x)
        beside: list[Tensor] = []
        if isinstance(item, GradientItem) and item.dy is not None:
            beside.append(tensor(item.dy, x.dtype, f"{field}.dy"))
            pieces += self._tensor(3, beside[-1])
        if item.weight is not None:
            beside.append(tensor(item.weight, x.dtype, f"{field}.weight"))
            pieces += self._tensor(5 if gradient else 3, beside[-1])
        place = self._place(item, x, f"{field}.out")
        if place is not None:
            pieces += wire.field(6 if gradient else 4, [place.SerializeToString()])
        if isinstance(item, GradientItem) and item.parameter_gradients:
            pieces.append(messages.GradientItem(parameter_gradients=True).SerializeToString())
        if item.statistics is not None:
            kind = messages.GradientItem if gradient else messages.ForwardItem
            # A server that knows only the first of the two sends a result beside them.
            flags = kind(statistics=True, statistics_only=item.statistics_only)
            pieces.append(flags.SerializeToString())
        return Encoded(
            field,
            pieces,
            x,
            beside,
            item.out,
            gradient,
            in_place=place is not None,
            statistics=item.statistics,
            statistics_only=item.statistics_only,
        )

    def message_bytes(self, item: ForwardItem | GradientItem, encoded: Encoded, ample: int) -> int:
        """What the larger one of request and reply takes; beyond `ample` the reply exactly."""
        request = wire.size(encoded.pieces)
        x = encoded.x.array
        reply = 0 if encoded.in_place or encoded.statistics_only else x.nbytes
        if reply > max(request, ample) and isinstance(item, ForwardItem):
            # Only the server's catalogue tells which functions halve an axis.
            reply = math.prod(self._result_shape(item, x.shape)) * x.itemsize
        return max(request, reply) + ENVELOPE

    def _tensor(self, number: int, value: Tensor) -> wire.Pieces:
        head = messages.Tensor(dtype=value.number, shape=value.array.shape)
        place = self._find_slice(value.array)
        if place is not None:
            head.shared_memory.CopyFrom(place)
            return wire.field(number, [head.SerializeToString()])
        return wire.field(number, [head.SerializeToString(), *wire.field(3, [value.bytes])])

    def _place(self, item: ForwardItem | GradientItem, x: Tensor, field: str) -> Any:
        """Where the server writes the result, checked: what is too small for it is never named."""
        if item.statistics_only and item.statistics is None:
            raise invalid(field.replace(".out", ".statistics"), "must be given to be filled in")
        if item.out is None:
            return None
        if item.statistics_only:
            raise invalid(field, "must be absent beside statistics_only: there is no result")
        check_output(item.out, x.array.dtype, field)
        shape = x.array.shape
        if item.out.shape != shape and isinstance(item, ForwardItem):
            shape = self._result_shape(item, shape)
        if item.out.shape != shape:
            raise invalid(field, f"has shape {item.out.shape}; the result has {shape}")
        return self._find_slice(item.out)


def overwrite_inputs(items: Sequence[Encoded]) -> bool:
    """Whether the server writes the result of any item over an input of any."""
    return overlap(
        (item.out for item in items if item.in_place and item.out is not None),
        (tensor.array for item in items for tensor in (item.x, *item.beside)),
    )


def overlap(results: Iterable[Array], inputs: Iterable[Array]) -> bool:
    """Whether any of the results lies, if only in part, where any of the inputs does."""
    written = _joined(results)
    if not written:
        return False
    read = _joined(inputs)
    starts = [begin for begin, _ in read]
    for begin, end in written:
        # The last input that begins before the result's end is the one that ends last.
        last = bisect.bisect_left(starts, end) - 1
        if last >= 0 and read[last][1] > begin:
            return True
    return False


def _joined(arrays: Iterable[Array]) -> list[tuple[int, int]]:
    """First byte and end of each, in order; those that overlap as one."""
    joined: list[tuple[int, int]] = []
    for begin, end in sorted(_bounds(array) for array in arrays if array.nbytes):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _bounds(array: Array) -> tuple[int, int]:
    """First byte and end of an array with elements, whichever way its axes run."""
    begin, end = array.ctypes.data, array.ctypes.data + array.itemsize
    for extent, stride in zip(array.shape, array.strides, strict=True):
        reach = (extent - 1) * stride
        begin, end = begin + min(reach, 0), end + max(reach, 0)
    return begin, end


def decode(result: memoryview, sent: Encoded) -> Array | Gradients:
    """What a ForwardResult or GradientResult holds, in `out` where the item has one."""
    payload, rest = wire.split(result, 1)
    array = _array(payload, sent)
    if not sent.gradient and sent.statistics is None:
        return array
    kind = messages.GradientResult if sent.gradient else messages.ForwardResult
    other = kind.FromString(rest)
    if sent.statistics is not None:
        sent.statistics._read(other.statistics)
    if not sent.gradient:
        return array
    weight = None
    if other.HasField("weight_gradient"):
        weight = np.frombuffer(other.weight_gradient.data, "<f8").copy()
    return Gradients(array, dict(other.parameter_gradients), weight)


def _array(payload: memoryview | None, sent: Encoded) -> Array:
    if sent.statistics_only:
        return np.empty(0, sent.x.array.dtype)
    if sent.in_place and sent.out is not None:
        return sent.out
    data, head = wire.split(payload or memoryview(b""), 3)
    shape = tuple(messages.Tensor.FromString(head).shape)
    found = view(data or memoryview(b""), shape, sent.x.array.dtype)
    if sent.out is None:
        return found.copy()
    # The server halves the axis of a gated function; `out` had the shape of x.
    if sent.out.shape != shape:
        raise invalid(f"{sent.field}.out", f"has shape {sent.out.shape}; the result has {shape}")
    sent.out[...] = found
    return sent.out


def _activation(item: ForwardItem | GradientItem, field: str) -> bytes:
    if item.tier not in _TIERS:
        raise invalid(f"{field}.activation.tier", f"'{item.tier}' is neither 'exact' nor 'fast'")
    try:
        message = messages.Activation(
            function=item.function, parameters=item.parameters, tier=_TIERS[item.tier]
        )
    except TypeError:
        if not isinstance(item.function, str):
            what = f"must be a name, as 'gelu', not {type(item.function).__name__}"
            raise invalid(f"{field}.activation.function", what) from None
        _check_parameters(item.parameters, f"{field}.activation.parameters")
        raise
    return message.SerializeToString()


def _check_parameters(parameters: Mapping[str, float], field: str) -> None:
    """Raises for the first without a name, or that is no number by protobuf's judgement, whose error
    names none."""
    for name, value in parameters.items():
        if not isinstance(name, str):
            raise invalid(field, f"names must be texts, not {type(name).__name__}") from None
        try:
            messages.Activation(parameters={"": value})
        except TypeError:
            what = f"must be a number, not {type(value).__name__}"
            raise invalid(f'{field}["{name}"]', what) from None
