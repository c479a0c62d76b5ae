"""Tensors too large for a message, as parts that the function allows."""

import dataclasses
from collections.abc import Iterator
from typing import Any

import numpy as np

from .catalogue import FunctionInfo, axis_of, result_shape
from .items import ForwardItem, GradientItem, Gradients
from .statistics import Statistics
from .tensors import Array, Tensor, tensor

Item = ForwardItem | GradientItem


@dataclasses.dataclass
class Parts:
    """An item whose first axis may be cut anywhere."""

    item: ForwardItem | GradientItem
    x: Array
    dy: Array | None
    out: Array
    whole: Array  # `out` in the shape of the result
    target: Array | None = None  # where the whole goes in the end, if that is elsewhere
    statistics: list[Statistics] = dataclasses.field(default_factory=list)  # of the parts so far

    def row_bytes(self) -> int:
        """The least that a part can have, of x."""
        return self.x[:1].nbytes

    def cut(self, part_bytes: int) -> Iterator[ForwardItem | GradientItem]:
        """Items with up to `part_bytes` of x that together give the result."""
        rows = max(1, part_bytes // self.row_bytes())
        for begin in range(0, len(self.x), rows):
            part = slice(begin, begin + rows)
            out = None if self.item.statistics_only else self.out[part]
            item = dataclasses.replace(self.item, x=self.x[part], out=out)
            if isinstance(item, GradientItem) and self.dy is not None:
                item.dy = self.dy[part]
            if item.statistics is not None:
                item.statistics = Statistics()
                self.statistics.append(item.statistics)
            yield item

    def join(self, results: list[Array | Gradients]) -> Array | Gradients:
        """The result of the whole from those of the parts."""
        if self.item.statistics is not None:
            self.item.statistics._join(self.statistics)
        whole = self.whole
        if self.target is not None:
            self.target[...] = whole
            whole = self.target
        gradients = [result for result in results if isinstance(result, Gradients)]
        if not gradients:
            return whole
        # Of a sum over the tensor each part has its share.
        names = gradients[0].parameters
        sums = {name: sum(part.parameters[name] for part in gradients) for name in names}
        weights = [part.weight for part in gradients if part.weight is not None]
        return Gradients(whole, sums, np.sum(weights, axis=0) if weights else None)


def parts_of(item: Item, x: Tensor, info: FunctionInfo | None) -> Parts | None:
    """How to cut the item; None where its function sees the first axis as a whole."""
    if info is None or not _may_be_cut(info, item, x.array.ndim):
        return None
    shape = x.array.shape
    dy = None
    if isinstance(item, ForwardItem):
        shape = result_shape(info, item.parameters, shape)
    elif item.dy is not None:
        dy = tensor(item.dy, x.dtype, "dy").array
    if item.statistics_only:
        shape = (0,)
    whole, target = item.out, None
    if whole is None:
        whole = np.empty(shape, x.array.dtype)
    elif _spoils(whole, [x.array, dy], item.weight):
        whole, target = np.empty(shape, x.array.dtype), whole
    item = dataclasses.replace(item, dtype=x.dtype)
    if info.kind != "elementwise":
        return Parts(item, x.array, dy, whole, whole, target)
    flat_dy = None if dy is None else dy.reshape(-1)
    return Parts(item, x.array.reshape(-1), flat_dy, whole.reshape(-1), whole, target)


def _spoils(out: Array, cut: list[Array | None], weight: Any) -> bool:
    """Whether a part's result would be written over what later parts have yet to read. Over the
    same part of an input it may be, over the weights, of which each part reads all, never."""
    if isinstance(weight, np.ndarray) and np.may_share_memory(out, weight):
        return True
    return any(
        np.may_share_memory(out, array)
        and (out.ctypes.data, out.nbytes) != (array.ctypes.data, array.nbytes)
        for array in cut
        if array is not None
    )


def _may_be_cut(info: FunctionInfo, item: Item, rank: int) -> bool:
    # Channels are axis 1, or all below two axes are one.
    if info.kind in ("elementwise", "per_channel"):
        return rank > 0
    return rank > 1 and axis_of(info, item.parameters, rank) not in (None, 0)
