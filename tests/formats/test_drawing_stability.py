"""A small edit moves little: what stays where it was in the drawing of a map while it is edited, on made-up maps."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, pairwise
from statistics import median

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.maps import made_map
from routebook.core.document import Goes, Process, Step
from routebook.formats.drawing import Layout, draw, layout
from routebook.formats.drawing.bands import even, kept
from routebook.formats.drawing.pieces import Rect
from routebook.formats.drawing.placing import PAGE
from tests.formats.drawing_laws import assert_lawful
from tests.formats.maps import AWKWARD, PARALLEL, REFUND, VSL, goes, random_process, step

SIZES = (10, 15, 20, 30, 45, 60)
SEEDS = range(10)
NEW = "new"

Edit = tuple[Process, Process]
"""A map before and after."""


@dataclass(frozen=True, slots=True)
class Moved:
    """How a box moved that an edit was not about: bands, columns, and the distance."""

    bands: int
    columns: int
    distance: float


# --- edits ----------------------------------------------------------------------------------------


def inserted(process: Process, place: int) -> Process:
    """The same with a step put in behind one of those that have one step after them."""
    before = process.steps[place]
    new = step(NEW, "A new step", before.role, then=before.then)
    steps = (*process.steps[:place], replace(before, then=goes(NEW)), new, *process.steps[place + 1 :])
    return replace(process, steps=steps)


def places(process: Process) -> list[int]:
    return [n for n, one in enumerate(process.steps) if isinstance(one.then, Goes) and len(one.then.targets) == 1]


def insertions() -> Iterator[Edit]:
    for steps in SIZES:
        for seed in SEEDS:
            process = made_map(steps, seed)
            where = places(process)
            yield process, inserted(process, where[seed % len(where)])


def deletions() -> Iterator[Edit]:
    for process, with_it in insertions():
        yield with_it, process


def moves() -> Iterator[Edit]:
    """One step from one place to another."""
    for steps in SIZES:
        for seed in SEEDS:
            process = made_map(steps, seed)
            where = places(process)
            one, other = where[seed % len(where)], where[(5 * seed + 3) % len(where)]
            if one != other:
                yield inserted(process, one), inserted(process, other)


def additions() -> Iterator[Edit]:
    """A list written from top to bottom, step by step, as one does in the editor."""
    for seed in SEEDS:
        whole = made_map(30, seed)
        steps = tuple(replace(one, then=None, join=None) for one in whole.steps)
        yield from pairwise(replace(whole, steps=steps[:count]) for count in range(1, len(steps) + 1))


# --- how much moves -------------------------------------------------------------------------------


def moved(edits: Iterator[Edit]) -> list[Moved]:
    every: list[Moved] = []
    for before, after in edits:
        old = layout(before)
        every += differences(old, layout(after, like=old.bands))
    return every


def differences(old: Layout, new: Layout) -> list[Moved]:
    """How every box moved that is in both, but for the step that the edit was about."""
    before, after = spots(old), spots(new)
    return [
        Moved(
            abs(after[one][0] - band),
            abs(after[one][1] - column),
            abs(after[one][2].x - area.x) + abs(after[one][2].y - area.y),
        )
        for one, (band, column, area) in before.items()
        if one in after and one != NEW
    ]


def spots(plan: Layout) -> dict[str, tuple[int, int, Rect]]:
    """Band, column and area of each box."""
    lefts = sorted({box.area.x for box in plan.boxes})
    return {box.step: (plan.lanes[box.lane].band, lefts.index(box.area.x), box.area) for box in plan.boxes}


def share(every: Sequence[Moved], in_band: bool, columns: int, distance: float = 1e9) -> float:
    good = [one for one in every if one.bands <= (not in_band) and one.columns <= columns and one.distance <= distance]
    return len(good) / len(every)


@pytest.mark.parametrize(
    ("edits", "in_place", "unmoved", "typical"),
    [(insertions, 0.85, 0.58, 1), (deletions, 0.86, 0.55, 1), (moves, 0.77, 0.43, 15), (additions, 0.99, 0.87, 1)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_an_edit_leaves_the_rest_where_it_was(
    edits: Callable[[], Iterator[Edit]], in_place: float, unmoved: float, typical: float
) -> None:
    """Nearly all boxes keep their band, and their column or the next one; `typical` is the median distance."""
    every = moved(edits())
    assert share(every, in_band=True, columns=99) >= 0.96
    assert share(every, in_band=True, columns=1) >= 0.95
    assert share(every, in_band=True, columns=0) >= in_place
    assert share(every, in_band=True, columns=0, distance=1) >= unmoved
    assert median(one.distance for one in every) <= typical


@pytest.mark.parametrize("steps", SIZES)
def test_a_renamed_step_moves_nothing(steps: int) -> None:
    for seed in SEEDS:
        process = made_map(steps, seed)
        its = process.steps[steps // 2]
        edited = replace(
            process, steps=tuple(replace(one, title="Quite another") if one is its else one for one in process.steps)
        )
        old = layout(process)
        assert not any(one.distance for one in differences(old, layout(edited, like=old.bands)))
        assert not any(one.distance for one in differences(old, layout(edited)))


def test_boxes_of_one_lane_stay_in_their_order() -> None:
    for before, after in insertions():
        old = layout(before)
        was, now = spots(old), spots(layout(after, like=old.bands))
        for one, other in combinations(was, 2):
            if was[one][0] == was[other][0] and now[one][0] == now[other][0] and was[one][1] + 1 < was[other][1]:
                assert now[one][1] <= now[other][1], (before.slug, one, other)


def test_what_is_put_in_and_taken_out_again_leaves_the_map_as_it_was() -> None:
    back = 0
    for before, after in insertions():
        old = layout(before)
        between = layout(after, like=old.bands)
        back += layout(before, like=between.bands) == old
    assert back >= 0.9 * len(SIZES) * len(SEEDS)


def test_a_map_that_grows_under_the_hands_stays_as_large_as_it_can_be() -> None:
    """Nothing is paid for stillness but a little size: the drawing of a map drawn anew is hardly larger."""
    sizes = []
    for seed in SEEDS:
        steps = tuple(replace(one, then=None, join=None) for one in made_map(40, seed).steps)
        bands: dict[str, int] = {}
        for count in range(1, len(steps) + 1):
            process = Process(slug="p", title="P", steps=steps[:count])
            plan = layout(process, like=bands)
            sizes.append(scale(plan) / scale(layout(process)))
            bands = plan.bands
    assert sum(sizes) / len(sizes) >= 0.93
    assert min(sizes) >= 0.6


def scale(plan: Layout) -> float:
    return min(PAGE[0] / plan.width, PAGE[1] / plan.height, 1.0)


# --- the same laws --------------------------------------------------------------------------------


@pytest.mark.parametrize("process", [REFUND, VSL, PARALLEL, *AWKWARD.values()], ids=lambda process: process.slug)
def test_the_next_drawing_of_the_same_map_is_the_same(process: Process) -> None:
    plan = layout(process)
    assert layout(process, like=plan.bands) == plan


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32), steps=st.integers(4, 120), data=st.data())
def test_an_edited_map_is_lawful(seed: int, steps: int, data: st.DataObject) -> None:
    process = made_map(steps, seed)
    bands = layout(process).bands
    for _ in range(3):
        process = inserted(process, data.draw(st.sampled_from(places(process))))
        process = replace(process, steps=tuple(_named(one, len(process.steps)) for one in process.steps))
        bands = assert_lawful(process, bands).bands


def _named(one: Step, number: int) -> Step:
    """The step, or the new one of the last edit under a name of its own."""
    name = f"new{number}"
    then = one.then
    if isinstance(then, Goes):
        then = Goes(tuple(name if target == NEW else target for target in then.targets))
    return replace(one, id=name if one.id == NEW else one.id, then=then)


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**32),
    steps=st.integers(1, 40),
    like=st.dictionaries(st.integers(0, 45).map("s{}".format), st.integers(0, 20)),
)
def test_whatever_a_browser_says_of_bands_the_drawing_is_lawful(seed: int, steps: int, like: dict[str, int]) -> None:
    assert_lawful(random_process(seed, steps), like)


# --- bands ----------------------------------------------------------------------------------------


def row(count: int) -> list[Step]:
    return [step(f"s{n}", f"S{n}") for n in range(count)]


def test_a_map_is_first_cut_into_bands_of_one_length() -> None:
    assert even(10, 3) == [(0,), (0, 5), (0, 4, 8)]
    assert even(0, 3) == [(0,)]


def test_a_cut_stays_between_the_steps_where_it_was() -> None:
    like = {f"s{n}": n // 4 for n in range(12)}
    steps = row(12)
    assert kept(steps, range(12), like, 9)[0] == (0, 4, 8)
    added = [*steps[:2], step("x", "X"), *steps[2:]]
    assert kept(added, range(13), like, 9)[0] == (0, 5, 9)
    between = [*steps[:4], step("x", "X"), *steps[4:]]
    assert kept(between, range(13), like, 9)[0] == (0, 5, 9)
    in_front = [step("x", "X"), *steps]
    assert kept(in_front, range(13), like, 9)[0] == (0, 5, 9)
    without_the_first_of_a_band = [*steps[:4], *steps[5:]]
    assert kept(without_the_first_of_a_band, range(11), like, 9)[0] == (0, 4, 7)
    with_one_dragged_to_the_front = [steps[9], *steps[:9], *steps[10:]]
    assert kept(with_one_dragged_to_the_front, range(12), like, 9)[0] == (0, 5, 9)


def test_a_band_that_grew_too_long_is_cut_in_two_or_two_short_ones_are_made_one() -> None:
    like = {f"s{n}": 0 if n < 6 else 1 if n < 8 else 2 for n in range(11)}
    assert kept(row(11), range(11), like, 9) == [(0, 6, 8), (0, 3, 6, 8), (0, 6)]
    assert kept(row(11), range(11), like, 2) == [(0, 6)]
    assert kept(row(3), range(3), {"gone": 1}, 9) == []


# --- what the next drawing is told ----------------------------------------------------------------


def test_each_box_says_its_band_where_that_is_asked_for() -> None:
    assert "data-band" not in draw(REFUND)
    text = draw(REFUND, like={})
    assert re.findall(r'data-step="(\w+)" data-band="(\d)"', text) == [
        (name, str(band)) for name, band in layout(REFUND).bands.items()
    ]
