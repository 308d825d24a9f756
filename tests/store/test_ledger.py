"""The ledger against a record that was made step by step: what came back, from whom, in which month."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest

from routebook.core.run import commands as c

if TYPE_CHECKING:
    from routebook.store.queries.ledger import Line
    from tests.world import World

pytestmark = pytest.mark.django_db

FIRST = dt.date(2026, 11, 1)
LATER = dt.datetime(2026, 11, 30, 20, 0, tzinfo=dt.UTC)


def score(world: World, step: str, minutes: int, times: int = 20, who: str = "owner") -> None:
    from routebook.store.models import StepScore

    StepScore.objects.create(
        org=world.organisation,
        process=world.process,
        step=step,
        value=2,
        energy=-1,
        minutes=minutes,
        times_a_month=times,
        scored_by=world.members[who],
    )


def began(world: World, step: str, day: int) -> None:
    from routebook.store.models import HandOff

    at = dt.datetime(2026, 11, day, 9, 0, tzinfo=dt.UTC)
    HandOff.objects.filter(org=world.organisation, step=step).update(created_at=at)


def lines(world: World, who: str = "owner") -> list[Line]:
    from routebook.store.queries import ledger

    return list(ledger.lines(world.actor(who), FIRST, LATER))


def verified(world: World, n: int = 1) -> None:
    for _ in range(n):
        run = world.start("manager").run
        world.complete("support", run, "request")
        world.complete("support", run, "verify", "eligible")


def test_runs_by_others_bring_back_what_each_took(world: World) -> None:
    score(world, "verify", 6)
    world.hand_off("verify", "support", "owned")
    verified(world, 3)
    (line,) = lines(world)
    assert (line.step, line.person, line.month) == ("Verify eligibility", "Suri Castell", FIRST)
    assert line.handed.runs == 3
    assert line.ledger.minutes.value == 18
    assert line.handed.delegate_minutes == 15  # by the SOP, 5 minutes each


def test_answers_and_reviews_of_the_owner_are_taken_off(world: World) -> None:
    score(world, "verify", 10)
    world.hand_off("verify", "support", "supervised", delegator="owner")
    run = world.start("manager").run
    world.complete("support", run, "request")
    world.do("support", run, c.Ask(2, "Which date counts?"))
    world.do("owner", run, c.Answer(2, 1, "The order's."))
    world.complete("support", run, "verify", "eligible")
    world.do("owner", run, c.PassReview(3))
    (line,) = lines(world)
    assert (line.handed.runs, line.handed.answers, line.handed.reviews) == (1, 1, 1)
    assert line.ledger.minutes.value == 10 - 5 - 3
    assert line.person == "Suri Castell"  # the review counts for whose work was looked at


def test_practice_brings_nothing_back(world: World) -> None:
    score(world, "verify", 10)
    world.hand_off("verify", "support", "practice", delegator="owner")
    run = world.start("manager").run
    world.complete("support", run, "request")
    world.complete("support", run, "verify", "eligible")
    world.do("owner", run, c.PassReview(3))
    (line,) = lines(world)
    assert (line.handed.runs, line.handed.reviews) == (0, 1)
    assert line.ledger.minutes.value == -3


def test_what_is_planned_counts_from_the_day_that_it_was_handed_off(world: World) -> None:
    score(world, "verify", 6, times=20)  # two hours a month
    world.hand_off("verify", "support", "owned")
    began(world, "verify", 16)
    (line,) = lines(world)
    assert line.planned == Decimal(2) * 15 / 30
    assert line.hours == 0


def test_what_is_only_offered_promises_nothing(world: World) -> None:
    score(world, "verify", 6)
    world.hand_off("verify", "support", "prepared")
    assert lines(world) == []


def test_a_step_that_somebody_else_scored_is_theirs(world: World) -> None:
    score(world, "verify", 6, who="manager")
    world.hand_off("verify", "support", "owned")
    verified(world)
    assert lines(world, "owner") == []
    assert len(lines(world, "manager")) == 1


def test_a_month_is_one_of_the_readers_own_calendar(world: World) -> None:
    from routebook.store.models import Task

    score(world, "verify", 6)
    world.hand_off("verify", "support", "owned")
    began(world, "verify", 1)
    verified(world)
    late = dt.datetime(2026, 11, 30, 23, 30, tzinfo=dt.UTC)  # already December in Berlin
    Task.objects.filter(org=world.organisation, step="verify").update(closed_at=late)
    runs = {line.month: line.handed.runs for line in lines(world)}
    assert runs == {FIRST: 0, dt.date(2026, 12, 1): 1}


def test_money_is_the_owners_hours_less_the_delegates(world: World) -> None:
    from routebook.store.actions import organisations
    from routebook.store.models import Member

    organisations.change_rates(
        world.actor("owner"),
        owner_hour=Decimal(120),
        minutes_per_answer=Decimal(5),
        minutes_per_review=Decimal(3),
        now=LATER,
    )
    Member.objects.filter(pk=world.members["support"].pk).update(cost=Decimal(12))
    score(world, "verify", 6)
    world.hand_off("verify", "support", "owned")
    verified(world, 10)
    (line,) = lines(world)
    assert line.ledger.money.value == Decimal(120) * 1 - Decimal(12) * 50 / 60


def test_the_sums_agree_whichever_way_they_are_made(world: World) -> None:
    from routebook.store.queries import ledger

    score(world, "verify", 7)
    score(world, "request", 2)
    for step, person in (("verify", "support"), ("request", "support")):
        world.hand_off(step, person, "owned")
    verified(world, 4)
    found = lines(world)
    ways = [
        ledger.by_step(found),
        ledger.by_person(found),
        [one for _, one in ledger.by_month(found, FIRST, dt.date(2026, 11, 30))],
    ]
    assert {sum(one.hours for one in way) for way in ways} == {Decimal(4 * 9) / 60}
    assert [one.runs for one in ledger.by_person(found)] == [8]
    page = ledger.page(world.actor("owner"), LATER - dt.timedelta(days=30), LATER)
    assert page is not None
    assert page.total.hours.value == Decimal(4 * 9) / 60


def test_it_asks_a_bounded_number_of_questions(world: World, django_assert_max_num_queries: object) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    score(world, "verify", 6)
    world.hand_off("verify", "support", "owned")
    counts = []
    for n in (1, 5):
        verified(world, n)
        with CaptureQueriesContext(
            connection,
        ) as captured:
            lines(world)
        counts.append(len(captured))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"owner_hour": Decimal(-1)}, "owner_hour"),
        ({"owner_hour": Decimal(1_000_000)}, "owner_hour"),
        ({"minutes_per_answer": Decimal("NaN")}, "minutes_per_answer"),
        ({"minutes_per_review": Decimal(-3)}, "minutes_per_review"),
    ],
)
def test_rates_that_nobody_means_are_refused(world: World, changed: dict[str, Decimal], field: str) -> None:
    from routebook.store.access import Refused
    from routebook.store.actions import organisations

    given = {"owner_hour": None, "minutes_per_answer": Decimal(5), "minutes_per_review": Decimal(3), **changed}
    with pytest.raises(Refused) as refused:
        organisations.change_rates(world.actor("owner"), now=LATER, **given)  # type: ignore[arg-type]
    assert refused.value.refusal.field == field
