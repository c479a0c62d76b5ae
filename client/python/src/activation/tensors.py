"""NumPy arrays as the contract's tensors."""

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import invalid
from .messages import enum_numbers

Array = npt.NDArray[Any]
ArrayLike = npt.ArrayLike
#: What `dtype` may be: "f32", "f64", "f16", "bf16", or one of NumPy's types for them.
DTypeLike = str | npt.DTypeLike | None

_NUMPY: dict[str, np.dtype[Any]] = {
    "f32": np.dtype("<f4"),
    "f64": np.dtype("<f8"),
    "f16": np.dtype("<f2"),
}
_RAW_BF16: np.dtype[Any] = np.dtype("<u2")
_NUMBERS = {name: enum_numbers("DType")[f"DTYPE_{name.upper()}"] for name in (*_NUMPY, "bf16")}
_NATIVE = {dtype: name for name, dtype in _NUMPY.items()}
# Kinds of NumPy's types that become floating point where `dtype` asks for it.
_CONVERTED = "fiub"
_NAMES = {"float32": "f32", "float64": "f64", "float16": "f16", "bfloat16": "bf16"}


@dataclasses.dataclass(frozen=True)
class Tensor:
    """An array as it is sent: in row-major order, little-endian."""

    array: Array
    dtype: str  # a key of _NUMBERS

    @property
    def number(self) -> int:
        """The DType of the contract."""
        return _NUMBERS[self.dtype]

    @property
    def bytes(self) -> memoryview:
        """The elements, not copied."""
        # A type that is not NumPy's own, as bfloat16, has no buffer.
        return self.array.reshape(-1).view(np.uint8).data


def tensor(value: ArrayLike, dtype: DTypeLike = None, field: str = "x") -> Tensor:
    """The value as a tensor, converted where `dtype` asks for another type; copied only then,
    and where it is not contiguous. bfloat16 is that of ml_dtypes, or its bits as uint16 with
    dtype="bf16"."""
    array = np.asarray(value)
    name = _name(array.dtype if dtype is None else dtype, field, given=dtype is not None)
    if name == "bf16":
        array = _as_bf16(array, field)
    elif array.dtype.kind in _CONVERTED or array.dtype.name == "bfloat16":
        array = array.astype(_NUMPY[name], copy=False)
    else:
        raise invalid(field, f"{array.dtype} cannot be converted to {name}")
    return Tensor(np.ascontiguousarray(array).reshape(array.shape), name)


def shared_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """NumPy's type for `dtype`; for bf16 that of ml_dtypes or, without it, uint16."""
    name = _name(np.float32 if dtype is None else dtype, "dtype")
    if name == "bf16":
        return _bfloat16() or _RAW_BF16
    return _NUMPY[name]


def view(data: memoryview, shape: Sequence[int], dtype: np.dtype[Any]) -> Array:
    """A tensor's elements where they are."""
    return np.ndarray(tuple(shape), dtype, buffer=data)


def check_output(out: Array, dtype: np.dtype[Any], field: str) -> None:
    """Raises where results of a type cannot be written into `out`."""
    if not isinstance(out, np.ndarray) or out.dtype != dtype:
        raise invalid(field, f"must be an array of {dtype}, the type of x")
    if not out.flags.c_contiguous or not out.flags.writeable:
        raise invalid(field, "must be contiguous, and not read-only")


def _name(dtype: Any, field: str, *, given: bool = True) -> str:
    """given: whether somebody asked for the type; else it is what an array holds."""
    if isinstance(dtype, str) and dtype in _NUMBERS:
        return dtype
    # The name of a type is put together each time it is asked for, which takes microseconds.
    if isinstance(dtype, np.dtype) and dtype in _NATIVE:
        return _NATIVE[dtype]
    try:
        name = np.dtype(dtype).name
    except TypeError:
        name = str(dtype)
    if name in _NAMES:
        return _NAMES[name]
    advice = ""
    if not given:
        converted = dtype.kind in _CONVERTED
        advice = "; dtype='f32' converts" if converted else ", nor can it be converted to them"
    raise invalid(
        f"{field}.dtype" if field != "dtype" else field,
        f"{name} is none of f32, f64, f16 and bf16{advice}",
    )


def _bfloat16() -> np.dtype[Any] | None:
    try:
        import ml_dtypes
    except ImportError:
        return None
    bfloat16: np.dtype[Any] = np.dtype(ml_dtypes.bfloat16)
    return bfloat16


def _as_bf16(array: Array, field: str) -> Array:
    if array.dtype.name == "bfloat16" or array.dtype == _RAW_BF16:
        return array
    bfloat16 = _bfloat16()
    if bfloat16 is None:
        raise invalid(
            field,
            f"{array.dtype} becomes bf16 only with ml_dtypes; without it pass the bits as uint16",
        )
    return array.astype(bfloat16)
