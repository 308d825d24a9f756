"""One page for the first days: what to read, which ways in to try, what to practise, who helps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.web.test_handoffs import hand_off, text_of
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]


def page(world: World, who: str) -> str:
    return f"/people/{world.members[who].pk}/training/"


def test_it_leads_from_reading_to_practice(world: World, as_: As) -> None:
    handoff = hand_off(world, as_)
    address = page(world, "finance")
    assert address in text_of(as_("finance").get("/"))
    first = text_of(as_("finance").get(address))
    for words in ("Issue a refund in Stripe", "Say whether it works", "Milo Brandt", "Refund a customer"):
        assert words in first
    as_("finance").post(f"{handoff}acceptance/", {"restated": "The money is back", "tool": ["Stripe"]})
    assert "not open yet" in text_of(as_("finance").get(address))
    as_("finance").post(f"{handoff}access/", {"what": "Stripe"})
    as_("manager").post(f"{handoff}practice/", {})
    then = text_of(as_("manager").get(address))
    assert "0 of 3" in then
    assert "works ✓" in then
    assert "Training of Tove Dahl" in then


def test_nothing_to_learn_says_so(world: World, as_: As) -> None:
    said = text_of(as_("backup").get(page(world, "backup")))
    for words in ("Everything is read.", "No tool is needed yet.", "No new step waits.", "Nothing to practise now."):
        assert words in said


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 200), ("finance", 200), ("support", 404), ("agent", 404), ("guest", 403)],
)
def test_it_is_for_themselves_and_who_manages(world: World, as_: As, who: str, status: int) -> None:
    hand_off(world, as_)
    assert as_(who).get(page(world, "finance")).status_code == status
    assert as_("outsider").get(page(world, "finance")).status_code == 404


def test_it_asks_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    hand_off(world, as_)
    client = as_("finance")
    with django_assert_max_num_queries(27):
        client.get(page(world, "finance"))
