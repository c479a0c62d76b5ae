"""What callers give, refused where it cannot be meant: with an InvalidArgument that names it and
says what it must be. Nothing is sent yet."""

import math
import re
from typing import Any

import numpy as np

from .errors import ActivationError, invalid

_WHOLE = (int, np.integer)
_REAL = (*_WHOLE, float, np.floating)
# Ten years. gRPC counts nanoseconds since 1970 in 64 bits: a time beyond them would have passed.
_LONGEST_DEADLINE = 10 * 365 * 86400.0
# A colon in a host belongs to an address of IPv6, which has brackets around it.
_HOST_AND_PORT = re.compile(r"(?:[^:]*|.*\]):0*([0-9]{1,5})", re.DOTALL)


def _refusal(name: str, value: object, wanted: str) -> ActivationError:
    return invalid(name, f"is {value!r}; it must be {wanted}")


def check_number(name: str, value: Any) -> None:
    """Of a number from 0 on; infinity is one, and NaN is none."""
    if not isinstance(value, _REAL) or not value >= 0:
        raise _refusal(name, value, "a number from 0")


def check_whole(name: str, value: Any, least: int, most: float = math.inf) -> int:
    """The whole number, which may be NumPy's."""
    if not isinstance(value, _WHOLE) or not least <= value <= most:
        end = "" if most == math.inf else f" to {most}"
        raise _refusal(name, value, f"a whole number from {least}{end}")
    return int(value)


def check_deadline(value: Any) -> float:
    """Seconds that gRPC can wait for: those given, or ten years where they are more."""
    if not isinstance(value, _REAL) or not value > 0:
        raise _refusal("deadline", value, "a number of seconds above 0")
    return float(min(value, _LONGEST_DEADLINE))


def check_address(name: str, value: Any) -> str:
    """A target of gRPC, which would take one without a port for port 443, and count a port from
    65536 on from 0 again. The rules are those of activation-client."""
    if not isinstance(value, str):
        raise _refusal(name, value, "a text, as localhost:50051")
    if value.lower().startswith("http://"):
        raise invalid(name, f"{value!r} is a URL: leave http:// out")
    if value.lower().startswith("https://"):
        advice = "leave https:// out; credentials= connects with TLS"
        raise invalid(name, f"{value!r} is a URL: {advice}")
    if not _has_ports(value):
        raise invalid(
            name,
            f"{value!r} does not end in a port from 1 to 65535; write it as localhost:50051, "
            "[::1]:50051, dns:///localhost:50051 or unix:/path",
        )
    return value


def _has_ports(address: str) -> bool:
    """Whether each address of a target has a port, where its scheme has ports."""
    scheme, _, rest = address.partition(":")
    if scheme in ("dns", "ipv4", "ipv6"):
        # A name may stand behind the server that knows it.
        rest = rest[2:].partition("/")[2] if rest.startswith("//") else rest.removeprefix("/")
        return all(map(_ends_in_port, [rest] if scheme == "dns" else rest.split(",")))
    return (
        address.startswith(("unix:", "unix-abstract:", "vsock:"))
        or "://" in address
        or _ends_in_port(address)
    )


def _ends_in_port(text: str) -> bool:
    found = _HOST_AND_PORT.fullmatch(text)
    return found is not None and 0 < int(found[1]) < 65536
