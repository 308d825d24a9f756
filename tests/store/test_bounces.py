"""What came back, as runs and hand-offs tell it: given back, taken back, taken over, and what is no bounce."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from routebook.core.handoff import commands as c
from routebook.core.handoff.bounce import Fix, StepRecord, Way
from routebook.core.run import commands as run_commands
from routebook.store.access import Refused
from routebook.store.actions import members
from routebook.store.queries import bounces
from tests.store.test_handoffs import practising, prepare, review_of, say, supervised, to_issue
from tests.world import World


def record_of(world: World, who: str = "owner") -> StepRecord:
    (found,) = bounces.came_back(world.actor(who), now=world.at())
    return found.record


def ways(world: World) -> list[Way]:
    return [bounce.way for bounce in record_of(world).bounces]


def test_given_back_and_taken_back_are_two(world: World) -> None:
    row = practising(world)
    say(world, "finance", row, c.Return("Month-end leaves no time", "Bram", ("Weekly", "Bram", "A tool")))
    prepare(world)
    say(world, "manager", row, c.Revoke("The bank changed"))
    assert ways(world) == [Way.TAKEN_BACK, Way.GIVEN_BACK]
    first = record_of(world).bounces[1]
    assert (first.reason, first.proposal, len(first.options)) == ("Month-end leaves no time", "Bram", 3)
    assert not record_of(world).going_on


def test_a_task_that_the_delegator_does_although_it_is_somebody_else_s_came_back(world: World) -> None:
    supervised(world)
    run = to_issue(world)
    world.do("manager", run, run_commands.AssignTask(task_number(world, run), world.id("manager")))
    world.complete("manager", run, "issue")
    (bounce,) = record_of(world).bounces
    assert (bounce.way, bounce.run) == (Way.TAKEN_OVER, 1)
    (found,) = bounces.came_back(world.actor("manager"), now=world.at())
    assert Fix.RECORDING in found.fixes


def task_number(world: World, run: str) -> int:
    from routebook.store.queries import runs

    return next(task.number for task in runs.get(world.actor("manager"), run).state.open_tasks())


def test_work_before_practice_and_for_somebody_away_came_not_back(world: World) -> None:
    row = prepare(world)
    run = to_issue(world)
    world.complete("manager", run, "issue")
    assert ways(world) == []
    say(world, "finance", row, c.Accept("The customer has the money"))
    say(world, "manager", row, c.ConfirmUnderstanding())
    today = world.at().date()
    members.be_away(world.actor("finance"), world.members["finance"].pk, first=today, last=today, now=world.at())
    run = to_issue(world)
    world.do("manager", run, run_commands.AssignTask(task_number(world, run), world.id("manager")))
    world.complete("manager", run, "issue")
    assert ways(world) == []


def test_results_done_again_and_questions_count_on_the_step(world: World) -> None:
    row = supervised(world)
    say(world, "finance", row, c.Ask("Which account?"))
    run = to_issue(world)
    for text in ("Which card?", "What if it expired?"):
        world.do("finance", run, run_commands.Ask(task_number(world, run), text))
    world.complete("finance", run, "issue")
    world.do("manager", run, run_commands.FailReview(review_of(world, run), "The cents are missing"))
    record = record_of(world)
    assert (record.reworks, record.questions, record.bounces) == (1, 3, [])
    (found,) = bounces.came_back(world.actor("owner"), now=world.at())
    assert found.fixes[0] is Fix.ANSWERS


def test_what_is_older_than_a_year_is_not_counted(world: World) -> None:
    row = practising(world)
    say(world, "manager", row, c.Return("Too early"))
    later = world.at() + dt.timedelta(days=bounces.DAYS + 1)
    (found,) = bounces.came_back(world.actor("owner"), now=later)
    assert found.record.bounces == []


@pytest.mark.parametrize("name", ["support", "finance", "agent", "guest"])
def test_only_who_sees_all_hand_offs_sees_what_came_back(world: World, name: str) -> None:
    practising(world)
    with pytest.raises(Refused):
        bounces.came_back(world.actor(name), now=world.at())


def test_another_organisation_sees_its_own(world: World) -> None:
    practising(world)
    assert bounces.came_back(world.actor("outsider"), now=world.at()) == []


def test_the_number_of_queries_stays(world: World, django_assert_max_num_queries: Any) -> None:
    for step, receiver in (("issue", "finance"), ("verify", "support"), ("decline", "support"), ("verify", "backup")):
        practising(world, step=step, receiver=receiver)
    with django_assert_max_num_queries(8):
        bounces.came_back(world.actor("owner"), now=world.at())
