"""Choosing a starting point, looking at it and taking it, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.document import Kind
from routebook.store.models import Document, Draft, Role
from tests.world import World

NEW = "/processes/new/"
POINT = "/processes/starting-points/onboard-a-client/"

As = Callable[[str], Client]
pytestmark = pytest.mark.django_db


def taken(world: World) -> list[str]:
    return sorted(
        Document.objects.filter(org=world.organisation, kind=Kind.PROCESS, published=None).values_list(
            "slug", flat=True
        )
    )


@pytest.mark.parametrize("who", ["owner", "manager"])
def test_who_may_map_is_offered_all_of_them(as_: As, who: str) -> None:
    page = as_(who).get(NEW)
    assert len(page.context["points"]) == 12
    assert f'href="{POINT}"' in page.content.decode()
    assert as_(who).get(POINT).status_code == 200


@pytest.mark.parametrize("who", ["support", "agent", "guest"])
def test_who_may_not_map_finds_none(as_: As, world: World, who: str) -> None:
    client = as_(who)
    for response in (client.get(NEW), client.get(POINT), client.post(POINT, {"command": "c1"})):
        assert response.status_code in (403, 404)
    assert POINT not in client.post(NEW, {"title": "Mine"}).content.decode()
    assert taken(world) == []


def test_an_outsider_makes_her_own(as_: As, world: World) -> None:
    assert as_("outsider").post(POINT, {"command": "c1"}).status_code == 302
    assert taken(world) == []


def test_nobody_without_signing_in(client: Client) -> None:
    assert client.get(POINT)["Location"].startswith("/sign-in/")


def test_they_are_filtered_by_what_the_business_does(as_: As) -> None:
    page = as_("owner").get(NEW, {"for": "shop"})
    slugs = [point.slug for point in page.context["points"]]
    assert "fulfil-an-order" in slugs
    assert "answer-a-lead" not in slugs
    assert (
        '<a class="quiet small" id="for-shop" href="/processes/new/?for=shop" aria-current="true">'
        in page.content.decode()
    )
    assert len(as_("owner").get(NEW, {"for": "piracy"}).context["points"]) == 12


def test_one_that_does_not_exist_is_not_found(as_: As) -> None:
    for slug in ("index", "..", "sample", "onboard"):
        assert as_("owner").get(f"/processes/starting-points/{slug}/").status_code == 404


@pytest.mark.parametrize(
    "slug",
    ["publish-a-post", "hire-an-assistant", "fulfil-an-order", "launch-an-offer"],
)
def test_its_page_shows_the_map_and_all_that_comes_with_it(as_: As, slug: str) -> None:
    page = as_("owner").get(f"/processes/starting-points/{slug}/")
    text = page.content.decode()
    point = page.context["point"]
    assert "<svg" in text
    for row in page.context["rows"]:
        assert f'id="step-{row.step.id}"' in text
    for value in point.directions:
        assert f'href="#directions-{value.slug}"' in text
        assert f'id="directions-{value.slug}"' in text
    for role in point.roles:
        assert role in [choice.role for choice in page.context["choices"]]


def test_using_it_leads_into_the_editor_with_the_roles_that_were_chosen(as_: As, world: World) -> None:
    client = as_("owner")
    page = client.get(POINT)
    chosen = {choice.role: choice for choice in page.context["choices"]}
    assert chosen["Founder"].chosen == "Founder"
    assert not chosen["Founder"].is_new
    assert chosen["Assistant"].is_new
    data = {"command": page.context["command"], chosen["Assistant"].field: "Support assistant"}
    response = client.post(POINT, data, follow=True)
    assert response.redirect_chain == [("/processes/onboard-a-client/edit/", 302)]
    assert "The map is yours now" in response.content.decode()
    steps = Draft.objects.get(document__slug="onboard-a-client").fields["steps"]
    assert {step["role"] for step in steps} == {"Support assistant", "Founder", "Finance assistant"}
    assert not Role.objects.filter(org=world.organisation, title="Assistant").exists()

    # Sent twice, done once.
    assert client.post(POINT, data)["Location"] == "/processes/onboard-a-client/edit/"
    assert taken(world) == ["onboard-a-client"]


def test_roles_that_are_new_are_named_in_the_notice(as_: As) -> None:
    page = as_("owner").post("/processes/starting-points/hire-an-assistant/", {"command": "c1"}, follow=True)
    assert any("Operations lead" in str(message) for message in page.context["messages"])
    assert page.context["findings"] == []


def test_a_refusal_stands_beside_its_field(as_: As, world: World) -> None:
    page = as_("owner").post(POINT, {"command": "c1", "role-0": "x" * 300})
    assert page.status_code == 409
    assert 'aria-describedby="role-0-error"' in page.content.decode()
    assert page.context["command"] == "c1"
    assert taken(world) == []


def test_the_pages_ask_the_database_a_bounded_number_of_times(as_: As, django_assert_max_num_queries: Any) -> None:
    client = as_("owner")
    for path in (NEW, POINT):
        with django_assert_max_num_queries(9):
            assert client.get(path).status_code == 200
