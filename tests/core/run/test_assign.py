"""Who gets a task while a hand-off has a first day and somebody who stands in."""

from __future__ import annotations

import datetime as dt

import pytest

from routebook.core.document import Step
from routebook.core.handoff import Level
from routebook.core.run import Context, HandOffFact
from routebook.core.run.assign import Receiver, receiver
from tests.core.run.company import MANAGER, NOW, OWNER, context

STEP = Step(id="issue", title="Issue the refund", role="Finance")
TODAY = NOW.date()
TOMORROW = TODAY + dt.timedelta(days=1)


def handed_off(*facts: HandOffFact, away: frozenset[str] = frozenset()) -> Context:
    return context(away=away, handoffs={("issue", ""): facts})


def to_ana(level: Level = Level.OWNED, backup: str = "", starts: dt.date | None = None) -> HandOffFact:
    return HandOffFact("ana", level, MANAGER, backup, starts)


@pytest.mark.parametrize(
    ("starts", "who"),
    [
        (None, Receiver("ana", "owned", MANAGER)),
        (TODAY, Receiver("ana", "owned", MANAGER)),
        (TOMORROW, Receiver(MANAGER)),
    ],
)
def test_before_the_first_day_tasks_stay_with_the_delegator(starts: dt.date | None, who: Receiver) -> None:
    assert receiver(STEP, "", handed_off(to_ana(starts=starts))) == who


def test_whose_hand_off_runs_already_keeps_the_tasks_until_the_next_one_s_first_day() -> None:
    facts = (HandOffFact("ben", Level.PRACTICE, MANAGER), to_ana(starts=TOMORROW))
    assert receiver(STEP, "", handed_off(*facts)).person == "ben"


@pytest.mark.parametrize(
    ("backup", "away", "stands_in"),
    [
        ("ben", {"ana"}, "ben"),
        ("", {"ana"}, "gus"),
        ("ben", {"ana", "ben"}, "gus"),
        ("ana", {"ana"}, "gus"),
        ("lee", {"ana"}, "gus"),
        ("ben", {"ana", "ben", "gus"}, "ana"),
        ("ben", set(), "ana"),
    ],
)
def test_the_hand_off_s_backup_stands_in_and_then_the_role_s(backup: str, away: set[str], stands_in: str) -> None:
    found = receiver(STEP, "", handed_off(to_ana(backup=backup), away=frozenset(away)))
    assert found.person == stands_in
    assert found.instead_of == ("" if stands_in == "ana" else "ana")


def test_who_delegates_is_not_replaced_by_the_receiver_s_backup() -> None:
    found = receiver(STEP, "", handed_off(to_ana(Level.PREPARED, backup="ben"), away=frozenset({MANAGER})))
    assert found == Receiver("gus", instead_of=MANAGER)
    assert OWNER not in (found.person, found.instead_of)
