"""One neutral shape for every document of a pile, whatever it was written in.

A document is a flat sequence of blocks: headings, paragraphs, list items, tables, pictures, code. Each block knows
where it stood in its source, so that every sentence of the original can be accounted for. Text is a sequence of
pieces, because what is bold, code or a link says a lot about what a document is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property

from routebook.core.document import AnyDocument


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    TABLE = "table"
    PICTURE = "picture"
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Span:
    """First and last line of the source, from 1, both included. In a docx the lines are its paragraphs."""

    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that is written in one way. `link` is the address it leads to, or ""."""

    text: str
    bold: bool = False
    code: bool = False
    link: str = ""


@dataclass(frozen=True)
class Block:
    """One block. Which fields count depends on its kind:

    - heading: `level` 1 to 6; `fake` where it is only a bold line;
    - item: `level` is its depth from 1; `ordered`; `ticked` None where it has no box;
    - table: `rows`, each a row of cells; `pieces` is empty;
    - picture: `source`, and the pieces say what it shows;
    - code: one piece with the whole text, `source` is the language.
    """

    kind: BlockKind
    span: Span
    pieces: tuple[Piece, ...] = ()
    level: int = 0
    ordered: bool = False
    ticked: bool | None = None
    fake: bool = False
    source: str = ""
    rows: tuple[tuple[str, ...], ...] = ()

    @cached_property
    def text(self) -> str:
        """What a reader reads, without any mark-up."""
        if self.kind is BlockKind.TABLE:
            return "\n".join(" | ".join(cell for cell in row if cell) for row in self.rows)
        return "".join(piece.text for piece in self.pieces)

    @cached_property
    def words(self) -> int:
        return len(self.text.split())

    @cached_property
    def all_bold(self) -> bool:
        told = [piece for piece in self.pieces if piece.text.strip()]
        return bool(told) and all(piece.bold for piece in told)


@dataclass(frozen=True)
class PileDocument:
    """A document of the pile that could be read.

    `path` is its place in the pile (``folder/file.md``, ``drive.zip/file.docx``), `title` what it calls itself or "",
    `media` the pictures that came inside it, by the `source` of their blocks. `declared` is the kind that its front
    matter states, as the files of a library do, or "". `whole` is the document itself where the file is one of a
    library: every field of it, without guessing. `front` is what front matter says to a
    reader (“owner: Finance”); it is apart because it tells little about what a document is.
    """

    path: str
    title: str
    blocks: tuple[Block, ...]
    media: Mapping[str, bytes] = field(default_factory=dict)
    declared: str = ""
    whole: AnyDocument | None = None
    front: tuple[Block, ...] = ()

    @cached_property
    def passages(self) -> tuple[Block, ...]:
        """Everything that a reader reads, in its order."""
        return (*self.front, *self.blocks)

    @cached_property
    def words(self) -> int:
        return sum(block.words for block in self.blocks)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file of the pile that was left alone, and why, in one sentence."""

    path: str
    reason: str


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, in order, with single spaces. Lines of their own are sentences of their own."""
    return tuple(_sentences(text))


_END = re.compile(r"(?<=[.!?…])[\"'”’)\]]{0,2}\s+(?=[\"'“‘(\[]?[A-Z0-9À-ÖØ-Þ])")
_NO_END = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|no|nr|fig|dr|mr|mrs|ms|st|dept|inc|ltd|co)|\b[A-Z])\.\Z", re.I
)
_NUMBER = re.compile(r"\W{0,3}(?:\d{1,3}\.){1,4}")
"""“1. Purpose” is one sentence."""


def _sentences(text: str) -> Iterator[str]:
    for line in text.splitlines():
        yield from _of_line(" ".join(line.split()))


def _of_line(line: str) -> Iterator[str]:
    start = 0
    for end in _END.finditer(line):
        told = line[start : end.start()]
        if _NO_END.search(told, max(0, len(told) - 12)) or (len(told) < 12 and _NUMBER.fullmatch(told)):
            continue
        yield line[start : end.end()].strip()
        start = end.end()
    if line[start:].strip():
        yield line[start:].strip()


