"""How each line runs between the boxes.

Boxes stand in a grid. Lines run in the channels between its columns and rows, along cells that are
empty, and out of or into their own cell; so a line cannot meet a box. Every channel gives each line a
track of its own. Lines to one step share a track (they merge on the way), except where that step is a
join: there each line arrives by itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

Cell = tuple[int, int]
"""Row and column."""

NEAR = 9.0
"""Two lines to different steps never run closer than this."""
ENTRY_NEAR = 12.0
"""Nor do two arrows at one step. Exits lie 20 apart, so that a box has room for an entry in between."""
ENTRY_STEP = 2.0


@dataclass(frozen=True, slots=True)
class Way:
    """A line to be drawn: from a step's cell, leaving it at an offset from the row's middle, to a step."""

    source: int
    cell: Cell
    offset: float
    target: int


@dataclass(frozen=True, slots=True)
class Course:
    """How a way runs: a track in the first column channel, then one in a row channel, then the last.

    Column channel c lies left of column c. A row channel is (row, below?). None: not needed. `net`
    names the lines that may share a track; `entry` is the offset at which the target is entered.
    """

    way: Way
    net: int
    entry: float
    first: int | None
    across: tuple[int, bool] | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Strand:
    """What one net does in one channel: the stretch it takes, and where it leaves to either side."""

    net: int
    low: float
    high: float
    before: tuple[float, ...]
    after: tuple[float, ...]


class Router:
    """Finds the courses of all ways. `cells` gives each step's cell, `joins` the steps that wait."""

    def __init__(self, cells: Sequence[Cell], joins: frozenset[int]) -> None:
        self._cells = cells
        self._joins = joins
        self._occupied = frozenset(cells)
        self._reserved: dict[Cell, int] = {}
        self._arriving: dict[Cell, list[tuple[float, int]]] = {}
        """Per row and column channel: the lines that come out of the cell on its left."""
        self._departing: dict[Cell, list[tuple[float, int]]] = {}
        """The same for the lines that go into the cell on its right."""

    def courses(self, ways: Sequence[Way]) -> list[Course]:
        """One course per way, in the same order."""
        nets = self._nets(ways)
        for way, net in zip(ways, nets, strict=True):
            self._arriving.setdefault((way.cell[0], way.cell[1] + 1), []).append((way.offset, net))
        shapes = [self._straight(way, net) for way, net in zip(ways, nets, strict=True)]
        for n, (way, net) in enumerate(zip(ways, nets, strict=True)):
            if shapes[n] is None:
                shapes[n] = self._turn_early(way, net) or self._turn_late(way, net)
        entries: dict[int, float] = {}
        courses: dict[int, Course] = {}
        for n in sorted(range(len(ways)), key=lambda n: self._entry_order(ways[n], shapes[n])):
            courses[n] = self._finished(ways[n], nets[n], shapes[n], entries)
        return [courses[n] for n in range(len(ways))]

    def _nets(self, ways: Sequence[Way]) -> list[int]:
        own = count(len(self._cells))
        return [next(own) if way.target in self._joins else way.target for way in ways]

    def _straight(self, way: Way, net: int) -> Course | None:
        row, column = self._cells[way.target]
        if way.offset != 0 or way.cell[0] != row or column <= way.cell[1]:
            return None
        if not self._run(row, range(way.cell[1] + 1, column), 0.0, net):
            return None
        return Course(way, net, 0.0, None, None, None)

    def _turn_early(self, way: Way, net: int) -> Course | None:
        """Change to the target's row at once, then run along it."""
        row, column = self._cells[way.target]
        if column <= way.cell[1] + 1 or not self._run(row, range(way.cell[1] + 1, column), 0.0, net):
            return None
        return Course(way, net, 0.0, way.cell[1] + 1, None, None)

    def _turn_late(self, way: Way, net: int) -> Course | None:
        """Run along the source's row, then change to the target's row in front of it."""
        row, column = self._cells[way.target]
        if column <= way.cell[1] + 1 or row == way.cell[0]:
            return None
        if not self._run(way.cell[0], range(way.cell[1] + 1, column), way.offset, net, leaves_row=True):
            return None
        return Course(way, net, 0.0, None, None, column)

    def _run(self, row: int, columns: range, offset: float, net: int, *, leaves_row: bool = False) -> bool:
        """Take the empty cells of a row for one line, if nothing else is there or comes too close."""
        cells = [(row, column) for column in columns]
        last = (row, columns.stop)
        if any(cell in self._occupied or self._reserved.get(cell, net) != net for cell in cells):
            return False
        if self._crowded(self._arriving, [*cells, last], offset, net):
            return False
        if self._crowded(self._departing, [*cells, last], offset, net):
            return False
        for cell in cells:
            self._reserved[cell] = net
            self._departing.setdefault(cell, []).append((offset, net))
        for cell in [*cells[1:], *([last] if cells else [])]:
            self._arriving.setdefault(cell, []).append((offset, net))
        if not leaves_row:
            self._departing.setdefault(last, []).append((offset, net))
        return True

    def _crowded(
        self,
        lines: Mapping[Cell, list[tuple[float, int]]],
        channels: Iterable[Cell],
        offset: float,
        net: int,
        near: float = NEAR,
    ) -> bool:
        return any(
            other != net and abs(at - offset) < near for channel in channels for at, other in lines.get(channel, ())
        )

    def _entry_order(self, way: Way, shape: Course | None) -> tuple[bool, int, float]:
        """Lines whose entry is settled come first; the others from top to bottom."""
        settled = shape is not None and shape.last is None
        return (not settled, way.cell[0], way.offset)

    def _finished(self, way: Way, net: int, shape: Course | None, entries: dict[int, float]) -> Course:
        if shape is not None and shape.last is None:
            entries[net] = shape.entry
            return shape
        if net not in entries:
            entries[net] = self._entry(way, net)
        if shape is not None:
            return Course(way, net, entries[net], None, None, shape.last)
        return self._around(way, net, entries[net])

    def _entry(self, way: Way, net: int) -> float:
        """The offset nearest to the middle at which a line can come in without meeting another one."""
        channel = self._cells[way.target]
        sign = -1 if way.cell[0] < channel[0] else 1
        for step in count():
            for offset in (sign * step * ENTRY_STEP, -sign * step * ENTRY_STEP):
                if self._crowded(self._arriving, [channel], offset, net):
                    continue
                if self._crowded(self._departing, [channel], offset, net, ENTRY_NEAR):
                    continue
                self._departing.setdefault(channel, []).append((offset, net))
                return offset
        raise AssertionError("offsets never run out")

    def _around(self, way: Way, net: int, entry: float) -> Course:
        """By the channels: straight down one if the target is next door, else over, across and in."""
        row, column = self._cells[way.target]
        first = way.cell[1] + 1
        if first == column:
            return Course(way, net, entry, None, None, column)
        below = way.cell[0] > row or (way.cell[0] == row and column > first)
        return Course(way, net, entry, first, (row, below), column)


