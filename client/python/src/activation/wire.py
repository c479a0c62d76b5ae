"""Protobuf's bytes, where a tensor is in them.

A message object would copy a tensor's bytes when it is set, serialized, parsed and read.
Here protobuf writes and reads everything small, and the tensor's bytes are put between, once,
and looked at where they came in.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

# Bytes that follow each other in a message. A memoryview is one of single bytes.
Pieces = list[bytes | memoryview]

# A number of 64 bits takes no more; one without an end would take the square of its length.
_MOST_VARINT_BYTES = 10
_VARINT, _FIXED64, _LENGTH_DELIMITED, _FIXED32 = 0, 1, 2, 5


def varint(value: int) -> bytes:
    """A number that is not negative, seven bits a byte, the lowest first."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def size(pieces: Iterable[bytes | memoryview]) -> int:
    return sum(map(len, pieces))


def field(number: int, pieces: Pieces) -> Pieces:
    """The pieces as a length-delimited field of a message."""
    return [varint(number << 3 | _LENGTH_DELIMITED) + varint(size(pieces)), *pieces]


class Record(NamedTuple):
    """One field of a message."""

    number: int
    payload: memoryview  # of a length-delimited field; of others empty
    whole: memoryview  # with its tag


def _read_varint(view: memoryview, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 7 * _MOST_VARINT_BYTES, 7):
        byte = view[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, position
    raise ValueError(f"a number of more than {_MOST_VARINT_BYTES} bytes")


def records(view: memoryview) -> Iterator[Record]:
    """The fields of a message as they stand. ValueError where the bytes are none."""
    position = 0
    try:
        while position < len(view):
            begin = position
            tag, position = _read_varint(view, position)
            payload = view[:0]
            if tag & 7 == _VARINT:
                _, position = _read_varint(view, position)
            elif tag & 7 == _LENGTH_DELIMITED:
                length, position = _read_varint(view, position)
                payload = view[position : position + length]
                position += length
            elif tag & 7 in (_FIXED64, _FIXED32):
                position += 8 if tag & 7 == _FIXED64 else 4
            else:
                raise ValueError(f"no wire type: {tag & 7}")
            if position > len(view):
                raise IndexError
            yield Record(tag >> 3, payload, view[begin:position])
    except IndexError:
        raise ValueError("the message is cut off") from None


def split(view: memoryview, number: int) -> tuple[memoryview | None, bytes]:
    """The payload of field `number`, and the message without it for protobuf to parse."""
    found, rest = None, []
    for record in records(view):
        if record.number == number:
            found = record.payload
        else:
            rest.append(record.whole)
    return found, b"".join(rest)
