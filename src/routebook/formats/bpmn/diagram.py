"""A map as BPMN shapes and flows, at the places of our own drawing.

The drawing has bars where BPMN has diamonds, and lines that share a bar arrive or leave at different heights; a line's
end is led along the bar to the diamond in its middle. The pieces are taken in the order in which the layout draws them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from routebook.core.document import START, Process, Step
from routebook.formats.bpmn.names import Names
from routebook.formats.drawing.exits import Exit, Gate, Group, Leaving, leaving
from routebook.formats.drawing.layout import layout
from routebook.formats.drawing.pieces import Layout, Line, Mark, MarkKind, Point, Rect

GATEWAY = 28.0
JOIN = 24.0
MERGE = 18.0
START_SIZE = 28.0
END_SIZE = 24.0
HEADER = 30.0
"""The strip that modellers keep for the name of a pool or a lane, on its left."""


@dataclass(frozen=True, slots=True)
class LaneShape:
    key: str
    name: str
    area: Rect


@dataclass(frozen=True, slots=True)
class Shape:
    """A flow node: `place` is the step's place in the list where it is a step, `lane` the key of its lane or ""."""

    key: str
    tag: str
    name: str
    lane: str
    area: Rect
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Flow:
    """A sequence flow between two shapes."""

    key: str
    source: str
    target: str
    name: str
    points: tuple[Point, ...]
    label: Rect | None = None


@dataclass(frozen=True, slots=True)
class Diagram:
    """All of a map; `pool` is None where no step has a role, and then there are no lanes."""

    process: str
    pool: Rect | None
    lanes: tuple[LaneShape, ...]
    shapes: tuple[Shape, ...]
    flows: tuple[Flow, ...]


def diagram_of(process: Process) -> Diagram:
    """The diagram of any draft of a process."""
    drawn = layout(process, most_bands=1, apart=True)
    return _Drafting(process, drawn, leaving(process.steps)).diagram()


