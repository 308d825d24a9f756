"""Keeping media files: pictures and recordings that documents show, and photos that tasks ask for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.media import BadMedia, check_content, checked_path, folder_of


def put(actor: Actor, path: str, data: bytes) -> str:
    """Keep `data` as the media file `path`, in place of what it held before. Returns "created", "changed" or
    "unchanged". Raises `Refused` for a name or a content that isn't kept."""
    require(actor, Verb.DRAFT_DIRECTIONS)
    check(path, data)
    file = folder_of(actor.org) / path
    if file.is_file():
        if file.read_bytes() == data:
            return "unchanged"
        _write(file, data)
        return "changed"
    _write(file, data)
    return "created"


def check(path: str, data: bytes) -> None:
    """Raise `Refused` for a media file that `put` would not keep."""
    try:
        check_content(checked_path(path), data)
    except BadMedia as error:
        raise Refused(Refusal("bad_media", str(error), "file")) from error


def _write(file: Path, data: bytes) -> None:
    """Written aside and moved into place, so that nobody ever reads half a file."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.write(data)
        os.replace(name, file)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
