"""The places of a document at which a text stands, and putting another text there.

A place is named by a path: ``objective`` · ``quality_bar.1`` (a line) · ``checklist.2.text`` (a part of a row), counted
from 0 as `formats.plain` does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from routebook.core.document import AnyDocument, Kind, kind_of

_ITEMS = ("checklist.text", "checklist.instruction")
TEXTS: dict[Kind, tuple[str, ...]] = {
    Kind.POLICY: ("statement", "why"),
    Kind.PROCEDURE: ("objective", "trigger", *_ITEMS),
    Kind.SOP: (
        *("objective", "trigger", "quality_bar", "good", "bad"),
        *_ITEMS,
        *("outputs", "may_decide", "ask_when", "questions.answer"),
    ),
    Kind.WORK_INSTRUCTION: ("action", "lines"),
}
"""The texts that a reader can suggest to change, by kind: fields, lists of lines, and parts of rows."""


@dataclass(frozen=True, slots=True)
class Place:
    """One text of a document: its path, its field, the number of its row from 1 (0 for none), and what it says."""

    path: str
    field: str
    row: int
    part: str
    text: str


def places_of(document: AnyDocument) -> tuple[Place, ...]:
    """The places of a document that say something, row by row in the order of its fields."""
    found: list[Place] = []
    for name in dict.fromkeys(text.partition(".")[0] for text in TEXTS.get(kind_of(document), ())):
        parts = [text.partition(".")[2] for text in TEXTS[kind_of(document)] if text.partition(".")[0] == name]
        found += _places_in(name, parts, getattr(document, name))
    return tuple(found)


def _places_in(name: str, parts: list[str], value: Any) -> Iterator[Place]:
    if isinstance(value, str):
        if value:
            yield Place(name, name, 0, "", value)
        return
    for at, row in enumerate(value):
        if getattr(row, "include", ""):
            continue  # it is a line of a shared block, and changes there
        for part in parts:
            text = getattr(row, part) if part else row
            path = f"{name}.{at}.{part}" if part else f"{name}.{at}"
            if text:
                yield Place(path, name, at + 1, part, text)


def place_at(document: AnyDocument, path: str) -> Place | None:
    """The place of this path, if the document says anything there."""
    return next((place for place in places_of(document) if place.path == path), None)


def put(plain: Mapping[str, Any], path: str, base: str, text: str) -> dict[str, Any] | None:
    """The one field of `plain` that changes when the text at a place, `base` until now, becomes `text`.

    A line that has moved is found by what it says; an emptied one goes. None where nothing says `base` any more.
    """
    name, _, rest = path.partition(".")
    value = plain.get(name)
    if not rest:
        return {name: text} if (value or "") == base else None
    row, _, part = rest.partition(".")
    if not isinstance(value, list):
        return None
    says = [(one.get(part) or "") if part and isinstance(one, Mapping) else one for one in value]
    at = int(row) if row.isdecimal() and int(row) < len(says) and says[int(row)] == base else _index(says, base)
    if at is None:
        return None
    changed = _changed(value[at], part, text)
    return {name: [*value[:at], *([] if changed is None else [changed]), *value[at + 1 :]]}


def _index(texts: list[Any], wanted: str) -> int | None:
    return texts.index(wanted) if wanted in texts else None


def _changed(row: Any, part: str, text: str) -> Any:
    if not part:
        return text or None
    if not text and part == "text":
        return None
    return {**{name: value for name, value in row.items() if name != part}, **({part: text} if text else {})}
