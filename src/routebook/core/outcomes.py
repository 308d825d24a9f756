"""What came out of the runs: each number with its formula, worked out from plain values.

Practice tasks stay out of every figure: they are for learning. Runs and reviews are counted within whatever period
the caller chose. Times are aware moments; lengths are seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Journey:
    """A run that is over. `due` is None where its process has no target."""

    number: int
    started_at: dt.datetime
    ended_at: dt.datetime
    due: dt.datetime | None = None

    @property
    def seconds(self) -> int:
        """From start to end, nights and weekends included: what the customer waited."""
        return int((self.ended_at - self.started_at).total_seconds())

    @property
    def late(self) -> bool:
        """Whether it ended after it was due; without a due moment nothing is late."""
        return self.due is not None and self.ended_at > self.due


@dataclass(frozen=True, slots=True)
class FirstReview:
    """The first look that somebody took at a result: in which run, at which task, and whether it passed."""

    number: int
    task: int
    passed: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """A stretch of time in which a task waited for somebody: a client, a vendor, the founder or a name."""

    party: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Share:
    """`part` of `whole`; `percent` is rounded to the nearest whole, None of nothing."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        if not self.whole:
            return None
        # Rounded half up; but not all is never 100, and not nothing never 0.
        rounded = (200 * self.part + self.whole) // (2 * self.whole)
        if self.part < self.whole:
            rounded = min(rounded, 99)
        return max(rounded, 1) if self.part else rounded


@dataclass(frozen=True, slots=True)
class Outcomes:
    """The figures of one process. `lead_time` is None while no run is done; `waiting` has the longest first."""

    done: int
    on_time: Share
    passed_first: Share
    questions_open: int
    lead_time: int | None
    waiting: tuple[Wait, ...]


def outcomes_of(
    journeys: Sequence[Journey], reviews: Sequence[FirstReview], questions_open: int, waits: Iterable[Wait]
) -> Outcomes:
    """All figures of one process."""
    return Outcomes(
        done=len(journeys),
        on_time=on_time(journeys),
        passed_first=passed_first(reviews),
        questions_open=questions_open,
        lead_time=lead_time(journeys),
        waiting=waiting(waits),
    )


def on_time(journeys: Iterable[Journey]) -> Share:
    """Runs done no later than they were due ÷ runs done that were due at all."""
    due = [journey for journey in journeys if journey.due is not None]
    return Share(sum(not journey.late for journey in due), len(due))


def passed_first(reviews: Iterable[FirstReview]) -> Share:
    """Results that passed their first review ÷ results that had one."""
    passed = [review.passed for review in reviews]
    return Share(sum(passed), len(passed))


def lead_time(journeys: Iterable[Journey]) -> int | None:
    """The median of the time from start to end: half of the runs took longer, half less."""
    seconds = sorted(journey.seconds for journey in journeys)
    if not seconds:
        return None
    middle = len(seconds) // 2
    return seconds[middle] if len(seconds) % 2 else (seconds[middle - 1] + seconds[middle]) // 2


def waiting(waits: Iterable[Wait]) -> tuple[Wait, ...]:
    """How long tasks were blocked on each party, all stretches added up; a party is known by its name, ignoring case."""
    total: dict[str, int] = {}
    spelled: dict[str, str] = {}
    for wait in waits:
        key = " ".join(wait.party.split()).casefold()
        spelled.setdefault(key, wait.party)
        total[key] = total.get(key, 0) + wait.seconds
    found = [Wait(spelled[key], seconds) for key, seconds in total.items()]
    return tuple(sorted(found, key=lambda wait: (-wait.seconds, wait.party.casefold())))
