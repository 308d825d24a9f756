"""What is read of runs and tasks: nobody is offered what the core would refuse, and nothing of others is found."""

from __future__ import annotations

from typing import Any

import pytest

from routebook.core.run import commands as c
from routebook.store.access import NotFound, Refused
from routebook.store.queries import board, evidence, records, tasks
from tests.world import World

pytestmark = pytest.mark.django_db

MEMBERS = ("owner", "manager", "support", "finance", "agent")


def accepted(world: World, name: str, number: int, command: c.Command) -> bool:
    """Whether the core lets this person; what it did is undone by nobody, so ask once per run."""
    try:
        world.do(name, number, command)
    except Refused:
        return False
    return True


@pytest.mark.parametrize("name", MEMBERS)
@pytest.mark.parametrize("level", ["", "supervised"])
def test_skipping_is_offered_exactly_where_it_would_be_accepted(world: World, name: str, level: str) -> None:
    if level:
        world.hand_off("request", "support", level)
    run = world.start()
    view = tasks.task_view(world.actor(name), run.number, 1, now=world.at())
    assert view.may_skip == accepted(world, name, run.number, c.SkipTask(1, "a reason"))


@pytest.mark.parametrize("name", MEMBERS)
def test_working_is_offered_exactly_where_it_would_be_accepted(world: World, name: str) -> None:
    run = world.start()
    view = tasks.task_view(world.actor(name), run.number, 1, now=world.at())
    assert view.may_work == accepted(world, name, run.number, c.CompleteTask(1))
    closed = tasks.task_view(world.actor("support"), run.number, 1, now=world.at())
    assert closed.may_work == (not view.may_work)


@pytest.mark.parametrize("name", MEMBERS)
def test_who_manages_a_run_is_who_may_cancel_it(world: World, name: str) -> None:
    run = world.start()
    view = tasks.run_view(world.actor(name), run.number, now=world.at())
    assert view.manages == accepted(world, name, run.number, c.Cancel("a reason"))


def test_an_outsider_finds_none_of_it(world: World) -> None:
    run = world.start()
    outsider = world.actor("outsider")
    with pytest.raises(NotFound):
        tasks.run_view(outsider, run.number, now=world.at())
    with pytest.raises(NotFound):
        tasks.task_view(outsider, run.number, 1, now=world.at())
    with pytest.raises(NotFound):
        evidence.file(outsider, run.number, 1, 0)
    assert board.cards(outsider, process=world.process.pk, now=world.at()) == []
    assert board.ended(outsider, world.process.pk).runs == []
    assert board.open_questions(outsider) == ([], [])
    assert board.startable(outsider) == []


def test_a_record_of_another_organisation_has_no_lines(world: World) -> None:
    run = world.start()
    row = tasks.run_view(world.actor("owner"), run.number, now=world.at()).row
    assert len(records.read(world.actor("owner"), row).lines) == 2
    assert records.read(world.actor("outsider"), row).lines == ()


def test_the_page_of_a_task_asks_a_bounded_number_of_times(world: World, django_assert_max_num_queries: Any) -> None:
    run = world.start()
    for _ in range(3):
        world.do("support", run.number, c.Ask(1, "Which one?"))
    tasks.task_view(world.actor("support"), run.number, 1, now=world.at())
    actor = world.actor("support")
    with django_assert_max_num_queries(8):
        view = tasks.task_view(actor, run.number, 1, now=world.at())
    assert len(view.questions) == 3


def test_the_words_of_a_handover_reach_who_has_the_task_and_nobody_elses(world: World) -> None:
    first, second = world.start(), world.start()
    world.do("support", first.number, c.HandOver(1, world.id("backup"), "the customer is in Manila"))
    notes = tasks.task_view(world.actor("backup"), first.number, 1, now=world.at()).notes
    assert [getattr(note.event, "note", "") for note in notes] == ["the customer is in Manila"]
    assert tasks.task_view(world.actor("support"), second.number, 1, now=world.at()).notes == []


def test_the_reason_of_a_return_stands_on_the_task_that_it_opened_only(world: World) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.do("manager", run.number, c.ReturnTo("request", "the wrong inbox"))
    reasons = {
        number: [getattr(note.event, "reason", "") for note in view.notes]
        for number in (1, 3)
        for view in [tasks.task_view(world.actor("support"), run.number, number, now=world.at())]
    }
    assert reasons == {1: [], 3: ["the wrong inbox"]}


def test_a_task_says_for_whom_its_assignee_stands_in(world: World) -> None:
    from routebook.store.actions import members

    today = world.at().date()
    members.be_away(world.actor("support"), world.members["support"].pk, first=today, last=today, now=world.at())
    run = world.start("backup")
    view = tasks.task_view(world.actor("backup"), run.number, 1, now=world.at())
    assert (view.task.assignee, view.instead_of) == (world.id("backup"), world.id("support"))
    world.do("backup", run.number, c.HandOver(1, world.id("finance")))
    assert tasks.task_view(world.actor("finance"), run.number, 1, now=world.at()).instead_of == ""
