"""The drawing of a map: its steps placed, its lines led, and every piece set where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from routebook.core.document import START, Process, Step
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
from routebook.formats.drawing.exits import Exit, Gate, leaving
from routebook.formats.drawing.lettering import width_of
from routebook.formats.drawing.main_way import main_links
from routebook.formats.drawing.pieces import (
    Box,
    DocumentTag,
    Label,
    Layout,
    Line,
    Mark,
    MarkKind,
    Point,
    Rect,
    Words,
)
from routebook.formats.drawing.placing import MOST_BANDS, Placing, lanes_of, place
from routebook.formats.drawing.routing import Course, Router, Way
from routebook.formats.drawing.spacing import JOIN_WIDTH, START_RADIUS, Spacing


def layout(
    process: Process,
    *,
    documents: Mapping[str, str] | None = None,
    words: Words | None = None,
    most_bands: int = MOST_BANDS,
    like: Mapping[str, int] | None = None,
    apart: bool = False,
) -> Layout:
    """Lay out any draft of a process; `documents` gives the text of the tag below a step, by step id.

    `like`: the `bands` of the drawing before an edit, which stay as far as they can.
    `most_bands`: how many strips a long process may be broken into; with 1 each role has one lane.
    `apart`: steps without a role have a lane of their own, where otherwise they stay in the one before them and say so.
    """
    words = words or Words()
    steps = process.steps
    leaves = leaving(steps)
    lanes = lanes_of(steps, words.no_role, apart=apart)
    lacks = [
        words.no_role if not step.role.strip() and lane != words.no_role else ""
        for step, lane in zip(steps, lanes, strict=True)
    ]
    letters = [
        letter(step, n, (documents or {}).get(step.id, ""), words.kept, lack)
        for n, (step, lack) in enumerate(zip(steps, lacks, strict=True), 1)
    ]
    widths = [BOX_WIDTH + width_after(leave) for leave in leaves]
    placing = place(steps, leaves, widths, lanes, lambda back: main_links(leaves, back), most_bands, like)
    directions = _directions(placing)
    parts = [dissect(*three) for three in zip(letters, leaves, directions, strict=True)]
    joins = frozenset(place_ for place_, step in enumerate(steps) if step.join is not None)
    courses = Router(placing.cells, joins).courses(_ways(placing, parts))
    room = Spacing(parts, placing, joins, courses).set()
    return _Drafting(steps, parts, placing, joins, courses, room).drawn()


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
    """The drawing while it is made: the pieces of every step, then the lines between them."""

    steps: tuple[Step, ...]
    parts: list[Anatomy]
    placing: Placing
    joins: frozenset[int]
    courses: list[Course]
    room: Spacing
    boxes: list[Box] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    documents: list[DocumentTag] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    def drawn(self) -> Layout:
        self._draw_start()
        for place_ in range(len(self.steps)):
            self._draw_step(place_)
        for course in self.courses:
            self._draw_course(course)
        return Layout(
            self.room.width,
            self.room.height,
            tuple(self.room.lanes),
            tuple(self.boxes),
            tuple(self.marks),
            tuple(self.labels),
            tuple(self.documents),
            tuple(self.lines),
            frozenset((self.steps[a].id, self.steps[b].id) for a, b in self.placing.back),
        )

    def _draw_start(self) -> None:
        if not self.steps:
            return
        y = self.room.middles[self.placing.cells[0][0]]
        radius = START_RADIUS
        area = Rect(self.room.gutter - 2 * radius, y - radius, 2 * radius, 2 * radius)
        self.marks.append(Mark(MarkKind.START, self.steps[0].id, area))

    def _draw_step(self, place_: int) -> None:
        step, part = self.steps[place_], self.parts[place_]
        row, column = self.placing.cells[place_]
        x, y = self.room.columns[column][0], self.room.middles[row]
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
        low, high = self.room.join_reach(place_)
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

    def _draw_course(self, course: Course) -> None:
        way = course.way
        row, column = self.placing.cells[way.target]
        box_left = self.room.columns[column][0]
        end = (box_left - (JOIN_WIDTH if way.target in self.joins else 0), self.room.middles[row] + course.entry)
        starts = way.source < 0
        points = [(self.room.gutter, self.room.middles[way.cell[0]])] if starts else self._leave_way(way)
        points += self._bends(course, points[-1][1], end[1])
        self._line([self._link(way)], [*points, end], ("to", course.net), tip=True)

    def _leave_way(self, way: Way) -> list[tuple[float, float]]:
        x = self.room.columns[way.cell[1]][0] + BOX_WIDTH
        y = self.room.middles[way.cell[0]] + way.offset
        fan = next(
            fan
            for fan in self.parts[way.source].fans
            if any(exit_.target == way.target and offset == way.offset for exit_, offset in fan.exits)
        )
        return self._leave(way.source, fan, x, y)

    def _bends(self, course: Course, leaves_at: float, enters_at: float) -> list[tuple[float, float]]:
        """The corners of a course between its two ends."""
        if course.across is not None and course.first is not None and course.last is not None:
            first, last = self.room.along[course.first, course.net], self.room.along[course.last, course.net]
            y = self.room.across[course.across, course.net]
            return [(first, leaves_at), (first, y), (last, y), (last, enters_at)]
        channel = course.first if course.first is not None else course.last
        if channel is None:
            return []
        x = self.room.along[channel, course.net]
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
        return self._stem(part, fan, x, self.room.middles[self.placing.cells[place_][0]])

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
