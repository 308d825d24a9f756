"""A picture as evidence: plain bands of colour, because the sample has no camera."""

from __future__ import annotations

import struct
import zlib

WIDTH, HEIGHT = 180, 320


def drawn_photo(seed: int) -> bytes:
    """A small PNG that is the same for the same seed."""
    rows = b"".join(b"\0" + bytes(_colour(seed, line)) * WIDTH for line in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _colour(seed: int, line: int) -> tuple[int, int, int]:
    band = line * 5 // HEIGHT
    return (60 + 29 * seed % 120, 90 + 21 * band, 110 + 17 * (seed + band) % 100)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
