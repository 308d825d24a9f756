"""What a sheet is made of. Every way to print or to publish a document lays out these few blocks."""

from __future__ import annotations

from dataclasses import dataclass

from routebook.core.document import Picture


@dataclass(frozen=True, slots=True)
class Text:
    """A line of text: plain, or CommonMark where `marked`. `to` is the document it leads to: ``sops/decline``.

    `soft` is said in passing, such as what a step takes and gives.
    """

    text: str
    marked: bool = False
    to: str = ""
    soft: bool = False


Cell = tuple[Text, ...]
"""Lines below each other."""


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    says: Cell


@dataclass(frozen=True, slots=True)
class Prose:
    """CommonMark. `tone` is "" or says what kind of example it is: good or bad."""

    text: str
    title: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Criteria:
    """What must be true: one line of CommonMark each, to be ticked off."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Instruction:
    """The clicks of a work instruction. `to` leads to its own sheet; "" on that sheet."""

    title: str
    action: str
    lines: tuple[str, ...]
    pictures: tuple[Picture, ...] = ()
    clip: str = ""
    to: str = ""


@dataclass(frozen=True, slots=True)
class Check:
    """A line of a checklist: `leave` says which evidence is left, `heading` stands for the lines below it."""

    text: str
    leave: str = ""
    how: str = ""
    uses: Instruction | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Checklist:
    checks: tuple[Check, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """Pictures with what they show, and a recording: an address, or a path below the media folder."""

    pictures: tuple[Picture, ...] = ()
    recording: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """`shares` are the widths of the columns in parts of the whole; 0 is as wide as what stands in it."""

    names: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map. `svg` is a drawing without colours of its own; `words` says the same, a line per step."""

    svg: str
    words: tuple[str, ...]


Block = Prose | Criteria | Instruction | Checklist | Shown | Table | Drawing


@dataclass(frozen=True, slots=True)
class Part:
    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """One document. `address` is where the library keeps it, without the ending: ``sops/issue-a-refund``."""

    address: str
    kind: str
    title: str
    tag: str
    facts: tuple[Fact, ...]
    parts: tuple[Part, ...]
