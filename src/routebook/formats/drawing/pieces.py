"""What a drawing is made of: boxes, marks, labels and lines, and where each of them is.

Pure numbers, in the unit of the drawing (a pixel at its natural size), x to the right, y down.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from routebook.core.document import Handling

LANE_NAME_LINE = 15.0
"""From one line of a lane's name to the next."""


@dataclass(frozen=True, slots=True)
class Words:
    """The few words that a drawing adds to the owner's own."""

    no_role: str = "No role yet"
    kept: str = "kept"


@dataclass(frozen=True, slots=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Rect:
    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    @property
    def middle(self) -> Point:
        return Point(self.x + self.width / 2, self.y + self.height / 2)


@dataclass(frozen=True, slots=True)
class LaneArea:
    """The strip of one role in one band; `name` is broken into lines that stand in `name_area`."""

    role: str
    band: int
    area: Rect
    name: tuple[str, ...]
    name_area: Rect


@dataclass(frozen=True, slots=True)
class Box:
    """One step. `lane` is a place in `Layout.lanes`, `number` its place in the list, from 1."""

    step: str
    number: int
    lane: int
    handling: Handling
    area: Rect
    title: tuple[str, ...]
    why: tuple[str, ...]


class MarkKind(StrEnum):
    """The shapes that are not boxes. `MISSING` stands for a step that a draft names but lacks."""

    START = "start"
    END = "end"
    DECISION = "decision"
    SPLIT = "split"
    JOIN = "join"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Mark:
    """A circle, diamond or bar that belongs to a step."""

    kind: MarkKind
    step: str
    area: Rect


@dataclass(frozen=True, slots=True)
class Label:
    """A line or two of text at a line of the flow."""

    lines: tuple[str, ...]
    area: Rect


@dataclass(frozen=True, slots=True)
class DocumentTag:
    """The document of a step, below its box."""

    step: str
    text: str
    area: Rect


@dataclass(frozen=True, slots=True)
class Line:
    """A stretch of the flow, with right angles only.

    `links` are the (source, target) pairs of the map that travel it. Lines of one `net` may lie on
    one another, since all of them lead to one place; others only cross. `tip`: it ends in an arrow.
    """

    links: tuple[tuple[str, str], ...]
    points: tuple[Point, ...]
    net: tuple[str, int]
    tip: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The whole drawing. `back` holds the links that go back (rework)."""

    width: float
    height: float
    lanes: tuple[LaneArea, ...]
    boxes: tuple[Box, ...]
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    documents: tuple[DocumentTag, ...]
    lines: tuple[Line, ...]
    back: frozenset[tuple[str, str]]

    @property
    def bands(self) -> dict[str, int]:
        """The band of each step, by step id: what the next drawing of the same map while it is edited is `like`."""
        return {box.step: self.lanes[box.lane].band for box in self.boxes}
