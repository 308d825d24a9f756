"""Home, for each of the cast: what waits, what could leave, what runs, what came back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from routebook.core.document import Kind, Status
from routebook.core.run import commands as c
from routebook.store.models import Document

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db


def signed_in(world: World, who: str) -> Client:
    client = Client()
    user = world.members[who].user
    assert user is not None
    client.force_login(user)
    return client


def home(world: World, who: str) -> str:
    response = signed_in(world, who).get("/")
    assert response.status_code == 200
    return response.content.decode()


def test_a_stranger_is_asked_to_sign_in(world: World) -> None:
    response = Client().get("/")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in/?next=/")


@pytest.mark.parametrize("who", ["owner", "manager", "support", "finance", "guest", "agent", "outsider"])
def test_everybody_has_a_home(world: World, who: str) -> None:
    assert world.members[who].name.split()[0] in home(world, who)


@pytest.mark.parametrize("who", ["support", "finance", "guest", "agent"])
def test_scores_and_hours_are_for_who_decides(world: World, who: str) -> None:
    shown = home(world, who)
    assert "Could leave your plate" not in shown
    assert "Came back to you" not in shown


@pytest.mark.parametrize(
    ("who", "words"),
    [
        ("owner", ["Map", "Delegate", "Write", "Hand off", "Run", "Improve"]),
        ("support", ["Map", "Write", "Hand off", "Run"]),
        ("guest", []),
    ],
)
def test_the_navigation_has_the_words_that_somebody_may_use(world: World, who: str, words: list[str]) -> None:
    navigation = home(world, who).partition('class="six"')[2].partition("</ul>")[0]
    assert re.findall(r">([^<>]+)</a>", navigation) == words


def test_an_assistant_sees_their_tasks_with_what_they_are_about(world: World) -> None:
    run = world.start()
    shown = home(world, "support")
    assert f"#{run.number} " in shown
    assert "Request received" in shown
    assert f"/runs/{run.number}/tasks/1/" in shown
    assert "Request received" not in home(world, "finance")


def test_a_decision_waits_for_the_owner_and_leaves_when_it_is_taken(world: World) -> None:
    run = world.start()
    world.complete("support", run.run, "request")
    world.complete("support", run.run, "verify", "eligible")
    assert f'href="/runs/{run.number}/tasks/3/"' in home(world, "owner")
    world.complete("owner", run.run, "approve")
    assert f'href="/runs/{run.number}/tasks/3/"' not in home(world, "owner")


def test_a_question_waits_for_who_answers(world: World) -> None:
    run = world.start()
    world.do("support", run.run, c.Ask(1, "Which <inbox>?"))
    assert "“Which &lt;inbox&gt;?”" in home(world, "manager")
    assert "Which &lt;inbox&gt;?" in home(world, "support"), "who asked sees that it waits"
    world.do("manager", run.run, c.Answer(1, 1, "The shared one"))
    assert "Which &lt;inbox&gt;?" not in home(world, "manager")
    assert "The shared one" in home(world, "support")


def test_the_other_organisation_shows_nothing_of_ours(world: World) -> None:
    world.start()
    shown = home(world, "outsider")
    assert "Refund" not in shown.replace("refund a customer", "")
    assert "Map your first process" in shown


def test_a_new_organisation_learns_the_six_words(world: World) -> None:
    shown = home(world, "outsider")
    for word in ("Map", "Delegate", "Write", "Hand off", "Run", "Improve"):
        assert f"<b>{word}</b>" in shown
    assert 'class="go" href="/plate/"' in shown


def test_five_things_at_most_ask_for_a_decision(world: World) -> None:
    for _ in range(7):
        run = world.start()
        world.complete("support", run.run, "request")
        world.complete("support", run.run, "verify", "eligible")
    shown = home(world, "owner")
    assert shown.count('class="list decisions"') == 1
    assert shown.count("waits on you") == 5
    assert "and 2 more:" in shown


def test_hours_come_back_from_what_others_do(world: World) -> None:
    """12 minutes each, three refunds issued by somebody who owns the step."""
    import datetime as dt

    from routebook.core.delegation import Facts, Score
    from routebook.store.actions import delegations
    from routebook.store.queries import home as queries

    owner = world.actor("owner")
    score = Score(2, -1, minutes=12)
    delegations.score(owner, world.process.pk, "issue", score, Facts(), now=world.at())
    world.hand_off("issue", "finance", "owned", delegator="owner")
    for _ in range(3):
        run = world.start()
        world.complete("support", run.run, "request")
        world.complete("support", run.run, "verify", "eligible")
        world.complete("owner", run.run, "approve")
        world.complete("finance", run.run, "issue")
    now = world.at() + dt.timedelta(hours=1)
    ledger = queries.came_back(owner, now=now)
    assert ledger is not None
    assert ledger.total.minutes.value == 36
    later = queries.came_back(owner, now=now + dt.timedelta(days=31))
    assert later is not None
    assert later.total.minutes.value == 0


def test_what_drains_could_leave_until_somebody_works_on_it(world: World) -> None:
    from decimal import Decimal

    from routebook.core.delegation import Facts, Score
    from routebook.store.actions import delegations
    from routebook.store.queries import home as queries

    owner = world.actor("owner")
    for step, minutes in (("verify", 15), ("issue", 30)):
        score = Score(2, -1, minutes=minutes, times_a_month=Decimal(8))
        delegations.score(owner, world.process.pk, step, score, Facts(), now=world.at())
    kept = Score(5, 2, needs_my_judgement=True, minutes=5, times_a_month=Decimal(8))
    delegations.score(owner, world.process.pk, "approve", kept, Facts(), now=world.at())
    plate = queries.plate(owner, queries.handed_off(owner))
    assert [(one.step.id, one.hours) for one in plate.leaving] == [("issue", Decimal(4)), ("verify", Decimal(2))]
    assert [one.step.id for one in plate.staying] == ["approve"]
    assert "Could leave your plate" in home(world, "owner")
    world.hand_off("issue", "finance", "practice", delegator="owner")
    assert [one.step.id for one in queries.plate(owner, queries.handed_off(owner)).leaving] == ["verify"]


@pytest.mark.parametrize("who", ["owner", "support"])
def test_the_number_of_queries_is_bounded(world: World, who: str, django_assert_max_num_queries: Any) -> None:
    client = signed_in(world, who)
    for _ in range(6):
        world.start()
    client.get("/")
    with django_assert_max_num_queries(32):
        client.get("/")


def test_a_run_is_only_offered_once_a_map_is_published(world: World) -> None:
    assert 'href="/runs/new/"' in home(world, "owner")
    Document.objects.filter(kind=Kind.PROCESS).update(status=Status.DRAFT, published=None)
    shown = home(world, "owner")
    assert 'href="/runs/new/"' not in shown
    assert "See the maps" in shown
