"""What people see of media files."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.media import BadMedia, MediaKind, checked_path, folder_of, kind_of_name
from routebook.store.models import Draft, Version

_IN_TEXT = re.compile(r"\((?:\.\./)?media/([^)\s]+)")


@dataclass(frozen=True, slots=True)
class MediaFile:
    """A file that may be shown to the actor who asked."""

    file: Path
    kind: MediaKind


def find(actor: Actor, path: str) -> MediaFile:
    """A media file of the actor's organisation. Raises `NotFound`, also for a name that no media file can have."""
    if not actor.may(Verb.SEE_LIBRARY):
        raise NotFound
    try:
        kind = kind_of_name(checked_path(path))
    except BadMedia as error:
        raise NotFound from error
    folder = folder_of(actor.org).resolve()
    file = (folder / path).resolve()
    # A link that somebody put into the folder must not lead out of it.
    if kind is None or not file.is_relative_to(folder) or not file.is_file():
        raise NotFound
    return MediaFile(file, kind)


def paths(actor: Actor) -> frozenset[str]:
    """The paths of all media files of the actor's organisation."""
    require(actor, Verb.SEE_LIBRARY)
    return frozenset(path for path, _ in _files(actor.org))


def contents(actor: Actor) -> dict[str, bytes]:
    """All media files by path; for the export."""
    require(actor, Verb.MANAGE_ORGANISATION)
    return {path: file.read_bytes() for path, file in _files(actor.org)}


def _files(org: int) -> Iterator[tuple[str, Path]]:
    folder = folder_of(org)
    for file in sorted(folder.rglob("*")):
        path = file.relative_to(folder).as_posix()
        if file.is_file() and kind_of_name(path) is not None and not file.name.startswith("."):
            yield path, file


def named_in(fields: Any) -> frozenset[str]:
    """What a document's plain fields may name in the media folder: pictures in a text, and whole values."""
    if isinstance(fields, str):
        return frozenset({fields, *_IN_TEXT.findall(fields)})
    parts = fields.values() if isinstance(fields, dict) else fields if isinstance(fields, list) else ()
    return frozenset(name for part in parts for name in named_in(part))


def used(org: int, paths: Iterable[str]) -> frozenset[str]:
    """Those of the paths that stand anywhere in a draft or in a version, also in one that is long replaced."""
    wanted = frozenset(paths)
    if not wanted:
        return wanted
    drafts = Draft.objects.filter(org_id=org).values_list("fields", flat=True)
    texts = [json.dumps(fields, ensure_ascii=False) for fields in drafts]
    versions = Version.objects.filter(org_id=org)
    return frozenset(
        path
        for path in wanted
        if any(path in text for text in texts) or versions.filter(content__contains=path).exists()
    )
