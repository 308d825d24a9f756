"""Where each step stands: a column by the flow, a row in the lane of its role, a band of the page.

A band is one strip of columns; a long process continues in the next band below, as text does. The
order of the list decides every tie, and a map that is being edited keeps its bands, so that a small edit moves little.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from routebook.core.document import Step
from routebook.formats.drawing.bands import Starts, even, kept
from routebook.formats.drawing.exits import Leaving

PAGE = (1120.0, 790.0)
"""The room on a landscape A4 page, in the drawing's unit: at this size text is read without effort."""

MOST_BANDS = 14
GOOD_ENOUGH = 0.8
"""A page with fewer bands is taken if its scale is at least this part of the best scale."""
GOOD_ENOUGH_TO_STAY = 0.7
"""The bands of a map that is being edited stay as they are down to this part."""


@dataclass(frozen=True, slots=True)
class Lane:
    """The strip of one role in one band; `rows` are the rows of the grid that belong to it."""

    role: str
    band: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Placing:
    """`cells` gives (row, column) per step; `back` holds the lines that go back (rework)."""

    cells: tuple[tuple[int, int], ...]
    lanes: tuple[Lane, ...]
    columns: int
    back: frozenset[tuple[int, int]]


def place(
    steps: Sequence[Step],
    leaves: Sequence[Leaving],
    widths: Sequence[float],
    roles: Sequence[str],
    main: Callable[[frozenset[tuple[int, int]]], Collection[tuple[int, int | None]]],
    most_bands: int = MOST_BANDS,
    like: Mapping[str, int] | None = None,
) -> Placing:
    """Place the steps; `widths` is the room each one needs with everything after its box, `roles` the name of its lane.

    `main` gives, for the lines that lead back, the links that should run straight; `like` the band that each
    step had until now, by step id.
    """
    order, back = forward(leaves)
    straight = main(back)
    layers = _layers(_following(leaves), order, back)
    on = {target for _, target in straight}
    plan = _Plan(
        roles=list(roles),
        layers=layers,
        order=sorted(range(len(steps)), key=lambda place_: (layers[place_], place_ not in on, place_)),
        targets=[
            [(target, (here, target) in straight) for target in leave.targets() if (here, target) not in back]
            for here, leave in enumerate(leaves)
        ],
    )
    candidates = [_in_bands(plan, starts, back) for starts in even(max(layers, default=-1) + 1, most_bands)]
    scales = [_scale(candidate, widths) for candidate in candidates]
    best = max(scales)
    for starts in kept(steps, layers, like, most_bands) if like else ():
        candidate = _in_bands(plan, starts, back)
        if _scale(candidate, widths) >= best * GOOD_ENOUGH_TO_STAY:
            return candidate
    return next(one for one, scale in zip(candidates, scales, strict=True) if scale >= best * GOOD_ENOUGH)


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is known of the steps before they have rows: role, layer, and the order in which they choose a row.

    `targets` are the steps that follow each one on the way forward, and whether the way there should run straight.
    """

    roles: list[str]
    layers: list[int]
    order: list[int]
    targets: list[list[tuple[int, bool]]]


def forward(leaves: Sequence[Leaving]) -> tuple[list[int], frozenset[tuple[int, int]]]:
    """Depth first from the top of the list: the steps in a forward order, and the lines that go back.

    A line to the first step always goes back: the map begins there, on the left.
    """
    following = _following(leaves)
    state = [0] * len(following)  # 0 new, 1 on the way here, 2 done
    finished: list[int] = []
    back: set[tuple[int, int]] = set()
    for root in range(len(following)):
        if state[root]:
            continue
        state[root] = 1
        path = [(root, iter(following[root]))]
        while path:
            here, rest = path[-1]
            target = next(rest, None)
            if target is None:
                state[here] = 2
                finished.append(here)
                path.pop()
            elif target == 0 or state[target] == 1:
                back.add((here, target))
            elif state[target] == 0:
                state[target] = 1
                path.append((target, iter(following[target])))
    return finished[::-1], frozenset(back)


def lanes_of(steps: Sequence[Step], no_role: str, *, apart: bool = False) -> list[str]:
    """The lane's name of each step: the first spelling of a role stands for all of them.

    A step without a role stays in the lane of the one before it in the list, or, if `apart`, has one called `no_role`
    like those that the list begins with: most often it is done by the same hands, and a map being typed must not jump.
    """
    spelling: dict[str, str] = {}
    lanes: list[str] = []
    for step in steps:
        stays = lanes[-1] if lanes and not apart else no_role
        name = " ".join(step.role.split()) or stays
        lanes.append(spelling.setdefault(name.casefold(), name))
    return lanes


def _following(leaves: Sequence[Leaving]) -> list[list[int]]:
    """The steps after each step. One that nothing leads to hangs on its neighbour in the list."""
    following = [leaving.targets() for leaving in leaves]
    reached = {target for here, targets in enumerate(following) for target in targets if target != here}
    for place_ in range(1, len(following)):
        if place_ not in reached:
            following[place_ - 1].append(place_)
    return following


def _layers(following: list[list[int]], order: list[int], back: frozenset[tuple[int, int]]) -> list[int]:
    """How many steps lie before each one on its longest way from the start."""
    layers = [0] * len(following)
    for here in order:
        for target in following[here]:
            if (here, target) not in back:
                layers[target] = max(layers[target], layers[here] + 1)
    return layers


def _in_bands(plan: _Plan, starts: Starts, back: frozenset[tuple[int, int]]) -> Placing:
    bands = [bisect_right(starts, layer) - 1 for layer in plan.layers]
    lane_of, offsets, lanes = _rows(plan, bands)
    cells = tuple(
        (lanes[lane].rows[offset], layer - starts[band])
        for lane, offset, layer, band in zip(lane_of, offsets, plan.layers, bands, strict=True)
    )
    used = max((column for _, column in cells), default=-1) + 1
    return Placing(cells, lanes, used, back)


def _rows(plan: _Plan, bands: Sequence[int]) -> tuple[list[int], list[int], tuple[Lane, ...]]:
    """The lane and the row within it of each step: its predecessor's row where that is free.

    The steps of the straight way choose first; what branches off it in the same lane wishes for the row below.
    """
    layers = plan.layers
    role_order = {role: number for number, role in enumerate(dict.fromkeys(plan.roles))}
    strip_of = [(band, role_order[role]) for band, role in zip(bands, plan.roles, strict=True)]
    strips = sorted(set(strip_of))
    strip_number = {strip: number for number, strip in enumerate(strips)}
    lane_of = [strip_number[strip] for strip in strip_of]

    offsets = [0] * len(layers)
    taken: set[tuple[int, int, int]] = set()
    heights = [1] * len(strips)
    wished: list[int | None] = [None] * len(layers)
    for here in plan.order:
        lane = lane_of[here]
        offset = _free_row(taken, lane, layers[here], wished[here] or 0)
        taken.add((lane, layers[here], offset))
        offsets[here] = offset
        heights[lane] = max(heights[lane], offset + 1)
        followers = [(target, is_straight) for target, is_straight in plan.targets[here] if lane_of[target] == lane]
        is_taken = any(is_straight for _, is_straight in followers)
        for target, is_straight in followers:
            if is_straight:
                wished[target] = offset
            elif wished[target] is None:
                wished[target] = offset + is_taken
    return lane_of, offsets, _lanes(list(role_order), strips, heights)


def _free_row(taken: set[tuple[int, int, int]], lane: int, layer: int, wish: int) -> int:
    for distance in range(len(taken) + 1):
        for row in (wish - distance, wish + distance):
            if row >= 0 and (lane, layer, row) not in taken:
                return row
    return wish


def _lanes(roles: list[str], strips: list[tuple[int, int]], heights: list[int]) -> tuple[Lane, ...]:
    lanes = []
    row = 0
    for (band, role), height in zip(strips, heights, strict=True):
        lanes.append(Lane(roles[role], band, tuple(range(row, row + height))))
        row += height
    return tuple(lanes)


def _scale(placing: Placing, widths: Sequence[float]) -> float:
    """How large the drawing can be on the page, by a quick estimate of its size."""
    by_column = [0.0] * placing.columns
    for (_, column), width in zip(placing.cells, widths, strict=True):
        by_column[column] = max(by_column[column], width)
    rows = sum(len(lane.rows) for lane in placing.lanes)
    bands = len({lane.band for lane in placing.lanes})
    across = 110 + sum(by_column) + 42 * placing.columns
    down = 90 * rows + 26 * len(placing.lanes) + 20 * bands
    return min(PAGE[0] / across, PAGE[1] / max(down, 1), 1.0)
