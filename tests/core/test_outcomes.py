"""Each figure by its formula, on values that a person can check by hand."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.outcomes import (
    FirstReview,
    Journey,
    Share,
    Wait,
    lead_time,
    on_time,
    outcomes_of,
    passed_first,
    waiting,
)

MONDAY = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
HOUR = dt.timedelta(hours=1)


def journey(hours: float, due: float | None = None, number: int = 1) -> Journey:
    return Journey(number, MONDAY, MONDAY + hours * HOUR, None if due is None else MONDAY + due * HOUR)


def test_on_time_counts_what_was_due_and_the_very_moment_still_is_in_time() -> None:
    assert on_time([journey(1, 2), journey(2, 2), journey(3, 2), journey(9)]) == Share(2, 3)


def test_a_run_without_a_target_is_never_late() -> None:
    assert not journey(999).late


@pytest.mark.parametrize(
    ("hours", "expected"), [([], None), ([5], 5), ([9, 1], 5), ([1, 2, 90], 2), ([4, 1, 3, 2], 2.5)]
)
def test_the_lead_time_is_the_median(hours: list[float], expected: float | None) -> None:
    assert lead_time([journey(one) for one in hours]) == (None if expected is None else expected * 3600)


def test_what_passed_first_is_a_share_of_what_was_reviewed() -> None:
    assert passed_first([FirstReview(1, 2, True), FirstReview(2, 2, False)]) == Share(1, 2)
    assert passed_first([]).percent is None


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, None), (0, 9, 0), (9, 9, 100), (1, 3, 33), (2, 3, 67), (1, 8, 13), (999, 1000, 99), (1, 1000, 1)],
)
def test_not_all_is_never_100_and_not_nothing_never_0(part: int, whole: int, percent: int | None) -> None:
    assert Share(part, whole).percent == percent


def test_waiting_adds_up_by_party_and_has_the_longest_first() -> None:
    waits = [Wait("client", 60), Wait("Mei", 90), Wait("Client ", 50)]
    assert waiting(waits) == (Wait("client", 110), Wait("Mei", 90))


def test_all_figures_of_a_process_that_never_ran() -> None:
    figures = outcomes_of((), (), 0, ())
    assert (figures.done, figures.on_time.percent, figures.lead_time, figures.waiting) == (0, None, None, ())


@given(st.lists(st.tuples(st.floats(0, 1000), st.none() | st.floats(0, 1000)), max_size=20))
@settings(max_examples=100)
def test_figures_stay_within_their_rows(rows: list[tuple[float, float | None]]) -> None:
    journeys = [journey(hours, due) for hours, due in rows]
    share, median = on_time(journeys), lead_time(journeys)
    assert 0 <= share.part <= share.whole <= len(journeys)
    if journeys:
        assert median is not None
        assert min(one.seconds for one in journeys) <= median <= max(one.seconds for one in journeys)
