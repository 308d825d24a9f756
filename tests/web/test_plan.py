"""The page of the plan, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from routebook.core.delegation import Facts, Score
from routebook.store.actions import delegations, plate
from routebook.store.models import PlanEntry
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
STEP = "/plan/steps/refund-a-customer/issue/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture(autouse=True)
def scored(world: World) -> None:
    for step, minutes in (("issue", 60), ("verify", 30)):
        drains = Score(2, -1, minutes=minutes, times_a_month=Decimal(10), costly_if_wrong=step == "issue")
        delegations.score(world.actor("owner"), world.process.pk, step, drains, Facts(), now=world.at())


@pytest.mark.parametrize("name", ["owner", "manager"])
def test_owner_and_manager_see_the_plan(world: World, as_: As, name: str) -> None:
    said = text_of(as_(name).get("/plan/"))
    assert "counts half: costly if wrong" in said
    assert "ready" in said
    assert 'href="/handoffs/new/?step=refund-a-customer/issue"' in said
    assert "15 h a month" in said
    assert "5 steps" not in said
    assert "4 steps have no score yet" in said


@pytest.mark.parametrize("name", ["support", "finance", "guest", "agent"])
def test_nobody_else_does(world: World, as_: As, name: str) -> None:
    client = as_(name)
    asked = (
        client.get("/plan/"),
        client.post(f"{STEP}place/", {"to": "later:0"}),
        client.post(f"{STEP}place/", {"to": ":0"}),
        client.post(f"{STEP}day/", {"day": "2027-01-01"}),
    )
    for response in asked:
        assert response.status_code == 403
        assert "h a month" not in text_of(response)
    assert not PlanEntry.objects.exists()


def test_an_outsider_finds_nothing(world: World, as_: As) -> None:
    client = as_("outsider")
    assert "Nothing to plan yet" in text_of(client.get("/plan/"))
    assert client.post(f"{STEP}place/", {"to": "later:0"}).status_code == 404
    assert client.post(f"{STEP}day/", {"day": "2027-01-01"}).status_code == 404


def test_a_step_is_moved_by_button_and_by_script(world: World, as_: As) -> None:
    client = as_("owner")
    answer = client.post(f"{STEP}place/", {"to": "later:999"})
    assert answer.headers["Location"] == "/plan/#line-refund-a-customer/issue"
    assert "put here by hand" in text_of(client.get("/plan/"))
    said = text_of(client.post(f"{STEP}place/", {"to": ":0"}, headers={"HX-Request": "true"}))
    assert said.startswith('<div id="plan"')
    assert "put here by hand" not in said
    for to in ("soon:0", "now:x", "", "now"):
        assert client.post(f"{STEP}place/", {"to": to}).status_code == 404, to
    assert client.get(f"{STEP}place/").status_code == 405


def test_a_day_stands_on_the_line(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(f"{STEP}day/", {"day": "2027-01-31"})
    assert "by 31 Jan 2027" in text_of(client.get("/plan/"))
    assert client.post(f"{STEP}day/", {"day": "soon"}).status_code == 409


def test_what_if_counts_what_is_ticked_with_what_is_typed(world: World, as_: As) -> None:
    client = as_("owner")
    assert "from 2 steps" in text_of(client.get("/plan/"))
    said = text_of(client.get("/plan/?asked=1"))
    assert "Tick the steps of the plan" in said
    asked = "?asked=1&pick=refund-a-customer/issue&worth=100&hours-finance-assistant=8&cost-finance-assistant=12,5"
    said = text_of(client.get(f"/plan/{asked}"))
    assert '<span class="big num">10 h</span>' in said
    assert "2 h too much" in said
    assert "cost = 10 extra hours for Finance assistant × 12.5 cost of their hour = 125 money" in said
    assert "gain = 1000 worth − 125 cost of Finance assistant = 875 money" in said
    said = text_of(client.get("/plan/?asked=1&pick=refund-a-customer/issue&worth=lots&hours-finance-assistant=-3"))
    assert said.count("Write a number, such as 20 or 0.5.") == 2
    assert 'value="lots"' in said


def test_money_is_whole_and_in_the_currency_of_the_organisation(world: World, as_: As) -> None:
    world.organisation.currency = "SGD"
    world.organisation.save()
    said = text_of(
        as_("owner").get("/plan/?asked=1&pick=refund-a-customer/issue&worth=123.45&cost-finance-assistant=18")
    )
    assert '<b class="num">SGD 1,055</b> a month in money' in said
    assert "gain = 1234.5 worth − 180 cost of Finance assistant = 1054.5 SGD" in said
    assert "Cost of an hour, SGD" in said


def test_what_is_on_the_readers_own_plate_and_no_map_yet_stands_below(world: World, as_: As) -> None:
    item = plate.add(world.actor("owner"), "Chase unpaid invoices", now=world.at())[0]
    assert "Not mapped yet" not in text_of(as_("owner").get("/plan/")), "it is not placed"
    place = {"value": 2, "energy": -2, "costly": False, "judgement": False, "minutes": 30, "times_a_month": 8}
    plate.score(world.actor("owner"), item.pk, **place, facts=Facts())
    said = text_of(as_("owner").get("/plan/"))
    assert "Chase unpaid invoices" in said
    assert "4 h a month · It is worth little and drains you" in said
    assert f'action="/plate/items/{item.pk}/process/"' in said
    assert "Chase unpaid invoices" not in text_of(as_("manager").get("/plan/")), "nobody sees another's plate"


def test_the_number_of_queries_is_bounded(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = as_("owner")
    with django_assert_max_num_queries(18):
        client.get("/plan/")
