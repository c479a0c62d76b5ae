"""Writes and reads .npy files without numpy."""

import ast
import struct


def encode(descr, shape, data, fortran=False, version=1):
    """The bytes of a file with `data` (bytes) as its elements."""
    header = repr({"descr": descr, "fortran_order": fortran, "shape": tuple(shape)})
    length_format = "<H" if version == 1 else "<I"
    before = 8 + struct.calcsize(length_format)
    header += " " * (-(before + len(header) + 1) % 64) + "\n"
    return (b"\x93NUMPY" + bytes([version, 0]) + struct.pack(length_format, len(header))
            + header.encode() + data)


def decode(contents):
    """descr, shape and elements (bytes) of a version 1 file in C order."""
    assert contents[:8] == b"\x93NUMPY\x01\x00", contents[:8]
    (length,) = struct.unpack("<H", contents[8:10])
    assert (10 + length) % 64 == 0, "elements must be aligned"
    header = ast.literal_eval(contents[10:10 + length].decode())
    assert header["fortran_order"] is False
    return header["descr"], header["shape"], contents[10 + length:]
