"""What a check sees of a folder before it reads any file: names, sizes and times.

Nothing heavy is imported here: a check of a folder in which nothing has changed must answer at once.
"""

import os
import stat
from collections.abc import Iterable
from hashlib import blake2b
from typing import NamedTuple

ORGANISATION_FILE = "routebook.yaml"
MEDIA_FOLDER = "media"
NOT_A_FILE = (-1, -1)
"""In place of size and time: a link to nowhere, a pipe, a folder that may not be listed. Reading it says so."""


class Seen(NamedTuple):
    """The files of a folder by their name with forward slashes: size in bytes, time of change in nanoseconds.

    Of media files only the names count; they stand with zeros. `top` holds the names in the folder itself.
    """

    top: tuple[str, ...]
    files: dict[str, tuple[int, int]]

    def digest(self) -> str:
        """Equal for two looks at a folder in which nothing has changed."""
        lines = [f"{name}\0{size}\0{time}" for name, (size, time) in self.files.items()]
        return blake2b("\n".join([*self.top, "", *lines]).encode(errors="surrogateescape"), digest_size=16).hexdigest()


def look(directory: str, folders: Iterable[str]) -> Seen:
    """What there is in a folder: `routebook.yaml`, and what lies below those of its `folders` that exist.

    Hidden files and folders are left out, links to folders are not followed. Raises OSError where the folder itself
    can't be listed.
    """
    top: list[str] = []
    files: dict[str, tuple[int, int]] = {}
    watched = {*folders}
    for entry in sorted(os.scandir(directory), key=_name):
        if entry.name.startswith("."):
            continue
        top.append(entry.name)
        if entry.name == ORGANISATION_FILE:
            files[entry.name] = _stat(entry)
        elif entry.name in watched and entry.is_dir(follow_symlinks=False):
            _below(entry, entry.name, files, is_media=entry.name == MEDIA_FOLDER)
    return Seen(tuple(top), files)


def _below(folder: "os.DirEntry[str]", name: str, files: dict[str, tuple[int, int]], *, is_media: bool) -> None:
    try:
        entries = sorted(os.scandir(folder.path), key=_name)
    except OSError:
        files[name] = NOT_A_FILE  # reading it says so
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False):
            _below(entry, f"{name}/{entry.name}", files, is_media=is_media)
        else:
            files[f"{name}/{entry.name}"] = (0, 0) if is_media else _stat(entry)


def _name(entry: "os.DirEntry[str]") -> str:
    return entry.name


def _stat(entry: "os.DirEntry[str]") -> tuple[int, int]:
    try:
        seen = entry.stat()
    except OSError:
        return NOT_A_FILE
    return (seen.st_size, seen.st_mtime_ns) if stat.S_ISREG(seen.st_mode) else NOT_A_FILE
