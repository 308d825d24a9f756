"""Keeping media files: pictures and recordings that documents show, and photos that tasks ask for."""

from __future__ import annotations

import filecmp
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from itertools import count
from pathlib import Path, PurePosixPath

from django.core.files.base import File
from django.utils.text import slugify

from routebook.core.events import Refusal
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.media import (
    BEGINNING,
    ENDINGS,
    BadMedia,
    Use,
    check_beginning,
    check_content,
    checked_path,
    folder_of,
)
from routebook.store.queries.media import used

_NO_NAMES = frozenset({"", "image", "blob", "screenshot", "photo", "picture", "img", "clip", "recording", "video"})
_UPLOADED = re.compile(r"[a-z0-9_-]+/[a-z0-9_-]+\.[a-z0-9]+")
_NAME_LENGTH = 60


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
    _written(file, [data]).replace(file)


def _written(file: Path, chunks: Iterable[bytes]) -> Path:
    """A hidden file beside where `file` will lie, with all of its content. Whoever asks moves it or removes it."""
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as out:
            out.writelines(chunks)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)


# --- what people send while they write ------------------------------------------------------------


def upload(actor: Actor, file: File[bytes], *, use: Use, slug: str, name: str = "") -> str:
    """Keep a file that somebody sent while writing the document `slug`, under a name that is free. Returns its path.

    `name` says what it shows and becomes the file's name; the name it had on their machine counts where there is
    none. What lies there with the same content is not kept twice. Raises `Refused` beside the field ``file``.
    """
    require(actor, Verb.DRAFT_DIRECTIONS)
    sent_as = (file.name or "").replace("\\", "/").rpartition("/")[2]
    ending = _ending(sent_as, use)
    file.seek(0)
    try:
        check_beginning(sent_as, file.read(BEGINNING), file.size)
    except BadMedia as error:
        raise Refused(Refusal("bad_media", str(error), "file")) from error
    stem = _stem(name, sent_as, slug)
    written = _written(folder_of(actor.org) / slug / f"{stem}{ending}", file.chunks())
    try:
        return _named(actor.org, written, (f"{slug}/{one}{ending}" for one in _free_stems(stem)))
    finally:
        written.unlink(missing_ok=True)


def _ending(sent_as: str, use: Use) -> str:
    ending = PurePosixPath(sent_as).suffix.lower()
    if ending in ENDINGS[use]:
        return ending
    sentences = {
        Use.PICTURE: "This is no picture that is kept here: use PNG, JPEG, WebP or GIF.",
        Use.RECORDING: "This is no recording that is kept here: use MP4, WebM, MP3 or GIF.",
    }
    raise Refused(Refusal("bad_media", sentences[use], "file"))


def _stem(name: str, sent_as: str, slug: str) -> str:
    for wanted in (name, PurePosixPath(sent_as).stem):
        stem = slugify(wanted)[:_NAME_LENGTH].strip("-_")
        if stem not in _NO_NAMES:
            return stem
    return slug[:_NAME_LENGTH]


def _free_stems(stem: str) -> Iterator[str]:
    yield stem
    yield from (f"{stem}-{n}" for n in count(2))


def _named(org: int, written: Path, paths: Iterator[str]) -> str:
    """Give the file the first name that is free. Taking a name fails where somebody has it, so of two who send at
    once neither overwrites the other."""
    for path in paths:
        file = folder_of(org) / path
        try:
            os.close(os.open(file, os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            if file.is_file() and not file.is_symlink() and filecmp.cmp(written, file, shallow=False):
                return path
            continue
        written.replace(file)
        return path
    raise AssertionError("names never end")


def remove_unused(org: int, slug: str, paths: Iterable[str]) -> None:
    """Remove what was sent for the document `slug` and stands in no draft and no version any more.

    What came with a folder, or lies elsewhere in the media, is left alone.
    """
    sent = [path for path in paths if path.startswith(f"{slug}/") and _UPLOADED.fullmatch(path)]
    for path in sorted(set(sent) - used(org, sent)):
        (folder_of(org) / path).unlink(missing_ok=True)
