"""Where a long process is wrapped: the layers (steps in a row, by the flow) at which a new band of the page begins.

A map that is drawn for the first time is cut into bands of one length. One that is being edited keeps its bands: a cut stays
between the steps between which it was, so that a step more or less moves the rest of its own band by one column and no other
band at all. Only where that would make the drawing much smaller than it could be is a band cut in two, or two made one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from routebook.core.document import Step

Starts = tuple[int, ...]
"""The first layer of each band."""


def even(layers: int, most_bands: int) -> list[Starts]:
    """The ways to cut into bands of one length that are worth trying, fewest bands first."""
    lengths = {-(-layers // bands) for bands in range(1, most_bands + 1)}
    return [tuple(range(0, layers, length)) for length in sorted(lengths, reverse=True) if length] or [(0,)]


def kept(steps: Sequence[Step], layers: Sequence[int], like: Mapping[str, int], most_bands: int) -> list[Starts]:
    """The bands that steps had (`like`: band by step id), then the same with the longest cut in two, or two made one.

    Empty where nothing is left of the map that had those bands.
    """
    had = [(layer, like[step.id]) for step, layer in zip(steps, layers, strict=True) if step.id in like]
    if not had:
        return []
    end = max(layers) + 1
    later = sorted({band for _, band in had})[1:]
    starts = tuple(sorted({0, *(_start(had, band, end) for band in later)} - {end}))
    return [bands for bands in (starts, _cut(starts, end), _joined(starts, end)) if len(bands) <= most_bands]


def _start(had: Sequence[tuple[int, int]], band: int, end: int) -> int:
    """The layer at which a band begins so that as few steps as can be come into another one.

    Of two places that are as good the later one: what is new between two bands goes to the end of the first.
    """
    lost = [0] * (end + 1)
    for layer, its in had:
        lost[layer + 1 if its >= band else 0] += 1
        if its < band:
            lost[layer + 1] -= 1
    best, least, now = 0, len(had) + 1, 0
    for layer, change in enumerate(lost):
        now += change
        if now <= least:
            best, least = layer, now
    return best


def _cut(starts: Starts, end: int) -> Starts:
    """With the longest band cut in two."""
    length, start = max((after - start, start) for start, after in _pairs(starts, end))
    return tuple(sorted({*starts, start + (length + 1) // 2} - {end}))


def _joined(starts: Starts, end: int) -> Starts:
    """With the two neighbours made one that are shortest together."""
    if len(starts) == 1:
        return starts
    ends = (*starts[2:], end)
    _, gone = min((after - before, start) for before, start, after in zip(starts, starts[1:], ends, strict=False))
    return tuple(start for start in starts if start != gone)


def _pairs(starts: Starts, end: int) -> list[tuple[int, int]]:
    return list(zip(starts, (*starts[1:], end), strict=True))
