"""What holds for every drawing: what may touch, what may cross, and that everything on the map is on it."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from routebook.core.document import START, Process
from routebook.formats.drawing import Layout, layout
from routebook.formats.drawing.exits import leaving
from routebook.formats.drawing.lettering import width_of
from routebook.formats.drawing.pieces import Line, Point, Rect

DOCUMENTS = {"verify": "SOP v3", "decline": "SOP v1", "issue": "SOP v2", "s1": "SOP v1", "s4": "A document with a name"}


def assert_lawful(process: Process, like: Mapping[str, int] | None = None) -> Layout:
    plan = layout(process, documents=DOCUMENTS, like=like)
    assert_nothing_overlaps(plan)
    assert_lines_avoid_everything(plan)
    assert_lines_only_cross(plan)
    assert_boxes_are_in_their_lanes(process, plan)
    assert_every_link_is_drawn(process, plan)
    assert_arrows_reach_a_side(plan)
    assert_text_fits(plan)
    return plan


def solids(plan: Layout) -> list[tuple[str, Rect]]:
    return [
        *((f"box {box.number}", box.area) for box in plan.boxes),
        *((f"{mark.kind} of {mark.step}", mark.area) for mark in plan.marks),
        *((f"label {label.lines}", label.area) for label in plan.labels),
        *((f"document of {tag.step}", tag.area) for tag in plan.documents),
        *((f"lane name {lane.name}", lane.name_area) for lane in plan.lanes),
    ]


def assert_nothing_overlaps(plan: Layout) -> None:
    page = Rect(0, 0, plan.width, plan.height)
    placed = sorted(solids(plan), key=lambda solid: solid[1].x)
    for name, area in placed:
        assert area.x >= 0, name
        assert area.y >= 0, name
        assert area.right <= page.right, name
        assert area.bottom <= page.bottom, name
    for number, (name, area) in enumerate(placed):
        for other_name, other in placed[number + 1 :]:
            if other.x >= area.right:
                break
            assert area.bottom <= other.y or other.bottom <= area.y, (name, other_name)


def assert_lines_avoid_everything(plan: Layout) -> None:
    obstacles = solids(plan)
    for line in plan.lines:
        for one, two in itertools.pairwise(line.points):
            assert one.x == two.x or one.y == two.y, line
            for name, area in obstacles:
                assert not enters(one, two, area), (line, name)


def enters(one: Point, two: Point, area: Rect) -> bool:
    """Whether a stretch goes inside an area, not just up to its side."""
    margin = 0.01
    return (
        min(one.x, two.x) < area.right - margin
        and max(one.x, two.x) > area.x + margin
        and min(one.y, two.y) < area.bottom - margin
        and max(one.y, two.y) > area.y + margin
    )


def assert_lines_only_cross(plan: Layout) -> None:
    """Lines to different places never lie on one another, nor so close that they look as if they did."""
    for upright in (True, False):
        stretches = sorted(stretches_of(plan, upright), key=lambda stretch: stretch[0])
        for number, (at, low, high, line) in enumerate(stretches):
            for other_at, other_low, other_high, other in stretches[number + 1 :]:
                if other_at - at >= 5:
                    break
                if line.net == other.net or from_one_corner(line, other):
                    continue
                assert high <= other_low + 0.01 or other_high <= low + 0.01, (line, other)


def stretches_of(plan: Layout, upright: bool) -> Iterator[tuple[float, float, float, Line]]:
    for line in plan.lines:
        for one, two in itertools.pairwise(line.points):
            if upright and one.x == two.x:
                yield one.x, min(one.y, two.y), max(one.y, two.y), line
            if not upright and one.y == two.y:
                yield one.y, min(one.x, two.x), max(one.x, two.x), line


def from_one_corner(line: Line, other: Line) -> bool:
    """The lines out of one corner of a diamond share a stem."""
    return line.points[0] == other.points[0] and line.points[0].x == line.points[1].x


def assert_boxes_are_in_their_lanes(process: Process, plan: Layout) -> None:
    assert [box.number for box in plan.boxes] == list(range(1, len(process.steps) + 1))
    for box, its_step in zip(plan.boxes, process.steps, strict=True):
        lane = plan.lanes[box.lane]
        assert lane.role.casefold() == " ".join(its_step.role.split()).casefold() or not its_step.role.strip()
        assert lane.area.y < box.area.y
        assert box.area.bottom < lane.area.bottom
    for lane, below in itertools.pairwise(plan.lanes):
        assert lane.area.bottom <= below.area.y


def assert_every_link_is_drawn(process: Process, plan: Layout) -> None:
    expected = {(START, process.steps[0].id)} if process.steps else set()
    for its_step, leave in zip(process.steps, leaving(process.steps), strict=True):
        for exit_ in (exit_ for group in leave.groups for exit_ in group.exits):
            expected.add((its_step.id, exit_.id if exit_.target is None else process.steps[exit_.target].id))
    assert {link for line in plan.lines for link in line.links if line.tip} >= expected


def assert_arrows_reach_a_side(plan: Layout) -> None:
    sides = [*(box.area for box in plan.boxes), *(mark.area for mark in plan.marks)]
    for line in plan.lines:
        end = line.points[-1]
        touched = any(area.x - 0.01 <= end.x <= area.right and area.y < end.y < area.bottom for area in sides)
        assert touched or not line.tip, line


def assert_text_fits(plan: Layout) -> None:
    for box in plan.boxes:
        assert len(box.title) <= 3
        assert all(width_of(line, 13) <= box.area.width - 12 for line in box.title)
        assert all(width_of(line, 11.5) <= box.area.width - 12 for line in box.why)
    for label in plan.labels:
        assert all(width_of(line, 11.5) <= label.area.width + 0.01 for line in label.lines)
    for lane in plan.lanes:
        assert all(width_of(line, 12, bold=True) <= lane.name_area.width + 0.01 for line in lane.name)
