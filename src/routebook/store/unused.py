"""Files on the disk that nothing names any more: no version, draft or suggestion, no evidence, no original of a pile or
a map.

For whoever operates the server; it looks at every organisation. A file is written before the row that names it is
stored, so what is young may be about to be used: only what has lain for a week is removed.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from pathlib import Path

from django.conf import settings

from routebook.store.models import Draft, Event, MapOriginal, PileItem, Run, Suggestion, Version

YOUNG = dt.timedelta(days=7)
_TEXTS_AT_ONCE = 200
EVIDENCE, ORIGINALS = "evidence", "originals"


@dataclass(frozen=True, slots=True)
class Unused:
    """A file that nothing names: its path below the media folder, its size in bytes, and when it was written."""

    path: str
    size: int
    at: dt.datetime

    def may_go(self, now: dt.datetime) -> bool:
        """Whether it has lain for so long that nobody is about to use it."""
        return now - self.at >= YOUNG


def find() -> tuple[Unused, ...]:
    """Every file that nothing names, by path."""
    root = Path(settings.MEDIA_ROOT)
    files = sorted(file for file in root.rglob("*") if file.is_file() and not file.is_symlink())
    named = _named([file.relative_to(root).as_posix() for file in files])
    return tuple(_unused(root, file) for file in files if file.relative_to(root).as_posix() not in named)


def remove(found: Iterable[Unused], now: dt.datetime) -> tuple[Unused, ...]:
    """Remove those that may go, and say which they were."""
    gone = tuple(one for one in found if one.may_go(now))
    for one in gone:
        (Path(settings.MEDIA_ROOT) / one.path).unlink(missing_ok=True)
    return gone


def _unused(root: Path, file: Path) -> Unused:
    state = file.stat()
    written = dt.datetime.fromtimestamp(state.st_mtime, dt.UTC)
    return Unused(file.relative_to(root).as_posix(), state.st_size, written)


def _named(paths: list[str]) -> set[str]:
    """Those of the paths that something names; a half-written file never is."""
    whole = [path for path in paths if not path.rpartition("/")[2].startswith(".new-")]
    named: set[str] = set()
    for folder, inside in groupby(sorted(whole), key=lambda path: path.partition("/")[0]):
        if folder == EVIDENCE:
            named |= _named_in_runs(inside)
        elif folder == ORIGINALS:
            named |= _named_as_originals(inside)
        elif folder.isdecimal():
            named |= _named_in_texts(int(folder), inside)
        else:
            named |= set(inside)  # nothing of ours lies there, so it isn't ours to judge
    return named


def _named_in_texts(org: int, paths: Iterable[str]) -> set[str]:
    left = {path.partition("/")[2]: path for path in paths}
    named: set[str] = set()
    texts = _texts(org)
    while left and (page := "\n".join(islice(texts, _TEXTS_AT_ONCE))):
        found = {name for name in left if name in page}
        named |= {left.pop(name) for name in found}
    return named


def _texts(org: int) -> Iterator[str]:
    for fields in Draft.objects.filter(org_id=org).values_list("fields", flat=True).iterator():
        yield json.dumps(fields, ensure_ascii=False)
    yield from Suggestion.objects.filter(org_id=org).exclude(text="").values_list("text", flat=True).iterator()
    yield from Version.objects.filter(org_id=org).values_list("content", flat=True).iterator()


def _named_in_runs(paths: Iterable[str]) -> set[str]:
    """The record keeps what was given even where something else stands there now, so its events count."""
    named: set[str] = set()
    for (org, run), inside in groupby(paths, key=lambda path: tuple((*path.split("/"), "", "")[1:3])):
        if not org.isdecimal():
            continue
        told = Event.objects.filter(org_id=int(org), stream=f"run:{run}").values_list("payload", flat=True)
        stands = Run.objects.filter(org_id=int(org), pk=run).values_list("snapshot", flat=True)
        text = "\n".join((*told, *stands))
        named |= {path for path in inside if path.rpartition("/")[2] in text}
    return named


def _named_as_originals(paths: Iterable[str]) -> set[str]:
    rows = (*PileItem.objects.values_list("org_id", "digest"), *MapOriginal.objects.values_list("org_id", "digest"))
    known = {f"{org}/{digest}" for org, digest in rows}
    return {path for path in paths if f"{(*path.split('/'), '')[1]}/{path.rpartition('/')[2]}" in known}
