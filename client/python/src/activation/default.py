"""The client that functions use where none is named."""

import inspect
import keyword
import threading
from collections.abc import Callable, Iterable, Mapping
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

    out: Array | None
    dtype: DTypeLike
    tier: Tier
    deadline: float | None
    client: Client | None


#: What help() of a function says of each of them.
OPTIONS = """
Keywords of every function:
out: where the result goes, an array with the type of x and the shape of the result.
dtype: converts x to "f32", "f64", "f16", "bf16" or NumPy's types for them.
tier: "exact", the default, or "fast".
deadline: seconds for the call with all its retries; without it those of the client.
client: the Client to call with; without one default_client().
"""


def describe_options(function: Callable[..., Any]) -> None:
    """Adds to what help() says of a function of the catalogue what all of them take."""
    if function.__doc__ is not None:  # under python -OO it is
        function.__doc__ = inspect.cleandoc(function.__doc__) + "\n" + OPTIONS


def call(
    function: str,
    x: ArrayLike,
    how: How,
    *,
    weight: ArrayLike | None = None,
    parameters: Mapping[str, float] | None = None,
) -> Array:
    """What a function of the catalogue does; a wrong keyword is refused in that function's name."""
    if not how.keys() <= How.__annotations__.keys():
        names = [name + "_" if keyword.iskeyword(name) else name for name in parameters or ()]
        raise _unknown(function, how, names if weight is None else ["weight", *names])
    return forward(function, x, weight=weight, parameters=parameters, **how)


def _unknown(function: str, how: Mapping[str, Any], names: Iterable[str]) -> TypeError:
    """The error of a call with a keyword beside `names` and those of How."""
    options = How.__annotations__
    wrong = next(name for name in how if name not in options)
    return TypeError(
        f"{function}() got an unexpected keyword argument '{wrong}'; it takes "
        + ", ".join([*names, *options])
    )


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
    if not how.keys() <= How.__annotations__.keys():
        raise _unknown("forward", how, ["weight", "parameters"])
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
    if not how.keys() <= How.__annotations__.keys():
        raise _unknown("gradient", how, ["weight", "parameters"])
    client = client or default_client()
    return client.gradient(function, x, dy, weight=weight, parameters=parameters, **how)


def shared_empty(shape: int | Iterable[int], dtype: DTypeLike = None, **options: Any) -> Array:
    """Client.shared_empty of the default client."""
    return default_client().shared_empty(shape, dtype, **options)
