"""The page of what came back: for owners and managers, with what would keep it gone."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.handoff import Level, pack
from routebook.store.models import HandOff
from tests.web.test_handoffs import hand_off, state, text_of
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]
PAGE = "/handoffs/came-back/"


def test_what_was_given_back_stands_there_with_what_would_keep_it_gone(world: World, as_: As) -> None:
    page = hand_off(world, as_)
    assert "Still being learned" in text_of(as_("owner").get(PAGE)), "what is only offered has not gone yet"
    as_("finance").post(f"{page}return/", {"reason": "No time at month-end", "proposal": "Bram does it"})
    said = text_of(as_("owner").get(PAGE))
    for words in ("given back", "No time at month-end", "Bram does it", "Record it once", "Prepare it again"):
        assert words in said
    assert "Tove" not in said, "it counts on the step, never on the person"
    assert 'href="/sops/issue-a-refund-in-stripe/edit/"' in said
    assert PAGE in text_of(as_("owner").get("/handoffs/"))


@pytest.mark.parametrize(
    ("who", "status"),
    [("owner", 200), ("manager", 200), ("support", 403), ("finance", 403), ("agent", 403), ("guest", 403)],
)
def test_it_is_for_who_sees_all_hand_offs(world: World, as_: As, who: str, status: int) -> None:
    hand_off(world, as_)
    assert as_(who).get(PAGE).status_code == status


def test_an_empty_page_teaches_and_shows_nothing_of_others(world: World, as_: As) -> None:
    hand_off(world, as_)
    said = text_of(as_("outsider").get(PAGE))
    assert "Nothing was handed off yet" in said
    assert "Issue the refund" not in said


def test_the_page_asks_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    hand_off(world, as_)
    client = as_("owner")
    with django_assert_max_num_queries(13):
        client.get(PAGE)


def test_what_somebody_does_without_practising_stayed_gone(world: World, as_: As) -> None:
    hand_off(world, as_)
    HandOff.objects.update(snapshot=pack(dataclasses.replace(state(), level=Level.SUPERVISED)), level=Level.SUPERVISED)
    said = text_of(as_("owner").get(PAGE))
    assert "Stayed gone" in said
    assert "Still being learned" not in said
