"""What lies in a zip archive, within bounds: sizes are measured while inflating, never believed.

The standard library's reader trusts the sizes that the archive states, and a lying one would fill the memory.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

MOST_ENTRIES = 2_000
MOST_ENTRY_BYTES = 30_000_000
MOST_BYTES = 120_000_000
MOST_RATIO = 200
FREE_BYTES = 1_000_000
"""Up to this size nothing is suspicious: short repetitive text packs well."""

_DAMAGED = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    ValueError,
    IndexError,
    EOFError,
    OSError,
    NotImplementedError,
)
_LOCAL_HEADER = 30


class Refused(Exception):
    """Why an archive, or one entry of it, is left alone: one sentence."""


class _TooLarge(Refused):
    """More than there was room for, which of a whole archive may be less than one file may take."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of an archive: its name and bytes, or why it was left alone."""

    name: str
    data: bytes
    refused: str = ""


def is_archive(data: bytes) -> bool:
    return data[:4] in (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def names_in(data: bytes) -> tuple[str, ...]:
    """The names of an archive's entries. Raises `Refused`."""
    return tuple(info.filename for info in _listed(data))


def entries_in(data: bytes) -> tuple[Entry, ...]:
    """Every file of an archive, in its order. Raises `Refused` where the whole is unreadable or too large."""
    return tuple(_entries(data, [info for info in _listed(data) if not info.is_dir()]))


def count_in(data: bytes) -> int:
    """How many files an archive holds. Raises `Refused`."""
    return sum(1 for info in _listed(data) if not info.is_dir())


def sorted_entries(data: bytes, first: int, unpacked: int) -> Iterator[Entry]:
    """The files of an archive in the order of their names, from the one at place `first`, one by one.

    `unpacked` are the bytes that those before it took. Raises `Refused` where the whole is unreadable or too large.
    """
    listed = sorted((info for info in _listed(data) if not info.is_dir()), key=lambda info: info.filename)
    return _entries(data, listed[first:], MOST_BYTES - unpacked)


def _entries(data: bytes, listed: Iterable[zipfile.ZipInfo], left: int = MOST_BYTES) -> Iterator[Entry]:
    for info in listed:
        try:
            content = _inflated(data, info, min(left, MOST_ENTRY_BYTES))
        except Refused as refused:
            if isinstance(refused, _TooLarge) and left < MOST_ENTRY_BYTES:
                raise Refused(
                    f"It unpacks to more than {MOST_BYTES // 1_000_000} MB, so the rest was left alone."
                ) from refused
            yield Entry(info.filename, b"", str(refused))
            continue
        left -= len(content)
        yield Entry(info.filename, content)


def _listed(data: bytes) -> list[zipfile.ZipInfo]:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            listed = archive.infolist()
    except _DAMAGED as error:
        raise Refused("The archive is damaged and can't be unpacked.") from error
    if len(listed) > MOST_ENTRIES:
        raise Refused(f"It holds {len(listed):,} files; at most {MOST_ENTRIES:,} are unpacked at once.")
    return listed


def _inflated(data: bytes, info: zipfile.ZipInfo, most: int) -> bytes:
    if info.flag_bits & 0x1:
        raise Refused("It is locked with a password; save it without one.")
    packed = _packed(data, info)
    if info.compress_type == zipfile.ZIP_STORED:
        content = packed[: most + 1]
    elif info.compress_type == zipfile.ZIP_DEFLATED:
        content = _deflated(packed, most)
    else:
        raise Refused("It is packed in a way that isn't read here; pack it again as an ordinary zip.")
    if len(content) > most:
        raise _TooLarge(f"It unpacks to more than {most / 1_000_000:.0f} MB, so it was left alone.")
    if len(content) > FREE_BYTES and len(content) > MOST_RATIO * max(1, len(packed)):
        raise Refused("It unpacks to hundreds of times its size, as only a zip bomb does.")
    return content


def _packed(data: bytes, info: zipfile.ZipInfo) -> bytes:
    start = info.header_offset
    header = data[start : start + _LOCAL_HEADER]
    if len(header) < _LOCAL_HEADER or header[:4] != b"PK\x03\x04":
        raise Refused("Its place in the archive is damaged.")
    name_length, extra_length = struct.unpack("<HH", header[26:30])
    begin = start + _LOCAL_HEADER + name_length + extra_length
    return data[begin : begin + info.compress_size]


def _deflated(packed: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj(-15).decompress(packed, most + 1)
    except zlib.error as error:
        raise Refused("Its content is damaged.") from error
