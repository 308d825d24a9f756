"""The page that finds and the box over every page, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.document import Kind
from routebook.store import search as index
from routebook.store.access import Verb
from routebook.store.actions import documents
from routebook.web.search import DOINGS
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
EVERYBODY = ("owner", "manager", "support", "finance", "backup", "guest", "agent", "outsider")
ADDRESSES = ("/search/", "/search/box/")


@pytest.fixture(autouse=True)
def indexed(world: World) -> None:
    """The world makes its people as rows, which no action indexes."""
    index.rebuild(world.organisation.pk)
    index.rebuild(world.other.pk)


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("address", ADDRESSES)
def test_everybody_may_ask(as_: As, who: str, address: str) -> None:
    for typed in ("", "refund", '"', "start refund", "x" * 500):
        assert as_(who).get(address, {"q": typed}).status_code == 200, typed


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_stranger_is_asked_to_sign_in(client: Client, address: str) -> None:
    assert client.get(address).headers["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_outsider_and_the_guest_find_nothing_of_the_library(as_: As, address: str) -> None:
    for who in ("outsider", "guest"):
        shown = text_of(as_(who).get(address, {"q": "refund"}))
        assert "refund-a-customer" not in shown
        assert "issue-a-refund" not in shown


def test_the_page_groups_by_kind_with_the_hit_in_context(as_: As) -> None:
    shown = text_of(as_("support").get("/search/", {"q": "alternative"}))
    assert "<h2>SOPs</h2>" in shown
    assert 'href="/sops/decline-a-refund-kindly/"' in shown
    assert "one <mark>alternative</mark>" in shown


def test_what_is_found_is_escaped(world: World, as_: As) -> None:
    documents.create(world.actor("owner"), Kind.GOAL, {"title": "<script>alert(1)</script> grows"}, now=world.at())
    for address in ADDRESSES:
        shown = text_of(as_("owner").get(address, {"q": "alert <b>"}))
        assert "<script>alert" not in shown
        assert "&lt;<mark>" not in shown or "<b>" not in shown.split("<main", 1)[-1].split("q=")[0]


def test_every_address_that_is_offered_leads_somewhere(world: World, as_: As) -> None:
    world.start()
    for who in ("owner", "manager", "support", "agent"):
        for typed in ("refund", "paul", "suri", "finance assistant", "new", "go", "start refund"):
            shown = as_(who).get("/search/box/", {"q": typed}).content.decode()
            for address in {part.split('"', 1)[0] for part in shown.split('data-address="')[1:]}:
                assert as_(who).get(address.replace("&amp;", "&")).status_code == 200, (who, typed, address)


def test_start_offers_the_process_that_is_called_so(as_: As) -> None:
    for typed in ("start refund", "sta custmer", "start refund a customer"):
        shown = text_of(as_("support").get("/search/box/", {"q": typed}))
        assert 'data-address="/runs/new/?process=refund-a-customer"' in shown, typed
    assert "/runs/new/?process=" not in text_of(as_("guest").get("/search/box/", {"q": "start refund"}))


def test_a_map_without_a_version_is_not_offered_to_start(world: World, as_: As) -> None:
    documents.create(world.actor("owner"), Kind.PROCESS, {"title": "Quarterly tidy"}, now=world.at())
    shown = text_of(as_("owner").get("/search/box/", {"q": "start quarterly"}))
    assert "/runs/new/?process=quarterly" not in shown


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        ("new map", "/processes/new/"),
        ("hnad a setp off", "/handoffs/new/"),
        ("hand a step off", "/handoffs/new/"),
        ("go to people", "/people/"),
        ("invite", "/people/new/"),
        ("late", "/runs/?show=late"),
    ],
)
def test_what_can_be_done_is_found_by_its_name_and_other_words(as_: As, typed: str, address: str) -> None:
    assert f'data-address="{address}"' in text_of(as_("owner").get("/search/box/", {"q": typed}))


@pytest.mark.parametrize("who", EVERYBODY)
def test_only_what_one_may_do_is_offered(world: World, as_: As, who: str) -> None:
    actor = world.actor(who)
    for one in DOINGS:
        shown = text_of(as_(who).get("/search/box/", {"q": str(one.label)}))
        offered = f'data-address="{one.address}"' in shown
        assert offered <= (one.verb is None or actor.may(one.verb)), one.label
        if one.verb in (Verb.START_RUN, Verb.DELEGATE, Verb.MANAGE_PEOPLE) and not actor.may(one.verb):
            assert not offered


def test_what_was_found_stands_above_what_can_be_done(as_: As) -> None:
    shown = text_of(as_("owner").get("/search/box/", {"q": "refund"}))
    assert shown.index('data-address="/processes/refund-a-customer/"') < shown.index('aria-label="Do"')
    shown = text_of(as_("owner").get("/search/box/", {"q": "start refund"}))
    assert shown.index('aria-label="Do"') < shown.index("/runs/new/?process=refund-a-customer")


def test_only_who_manages_people_is_led_to_a_person(world: World, as_: As) -> None:
    own = f'data-address="/people/{world.members["support"].pk}/"'
    assert own in text_of(as_("manager").get("/search/box/", {"q": "suri"}))
    assert own not in text_of(as_("finance").get("/search/box/", {"q": "suri"}))


def test_the_header_of_every_page_leads_there(as_: As) -> None:
    shown = text_of(as_("support").get("/"))
    assert 'class="find" href="/search/"' in shown
    assert 'id="find"' in shown


def test_the_box_asks_a_bounded_number_of_questions(as_: As, django_assert_max_num_queries: Any) -> None:
    client = as_("owner")
    client.get("/search/box/", {"q": "refund"})
    with django_assert_max_num_queries(26):
        client.get("/search/box/", {"q": "start refnud"})
