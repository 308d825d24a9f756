"""Outcomes: who may see them, the figures of real runs, and the rows behind each number."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

from routebook.core.outcomes import Share, Wait
from routebook.core.run import commands as c
from routebook.store.queries import outcomes
from tests.world import NOW

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db
PAGE = "/outcomes/refund-a-customer/"


def signed_in(world: World, who: str) -> Client:
    client = Client()
    user = world.members[who].user
    assert user is not None
    client.force_login(user)
    return client


def finish(world: World) -> int:
    run = world.start()
    world.complete("support", run.run, "request")
    world.complete("support", run.run, "verify", "not eligible")
    world.complete("support", run.run, "decline")
    return run.number


@pytest.mark.parametrize("address", ["/outcomes/", PAGE, f"{PAGE}?show=late", f"{PAGE}?show=waiting"])
@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 200), ("support", 403), ("guest", 403), ("agent", 403)],
)
def test_outcomes_are_for_owners_and_managers(world: World, address: str, who: str, status: int) -> None:
    assert signed_in(world, who).get(address).status_code == status


def test_outcomes_of_another_organisation_are_not_there(world: World) -> None:
    finish(world)
    client = signed_in(world, "outsider")
    assert client.get(PAGE).status_code == 404
    assert "Refund a customer" not in client.get("/outcomes/").content.decode()


def test_the_figures_are_those_of_the_runs(world: World) -> None:
    finish(world)
    late = finish(world)
    from routebook.store.models import Run

    Run.objects.filter(number=late).update(due=NOW - dt.timedelta(days=1))
    waiting = world.start()
    world.do("support", waiting.run, c.Ask(1, "Whose inbox?"))
    world.do("support", waiting.run, c.BlockTask(1, "client", "the order number"))
    since = world.at()
    found = outcomes.of_process(world.actor("owner"), "refund-a-customer", now=since + dt.timedelta(minutes=9))
    assert (found.figures.done, found.figures.on_time, found.running) == (2, Share(1, 2), 1)
    assert found.figures.questions_open == 1
    assert found.figures.waiting == (Wait("client", 600),)
    world.do("support", waiting.run, c.UnblockTask(1))
    found = outcomes.of_process(world.actor("owner"), "refund-a-customer", now=since + dt.timedelta(days=1))
    assert found.figures.waiting == (Wait("client", 120),)


@pytest.mark.parametrize(("level", "expected"), [("supervised", Share(0, 1)), ("practice", Share(0, 0))])
def test_a_failed_first_review_counts_but_not_in_practice(world: World, level: str, expected: Share) -> None:
    world.hand_off("issue", "finance", level)
    run = world.start()
    world.complete("support", run.run, "request")
    world.complete("support", run.run, "verify", "eligible")
    world.complete("owner", run.run, "approve")
    world.complete("finance", run.run, "issue")
    world.do("manager", run.run, c.FailReview(5, "Ten too much"))
    world.do("finance", run.run, c.CompleteTask(4))
    world.do("manager", run.run, c.PassReview(6))
    found = outcomes.of_process(world.actor("owner"), "refund-a-customer", now=world.at())
    assert found.figures.passed_first == expected


def test_what_is_long_past_is_left_out(world: World) -> None:
    finish(world)
    found = outcomes.of_process(world.actor("owner"), "refund-a-customer", now=NOW + dt.timedelta(days=92))
    assert found.figures.done == 0


@pytest.mark.parametrize("show", ["done", "late", "reviews", "questions", "waiting", "nonsense", ""])
def test_every_number_opens_its_rows(world: World, show: str) -> None:
    number = finish(world)
    waiting = world.start()
    world.do("support", waiting.run, c.Ask(1, "Whose inbox?"))
    world.do("support", waiting.run, c.BlockTask(1, "client", "the order number"))
    shown = signed_in(world, "owner").get(f"{PAGE}?show={show}").content.decode()
    expected = {
        "late": "Nothing was late.",
        "reviews": "No result was reviewed yet.",
        "questions": "Whose inbox?",
        "waiting": "the order number",
    }.get(show, f'href="/runs/{number}/"')
    assert expected in shown


def test_each_figure_has_its_formula_on_the_page(world: World) -> None:
    finish(world)
    shown = signed_in(world, "owner").get("/outcomes/").content.decode()
    assert "Runs done no later than they were due ÷ runs done that were due at all." in shown


def test_the_number_of_queries_does_not_grow_with_the_runs(world: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        finish(world)
    client = signed_in(world, "owner")
    for address in ("/outcomes/", PAGE):
        with django_assert_max_num_queries(20):
            client.get(address)
