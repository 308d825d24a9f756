"""A library folder on disk, read for the commands that need no database."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from routebook.cli.main import CommandError
from routebook.core.document import FOLDERS
from routebook.formats.library import ORGANISATION_FILE


def library_root(path: Path) -> Path | None:
    """The library that a file lies in: the folder above its own, if `routebook.yaml` is there."""
    above = path.resolve().parent.parent
    return above if (above / ORGANISATION_FILE).is_file() else None


def files_of(directory: Path, *, also: Iterable[str] = ()) -> dict[str, bytes]:
    """The files below a folder by their path with forward slashes; hidden folders are left out.

    Only `routebook.yaml`, the documents and the folders named in `also` (such as `media`) are read; other
    files are named with no content. Raises `CommandError` where a file can't be read.
    """
    wanted = {*FOLDERS.values(), *also}
    found: dict[str, bytes] = {}
    for path in _walk(directory):
        name = path.relative_to(directory).as_posix()
        is_read = name == ORGANISATION_FILE or name.partition("/")[0] in wanted
        found[name] = content_of(path) if is_read else b""
    return found


def _walk(directory: Path) -> Iterator[Path]:
    for here, folders, files in os.walk(directory):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        yield from (Path(here, name) for name in sorted(files))


def content_of(path: Path) -> bytes:
    """The bytes of a file. Raises `CommandError` where it can't be read."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise CommandError(f"{path} can't be read: {error.strerror}.") from error
