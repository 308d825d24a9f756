"""The form of a document: from what was posted to plain values, and from plain values to what is shown.

Names of inputs: ``title`` · ``quality_bar-0`` (a line of a list) · ``checklist-2-text`` (a part of a row). The order of
rows is the order in which they are posted, whatever their numbers; a row with nothing in it is no row.

`was-<field>` carries a digest of what the field said when the form was shown. A field that still says the same was
not touched, so that saving a whole form doesn't undo what somebody else changed meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from routebook.core.checks import Finding, Severity
from routebook.core.document import Evidence, Kind
from routebook.formats.plain import PlainError, from_plain, to_plain
from routebook.web.document_fields import SECTIONS, Cell, Field, Section, Widget, Words, fields_of

ROWS_TO_ADD = 3
_ROW = re.compile(r"-(\d{1,4})(?:-|$)")
_PLACE = re.compile(r"(\w+)(?:\[(\d+)\])?(?:\.(\w+))?")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was posted. `raw` holds every field as typed, `touched` those that the person changed, in plain form
    (None: emptied), `errors` a sentence per field that can't be kept."""

    raw: dict[str, Any]
    touched: dict[str, Any]
    errors: dict[str, str]


def read(kind: Kind, slug: str, posted: QueryDict) -> Typed:
    """What a form says. Autosave posts only some fields and names them in `changed`."""
    named = set(posted.getlist("changed"))
    asked = [one for one in fields_of(kind) if not named or one.name in named]
    raw = {one.name: _raw(one, posted) for one in asked}
    _move(raw, posted.get("op", ""))
    touched: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for one in asked:
        try:
            plain = _plain(kind, slug, one.name, _without_blanks(raw[one.name]))
        except PlainError as error:
            errors[one.name] = error.sentence[0].upper() + error.sentence[1:]
            continue
        if one.name in named or posted.get(f"was-{one.name}") != digest(plain):
            touched[one.name] = plain
    return Typed(raw, touched, errors)


def _raw(one: Field, posted: QueryDict) -> Any:
    if one.widget is Widget.PROCESSES:
        return posted.getlist(one.name)
    if one.widget is Widget.LINES:
        return [posted.get(f"{one.name}-{row}", "") for row in _rows(one.name, posted)]
    if one.widget is Widget.ROWS:
        return [
            {cell.name: posted.get(f"{one.name}-{row}-{cell.name}", UNSAID.get(cell.name, "")) for cell in one.cells}
            for row in _rows(one.name, posted)
        ]
    return posted.get(one.name, "")


def _rows(name: str, posted: QueryDict) -> list[str]:
    """The numbers of a field's rows in the order in which they were posted."""
    found = (_ROW.match(key, len(name)) for key in posted if key.startswith(f"{name}-"))
    return list(dict.fromkeys(match[1] for match in found if match))


def _move(raw: dict[str, Any], op: str) -> None:
    """A row's own buttons, where no script runs: ``up:checklist:2``, ``down:…``, ``remove:…``."""
    verb, _, rest = op.partition(":")
    name, _, number = rest.partition(":")
    rows = raw.get(name)
    if not isinstance(rows, list) or not number.isdecimal() or int(number) >= len(rows):
        return
    at = int(number)
    if verb == "remove":
        del rows[at]
    if verb == "up" and at > 0:
        rows[at - 1], rows[at] = rows[at], rows[at - 1]
    if verb == "down" and at + 1 < len(rows):
        rows[at + 1], rows[at] = rows[at], rows[at + 1]


def _without_blanks(value: Any) -> Any:
    if isinstance(value, list):
        return [_part(row) for row in value if _says_something(row)]
    return value.strip() if isinstance(value, str) else value


def _part(row: Any) -> Any:
    return {name: text.strip() for name, text in row.items()} if isinstance(row, dict) else row.strip()


def _says_something(row: Any) -> bool:
    if isinstance(row, dict):
        return any(text.strip() for name, text in row.items() if name != "evidence")
    return bool(row.strip())


