"""Reads PNG files of 8-bit red, green and blue without filters, and checks all that is in them."""

import struct
import zlib


def read(path):
    """Width, height and the rows' bytes."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(data):
        (length,) = struct.unpack_from(">I", data, at)
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + length]
        (checksum,) = struct.unpack_from(">I", data, at + 8 + length)
        assert checksum == zlib.crc32(kind + body), kind
        chunks[kind] = body
        at += 12 + length
    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    width, height, *form = struct.unpack(">IIBBBBB", chunks[b"IHDR"])
    assert form == [8, 2, 0, 0, 0], form
    pixels = zlib.decompress(chunks[b"IDAT"])
    row = 3 * width + 1
    assert len(pixels) == row * height
    rows = [pixels[i:i + row] for i in range(0, len(pixels), row)]
    assert all(line[0] == 0 for line in rows)
    return width, height, [line[1:] for line in rows]