def sentences_of(block: Block) -> tuple[str, ...]:
    """The sentences of a block: of each cell in a table, each line in code; a picture has those that tell it."""
    if block.kind is BlockKind.TABLE:
        return tuple(one for row in block.rows for cell in row for one in _sentences(cell))
    if block.kind is BlockKind.CODE:
        return tuple(" ".join(line.split()) for line in block.text.splitlines() if line.strip())
    return sentences(block.text)


def joined(pieces: Iterable[Piece]) -> tuple[Piece, ...]:
    """Pieces with equal neighbours joined, single spaces, and no space at either end."""
    merged: list[Piece] = []
    for piece in pieces:
        last = merged[-1] if merged else None
        if last and (last.bold, last.code, last.link) == (piece.bold, piece.code, piece.link):
            merged[-1] = Piece(last.text + piece.text, piece.bold, piece.code, piece.link)
        elif piece.text:
            merged.append(piece)
    return _trimmed(merged)


_SPACES = re.compile(r"[ \t\r\f\v\u00a0]+")


def _trimmed(pieces: list[Piece]) -> tuple[Piece, ...]:
    told = [Piece(_SPACES.sub(" ", piece.text), piece.bold, piece.code, piece.link) for piece in pieces]
    first = next((i for i, piece in enumerate(told) if piece.text.strip()), len(told))
    last = next((i for i in range(len(told), first, -1) if told[i - 1].text.strip()), first)
    told = told[first:last]
    if told:
        told[0] = replace(told[0], text=told[0].text.lstrip())
        told[-1] = replace(told[-1], text=told[-1].text.rstrip())
    return tuple(told)


def lines_of(pieces: Iterable[Piece]) -> list[tuple[Piece, ...]]:
    """Pieces cut at their line breaks; empty lines are left out."""
    lines: list[list[Piece]] = [[]]
    for piece in pieces:
        for at, text in enumerate(piece.text.split("\n")):
            if at:
                lines.append([])
            lines[-1].append(replace(piece, text=text))
    return [line for line in map(joined, lines) if line]


def after(pieces: Iterable[Piece], start: int) -> tuple[Piece, ...]:
    """The pieces without their first `start` characters."""
    left: list[Piece] = []
    for piece in pieces:
        left.append(replace(piece, text=piece.text[start:]) if start > 0 else piece)
        start -= len(piece.text)
    return joined(left)


LABEL_LINE = r"(?:\*\*|__)?[A-Z][\w /&'’-]{1,30}(?:\*\*|__)?:(?:\*\*|__)?[ \t]+\S"
"""A line such as “Role: Gardener”, also with its label in bold: one of several below each other, not running text."""

MOST_FAKE_HEADING_WORDS = 12


def with_fake_headings(blocks: Iterable[Block]) -> tuple[Block, ...]:
    """Paragraphs that are one short bold line become headings: that is how many people make them."""
    level = 0
    numbered = (0, 0)  # the number and the level of the last real heading with one
    found = []
    for block in blocks:
        number = _number_of(block)
        if block.kind is BlockKind.HEADING and not block.fake:
            level = block.level
            numbered = (number, level) if number else numbered
        elif _looks_like_a_heading(block):
            # “4. Pack” in bold after the heading “3. Bake” is its sister, whatever stood between them.
            if number and number == numbered[0] + 1 and numbered[1]:
                level, numbered = numbered[1], (number, numbered[1])
                block = Block(BlockKind.HEADING, block.span, block.pieces, level=level, fake=True)
            else:
                numbered = (0, 0) if number else numbered
                block = Block(BlockKind.HEADING, block.span, block.pieces, level=min(level + 1, 6), fake=True)
        found.append(block)
    return tuple(found)


_HEADING_NUMBER = re.compile(r"(\d{1,2})[.)]?\s+[^\W\d]")


def _number_of(block: Block) -> int:
    found = _HEADING_NUMBER.match(block.text)
    return int(found[1]) if found else 0


def _looks_like_a_heading(block: Block) -> bool:
    if block.kind is not BlockKind.PARAGRAPH or not block.all_bold or "\n" in block.text:
        return False
    return block.words <= MOST_FAKE_HEADING_WORDS and not block.text.rstrip().endswith((".", "!", ",", ";"))