def tracks(strands: Sequence[Strand], gap: float) -> dict[int, int]:
    """The track of each net in one channel, 0 first: few crossings, and no two on one stretch."""
    ordered = sorted(strands, key=lambda strand: (strand.low, strand.high, strand.net))
    for _ in range(min(len(ordered), 12)):
        if not _improve(ordered):
            break
    taken: dict[int, int] = {}
    for number, strand in enumerate(ordered):
        blocked = [taken[other.net] for other in ordered[:number] if _meet(strand, other, gap)]
        taken[strand.net] = max(blocked, default=-1) + 1
    return taken


def _improve(ordered: list[Strand]) -> bool:
    """Swap neighbours that cross less the other way round."""
    changed = False
    for n in range(len(ordered) - 1):
        left, right = ordered[n], ordered[n + 1]
        if _crossings(right, left) < _crossings(left, right):
            ordered[n], ordered[n + 1] = right, left
            changed = True
    return changed


def _crossings(left: Strand, right: Strand) -> float:
    return sum(_within(at, right) for at in left.after) + sum(_within(at, left) for at in right.before)


def _within(at: float, strand: Strand) -> float:
    if at in (strand.low, strand.high):
        return 0.5
    return 1.0 if strand.low < at < strand.high else 0.0


def _meet(one: Strand, other: Strand, gap: float) -> bool:
    return one.low < other.high + gap and other.low < one.high + gap
