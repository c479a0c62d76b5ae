"""What functions a server has, and what the server is."""

import dataclasses
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from . import messages
from .connection import Connection
from .errors import reading_reply

_KINDS = {
    number: name.removeprefix("FUNCTION_KIND_").lower()
    for name, number in messages.enum_numbers("FunctionKind").items()
}


@dataclasses.dataclass(frozen=True)
class ParameterInfo:
    """One parameter of a function."""

    name: str
    default_value: float
    minimum: float
    maximum: float
    differentiable: bool
    integral: bool
    description: str


@dataclasses.dataclass(frozen=True)
class FunctionInfo:
    """One function of the catalogue; activation.proto says what each field is."""

    name: str
    #: "elementwise", "per_channel", "row_wise" or "gated".
    kind: str
    formula: str
    description: str
    parameters: tuple[ParameterInfo, ...]
    range: str
    monotone: bool
    smooth: bool
    saturation: str
    reference: str
    used_in: str
    strengths: str
    weaknesses: str


@dataclasses.dataclass(frozen=True)
class ServerInfo:
    """What a server is and what it accepts."""

    version: str
    instruction_set: str
    #: What it computes on, as ("cpu", "AVX-512, 8 threads"), with the state of one that it does not
    #: use.
    devices: tuple[tuple[str, str], ...]
    #: By the names of the contract's ServerLimits, as "max_message_bytes".
    limits: Mapping[str, int]
    #: What calls that ask for no backend run on, and why, for people.
    runs_on: str


def _fields(kind: Any, message: Any, /, **others: Any) -> Any:
    names = {field.name for field in dataclasses.fields(kind)} - others.keys()
    return kind(**{name: getattr(message, name) for name in names}, **others)


def _function_info(message: Any) -> FunctionInfo:
    parameters = tuple(_fields(ParameterInfo, parameter) for parameter in message.parameters)
    kind = _KINDS.get(message.kind, "unspecified")
    return _fields(FunctionInfo, message, kind=kind, parameters=parameters)


def _shown(device: Any) -> str:
    ready = device.state == "ready"
    return device.description if ready else f"{device.description}, {device.state}"


def server_info(connection: Connection, deadline: float) -> ServerInfo:
    encoded = connection.call("GetServerInfo", b"", deadline)
    with reading_reply():
        reply = messages.GetServerInfoResponse.FromString(encoded)
    limits = {
        field.name: getattr(reply.limits, field.name) for field in reply.limits.DESCRIPTOR.fields
    }
    devices = tuple((device.backend, _shown(device)) for device in reply.devices)
    return ServerInfo(reply.version, reply.instruction_set, devices, limits, reply.runs_on)


class Catalogue:
    """The functions of one server, asked for once, when they are first needed. Thread-safe."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._lock = threading.Lock()
        self._functions: dict[str, FunctionInfo] | None = None

    def functions(self, deadline: float) -> Mapping[str, FunctionInfo]:
        with self._lock:
            if self._functions is None:
                encoded = self._connection.call("ListFunctions", b"", deadline)
                with reading_reply():
                    reply = messages.ListFunctionsResponse.FromString(encoded)
                self._functions = {info.name: _function_info(info) for info in reply.functions}
            return self._functions


def axis_of(info: FunctionInfo, parameters: Mapping[str, float], rank: int) -> int | None:
    """The axis along which a row-wise or gated function works, from 0; None of other kinds."""
    for parameter in info.parameters:
        if parameter.name == "axis" and info.kind in ("row_wise", "gated"):
            return int(parameters.get("axis", parameter.default_value)) % max(rank, 1)
    return None


def result_shape(
    info: FunctionInfo | None, parameters: Mapping[str, float], shape: Sequence[int]
) -> tuple[int, ...]:
    """The shape of y where x has `shape`."""
    result = list(shape)
    if info is not None and info.kind == "gated" and result:
        result[axis_of(info, parameters, len(result)) or 0] //= 2
    return tuple(result)