@dataclass(slots=True)
class _Drafting:
    process: Process
    drawn: Layout
    leaves: tuple[Leaving, ...]
    shapes: list[Shape] = field(default_factory=list)
    flows: list[Flow] = field(default_factory=list)
    names: Names = field(default_factory=Names)
    steps: list[Shape] = field(default_factory=list)
    joins: dict[int, Shape] = field(default_factory=dict)
    merges: dict[tuple[int, int], Shape] = field(default_factory=dict)
    """By the place of the waiting step and the number of the group of its join."""

    def diagram(self) -> Diagram:
        lanes = self._lanes()
        marks, rest = self._place_steps(lanes)
        courses = iter([line for line in self.drawn.lines if line.net[0] == "to"])
        if self.process.steps:
            self._begin(marks, courses, lanes)
        labels = iter(self.drawn.labels)
        for place, leave in enumerate(self.leaves):
            _Leaving(self, place, leave, iter(rest[place]), courses, labels, self.steps[place].lane).draw()
        return Diagram(f"process-{self.process.slug}", self._pool(lanes), lanes, tuple(self.shapes), tuple(self.flows))

    def _lanes(self) -> tuple[LaneShape, ...]:
        """A lane per role; none where no step has a role."""
        if not any(step.role for step in self.process.steps):
            return ()
        left = self._left()
        unnamed = {step_lane for step_lane, step in self._lane_numbers() if not step.role}
        return tuple(
            LaneShape(
                f"lane-{number + 1}",
                "" if number in unnamed else lane.role,
                Rect(left, lane.area.y, lane.area.right - left, lane.area.height),
            )
            for number, lane in enumerate(self.drawn.lanes)
        )

    def _lane_numbers(self) -> Iterator[tuple[int, Step]]:
        return ((box.lane, step) for box, step in zip(self.drawn.boxes, self.process.steps, strict=True))

    def _left(self) -> float:
        start = next(mark for mark in self.drawn.marks if mark.kind is MarkKind.START)
        return start.area.x - HEADER - 20

    def _pool(self, lanes: Sequence[LaneShape]) -> Rect | None:
        if not lanes:
            return None
        first, last = lanes[0].area, lanes[-1].area
        return Rect(first.x - HEADER, first.y, first.width + HEADER, last.bottom - first.y)

    def _place_steps(self, lanes: Sequence[LaneShape]) -> tuple[list[Mark], list[list[Mark]]]:
        """The boxes and what waits before them; the marks before the first step, and those after each one."""
        rest: list[list[Mark]] = [[] for _ in self.process.steps]
        lead = [mark for mark in self.drawn.marks if mark.kind is MarkKind.START]
        marks = [mark for mark in self.drawn.marks if mark.kind is not MarkKind.START]
        at = 0
        for place, (step, box) in enumerate(zip(self.process.steps, self.drawn.boxes, strict=True)):
            lane = lanes[box.lane].key if lanes else ""
            key = self.names.slug(f"step-{step.id}", "", "step")
            self.steps.append(Shape(key, "task", step.title, lane, box.area, place))
            self.shapes.append(self.steps[-1])
            if step.join is not None:
                self._place_join(place, step, marks[at], lane)
                at += 1
            count = self._marks_after(self.leaves[place])
            rest[place] = marks[at : at + count]
            at += count
        return lead, rest

    def _marks_after(self, leave: Leaving) -> int:
        ends = sum(exit_.target is None for group in leave.groups for exit_ in group.exits)
        late = sum(len(group.exits) > 1 for group in leave.groups) if leave.gate is Gate.DECISION else 0
        return (leave.gate is not Gate.NONE) + late + ends

    def _place_join(self, place: int, step: Step, bar: Mark, lane: str) -> None:
        middle = self.steps[place].area.middle.y
        area = _around(Point(bar.area.middle.x, middle), JOIN)
        key = self.names.slug(f"join-{step.id}", "", "join")
        self.joins[place] = Shape(key, "parallelGateway", "", lane, area)
        self.shapes.append(self.joins[place])
        self.connect(
            self.joins[place].key,
            self.steps[place].key,
            [Point(area.right, middle), Point(self.steps[place].area.x, middle)],
        )
        for number, _group in self._crowded(place):
            merge = _around(Point(area.x - 20, middle + (number - 1) * 24), MERGE)
            merge_key = self.names.slug(f"either-{step.id}", "", "either")
            self.merges[place, number] = Shape(merge_key, "exclusiveGateway", "", lane, merge)
            self.shapes.append(self.merges[place, number])
            points = [Point(merge.right, merge.middle.y), Point(area.x, middle)]
            self.connect(merge_key, key, points)

    def _crowded(self, place: int) -> list[tuple[int, tuple[str, ...]]]:
        """The groups of a join by which more than one flow comes, with their numbers."""
        flows = Counter(
            self.process.steps[source].id
            for source, leave in enumerate(self.leaves)
            for target in leave.targets()
            if target == place
        )
        groups = self._groups(place)
        return [(number, group) for number, group in enumerate(groups) if sum(flows[source] for source in group) > 1]

    def _groups(self, place: int) -> list[tuple[str, ...]]:
        """The groups of a join; a source that none of them names is one of its own."""
        join = self.process.steps[place].join
        written = list(join.groups) if join is not None else []
        named = {source for group in written for source in group}
        for source, leave in enumerate(self.leaves):
            step = self.process.steps[source].id
            if place in leave.targets() and step not in named:
                named.add(step)
                written.append((step,))
        return written

    def _begin(self, marks: list[Mark], courses: Iterator[Line], lanes: Sequence[LaneShape]) -> None:
        area = _around(marks[0].area.middle, START_SIZE)
        lane = lanes[self.drawn.boxes[0].lane].key if lanes else ""
        self.shapes.insert(0, Shape("start", "startEvent", self.process.trigger, lane, area))
        points = list(next(courses).points)
        points[0] = Point(area.right, points[0].y)
        self.arrive("start", 0, START, points)

    def arrive(
        self, source: str, place: int, step: str, points: list[Point], name: str = "", label: Rect | None = None
    ) -> None:
        """A flow to a step, or to what stands before it."""
        if place not in self.joins:
            self.connect(source, self.steps[place].key, points, name, label)
            return
        number = next((number for number, group in enumerate(self._groups(place)) if step in group), -1)
        target = self.merges.get((place, number), self.joins[place])
        self.connect(source, target.key, [*points[:-1], *_into(target.area, points[-1])], name, label)

    def connect(
        self, source: str, target: str, points: Sequence[Point], name: str = "", label: Rect | None = None
    ) -> None:
        self.flows.append(Flow(f"flow-{len(self.flows) + 1}", source, target, name, tuple(points), label))


