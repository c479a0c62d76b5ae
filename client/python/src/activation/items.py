"""What can be evaluated, and what comes back."""

import dataclasses
from collections.abc import Mapping
from typing import Literal, NamedTuple

from .statistics import Statistics
from .tensors import Array, ArrayLike, DTypeLike

#: "exact": f32, f16 and bf16 correctly rounded, f64 within 1 ULP. "fast": f32 within 2 ULP
#: forward and 4 in the gradient.
Tier = Literal["exact", "fast"]


@dataclasses.dataclass
class ForwardItem:
    """y = f(x), one item of a batch or a stream."""

    function: str  #: A name of the catalogue, as "gelu".
    x: ArrayLike
    #: Of a per-channel function, and of no other: the weights, one a channel or one for all.
    weight: ArrayLike | None = None
    #: Where y goes: an array with the type of x and the shape of y. None: into a new one.
    out: Array | None = None
    #: Converts x and the weights. None: what the array holds.
    dtype: DTypeLike = None
    tier: Tier = "exact"
    #: By name, as {"slope": 0.2}; what is absent has its default.
    parameters: Mapping[str, float] = dataclasses.field(default_factory=dict)
    #: Filled in by the call, of an elementwise function.
    statistics: Statistics | None = None
    #: Whether nothing else comes back: the result is then an array without elements.
    statistics_only: bool = False


@dataclasses.dataclass
class GradientItem:
    """dx = dy * f'(x), one item of a batch or a stream."""

    function: str
    x: ArrayLike
    #: The gradient that arrives from above, with the shape of y. None: all ones.
    dy: ArrayLike | None = None
    weight: ArrayLike | None = None
    #: Where dx goes.
    out: Array | None = None
    dtype: DTypeLike = None
    tier: Tier = "exact"
    parameters: Mapping[str, float] = dataclasses.field(default_factory=dict)
    #: Whether to return the gradients by differentiable parameters and by the weights, too.
    parameter_gradients: bool = False
    #: As in ForwardItem, and with the same figures: they are about x, f(x) and f'(x).
    statistics: Statistics | None = None
    #: Whether dx does not come back; gradients by parameters do.
    statistics_only: bool = False


class Gradients(NamedTuple):
    """The result of a GradientItem."""

    dx: Array
    #: By name: the sum over the tensor of dy * df/dp. Empty unless asked for.
    parameters: dict[str, float]
    #: For each weight the sum of dy * df/dweight, in f64. None unless asked for.
    weight: Array | None