def _plain(kind: Kind, slug: str, name: str, value: Any) -> Any:
    """The value as drafts keep it; None for nothing. Raises `PlainError`."""
    return to_plain(from_plain(kind, slug, {"title": "·", name: value})).get(name)


def digest(plain: Any) -> str:
    """A short mark of a plain value, equal only for equal values."""
    return hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest()[:16]


# --- showing ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Option:
    value: str
    label: Words
    group: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """What the form offers: values known while typing by list, and the options of the selects."""

    known: Mapping[str, Sequence[str]] = field(default_factory=dict)
    steps: Sequence[Option] = ()
    processes: Sequence[Option] = ()
    instructions: Sequence[Option] = ()
    blocks: Sequence[Option] = ()
    evidence: Sequence[Option] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One input as the template shows it."""

    name: str
    id: str
    widget: Widget
    label: Words
    value: Any
    help: Words = ""
    known: str = ""
    error: str = ""
    options: Sequence[Option] = ()
    more: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a field that repeats. A template row has the number ``__i__``."""

    number: str
    id: str
    inputs: tuple[Input, ...]
    more: tuple[Input, ...]
    block: Input | None = None
    """The choice of a shared block, where the row is one: it has no words of its own."""

    @property
    def more_is_used(self) -> bool:
        return any(one.value for one in self.more)


@dataclass(frozen=True, slots=True)
class Shown:
    """One field as the template shows it: a single input, or rows and one to copy."""

    field: Field
    was: str
    error: str
    input: Input | None = None
    rows: tuple[Row, ...] = ()
    pattern: Row | None = None
    block_pattern: Row | None = None

    @property
    def asks_for_attention(self) -> bool:
        """Whether it is wrong, an owner is missing, or rows were just added to it."""
        is_missing = self.field.name == "owner" and self.input is not None and not self.input.value
        return bool(self.error) or is_missing or (self.pattern is not None and len(self.rows) > 1)


@dataclass(frozen=True, slots=True)
class ShownSection:
    """A section with its fields filled in. A folded one is `open` where something in it asks for attention."""

    section: Section
    fields: tuple[Shown, ...]

    @property
    def open(self) -> bool:
        return any(one.asks_for_attention for one in self.fields)


def shown(
    kind: Kind,
    values: Mapping[str, Any],
    draft: Mapping[str, Any],
    choices: Choices,
    *,
    errors: Mapping[str, str] | None = None,
    more: str = "",
    block: str = "",
) -> tuple[ShownSection, ...]:
    """The form with `values` in it. `draft` is what is kept, `more` the field that gets several empty rows, `block` the
    one that gets a row for a shared block."""
    return tuple(
        ShownSection(
            section,
            tuple(
                _shown(
                    one,
                    values.get(one.name),
                    untouched(kind, one, draft.get(one.name)),
                    choices,
                    (errors or {}).get(one.name, ""),
                    more,
                    block,
                )
                for one in section.fields
            ),
        )
        for section in SECTIONS[kind]
    )


UNSAID = {"evidence": str(Evidence.NONE)}
"""What a cell says that the stored row, or the row that was posted, leaves out, where that isn't an empty text."""


def untouched(kind: Kind, one: Field, kept: Any) -> str:
    """The digest of what comes back when nobody touches a field; its empty rows, for one, don't."""
    if isinstance(kept, list):
        raw: Any = [
            {cell.name: str(row.get(cell.name, UNSAID.get(cell.name, ""))) for cell in one.cells}
            if isinstance(row, dict)
            else row
            for row in kept
        ]
    else:
        raw = "" if kept is None else str(kept)
    try:
        return digest(_plain(kind, "", one.name, _without_blanks(raw)))
    except PlainError:
        return digest(kept)


