"""Every function of the catalogue on torch tensors, with its gradient.

    from activation.torch import functional as F

    y = F.gelu(x)                    # x: a tensor of f32, f64, f16 or bf16, on any device
    y = F.swish(x, beta=beta)        # beta: a number, or a tensor of one element with a gradient
    y = F.prelu(x, weight)

Forward and backward are calls of the server: right to the last bit, and for checking other
implementations rather than for training. Keywords, beside the function's parameters: `tier`, and
`client` where it is not the default one. The gradient itself has no gradient.
"""

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch.autograd.function import once_differentiable

from .. import functions
from ..client import Client
from ..default import OPTIONS, default_client
from ..errors import invalid
from ..items import ForwardItem, GradientItem, Tier
from ..tensors import Array

_DTYPES = {
    torch.float32: "f32",
    torch.float64: "f64",
    torch.float16: "f16",
    torch.bfloat16: "bf16",
}


@dataclasses.dataclass(frozen=True)
class _Call:
    function: str
    client: Client
    tier: Tier
    names: tuple[str, ...]  # of the parameters


def _array(tensor: torch.Tensor) -> Array:
    if tensor.dtype not in _DTYPES:
        raise invalid("x.dtype", f"{tensor.dtype} is none of {', '.join(map(str, _DTYPES))}")
    tensor = tensor.detach().cpu().contiguous()
    # NumPy has no bfloat16: its bits.
    if tensor.dtype is torch.bfloat16:
        return tensor.view(torch.int16).numpy().view(np.uint16)
    return tensor.numpy()


def _tensor(array: Array, like: torch.Tensor) -> torch.Tensor:
    if like.dtype is torch.bfloat16:
        return torch.from_numpy(array.view(np.int16)).view(torch.bfloat16).to(like.device)
    return torch.from_numpy(array).to(like.device)


class _Activation(torch.autograd.Function):
    """apply(call, x, weight or None, value of each parameter, a number or a tensor)."""

    @staticmethod
    def forward(ctx: Any, call: _Call, x: torch.Tensor, weight: Any, *values: Any) -> torch.Tensor:
        ctx.call = call
        # Saved, a tensor that is changed before backward is an error there.
        ctx.save_for_backward(x, weight, *(each if _is_tensor(each) else None for each in values))
        ctx.numbers = tuple(None if _is_tensor(each) else each for each in values)
        item = ForwardItem(call.function, _array(x), **_how(call, x, weight, values))
        return _tensor(call.client.forward_batch([item])[0], x)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, dy: torch.Tensor) -> tuple[Any, ...]:
        call = ctx.call
        x, weight, *tensors = ctx.saved_tensors
        values = [
            number if tensor is None else tensor
            for number, tensor in zip(ctx.numbers, tensors, strict=True)
        ]
        item = GradientItem(call.function, _array(x), _array(dy), **_how(call, x, weight, values))
        item.parameter_gradients = any(ctx.needs_input_grad[2:])
        found = call.client.gradient_batch([item])[0]
        by_weight = None
        if weight is not None and found.weight is not None:
            by_weight = torch.from_numpy(found.weight).reshape(weight.shape).to(weight)
        by_value = [
            _by_value(found.parameters, name, value) if needed else None
            for name, value, needed in zip(
                call.names, values, ctx.needs_input_grad[3:], strict=True
            )
        ]
        return (None, _tensor(found.dx, x), by_weight, *by_value)


def _is_tensor(value: Any) -> bool:
    return isinstance(value, torch.Tensor)


def _how(
    call: _Call, x: torch.Tensor, weight: torch.Tensor | None, values: Sequence[Any]
) -> dict[str, Any]:
    return {
        "weight": None if weight is None else _array(weight),
        "dtype": _DTYPES[x.dtype],
        "tier": call.tier,
        "parameters": {
            name: float(value) for name, value in zip(call.names, values, strict=True)
        },
    }


def _by_value(gradients: dict[str, float], name: str, value: torch.Tensor) -> torch.Tensor:
    if name not in gradients:
        raise invalid(name, "this parameter is not differentiable")
    return torch.full_like(value, gradients[name])


def _function(name: str) -> Callable[..., torch.Tensor]:
    def function(
        x: torch.Tensor,
        weight: torch.Tensor | None = None,
        *,
        tier: Tier = "exact",
        client: Client | None = None,
        **parameters: float | torch.Tensor,
    ) -> torch.Tensor:
        # A parameter that is a keyword of Python has an underscore behind it: lambda_.
        names = tuple(key.removesuffix("_") for key in parameters)
        call = _Call(name, client or default_client(), tier, names)
        return _Activation.apply(call, x, weight, *parameters.values())

    function.__name__ = function.__qualname__ = name
    # Its own options are in its signature.
    function.__doc__ = (getattr(functions, name).__doc__ or "").removesuffix(OPTIONS)
    return function


__all__ = list(functions.__all__)
globals().update({name: _function(name) for name in __all__})
