"""Making a picture of a page small: a PNG with the 256 colours that it uses most, a third of what the browser writes.

Pages have few colours; the thousands that the browser writes are the soft edges of letters, where the nearest of the 256
can't be told apart.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterator

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256
TRUE_COLOUR, PALETTE = 2, 3


def with_palette(png: bytes) -> bytes:
    """The same picture with a palette. `png` has eight bits a channel, no transparency and is not interlaced."""
    parts = dict(_joined(png))
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    if (depth, kind, interlaced) != (8, TRUE_COLOUR, 0):
        raise ValueError("only plain PNGs without transparency can be made smaller")
    rows = list(_rows(zlib.decompress(parts[b"IDAT"]), 3 * width))
    counted = Counter(row[i : i + 3] for row in rows for i in range(0, 3 * width, 3))
    palette = [colour for colour, _ in counted.most_common(COLOURS)]
    place = {colour: _nearest(colour, palette) for colour in counted}
    pixels = b"".join(b"\0" + bytes(place[row[i : i + 3]] for i in range(0, 3 * width, 3)) for row in rows)
    header = struct.pack(">IIBBBBB", width, height, 8, PALETTE, 0, 0, 0)
    written = ((b"IHDR", header), (b"PLTE", b"".join(palette)), (b"IDAT", zlib.compress(pixels, 9)), (b"IEND", b""))
    return SIGNATURE + b"".join(_part(name, data) for name, data in written)


def _joined(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The parts of a PNG by name, those of the same name as one."""
    found: dict[bytes, bytes] = {}
    at = len(SIGNATURE)
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        found[name] = found.get(name, b"") + png[at + 8 : at + 8 + length]
        at += 12 + length
    yield from found.items()


def _rows(raw: bytes, stride: int) -> Iterator[bytes]:
    """The rows of pixels, without the filters that they were written with."""
    above = bytes(stride)
    for start in range(0, len(raw), stride + 1):
        row = bytearray(raw[start + 1 : start + 1 + stride])
        _unfilter(raw[start], row, above)
        above = bytes(row)
        yield above


def _unfilter(kind: int, row: bytearray, above: bytes) -> None:
    """Undo one of the five filters of PNG, in place."""
    for i in range(len(row)) if kind else ():
        left, corner = (row[i - 3], above[i - 3]) if i >= 3 else (0, 0)
        guess = (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]
        row[i] = (row[i] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    """Whichever of the three is nearest to left + up - corner."""
    from_left, from_up, from_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
    if from_left <= from_up and from_left <= from_corner:
        return left
    return up if from_up <= from_corner else corner


def _nearest(colour: bytes, palette: list[bytes]) -> int:
    return min(range(len(palette)), key=lambda n: sum((a - b) ** 2 for a, b in zip(colour, palette[n], strict=True)))


def _part(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
