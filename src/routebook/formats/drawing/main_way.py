"""The way through a map that stands out: what happens when all goes as it should, with all its branches.

At a decision that is the outcome written first, as people write it. One that leads back (rework) or ends at once is
passed over where another one leads on.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from routebook.core.document import START, Process
from routebook.formats.drawing.exits import Exit, Gate, Leaving, leaving
from routebook.formats.drawing.placing import forward

Links = frozenset[tuple[int, int | None]]
"""Places of source and target; the end is None."""


def main_way(process: Process) -> set[tuple[str, str]]:
    """The links (source, target) of the way, by step ids."""
    steps = process.steps
    if not steps:
        return set()
    leaves = leaving(steps)
    on = main_links(leaves, forward(leaves)[1])
    way = {(START, steps[0].id)}
    for here, leave in enumerate(leaves):
        for exit_ in (exit_ for group in leave.groups for exit_ in group.exits):
            if (here, exit_.target) in on and not exit_.missing:
                way.add((steps[here].id, exit_.id if exit_.target is None else steps[exit_.target].id))
    return way


def main_links(leaves: Sequence[Leaving], back: Collection[tuple[int, int]]) -> Links:
    """The links of the way from the first step on. `back` are the lines that lead back."""
    links: set[tuple[int, int | None]] = set()
    waiting, seen = [0], {0}
    while waiting and leaves:
        here = waiting.pop()
        for exit_ in _taken(leaves[here], here, back):
            links.add((here, exit_.target))
            if exit_.target is not None and exit_.target not in seen:
                seen.add(exit_.target)
                waiting.append(exit_.target)
    return frozenset(links)


def _taken(leaving_: Leaving, here: int, back: Collection[tuple[int, int]]) -> list[Exit]:
    """The exits of a step that belong to the way."""
    groups = [
        [exit_ for exit_ in group.exits if exit_.target is None or (here, exit_.target) not in back]
        for group in leaving_.groups
    ]
    if leaving_.gate is Gate.DECISION:
        groups = sorted(groups, key=_rank)[:1]
    return [exit_ for exits in groups for exit_ in exits]


def _rank(exits: Sequence[Exit]) -> int:
    """What leads on comes before what ends, and that before what only leads back or nowhere."""
    if any(exit_.target is not None for exit_ in exits):
        return 0
    return 1 if any(not exit_.missing for exit_ in exits) else 2
