"""Where each step stands: a column by the flow, a row in the lane of its role, a band of the page.

A band is one strip of columns; a long process continues in the next band below, as text does. The
order of the list decides every tie, so that a small edit moves little.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from routebook.core.document import Step
from routebook.formats.drawing.exits import Leaving

PAGE = (1120.0, 790.0)
"""The room on a landscape A4 page, in the drawing's unit: at this size text is read without effort."""

MOST_BANDS = 14
GOOD_ENOUGH = 0.8
"""A page with fewer bands is taken if its scale is at least this part of the best scale."""


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
    no_role: str,
    main: Callable[[frozenset[tuple[int, int]]], Collection[tuple[int, int | None]]],
    most_bands: int = MOST_BANDS,
) -> Placing:
    """Place the steps; `widths` is the room each one needs with everything after its box.

    `main` gives, for the lines that lead back, the links that should run straight.
    """
    order, back = forward(leaves)
    straight = main(back)
    layers = _layers(_following(leaves), order, back)
    roles = _roles(steps, no_role)
    counts = _column_counts(max(layers, default=-1) + 1, most_bands)
    candidates = [_in_bands(roles, leaves, layers, back, straight, columns) for columns in counts]
    scales = [_scale(candidate, widths) for candidate in candidates]
    good = max(scales) * GOOD_ENOUGH
    return next(candidate for candidate, scale in zip(candidates, scales, strict=True) if scale >= good)


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


def _roles(steps: Sequence[Step], no_role: str) -> list[str]:
    """The lane's name of each step: the first spelling of a role stands for all of them."""
    spelling: dict[str, str] = {}
    names = [" ".join(step.role.split()) or no_role for step in steps]
    return [spelling.setdefault(name.casefold(), name) for name in names]


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


def _column_counts(layers: int, most_bands: int) -> list[int]:
    """The numbers of columns worth trying, most first: one band, two bands, …"""
    counts = {-(-layers // bands) for bands in range(1, most_bands + 1)}
    return sorted((count for count in counts if count), reverse=True) or [0]


def _in_bands(
    roles: list[str],
    leaves: Sequence[Leaving],
    layers: list[int],
    back: frozenset[tuple[int, int]],
    straight: Collection[tuple[int, int | None]],
    columns: int,
) -> Placing:
    lane_of, offsets, lanes = _rows(roles, leaves, layers, back, straight, columns)
    cells = tuple((lanes[lane_of[i]].rows[offsets[i]], layers[i] % columns) for i in range(len(roles)))
    used = max((column for _, column in cells), default=-1) + 1
    return Placing(cells, lanes, used, back)


def _rows(
    roles: list[str],
    leaves: Sequence[Leaving],
    layers: list[int],
    back: frozenset[tuple[int, int]],
    straight: Collection[tuple[int, int | None]],
    columns: int,
) -> tuple[list[int], list[int], tuple[Lane, ...]]:
    """The lane and the row within it of each step: its predecessor's row where that is free.

    The steps of the straight way choose first; what branches off it in the same lane wishes for the row below.
    """
    role_order = {role: number for number, role in enumerate(dict.fromkeys(roles))}
    strips = sorted({(layer // columns, role_order[role]) for layer, role in zip(layers, roles, strict=True)})
    strip_number = {strip: number for number, strip in enumerate(strips)}
    lane_of = [strip_number[layers[i] // columns, role_order[roles[i]]] for i in range(len(roles))]

    offsets = [0] * len(roles)
    taken: set[tuple[int, int, int]] = set()
    heights = [1] * len(strips)
    wished: list[int | None] = [None] * len(roles)
    on = {target for _, target in straight}
    for here in sorted(range(len(roles)), key=lambda i: (layers[i], i not in on, i)):
        offset = _free_row(taken, lane_of[here], layers[here], wished[here] or 0)
        taken.add((lane_of[here], layers[here], offset))
        offsets[here] = offset
        heights[lane_of[here]] = max(heights[lane_of[here]], offset + 1)
        followers = [target for target in leaves[here].targets() if lane_of[target] == lane_of[here]]
        is_taken = any((here, target) in straight for target in followers)
        for target in followers:
            if (here, target) in back:
                continue
            if (here, target) in straight:
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
