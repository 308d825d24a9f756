"""Media files of an organisation: where they lie, how they may be called, and what they may hold.

A media file is named by its path below the library's `media` folder, with forward slashes. It is kept below
``MEDIA_ROOT/<organisation's id>/``, outside everything that a web server shows by itself. Only the kinds listed here
are kept, and only where the first bytes say the same as the name.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from django.conf import settings

MOST_PARTS = 6
BEGINNING = 4096
"""How many bytes of a file tell what it is."""
_PART = re.compile(r"[^\W_][\w .,()+\-&@']{0,119}", re.UNICODE)


@dataclass(frozen=True, slots=True)
class MediaKind:
    """A kind of file: its content type, whether a browser may show it in a page, and how its content begins."""

    content_type: str
    shown: bool
    begins: Callable[[bytes], bool]


def _starts(*marks: bytes) -> Callable[[bytes], bool]:
    return lambda data: data.startswith(marks)


def _riff(form: bytes) -> Callable[[bytes], bool]:
    return lambda data: data[:4] == b"RIFF" and data[8:12] == form


def _boxed(data: bytes) -> bool:
    """The ISO container of MP4, M4A, MOV and AVIF."""
    return data[4:8] == b"ftyp"


def _is_text(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in data


_PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".avif", ".gif")
_RECORDINGS = (".mp4", ".m4v", ".mov", ".webm", ".mp3", ".m4a", ".ogg", ".wav", ".gif")


class Use(StrEnum):
    """What a file is sent for: to be looked at, or to be played. A GIF can be either."""

    PICTURE = "picture"
    RECORDING = "recording"


ENDINGS: dict[Use, tuple[str, ...]] = {Use.PICTURE: _PICTURES, Use.RECORDING: _RECORDINGS}

_ZIP = _starts(b"PK\x03\x04")

KINDS: dict[str, MediaKind] = {
    ".png": MediaKind("image/png", True, _starts(b"\x89PNG\r\n\x1a\n")),
    ".jpg": MediaKind("image/jpeg", True, _starts(b"\xff\xd8\xff")),
    ".jpeg": MediaKind("image/jpeg", True, _starts(b"\xff\xd8\xff")),
    ".gif": MediaKind("image/gif", True, _starts(b"GIF87a", b"GIF89a")),
    ".webp": MediaKind("image/webp", True, _riff(b"WEBP")),
    ".avif": MediaKind("image/avif", True, _boxed),
    ".mp4": MediaKind("video/mp4", True, _boxed),
    ".m4v": MediaKind("video/mp4", True, _boxed),
    ".mov": MediaKind("video/quicktime", True, _boxed),
    ".webm": MediaKind("video/webm", True, _starts(b"\x1aE\xdf\xa3")),
    ".mp3": MediaKind("audio/mpeg", True, _starts(b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf2")),
    ".m4a": MediaKind("audio/mp4", True, _boxed),
    ".ogg": MediaKind("audio/ogg", True, _starts(b"OggS")),
    ".wav": MediaKind("audio/wav", True, _riff(b"WAVE")),
    ".pdf": MediaKind("application/pdf", False, _starts(b"%PDF-")),
    ".txt": MediaKind("text/plain; charset=utf-8", False, _is_text),
    ".csv": MediaKind("text/csv; charset=utf-8", False, _is_text),
    ".docx": MediaKind("application/vnd.openxmlformats-officedocument.wordprocessingml.document", False, _ZIP),
    ".xlsx": MediaKind("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", False, _ZIP),
    ".pptx": MediaKind("application/vnd.openxmlformats-officedocument.presentationml.presentation", False, _ZIP),
}
"""By the end of the name. No kind here can carry a script that a browser runs: SVG and HTML are not among them."""


class BadMedia(ValueError):
    """A file that is not kept, and why in a sentence."""


def kind_of_name(path: str) -> MediaKind | None:
    """What a file is by its name, or None for what is never kept."""
    return KINDS.get(PurePosixPath(path).suffix.lower())


def checked_path(path: str) -> str:
    """The path as it is kept. Raises `BadMedia` for one that leaves the folder, hides, or can't be a file's name."""
    parts = path.split("/")
    if len(parts) > MOST_PARTS or not all(_PART.fullmatch(part) and not part.endswith((" ", ".")) for part in parts):
        raise BadMedia(f"“{path[:120]}” can't be the name of a media file; use letters, digits, spaces and hyphens.")
    return path


def check_content(path: str, data: bytes) -> None:
    """Raise `BadMedia` where the content isn't what the name says, or is nothing that we keep."""
    kind = check_beginning(path, data[:BEGINNING], len(data))
    if kind.begins is _is_text and not _is_text(data):
        raise _not_what_it_says(path)


def check_beginning(path: str, beginning: bytes, size: int) -> MediaKind:
    """What a file of `size` bytes is by its name, where its first bytes say the same. Raises `BadMedia`.

    Nothing is decoded: a picture that unpacks to more than a machine holds is the reader's browser's to refuse.
    """
    kind = kind_of_name(path)
    if kind is None:
        raise BadMedia(f"“{path}” is no kind of file that is kept here: use a picture, a recording, a PDF or a text.")
    if size > settings.MEDIA_MOST_BYTES:
        most = settings.MEDIA_MOST_BYTES // 1_000_000
        raise BadMedia(f"“{path}” is too large: a file has at most {most} MB here.")
    if kind.begins is not _is_text and not kind.begins(beginning):
        raise _not_what_it_says(path)
    return kind


def _not_what_it_says(path: str) -> BadMedia:
    return BadMedia(f"“{path}” doesn't hold what its name says; save it again as {PurePosixPath(path).suffix[1:]}.")


def folder_of(org: int) -> Path:
    """Where an organisation's media lie."""
    return Path(settings.MEDIA_ROOT) / str(org)
