"""Goals through the store's door: set, served, and what stands in their way."""

from __future__ import annotations

import datetime as dt

import pytest

from routebook.core.document import Handling, Kind, Process
from routebook.store.access import NotFound, Refused
from routebook.store.actions import delegations, documents, goals
from routebook.store.models import Document, Organisation
from routebook.store.queries import goals as queries
from tests.world import World

pytestmark = pytest.mark.django_db


def set_goal(world: World, who: str = "owner", **typed: str) -> Document:
    values = {"title": "Ten hours back", "number": "10", "unit": "hours a week", "by": "2027-03-31", "owner": "Founder"}
    return goals.set_goal(world.actor(who), **{**values, **typed}, now=world.at())


def serve(world: World, who: str = "owner", *, serves: bool = True, goal: str = "ten-hours-back") -> None:
    goals.serve(world.actor(who), goal, world.process.pk, serves=serves, now=world.at())


def in_the_way(world: World) -> dict[str, str]:
    (goal,) = queries.goals(world.actor("owner")).goals
    return {one.at.step.id: one.why for one in goal.in_the_way}


def test_a_goal_is_set_and_published_at_once(world: World) -> None:
    goal = set_goal(world, number="7,5")
    assert goal.published is not None
    (view,) = queries.goals(world.actor("manager")).goals
    assert (str(view.goal.number), view.goal.unit, view.goal.by) == ("7.5", "hours a week", dt.date(2027, 3, 31))


def test_the_same_command_sets_it_once(world: World) -> None:
    actor = world.actor("owner")
    made = [
        goals.set_goal(actor, title="A", number="1", unit="", by="2027-01-01", owner="", now=world.at(), command="one")
        for _ in range(2)
    ]
    assert made[0] == made[1]


def test_where_goals_are_approved_a_managers_goal_stays_a_draft(world: World) -> None:
    Organisation.objects.filter(pk=world.organisation.pk).update(approved_kinds=["goal"])
    assert set_goal(world, "manager").published is None
    assert set_goal(world, "owner", title="Another").published is not None


@pytest.mark.parametrize(
    ("field", "text"), [("title", ""), ("number", ""), ("number", "many"), ("by", ""), ("by", "spring")]
)
def test_what_can_not_be_meant_is_refused_and_nothing_is_made(world: World, field: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        set_goal(world, **{field: text})
    assert refused.value.refusal.field == field
    assert not Document.objects.filter(kind=Kind.GOAL).exists()


def test_a_process_serves_in_its_draft_and_stops(world: World) -> None:
    set_goal(world)
    found = queries.goals(world.actor("owner"))
    assert [view.row for view in found.aimless] == [world.process]
    serve(world)
    serve(world)
    found = queries.goals(world.actor("owner"))
    assert not found.aimless
    assert [view.row for view in found.goals[0].serving] == [world.process]
    assert not found.goals[0].free
    published = found.goals[0].serving[0].published
    assert isinstance(published, Process)
    assert published.serves == (), "readers follow the published map"
    serve(world, serves=False)
    assert not queries.goals(world.actor("owner")).goals[0].serving


def test_kept_undecided_and_undocumented_steps_stand_in_the_way(world: World) -> None:
    set_goal(world)
    serve(world)
    assert in_the_way(world) == {"approve": "kept"}, "what is delegated has its SOP, or needs none"
    delegations.decide(
        world.actor("owner"),
        world.process.pk,
        "confirm",
        Handling.DELEGATE,
        why="no machine does it yet",
        now=world.at(),
    )
    assert in_the_way(world) == {"approve": "kept", "confirm": "without an SOP"}
    fields = {"title": "Confirm and log", "step": "refund-a-customer/confirm"}
    documents.create(world.actor("support"), Kind.SOP, fields, now=world.at())
    assert in_the_way(world)["confirm"] == "without an SOP", "a draft teaches nobody"


def test_who_decides_nothing_neither_sees_nor_sets(world: World) -> None:
    set_goal(world)
    for who in ("support", "finance", "guest", "agent"):
        with pytest.raises(Refused):
            queries.goals(world.actor(who))
        with pytest.raises(Refused):
            set_goal(world, who, title="Mine")
        with pytest.raises(Refused):
            serve(world, who)


def test_another_organisations_goal_and_process_are_not_found(world: World) -> None:
    set_goal(world, "outsider", title="Theirs")
    with pytest.raises(NotFound):
        serve(world, goal="theirs")
    with pytest.raises(NotFound):
        goals.serve(world.actor("outsider"), "theirs", world.process.pk, serves=True, now=world.at())
    assert not queries.goals(world.actor("owner")).goals