def _shown(one: Field, value: Any, was: str, choices: Choices, error: str, more: str, block: str) -> Shown:
    if not one.repeats:
        cell = Cell(one.name, one.label, one.widget, one.known)
        return Shown(one, was, error, input=_input(one.name, cell, value, choices, one.help, error))
    filled = list(value or [])
    empty: list[Any] = [None] * (ROWS_TO_ADD if more == one.name else 1)
    rows = [_row(one, str(number), row, choices) for number, row in enumerate([*filled, *empty])]
    if not includes(one):
        return Shown(one, was, error, rows=tuple(rows), pattern=_row(one, "__i__", None, choices))
    if block == one.name:
        rows.insert(len(filled), _row(one, str(len(rows)), None, choices, is_block=True))
    patterns = [_row(one, "__i__", None, choices, is_block=is_block) for is_block in (False, True)]
    return Shown(one, was, error, rows=tuple(rows), pattern=patterns[0], block_pattern=patterns[1])


def includes(one: Field) -> bool:
    """Whether a row of the field may be a shared block."""
    return any(cell.widget is Widget.BLOCK for cell in one.cells)


def _row(one: Field, number: str, value: Any, choices: Choices, *, is_block: bool = False) -> Row:
    name = f"{one.name}-{number}"
    if one.widget is Widget.LINES:
        inputs: tuple[Input, ...] = (_input(name, Cell(one.name, one.one, known=one.known), value, choices),)
    else:
        parts = value or {}
        inputs = tuple(_input(f"{name}-{c.name}", c, parts.get(c.name), choices) for c in one.cells)
    block = next((each for each in inputs if each.widget is Widget.BLOCK), None)
    if block is not None and (block.value or is_block):
        return Row(number, f"f-{name}", (block,), (), block)
    words = [each for each in inputs if each is not block]
    return Row(
        number,
        f"f-{name}",
        tuple(each for each in words if not each.more),
        tuple(each for each in words if each.more),
    )


def _input(name: str, cell: Cell, value: Any, choices: Choices, help_: Words = "", error: str = "") -> Input:
    # A lines row has one input, whose id would be the row's own.
    ident = f"f-{name}" + ("-line" if re.search(r"-(\d+|__i__)$", name) else "")
    return Input(
        name,
        ident,
        cell.widget,
        cell.label,
        value if value is not None else [] if cell.widget is Widget.PROCESSES else "",
        help_,
        cell.known,
        error,
        _options(cell.widget, value, choices),
        cell.more,
    )


def _options(widget: Widget, value: Any, choices: Choices) -> Sequence[Option]:
    offered = {
        Widget.STEP: choices.steps,
        Widget.PROCESSES: choices.processes,
        Widget.INSTRUCTION: choices.instructions,
        Widget.BLOCK: choices.blocks,
        Widget.EVIDENCE: choices.evidence,
    }.get(widget, ())
    known = {option.value for option in offered}
    stated = value if isinstance(value, list) else [value] if value else []
    strangers = [Option(one, one) for one in stated if one not in known] if widget in _SELECTS else []
    return [*offered, *strangers]


_SELECTS = (Widget.STEP, Widget.PROCESSES, Widget.INSTRUCTION, Widget.BLOCK)


# --- findings -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """A finding, and the id of the input that it is about ("" for the whole document)."""

    finding: Finding
    anchor: str


def told(kind: Kind, findings: Iterable[Finding]) -> tuple[Told, ...]:
    """The findings of an editor: what blocks first, then in the form's order."""
    order = {one.name: place for place, one in enumerate(fields_of(kind))}

    def place(finding: Finding) -> tuple[bool, int]:
        name = _PLACE.match(finding.path)
        return finding.severity is not Severity.ERROR, order.get(name[1], len(order)) if name else -1

    return tuple(Told(finding, anchor_of(kind, finding.path)) for finding in sorted(findings, key=place))


def anchor_of(kind: Kind, path: str) -> str:
    """The id of the input that a field path such as ``checklist[2].text`` means."""
    match = _PLACE.match(path)
    one = next((each for each in fields_of(kind) if match and each.name == match[1]), None)
    if match is None or one is None:
        return ""
    if match[2] is None or not one.repeats:
        return f"f-{match[1]}"
    return f"f-{match[1]}-{match[2]}"
