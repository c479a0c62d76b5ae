"""What a function makes of a tensor, in figures."""

import dataclasses
from typing import Any

_COUNTS = ("elements", "non_finite", "zeros", "dead", "saturated")
_FIGURES = ("mean", "variance", "gradient_gain")


@dataclasses.dataclass
class Statistics:
    """Whether a function saturates, dies, thins out or shifts the mean of its input.

    Give one to an item, `ForwardItem("gelu", x, statistics=figures)`, and the call fills it in.
    All figures are about y = f(x) and f'(x); elements of which one of the two is not finite are
    in `non_finite` and in no other. A share is a count over `elements`.
    """

    elements: int = 0
    non_finite: int = 0
    zeros: int = 0  #: y = 0
    dead: int = 0  #: f'(x) = 0
    saturated: int = 0  #: |f'(x)| < 0.001, the dead included
    mean: float = float("nan")  #: of y; NaN, as the two below, where nothing is finite
    variance: float = float("nan")  #: of y, by the number of elements
    gradient_gain: float = float("nan")  #: mean of f'(x)^2

    def _read(self, message: Any) -> None:
        for name in (*_COUNTS, *_FIGURES):
            setattr(self, name, getattr(message, name))

    def _join(self, parts: list["Statistics"]) -> None:
        """Those of a tensor from those of its parts, right but for rounding."""
        for name in _COUNTS:
            setattr(self, name, sum(getattr(part, name) for part in parts))
        counted = [part for part in parts if part.elements > part.non_finite]
        if not counted:
            self.mean = self.variance = self.gradient_gain = float("nan")
            return
        weights = [part.elements - part.non_finite for part in counted]

        def mean(values: list[float]) -> float:
            return sum(w * v for w, v in zip(weights, values, strict=True)) / sum(weights)

        self.mean = mean([part.mean for part in counted])
        self.variance = mean([part.variance + (part.mean - self.mean) ** 2 for part in counted])
        self.gradient_gain = mean([part.gradient_gain for part in counted])
