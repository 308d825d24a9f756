"""The page of goals, asked by everybody of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
GOAL = {"title": "Ten hours back", "number": "10", "unit": "hours a week", "by": "2027-03-31", "owner": "Founder"}
LINK = "/goals/ten-hours-back/processes/"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def test_owner_and_manager_set_goals_and_link_them(world: World, as_: As) -> None:
    client = as_("manager")
    assert "No goal yet" in text_of(client.get("/goals/"))
    assert client.post("/goals/", GOAL).headers["Location"] == "/goals/#goal-ten-hours-back"
    said = text_of(client.get("/goals/"))
    assert "No process serves it yet" in said
    assert "These serve no goal" in said
    assert as_("owner").post(LINK, {"process": world.process.pk}).status_code == 302
    said = text_of(client.get("/goals/"))
    assert "kept: it waits for you each time" in said
    assert "These serve no goal" not in said
    client.post(LINK, {"process": world.process.pk, "serves": "0"})
    assert "These serve no goal" in text_of(client.get("/goals/"))
    assert client.post(LINK, {"process": ""}).status_code == 302


@pytest.mark.parametrize("name", ["support", "finance", "guest", "agent"])
def test_nobody_else_sees_them_here(world: World, as_: As, name: str) -> None:
    as_("owner").post("/goals/", GOAL)
    client = as_(name)
    for response in (client.get("/goals/"), client.post("/goals/", GOAL), client.post(LINK, {"process": "1"})):
        assert response.status_code == 403
        assert "Ten hours back" not in text_of(response)


def test_an_outsider_finds_nothing(world: World, as_: As) -> None:
    as_("owner").post("/goals/", GOAL)
    client = as_("outsider")
    assert "Ten hours back" not in text_of(client.get("/goals/"))
    assert client.post(LINK, {"process": world.process.pk}).status_code == 404


def test_whoever_sets_a_goal_answers_for_it_unless_they_say_otherwise(world: World, as_: As) -> None:
    assert "<option selected>Founder" in text_of(as_("owner").get("/goals/"))
    assert "<option selected>Head of Support" in text_of(as_("manager").get("/goals/"))
    refused = text_of(as_("owner").post("/goals/", {**GOAL, "number": "", "owner": ""}))
    assert "<option selected>" not in refused, "whoever chose nobody is asked for nobody"


def test_a_refusal_keeps_what_was_typed_beside_the_field(world: World, as_: As) -> None:
    response = as_("owner").post("/goals/", {**GOAL, "number": "many"})
    assert response.status_code == 409
    said = text_of(response)
    assert "“many” is not a number." in said
    assert 'value="Ten hours back"' in said
    assert 'aria-describedby="number-error"' in said
    assert "<option selected>Founder" in said


def test_the_number_of_queries_is_bounded(
    world: World, as_: As, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    client = as_("owner")
    for n in range(5):
        client.post("/goals/", {**GOAL, "title": f"Goal {n}"})
        client.post(f"/goals/goal-{n}/processes/", {"process": world.process.pk})
    with django_assert_max_num_queries(20):
        client.get("/goals/")


def test_all_that_a_goal_lacks_is_said_at_once(world: World, as_: As) -> None:
    said = text_of(as_("owner").post("/goals/", {"unit": "hours a week"}))
    for field in ("title", "number", "by"):
        assert f'id="{field}-error"' in said
    assert 'value="hours a week"' in said
