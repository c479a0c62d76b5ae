"""The client that functions use where none is named."""

import threading
from collections.abc import Iterable, Mapping
from typing import Any, TypedDict

from .client import Client
from .items import Tier
from .tensors import Array, ArrayLike, DTypeLike

_lock = threading.Lock()
_client: Client | None = None


def connect(address: str | None = None, **options: Any) -> Client:
    """Makes the default client, with the arguments of Client, in place of the one before."""
    global _client
    client = Client(address, **options)
    with _lock:
        _client = client
    return client


def default_client() -> Client:
    """The default client: that of `connect` or, without it, one for ACTIVATION_ADDRESS or
    127.0.0.1:50051."""
    global _client
    with _lock:
        if _client is None:
            _client = Client()
        return _client


class How(TypedDict, total=False):
    """What every function takes as keywords; Client.forward and ForwardItem say more."""

    #: Where the result goes: an array with the type of x and the shape of the result.
    out: Array | None
    #: Converts x: "f32", "f64", "f16", "bf16" or NumPy's types. Default: what x holds.
    dtype: DTypeLike
    #: Default: "exact".
    tier: Tier
    #: Seconds for the call with all its retries. Default: the client's.
    deadline: float | None
    #: Default: default_client().
    client: Client | None


def forward(
    function: str,
    x: ArrayLike,
    *,
    weight: ArrayLike | None = None,
    parameters: Mapping[str, float] | None = None,
    client: Client | None = None,
    **how: Any,
) -> Array:
    """y = f(x) of any function by its name."""
    client = client or default_client()
    return client.forward(function, x, weight=weight, parameters=parameters, **how)


def gradient(
    function: str,
    x: ArrayLike,
    dy: ArrayLike | None = None,
    *,
    weight: ArrayLike | None = None,
    parameters: Mapping[str, float] | None = None,
    client: Client | None = None,
    **how: Any,
) -> Array:
    """dx = dy * f'(x) of any function by its name; without dy the derivative."""
    client = client or default_client()
    return client.gradient(function, x, dy, weight=weight, parameters=parameters, **how)


def shared_empty(shape: int | Iterable[int], dtype: DTypeLike = None, **options: Any) -> Array:
    """Client.shared_empty of the default client."""
    return default_client().shared_empty(shape, dtype, **options)
