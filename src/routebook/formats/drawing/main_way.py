"""The way through a map that stands out: the longest one from start to end, with all its branches."""

from __future__ import annotations

from collections.abc import Sequence

from routebook.core.document import START, Process
from routebook.formats.drawing.exits import Exit, Gate, Leaving, leaving
from routebook.formats.drawing.placing import forward


def main_way(process: Process) -> set[tuple[str, str]]:
    """The links (source, target) of the way. At a decision it takes the longest outcome, at a split all."""
    steps = process.steps
    if not steps:
        return set()
    leaves = leaving(steps)
    lengths = _lengths(leaves)
    way = {(START, steps[0].id)}
    waiting, seen = [0], {0}
    while waiting:
        here = waiting.pop()
        for exit_ in _taken(leaves[here], lengths[here]):
            way.add((steps[here].id, exit_.id if exit_.target is None else steps[exit_.target].id))
            if exit_.target is not None and exit_.target not in seen:
                seen.add(exit_.target)
                waiting.append(exit_.target)
    return way


def _lengths(leaves: Sequence[Leaving]) -> list[dict[int | None, int]]:
    """Per step, how many steps lie ahead by each target that does not go back; the end is None."""
    order, back = forward(leaves)
    longest = [0] * len(leaves)
    lengths: list[dict[int | None, int]] = [{} for _ in leaves]
    for here in reversed(order):
        lengths[here] = {
            target: 1 + longest[target] for target in leaves[here].targets() if (here, target) not in back
        } | {None: 0}
        longest[here] = max(lengths[here].values())
    return lengths


def _taken(leaving_: Leaving, lengths: dict[int | None, int]) -> list[Exit]:
    """The exits of a step that belong to the way."""

    def ahead(exits: Sequence[Exit]) -> int:
        return max(lengths.get(exit_.target, -1) for exit_ in exits)

    groups = [group.exits for group in leaving_.groups]
    if leaving_.gate is Gate.DECISION:
        groups = sorted(groups, key=ahead, reverse=True)[:1]
    return [exit_ for exits in groups for exit_ in exits if exit_.target in lengths]