@dataclass(slots=True)
class _Leaving:
    """Everything that leaves one step."""

    drafting: _Drafting
    place: int
    leave: Leaving
    marks: Iterator[Mark]
    courses: Iterator[Line]
    labels: Iterator[object]
    lane: str

    def draw(self) -> None:
        box = self.drafting.steps[self.place]
        if self.leave.gate is Gate.NONE:
            for group in self.leave.groups:
                self._exits(box, group, "")
            return
        mark = next(self.marks)
        step = self.drafting.process.steps[self.place].id
        if self.leave.gate is Gate.DECISION:
            gate = self._gateway("exclusiveGateway", f"decision-{step}", mark.area)
        else:
            gate = self._gateway(
                "parallelGateway", f"split-{step}", _around(Point(mark.area.middle.x, box.area.middle.y), GATEWAY)
            )
        y = box.area.middle.y
        self.drafting.connect(box.key, gate.key, [Point(box.area.right, y), Point(gate.area.x, y)])
        for group in self.leave.groups:
            self._group(gate, group, step)

    def _gateway(self, tag: str, key: str, area: Rect) -> Shape:
        shape = Shape(self.drafting.names.slug(key, "", "gateway"), tag, "", self.lane, area)
        self.drafting.shapes.append(shape)
        return shape

    def _group(self, gate: Shape, group: Group, step: str) -> None:
        if self.leave.gate is Gate.DECISION and len(group.exits) > 1:
            bar = next(self.marks)
            split = self._gateway("parallelGateway", f"split-{step}", _around(bar.area.middle, GATEWAY))
            points = [
                *_out_of(gate.area, Point(split.area.x, split.area.middle.y)),
                Point(split.area.x, split.area.middle.y),
            ]
            self.drafting.connect(gate.key, split.key, points, group.when, self._label(group))
            self._exits(split, group, "")
        else:
            self._exits(gate, group, group.when)

    def _label(self, group: Group) -> Rect | None:
        return getattr(next(self.labels, None), "area", None) if group.when else None

    def _exits(self, source: Shape, group: Group, name: str) -> None:
        label = self._label(group) if name else None
        step = self.drafting.process.steps[self.place].id
        onward = [exit_ for exit_ in group.exits if exit_.target is not None]
        lines = {line.links[0][1]: line for _ in onward if (line := next(self.courses, None)) is not None}
        for exit_ in group.exits:
            if exit_.target is None:
                self._end(source, exit_, name, label)
                continue
            target = self.drafting.process.steps[exit_.target].id
            line = lines.get(target)
            points = (
                list(line.points)
                if line is not None
                else [source.area.middle, self.drafting.steps[exit_.target].area.middle]
            )
            if source.tag == "parallelGateway":
                points = [*_along(source.area, points[0]), *points[1:]]
            self.drafting.arrive(source.key, exit_.target, step, points, name, label)

    def _end(self, source: Shape, exit_: Exit, name: str, label: Rect | None) -> None:
        mark = next(self.marks)
        area = _around(mark.area.middle, END_SIZE)
        step = self.drafting.process.steps[self.place].id
        says = f"no step “{exit_.id}”" if exit_.missing else self.drafting.process.result
        key = self.drafting.names.slug(f"end-{step}", "", "end")
        self.drafting.shapes.append(Shape(key, "endEvent", says, self.lane, area))
        at = Point(area.x, area.middle.y)
        self.drafting.connect(source.key, key, [*_out_of(source.area, at), at], name, label)


def _around(middle: Point, size: float) -> Rect:
    return Rect(middle.x - size / 2, middle.y - size / 2, size, size)


def _into(area: Rect, at: Point) -> list[Point]:
    """Lead a line that came to a bar at some height on to the diamond."""
    middle = area.middle
    if abs(at.y - middle.y) < 1:
        return [Point(area.x, middle.y)]
    return [Point(middle.x, at.y), Point(middle.x, area.y if at.y < middle.y else area.bottom)]


def _along(area: Rect, at: Point) -> list[Point]:
    """From a diamond along the bar to where a line leaves it."""
    middle = area.middle
    if abs(at.y - middle.y) < 1:
        return [Point(area.right, middle.y)]
    return [Point(middle.x, area.y if at.y < middle.y else area.bottom), Point(middle.x, at.y)]


def _out_of(area: Rect, to: Point) -> list[Point]:
    """From a shape towards a place on its right, at its own height or another."""
    middle = area.middle
    if abs(to.y - middle.y) < 1:
        return [Point(area.right, middle.y)]
    return [Point(middle.x, area.y if to.y < middle.y else area.bottom), Point(middle.x, to.y)]
