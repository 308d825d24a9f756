"""The geometry of a map: where every box, mark, label and line of the drawing is.

Pure numbers, in the unit of the drawing (a pixel at its natural size), x to the right, y down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from math import ceil

from routebook.core.document import START, Handling, Process, Step
from routebook.formats.drawing.anatomy import (
    BAR,
    BAR_MARGIN,
    BOX_WIDTH,
    DIAMOND,
    DOCUMENT_GAP,
    DOCUMENT_HEIGHT,
    END_RADIUS,
    GATE_GAP,
    LABEL_LINE,
    LABEL_SIZE,
    Anatomy,
    Direction,
    Fan,
    dissect,
    letter,
    width_after,
)
from routebook.formats.drawing.exits import Exit, Gate, Leaving, leaving
from routebook.formats.drawing.lettering import width_of, wrap
from routebook.formats.drawing.main_way import main_links
from routebook.formats.drawing.placing import MOST_BANDS, Placing, place
from routebook.formats.drawing.routing import Course, Router, Strand, Way, tracks

LANE_NAME_SIZE = 12.0
LANE_NAME_LINE = 15.0
LANE_NAME_WIDTH = 104.0
LANE_NAME_ROOM = LANE_NAME_WIDTH / 4
LANE_TOP, LANE_BOTTOM = 26.0, 18.0
MARGIN = 14.0
ROW_GAP = 18.0
BAND_GAP = 18.0
TRACK = 11.0
START_RADIUS = 10.0
START_CLEAR = 14.0
JOIN_WIDTH = BAR + 16.0


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


def layout(
    process: Process,
    *,
    documents: Mapping[str, str] | None = None,
    words: Words | None = None,
    most_bands: int = MOST_BANDS,
    like: Mapping[str, int] | None = None,
) -> Layout:
    """Lay out any draft of a process; `documents` gives the text of the tag below a step, by step id.

    `like`: the `bands` of the drawing before an edit, which stay as far as they can.
    `most_bands`: how many strips a long process may be broken into; with 1 each role has one lane.
    """
    words = words or Words()
    steps = process.steps
    leaves = leaving(steps)
    letters = [letter(step, n, (documents or {}).get(step.id, ""), words.kept) for n, step in enumerate(steps, 1)]
    widths = [BOX_WIDTH + width_after(leave) for leave in leaves]
    placing = place(steps, leaves, widths, words.no_role, lambda back: main_links(leaves, back), most_bands, like)
    directions = _directions(placing)
    parts = [dissect(*three) for three in zip(letters, leaves, directions, strict=True)]
    joins = frozenset(place_ for place_, step in enumerate(steps) if step.join is not None)
    courses = Router(placing.cells, joins).courses(_ways(placing, parts))
    return _Drafting(steps, leaves, parts, placing, joins, courses).drawn()


def _directions(placing: Placing) -> list[Direction]:
    occupied: dict[int, set[int]] = {}
    for row, column in placing.cells:
        occupied.setdefault(row, set()).add(column)
    return [_direction(placing, cell, occupied[cell[0]]) for cell in placing.cells]


def _direction(placing: Placing, cell: tuple[int, int], occupied: set[int]) -> Direction:
    """Where the exits of a step head: straight on only along empty cells of its own row."""
    row, column = cell

    def direction(exit_: Exit) -> int:
        if exit_.target is None:
            return 0
        target_row, target_column = placing.cells[exit_.target]
        if target_row != row:
            return 1 if target_row > row else -1
        if target_column <= column:
            return -1
        return 1 if any(between in occupied for between in range(column + 1, target_column)) else 0

    return direction


def _ways(placing: Placing, parts: Sequence[Anatomy]) -> list[Way]:
    """Every line that needs a route, the one from the start circle first."""
    if not parts:
        return []
    ways = [Way(-1, (placing.cells[0][0], -1), 0.0, 0)]
    for source, part in enumerate(parts):
        for fan in part.fans:
            ways += [
                Way(source, placing.cells[source], offset, exit_.target)
                for exit_, offset in fan.exits
                if exit_.target is not None
            ]
    return ways


@dataclass(slots=True)
class _Drafting:
    """The drawing while it is made: sizes of rows and columns first, then the pieces of every step."""

    steps: tuple[Step, ...]
    leaves: tuple[Leaving, ...]
    parts: list[Anatomy]
    placing: Placing
    joins: frozenset[int]
    courses: list[Course]
    lanes: list[LaneArea] = field(default_factory=list)
    middles: dict[int, float] = field(default_factory=dict)
    """The y of each row's middle."""
    across: dict[tuple[tuple[int, bool], int], float] = field(default_factory=dict)
    """The y of each net's track in a row channel."""
    along: dict[tuple[int, int], float] = field(default_factory=dict)
    """The x of each net's track in a column channel."""
    turning: dict[int, list[Course]] = field(default_factory=dict)
    """The courses that turn in each column channel."""
    columns: list[tuple[float, float]] = field(default_factory=list)
    """Left and right of each column; the box follows the room for a join, if one is in the column."""
    boxes: list[Box] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    documents: list[DocumentTag] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def drawn(self) -> Layout:
        gutter = self._gutter()
        height = self._set_rows(gutter)
        width = self._set_columns(gutter)
        self._set_lanes(width)
        self._draw_start(gutter)
        for place_ in range(len(self.steps)):
            self._draw_step(place_)
        for course in self.courses:
            self._draw_course(course, gutter)
        return Layout(
            width,
            height,
            tuple(self.lanes),
            tuple(self.boxes),
            tuple(self.marks),
            tuple(self.labels),
            tuple(self.documents),
            tuple(self.lines),
            frozenset((self.steps[a].id, self.steps[b].id) for a, b in self.placing.back),
        )

    # Rows

    def _gutter(self) -> float:
        """The strip on the left that holds the names of the lanes and the start circle, and no line else."""
        names = [_name(lane.role) for lane in self.placing.lanes]
        widest = max((width_of(line, LANE_NAME_SIZE, bold=True) for name in names for line in name), default=0)
        return MARGIN + max(LANE_NAME_ROOM * ceil(widest / LANE_NAME_ROOM), 3 * START_RADIUS) + 6

    def _set_rows(self, gutter: float) -> float:
        """Set the y of rows and row channels from top to bottom; the height of the drawing."""
        ups, downs = self._reaches()
        channels = self._row_channels()
        y = 1.0
        band = 0
        for lane in self.placing.lanes:
            y += BAND_GAP if lane.band != band else 0
            band = lane.band
            top = y
            y += self._lane_top(lane.rows[0], lane.role, ups, channels)
            for row in lane.rows:
                y += ROW_GAP if row != lane.rows[0] else 0
                y = self._set_channel(channels, (row, False), y)
                self.middles[row] = y + ups[row]
                y = self._set_channel(channels, (row, True), y + ups[row] + downs[row])
            name = _name(lane.role)
            y = max(y + LANE_BOTTOM, top + 24 + LANE_NAME_LINE * len(name))
            name_area = Rect(MARGIN, top + 12, gutter - MARGIN - 4, LANE_NAME_LINE * len(name))
            self.lanes.append(LaneArea(lane.role, lane.band, Rect(1, top, 0, y - top), name, name_area))
        return y + 1

    def _reaches(self) -> tuple[dict[int, float], dict[int, float]]:
        """How far each row reaches above and below its middle."""
        ups: dict[int, float] = {}
        downs: dict[int, float] = {}
        for (row, _), part in zip(self.placing.cells, self.parts, strict=True):
            ups[row] = max(ups.get(row, 0), part.up)
            downs[row] = max(downs.get(row, 0), part.down)
        for place_ in self.joins:
            low, high = self._join_reach(place_)
            row = self.placing.cells[place_][0]
            ups[row], downs[row] = max(ups[row], -low), max(downs[row], high)
        return ups, downs

    def _join_reach(self, place_: int) -> tuple[float, float]:
        entries = [course.entry for course in self.courses if course.way.target == place_]
        return min(-20.0, *(at - 8 for at in entries), 0), max(20.0, *(at + 8 for at in entries), 0)

    def _lane_top(
        self, row: int, role: str, ups: dict[int, float], channels: dict[tuple[int, bool], dict[int, int]]
    ) -> float:
        """Room above a lane's first row; the start circle must come to stand below the lane's name."""
        if not self.placing.cells or row != self.placing.cells[0][0]:
            return LANE_TOP
        above = ups[row] + TRACK * (max(channels.get((row, False), {0: -1}).values()) + 1)
        return max(LANE_TOP, 12 + LANE_NAME_LINE * len(_name(role)) + START_CLEAR + START_RADIUS - above)

    def _row_channels(self) -> dict[tuple[int, bool], dict[int, int]]:
        """The tracks of the nets in each row channel."""
        strands: dict[tuple[int, bool], dict[int, list[Course]]] = {}
        for course in self.courses:
            if course.across is not None:
                strands.setdefault(course.across, {}).setdefault(course.net, []).append(course)
        return {
            channel: tracks([self._row_strand(channel, net, courses) for net, courses in nets.items()], 0.5)
            for channel, nets in strands.items()
        }

    def _row_strand(self, channel: tuple[int, bool], net: int, courses: list[Course]) -> Strand:
        row, below = channel
        above_ends: list[float] = []
        below_ends: list[float] = []
        for course in courses:
            from_below = course.way.cell[0] > row or (course.way.cell[0] == row and not below)
            (below_ends if from_below else above_ends).append(float(course.first or 0))
            (above_ends if below else below_ends).append(float(course.last or 0))
        ends = above_ends + below_ends
        return Strand(net, min(ends), max(ends), tuple(above_ends), tuple(below_ends))

    def _set_channel(
        self, channels: dict[tuple[int, bool], dict[int, int]], channel: tuple[int, bool], y: float
    ) -> float:
        """Set the tracks of one row channel below y; returns where it ends."""
        taken = channels.get(channel)
        if not taken:
            return y
        lead = 10.0 if channel[1] else 2.0
        for net, track in taken.items():
            self.across[channel, net] = y + lead + TRACK * track
        return y + 12 + TRACK * max(taken.values())

    # Columns

    def _set_columns(self, gutter: float) -> float:
        """Set the x of columns and column channels from left to right; the width of the drawing."""
        for course in self.courses:
            for column in dict.fromkeys((course.first, course.last)):
                if column is not None:
                    self.turning.setdefault(column, []).append(course)
        waits = {self.placing.cells[place_][1] for place_ in self.joins}
        widths = [0.0] * self.placing.columns
        for (_, column), part in zip(self.placing.cells, self.parts, strict=True):
            room = BOX_WIDTH + part.width + (JOIN_WIDTH if column in waits else 0)
            widths[column] = max(widths[column], room)
        x = gutter
        for column, width in enumerate(widths):
            x = self._set_track(column, x)
            self.columns.append((x + (JOIN_WIDTH if column in waits else 0), x + width))
            x += width
        return self._set_track(self.placing.columns, x, least=MARGIN) + 1

    def _set_track(self, column: int, x: float, *, least: float = 34.0) -> float:
        """Set the tracks of the column channel that starts at x; returns where it ends."""
        strands = self._column_strands(column)
        if not strands:
            return x + least
        taken = tracks(strands, 9.0)
        for net, track in taken.items():
            self.along[column, net] = x + 15 + TRACK * track
        return x + max(least, 15 + TRACK * max(taken.values()) + 21)

    def _column_strands(self, column: int) -> list[Strand]:
        before: dict[int, list[float]] = {}
        after: dict[int, list[float]] = {}
        for course in self.turning.get(column, ()):
            for came, left, where in self._turns(course, column):
                (after if came == "right" else before).setdefault(course.net, []).append(where[0])
                (after if left == "right" else before).setdefault(course.net, []).append(where[1])
        return [_strand(net, before.get(net, []), after.get(net, [])) for net in sorted({*before, *after})]

    def _turns(self, course: Course, column: int) -> Iterable[tuple[str, str, tuple[float, float]]]:
        """What a course does in a column channel: from which side it comes, to which it leaves, and the ys."""
        leaves_at = self.middles[course.way.cell[0]] + course.way.offset
        enters_at = self.middles[self.placing.cells[course.way.target][0]] + course.entry
        if course.across is None or course.first is None or course.last is None:
            if column in (course.first, course.last):
                yield "left", "right", (leaves_at, enters_at)
            return
        y = self.across[course.across, course.net]
        onwards = course.last > course.first
        if column == course.first:
            yield "left", "right" if onwards else "left", (leaves_at, y)
        if column == course.last:
            yield "left" if onwards else "right", "right", (y, enters_at)

    # Pieces

    def _set_lanes(self, width: float) -> None:
        self.lanes = [
            LaneArea(lane.role, lane.band, Rect(1, lane.area.y, width - 2, lane.area.height), lane.name, lane.name_area)
            for lane in self.lanes
        ]

    def _draw_start(self, gutter: float) -> None:
        if not self.steps:
            return
        y = self.middles[self.placing.cells[0][0]]
        radius = START_RADIUS
        area = Rect(gutter - 2 * radius, y - radius, 2 * radius, 2 * radius)
        self.marks.append(Mark(MarkKind.START, self.steps[0].id, area))

    def _draw_step(self, place_: int) -> None:
        step, part = self.steps[place_], self.parts[place_]
        row, column = self.placing.cells[place_]
        x, y = self.columns[column][0], self.middles[row]
        height = part.lettering.height
        lane = next(n for n, lane in enumerate(self.placing.lanes) if row in lane.rows)
        area = Rect(x, y - height / 2, BOX_WIDTH, height)
        title, why = part.lettering.title, part.lettering.why
        self.boxes.append(Box(step.id, place_ + 1, lane, step.handling, area, title, why))
        if part.lettering.document:
            width = part.lettering.document_width
            tag = Rect(area.middle.x - width / 2, area.bottom + DOCUMENT_GAP, width, DOCUMENT_HEIGHT)
            self.documents.append(DocumentTag(step.id, part.lettering.document, tag))
        if place_ in self.joins:
            self._draw_join(place_, x, y)
        self._draw_gate(place_, area.right, y)
        for fan in part.fans:
            self._draw_fan(place_, fan, area.right, y)

    def _draw_join(self, place_: int, x: float, y: float) -> None:
        low, high = self._join_reach(place_)
        bar = Rect(x - JOIN_WIDTH, y + low, BAR, high - low)
        step = self.steps[place_].id
        self.marks.append(Mark(MarkKind.JOIN, step, bar))
        links = [self._link(course.way) for course in self.courses if course.way.target == place_]
        self._line(links, [(bar.right, y), (x, y)], ("join", place_), tip=True)

    def _draw_gate(self, place_: int, x: float, y: float) -> None:
        part, step = self.parts[place_], self.steps[place_].id
        if part.gate is Gate.NONE:
            return
        if part.gate is Gate.DECISION:
            area = Rect(x + GATE_GAP, y - DIAMOND, 2 * DIAMOND, 2 * DIAMOND)
            self.marks.append(Mark(MarkKind.DECISION, step, area))
        else:
            self.marks.append(Mark(MarkKind.SPLIT, step, _bar(x + GATE_GAP, y, part.fans[0])))
        links = [(step, exit_.id) for fan in part.fans for exit_, _ in fan.exits]
        self._line(links, [(x, y), (x + GATE_GAP, y)], ("gate", place_), tip=part.gate is Gate.DECISION)

    def _draw_fan(self, place_: int, fan: Fan, x: float, y: float) -> None:
        """A group's label, the bar it splits at, and the circles of its lines that end here."""
        part, step = self.parts[place_], self.steps[place_].id
        if fan.when:
            width = max(width_of(line, LABEL_SIZE) for line in fan.when)
            height = LABEL_LINE * len(fan.when)
            self.labels.append(Label(fan.when, Rect(x + part.label_at, y + fan.offset - 4 - height, width, height)))
        if self._splits_late(part, fan):
            self.marks.append(Mark(MarkKind.SPLIT, step, _bar(x + part.tail_at, y, fan)))
            links = [(step, exit_.id) for exit_, _ in fan.exits]
            self._line(
                links, [*self._stem(part, fan, x, y), (x + part.tail_at, y + fan.offset)], ("fan", len(self.marks))
            )
        for exit_, offset in fan.exits:
            if exit_.target is None:
                self._draw_end(place_, fan, exit_, (x, y + offset))

    def _draw_end(self, place_: int, fan: Fan, exit_: Exit, at: tuple[float, float]) -> None:
        x, y = at
        part, step = self.parts[place_], self.steps[place_].id
        left = x + part.tail_at + (BAR if self._splits_late(part, fan) else 0) + 14
        if part.gate is Gate.NONE and not fan.when:
            left = x + GATE_GAP
        area = Rect(left, y - END_RADIUS, 2 * END_RADIUS, 2 * END_RADIUS)
        self.marks.append(Mark(MarkKind.MISSING if exit_.missing else MarkKind.END, step, area))
        points = [*self._leave(place_, fan, x, y), (left, y)]
        self._line([(step, exit_.id)], points, ("end", len(self.marks)), tip=True)

    def _draw_course(self, course: Course, gutter: float) -> None:
        way = course.way
        row, column = self.placing.cells[way.target]
        box_left = self.columns[column][0]
        end = (box_left - (JOIN_WIDTH if way.target in self.joins else 0), self.middles[row] + course.entry)
        starts = way.source < 0
        points = [(gutter, self.middles[way.cell[0]])] if starts else self._leave_way(way)
        points += self._bends(course, points[-1][1], end[1])
        self._line([self._link(way)], [*points, end], ("to", course.net), tip=True)

    def _leave_way(self, way: Way) -> list[tuple[float, float]]:
        x = self.columns[way.cell[1]][0] + BOX_WIDTH
        y = self.middles[way.cell[0]] + way.offset
        fan = next(
            fan
            for fan in self.parts[way.source].fans
            if any(exit_.target == way.target and offset == way.offset for exit_, offset in fan.exits)
        )
        return self._leave(way.source, fan, x, y)

    def _bends(self, course: Course, leaves_at: float, enters_at: float) -> list[tuple[float, float]]:
        """The corners of a course between its two ends."""
        if course.across is not None and course.first is not None and course.last is not None:
            first, last = self.along[course.first, course.net], self.along[course.last, course.net]
            y = self.across[course.across, course.net]
            return [(first, leaves_at), (first, y), (last, y), (last, enters_at)]
        channel = course.first if course.first is not None else course.last
        if channel is None:
            return []
        x = self.along[channel, course.net]
        return [(x, leaves_at), (x, enters_at)]

    def _leave(self, place_: int, fan: Fan, x: float, y: float) -> list[tuple[float, float]]:
        """Where a line at y leaves its step: the side of the box, of a bar, or a corner of the diamond."""
        part = self.parts[place_]
        if part.gate is Gate.NONE:
            return [(x, y)]
        if part.gate is Gate.SPLIT:
            return [(x + GATE_GAP + BAR, y)]
        if self._splits_late(part, fan):
            return [(x + part.tail_at + BAR, y)]
        return self._stem(part, fan, x, self.middles[self.placing.cells[place_][0]])

    def _stem(self, part: Anatomy, fan: Fan, x: float, y: float) -> list[tuple[float, float]]:
        """From the corner of the diamond that faces a group's own line."""
        if fan.offset == 0:
            return [(x + GATE_GAP + 2 * DIAMOND, y)]
        corner = y + (DIAMOND if fan.offset > 0 else -DIAMOND)
        return [(x + GATE_GAP + DIAMOND, corner), (x + GATE_GAP + DIAMOND, y + fan.offset)]

    def _splits_late(self, part: Anatomy, fan: Fan) -> bool:
        return part.gate is Gate.DECISION and len(fan.exits) > 1

    def _link(self, way: Way) -> tuple[str, str]:
        return (self.steps[way.source].id if way.source >= 0 else START, self.steps[way.target].id)

    def _line(
        self,
        links: Iterable[tuple[str, str]],
        points: Sequence[tuple[float, float]],
        net: tuple[str, int],
        *,
        tip: bool = False,
    ) -> None:
        self.lines.append(Line(tuple(dict.fromkeys(links)), _cornered(points), net, tip))


def _name(role: str) -> tuple[str, ...]:
    return wrap(role, LANE_NAME_WIDTH, LANE_NAME_SIZE, 3, bold=True)


def _strand(net: int, before: list[float], after: list[float]) -> Strand:
    ends = before + after
    return Strand(net, min(ends), max(ends), tuple(before), tuple(after))


def _bar(x: float, y: float, fan: Fan) -> Rect:
    top = min(fan.exits[0][1], fan.offset) - BAR_MARGIN
    bottom = max(fan.exits[-1][1], fan.offset) + BAR_MARGIN
    return Rect(x, y + top, BAR, bottom - top)


def _cornered(points: Sequence[tuple[float, float]]) -> tuple[Point, ...]:
    """The points without those that lie on the way between their neighbours."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if kept and point == kept[-1]:
            continue
        if len(kept) > 1 and (kept[-2][0] == kept[-1][0] == point[0] or kept[-2][1] == kept[-1][1] == point[1]):
            kept.pop()
        kept.append(point)
    return tuple(Point(x, y) for x, y in kept)
