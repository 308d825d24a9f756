"""The pages of the plate, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.store.actions import plate
from routebook.store.models import PlateItem
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


@pytest.fixture
def item(world: World) -> int:
    return plate.add(world.actor("owner"), "Chase invoices", now=world.at())[0].pk


def doors(item: int) -> list[tuple[str, str]]:
    one = f"/plate/items/{item}/"
    return [("get", one), ("post", one), *(("post", f"{one}{door}/") for door in ("completion", "return", "process"))]


@pytest.mark.parametrize("name", ["support", "finance", "guest", "agent"])
def test_who_decides_nothing_has_no_plate(world: World, as_: As, item: int, name: str) -> None:
    client = as_(name)
    for method, address in [("get", "/plate/"), ("post", "/plate/"), ("post", "/plate/items/"), *doors(item)]:
        response = getattr(client, method)(address)
        assert response.status_code == 403, address
        assert "Chase invoices" not in text_of(response)


@pytest.mark.parametrize("name", ["manager", "outsider"])
def test_everybody_has_their_own_plate_and_nobody_elses(world: World, as_: As, item: int, name: str) -> None:
    client = as_(name)
    assert "Chase invoices" not in text_of(client.get("/plate/"))
    for method, address in doors(item):
        assert getattr(client, method)(address).status_code == 404, address
    client.post("/plate/", {f"value-{item}": "5", f"energy-{item}": "2"})
    assert PlateItem.objects.get().value is None


def test_somebody_not_signed_in_is_asked_to(world: World, client: Client, item: int) -> None:
    assert client.get("/plate/").status_code == 302
    assert client.post("/plate/items/", {"lines": "x"}).status_code == 302


def test_an_empty_plate_says_what_to_do(world: World, as_: As) -> None:
    said = text_of(as_("owner").get("/plate/"))
    assert "Nothing on your plate yet" in said
    assert "Write it down" in said
    assert 'class="go">Put on my plate' in said


def test_lines_are_added_without_a_script_and_with_one(world: World, as_: As) -> None:
    client = as_("owner")
    assert client.post("/plate/items/", {"lines": "Chase invoices\nBuild slides"}).headers["Location"] == "/plate/"
    said = text_of(client.post("/plate/items/", {"lines": "Answer the inbox"}, headers={"HX-Request": "true"}))
    assert said.startswith('<div id="plate"')
    assert "Chase invoices" in said
    assert "Answer the inbox" in said
    assert 'id="guide" hx-swap-oob="true"' in said


def test_a_refused_line_stays_in_the_field(world: World, as_: As) -> None:
    long = "x" * 301
    response = as_("owner").post("/plate/items/", {"lines": long})
    assert response.status_code == 409
    assert "A line has 300 letters at most" in text_of(response)
    assert long in text_of(response)
    response = as_("owner").post("/plate/items/", {"lines": long}, headers={"HX-Request": "true"})
    assert response.status_code == 409
    assert text_of(response).startswith('<p class="error" id="lines-error">')


def test_a_line_is_placed_in_the_table_and_what_can_not_be_meant_says_why(world: World, as_: As, item: int) -> None:
    client = as_("owner")
    typed = {f"value-{item}": "2", f"energy-{item}": "−2", f"minutes-{item}": "30", f"times-{item}": "12"}
    assert client.post("/plate/", typed).status_code == 302
    said = text_of(client.get("/plate/"))
    assert "hours a month = 30 minutes each time × 12 times a month ÷ 60 minutes an hour = 6 hours" in said
    response = client.post("/plate/", {**typed, f"minutes-{item}": "a while"})
    assert response.status_code == 409
    assert "Write whole minutes, such as 15." in text_of(response)
    assert 'value="a while"' in text_of(response)
    said = text_of(client.post("/plate/", {**typed, f"energy-{item}": ""}, headers={"HX-Request": "true"}))
    assert said.startswith('<section class="sheet" id="to-map"')
    assert "Choose what it does to your energy as well." in said
    assert "<html" not in said
    said = text_of(client.post("/plate/", typed, headers={"HX-Request": "true"}))
    assert f'<span class="stop delegate" id="stop-{item}" hx-swap-oob="true"' in said, (
        "its shape says what is recommended"
    )
    assert '<span id="one-by-one" hx-swap-oob="true"></span>' in said, "nothing is left to place"


def test_one_at_a_time_leads_to_the_next_line_that_is_not_placed(world: World, as_: As, item: int) -> None:
    other = plate.add(world.actor("owner"), "Build slides", now=world.at())[0].pk
    client = as_("owner")
    assert "1 of 2" in text_of(client.get(f"/plate/items/{item}/"))
    answer = client.post(f"/plate/items/{item}/", {"value": "2", "energy": "-1"})
    assert answer.headers["Location"] == f"/plate/items/{other}/"
    assert client.post(f"/plate/items/{other}/", {"value": "5"}).status_code == 409
    assert client.post(f"/plate/items/{other}/", {"value": "5", "energy": "2"}).headers["Location"] == "/plate/"


def test_map_this_leads_to_the_draft_and_the_line_to_its_process(world: World, as_: As, item: int) -> None:
    client = as_("owner")
    assert client.post(f"/plate/items/{item}/process/").headers["Location"] == "/processes/chase-invoices/edit/"
    assert client.get("/processes/chase-invoices/edit/").status_code == 200
    said = text_of(client.get("/plate/"))
    assert 'href="/processes/chase-invoices/"' in said
    assert client.post(f"/plate/items/{item}/completion/").status_code == 302
    assert "1 off your plate" in text_of(client.get("/plate/"))
    assert client.post(f"/plate/items/{item}/return/").status_code == 302
    assert 'href="/processes/chase-invoices/"' in text_of(client.get("/plate/"))


def test_a_long_plate_takes_no_more_queries_than_a_short_one(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    plate.add(world.actor("owner"), "\n".join(f"line {n}" for n in range(60)), now=world.at())
    client = as_("owner")
    with django_assert_max_num_queries(8):
        client.get("/plate/")


def test_dots_hold_text_that_would_be_markup(world: World, as_: As) -> None:
    plate.add(world.actor("owner"), '<script>"&', now=world.at())
    assert b'<script>"' not in as_("owner").get("/plate/").content
