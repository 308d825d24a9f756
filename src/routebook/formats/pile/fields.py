"""What a document says of itself in so many words: “Role: Gardener”, a section “Purpose”, a table of such fields.

It lands in the field that it names, and is taken out of what is told otherwise. What doesn't fit its field (two roles in
one cell, a time that is no time) stays where it was.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from routebook.core.document import Kind, Need
from routebook.formats.pile.text import Block, BlockKind, Piece, after, joined, lines_of, sentences
from routebook.formats.pile.verbs import words
from routebook.formats.pile.words import STEP_HEADING
from routebook.formats.pile.writing import inline, markdown_of, without_number

_NAMES = {
    "title": "title|document title|sop title|sop name|procedure title|procedure name|process name|policy name|policy title|document name|name of procedure",
    "role": "role|roles|responsible|responsible role|responsible person|responsibility|performed by|done by|carried out by|who|who does it|actor|assigned to|assignee|position|job title|doer",
    "owner": "owner|document owner|process owner|policy owner|sop owner|procedure owner|accountable|accountable role|owned by|content owner",
    "objective": "objective|objectives|purpose|goal|aim|why|intent|why it matters|why we do this|purpose of this sop|purpose of this procedure",
    "statement": "statement|policy statement|policy|the rule|our rule|rule",
    "trigger": "trigger|triggers|triggered by|starts when|start|when|when to do this|when to do it|when it starts|begins when",
    "result": "result|end result|ends with|ends when|outcome|final result",
    "needs": "tools|tools needed|tools and access|tools required|required tools|systems|software|needs|you need|what you need|you will need|materials|materials needed|equipment|access|access needed",
    "minutes": "time|time needed|time required|duration|estimated time|minutes|takes|how long it takes|time to complete",
    "quality_bar": "definition of done|done when|quality bar|acceptance criteria|quality standard|quality standards|success criteria|standard|standards|it is done when|what done looks like|what good looks like|quality criteria|quality check|quality checks|quality checklist",
    "outputs": "output|outputs|deliverable|deliverables|gives|produces",
    "may_decide": "may decide|you may decide|decide alone|what you may decide|authority",
    "ask_when": "ask when|ask if|when to ask|escalation|escalate|escalate when|escalate to|when to escalate|ask for help when",
    "good": "good example|example of good|a good example",
    "bad": "bad example|example of bad|a bad example",
    "review_by": "review by|next review|next review date|review due|review date|to be reviewed by",
}  # fmt: skip
LABELS: Mapping[str, str] = {label: name for name, labels in _NAMES.items() for label in labels.split("|")}
"""Which field a label means, in small letters."""

_COMMON = words("title owner review_by")
FIELDS: Mapping[Kind, frozenset[str]] = {
    Kind.POLICY: _COMMON | {"objective", "statement"},
    Kind.PROCESS: _COMMON | {"trigger", "result"},
    Kind.PROCEDURE: _COMMON | {"objective", "trigger"},
    Kind.SOP: _COMMON | words("role objective trigger needs minutes quality_bar outputs may_decide ask_when good bad"),
    Kind.WORK_INSTRUCTION: _COMMON,
}
"""The fields that a document of a kind can have from its labels; `objective` of a policy is its why."""

_LISTS = words("needs quality_bar outputs")
_PLAIN = words("role owner title")
"""Fields with a name in them, without mark-up."""
MOST_NAME = 80
MOST_TEXT = 1_000
_LINE = re.compile(r"\W{0,3}(?P<label>[A-Za-z][\w /&'’-]{1,40}?)\s{0,2}(?P<sign>[:：]|\s[–—-]\s)\s{0,3}")
_TIME = re.compile(
    r"(?:about|approx\.?|approximately|up to|ca\.?|~)?\s*(?:\d{1,3}\s?(?:-|–|to)\s?)?(?P<n>\d{1,3})\s*(?P<unit>min|mins|minutes?|m|hours?|hrs?|h)\.?",
    re.I,
)
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)


@dataclass(slots=True)
class Found:
    """The fields that were found, by name: a text, a list of texts, or for `minutes` and `review_by` their value."""

    values: dict[str, Any] = field(default_factory=dict)

    def text(self, name: str) -> str:
        return str(self.values.get(name, ""))

    def lines(self, name: str) -> tuple[str, ...]:
        return tuple(self.values.get(name, ()))

    @property
    def needs(self) -> tuple[Need, ...]:
        return tuple(Need(text) for text in self.lines("needs"))

    @property
    def minutes(self) -> int | None:
        return self.values.get("minutes")

    @property
    def review_by(self) -> dt.date | None:
        return self.values.get("review_by")


def label_of_field(text: str) -> str:
    """The field that a heading names (“2. Purpose:”), or ""."""
    return LABELS.get(without_number(text).casefold().strip(" :*_?").replace("_", " "), "")


def labelled(text: str) -> tuple[str, int]:
    """The field that a line is for and where its value begins, or ("", 0)."""
    found = _LINE.match(text)
    if found is None or found.end() >= len(text):
        return "", 0
    name = LABELS.get(" ".join(found["label"].casefold().replace("_", " ").split()), "")
    # A dash is often only a dash: “Start – but not before noon”.
    if not name or (found["sign"].strip() not in (":", "：") and name not in ("role", "owner")):
        return "", 0
    return name, found.end()


def fields_in(blocks: Sequence[Block], wanted: frozenset[str]) -> tuple[Found, list[Block]]:
    """The fields that blocks state, and the blocks without them."""
    return _Taking(blocks, wanted).run()


@dataclass(slots=True)
class _Taking:
    blocks: Sequence[Block]
    wanted: frozenset[str]
    found: Found = field(default_factory=Found)

    def run(self) -> tuple[Found, list[Block]]:
        rest: list[Block] = []
        first, last = self._items()
        at = 0
        while at < len(self.blocks):
            block = self.blocks[at]
            end = self._section(at) if at < first or at > last or block.kind is BlockKind.HEADING else at
            if end > at:
                at = end
                continue
            at += 1
            if at - 1 < first or at - 1 > last:
                rest += self._without(block, before=at - 1 < first)
            else:
                rest.append(block)
        return self.found, rest

    def _items(self) -> tuple[int, int]:
        """The first and the last place at which something is to be done; labels between them explain a step."""
        ordered = [
            at
            for at, block in enumerate(self.blocks)
            if (block.kind is BlockKind.ITEM and block.ordered)
            or (block.kind is BlockKind.HEADING and STEP_HEADING.match(block.text))
        ]
        items = [at for at, block in enumerate(self.blocks) if block.kind is BlockKind.ITEM]
        return (ordered or [len(self.blocks)])[0], (items or [-1])[-1]

    def _section(self, at: int) -> int:
        """Behind the section that a label leads (“Purpose”, then a paragraph) if it found a field; else `at`."""
        block = self.blocks[at]
        name = label_of_field(block.text) if block.kind in (BlockKind.HEADING, BlockKind.PARAGRAPH) else ""
        if not name or (block.kind is BlockKind.PARAGRAPH and not block.text.rstrip().endswith(":")):
            return at
        end = at + 1
        while end < len(self.blocks) and self.blocks[end].kind is not BlockKind.HEADING:
            end += 1
        if block.kind is BlockKind.PARAGRAPH:
            end = self._led_by(at, end)
        inside = self.blocks[at + 1 : end]
        return end if self._suits(name, inside) and self._take_section(name, inside) else at

    def _led_by(self, at: int, end: int) -> int:
        """A label that is no heading leads one paragraph, or the list below it."""
        last = at + 1
        while last < end and self.blocks[last].kind is BlockKind.ITEM:
            last += 1
        return max(last, at + 2) if at + 1 < end else at + 1

    def _suits(self, name: str, inside: Sequence[Block]) -> bool:
        """Whether a section is short enough, and of the shape, to be a field."""
        kinds = {block.kind for block in inside}
        if not inside or len(inside) > 30 or not kinds <= {BlockKind.PARAGRAPH, BlockKind.ITEM}:
            return False
        if name in _LISTS:
            return len(kinds) == 1 and all(block.level <= 1 for block in inside)
        if any(block.kind is BlockKind.ITEM for block in inside):
            return len(inside) == 1
        return len(inside) <= (1 if name in _PLAIN or name in ("minutes", "review_by") else 3)

    def _take_section(self, name: str, inside: Sequence[Block]) -> bool:
        if name not in self.wanted or (name in self.found.values and name not in _LISTS):
            return False
        if name in _LISTS:
            items = [inline(block.pieces) for block in inside if block.kind is BlockKind.ITEM]
            told = items or [one for block in inside for one in sentences(inline(block.pieces))]
            return self._take_lines(name, told)
        if len(inside) > 1:
            text = "\n\n".join(markdown_of(block) for block in inside)
            if len(text) > MOST_TEXT * 2:
                return False
            self.found.values[name] = text
            return True
        return self._take(name, inside[0].pieces)

    def _without(self, block: Block, *, before: bool) -> list[Block]:
        if block.kind is BlockKind.TABLE:
            return self._without_rows(block) if before else [block]
        if block.kind is BlockKind.PARAGRAPH:
            lines = [part for line in lines_of(block.pieces) for part in _cut_at_labels(line)]
            left = [line for line in lines if not self._line(line)]
            if not left:
                return []
            pieces = tuple(piece for at, line in enumerate(left) for piece in ((Piece("\n"),) if at else ()) + line)
            return [block] if len(left) == len(lines) else [replace(block, pieces=pieces)]
        loose = block.kind is BlockKind.ITEM and before and not block.ordered and block.level <= 1
        if loose or (block.kind is BlockKind.HEADING and before):
            return [] if self._line(block.pieces) else [block]
        return [block]

    def _line(self, pieces: tuple[Piece, ...]) -> bool:
        name, start = labelled("".join(piece.text for piece in pieces))
        return bool(name) and self._take(name, after(pieces, start))

    def _without_rows(self, block: Block) -> list[Block]:
        rows = [row for row in block.rows if any(row)]
        if len(rows) == 2 and len(rows[0]) > 2 and sum(2 for cell in rows[0] if label_of_field(cell)) > len(rows[0]):
            pairs = [list(zip(*rows, strict=False))]
        else:
            pairs = [list(zip(row[::2], row[1::2], strict=False)) for row in rows if len(row) in (2, 4)]
        named = [pair for row in pairs for pair in row if label_of_field(pair[0])]
        if len(named) * 2 < sum(len(row) for row in pairs) or len(pairs) < len(rows) - (len(pairs) == 1 < len(rows)):
            return [block]
        left = [
            tuple(cell for pair in kept for cell in pair)
            for row in pairs
            if (kept := [pair for pair in row if not (pair in named and self._cell(*pair))])
        ]
        if sum(map(len, left)) == sum(2 * len(row) for row in pairs):
            return [block]
        return [replace(block, rows=tuple(left))] if any(cell for row in left for cell in row) else []

    def _cell(self, label: str, value: str) -> bool:
        name = label_of_field(label)
        if name == "minutes" and "minutes" in label.casefold() and value.strip().isdecimal():  # the label has the unit
            value = f"{value.strip()} minutes"
        if name in _LISTS and "\n" in value:
            return name in self.wanted and self._take_lines(name, [line for line in value.split("\n") if line])
        return self._take(name, (Piece(value),))

    def _take(self, name: str, pieces: tuple[Piece, ...]) -> bool:
        """Whether the value suits the field, which has it now."""
        if name not in self.wanted or (name in self.found.values and name not in _LISTS):
            return False
        text = "".join(piece.text for piece in pieces).strip()
        value: Any = inline(pieces)
        if name in _PLAIN:
            value = " ".join(text.split()).rstrip(".")
            value = value[:1].upper() + value[1:]
            if not value or len(value) > (300 if name == "title" else MOST_NAME) or (";" in value) or "\n" in text:
                return False
        elif name == "minutes":
            value = minutes_of(text)
        elif name == "review_by":
            value = day_of(text)
        elif name in _LISTS:
            parts = re.split(r";\s+|\n" if name != "needs" else r"[;,]\s+|\n", value)
            return self._take_lines(name, parts)
        if value is None or value == "" or (isinstance(value, str) and len(value) > MOST_TEXT):
            return False
        self.found.values[name] = value
        return True

    def _take_lines(self, name: str, lines: Iterable[str]) -> bool:
        told = [line.strip() for line in lines if line.strip()]
        if name not in self.wanted or not told or any(len(line) > MOST_TEXT for line in told):
            return False
        self.found.values[name] = [*self.found.values.get(name, []), *told]
        return True


def _cut_at_labels(line: tuple[Piece, ...]) -> list[tuple[Piece, ...]]:
    """A line in parts where bold labels stand in it: “**Role:** Gardener **Time:** 15 minutes”."""
    parts: list[list[Piece]] = [[]]
    for piece in line:
        if piece.bold and piece.text.rstrip().endswith(":") and label_of_field(piece.text) and parts[-1]:
            parts.append([])
        parts[-1].append(piece)
    return [part for part in map(joined, parts) if part]


def minutes_of(text: str) -> int | None:
    """The minutes of “about 15 min” or “1 hour”, of two the larger; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        return None
    minutes = int(found["n"]) * (60 if found["unit"].lower().startswith("h") else 1)
    return minutes if 0 < minutes <= 10_000 else None


def day_of(text: str) -> dt.date | None:
    """2027-02-12, 12 February 2027 or February 12, 2027."""
    for year, month, day in _dates(text.strip().rstrip(".")):
        try:
            return dt.date(year, month, day)
        except ValueError:
            return None
    return None


def _dates(text: str) -> Iterator[tuple[int, int, int]]:
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text):
        yield int(found[1]), int(found[2]), int(found[3])
    if (found := re.fullmatch(r"(\d{1,2})\.? ([A-Za-z]+),? (\d{4})", text)) and found[2].casefold() in _MONTHS:
        yield int(found[3]), _MONTHS.index(found[2].casefold()) + 1, int(found[1])
    if (found := re.fullmatch(r"([A-Za-z]+) (\d{1,2}),? (\d{4})", text)) and found[1].casefold() in _MONTHS:
        yield int(found[3]), _MONTHS.index(found[1].casefold()) + 1, int(found[2])
