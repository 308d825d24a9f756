"""What differs between two texts, in words, and between two versions of a document, field by field."""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any

from routebook.core.document import AnyDocument, Decision, Goes, Join, kind_of
from routebook.formats.schema import KEYS

MOST_WORDS = 8_000
"""Above this, comparing word by word takes too long to wait for, and the texts are shown one after the other."""

_WORDS = re.compile(r"\s+|[^\s]+")
_UNSEEN = frozenset({"status"})


class Change(StrEnum):
    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that both have, or only the newer (added) or only the older (removed) has."""

    change: Change
    text: str


@dataclass(frozen=True, slots=True)
class FieldDifference:
    """One field that differs: its name in `core.document`, and its text in pieces."""

    field: str
    pieces: tuple[Piece, ...]


def words(older: str, newer: str) -> tuple[Piece, ...]:
    """The pieces that make `older` of the same and removed ones, and `newer` of the same and added ones."""
    if older == newer:
        return (Piece(Change.SAME, older),) if older else ()
    before, after = _WORDS.findall(older), _WORDS.findall(newer)
    if max(len(before), len(after)) > MOST_WORDS:
        return tuple(_pieces([older], [newer]))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    found: list[Piece] = []
    for tag, i, j, k, m in matcher.get_opcodes():
        if tag == "equal":
            found.append(Piece(Change.SAME, "".join(before[i:j])))
        else:
            found += _pieces(before[i:j], after[k:m])
    return tuple(_without_scraps(found))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    if before:
        yield Piece(Change.REMOVED, "".join(before))
    if after:
        yield Piece(Change.ADDED, "".join(after))


def _without_scraps(pieces: list[Piece]) -> Iterator[Piece]:
    """A single space that both have between two changes is read with the changes: one stretch instead of three."""
    removed, added = "", ""
    for at, piece in enumerate(pieces):
        is_scrap = piece.change is Change.SAME and piece.text == " " and 0 < at < len(pieces) - 1 and (removed or added)
        if piece.change is Change.REMOVED or is_scrap:
            removed += piece.text
        if piece.change is Change.ADDED or is_scrap:
            added += piece.text
        if piece.change is Change.SAME and not is_scrap:
            yield from _pieces([removed] if removed else [], [added] if added else [])
            removed, added = "", ""
            yield piece
    yield from _pieces([removed] if removed else [], [added] if added else [])


def documents(older: AnyDocument, newer: AnyDocument) -> tuple[FieldDifference, ...]:
    """The fields in which two versions of one document differ, in the order in which they are written.

    Raises ValueError for documents of different kinds.
    """
    if kind_of(older) is not kind_of(newer):
        raise ValueError("two versions of one document are of one kind")
    names = [key.field for key in KEYS[kind_of(older)] if key.field not in _UNSEEN]
    pairs = [(name, getattr(older, name), getattr(newer, name)) for name in names]
    return tuple(FieldDifference(name, words(spelt(was), spelt(now))) for name, was, now in pairs if was != now)


def spelt(value: Any) -> str:
    """A field's value as text to read: a line per item, its parts between dots."""
    match value:
        case None | "" | False:
            return ""
        case True:
            return "yes"
        case str():
            return _PICTURE.sub(_named, value)
        case dt.date():
            return value.isoformat()
        case Decimal():
            return format(value, "f")
        case int():
            return str(value)
        case tuple():
            return "\n".join(f"- {spelt(part)}" if len(value) > 1 or _is_row(part) else spelt(part) for part in value)
        case Goes():
            return " and ".join(value.targets)
        case Decision():
            return ", ".join(f"{outcome.when} → {spelt(outcome.goes)}" for outcome in value.outcomes)
        case Join():
            return " and ".join(" or ".join(group) for group in value.groups) or "all"
        case _:
            parts = (spelt(getattr(value, field.name)) for field in dataclasses.fields(value))
            return " · ".join(part for part in parts if part and part != "none")


_PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^)\s]*)\)")


def _named(picture: re.Match[str]) -> str:
    """A picture in a text as a reader of a difference understands it: what it shows, and its file."""
    file = picture[2].rpartition("/")[2]
    return f"(picture: {', '.join(part for part in (picture[1].strip(), file) if part)})"


def _is_row(value: Any) -> bool:
    return dataclasses.is_dataclass(value)
