"""The pages of the ledger, asked by everybody of the cast."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.test import Client

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db

CAST = ("owner", "manager", "support", "finance", "guest", "agent", "outsider")
As = Callable[[str], Client]


@pytest.fixture
def scored(world: World) -> World:
    """A step of the owner's that support owns and did once, today."""
    from django.utils import timezone

    from routebook.store.models import StepScore, Task

    score = {"value": 2, "energy": -1, "minutes": 6, "times_a_month": 20, "scored_by": world.members["owner"]}
    StepScore.objects.create(org=world.organisation, process=world.process, step="verify", **score)
    world.hand_off("verify", "support", "owned")
    run = world.start("manager").run
    world.complete("support", run, "request")
    world.complete("support", run, "verify", "eligible")
    Task.objects.filter(org=world.organisation, closed_at__isnull=False).update(closed_at=timezone.now())
    return world


@pytest.mark.parametrize("who", CAST)
@pytest.mark.parametrize("address", ["/ledger/", "/ledger/csv/", "/ledger/?by=person&months=12", "/ledger/?by=month"])
def test_only_those_who_see_scores_see_it(as_: As, scored: World, who: str, address: str) -> None:
    expected = 200 if who in ("owner", "manager", "outsider") else 403
    response = as_(who).get(address)
    assert response.status_code == expected
    assert ("Verify eligibility" in response.content.decode()) == (who == "owner")


@pytest.mark.parametrize("who", CAST)
def test_only_the_owner_says_what_it_counts_with(as_: As, scored: World, who: str) -> None:
    expected = {"owner": 200, "outsider": 200}.get(who, 403)
    assert as_(who).get("/ledger/rates/").status_code == expected
    typed = {"owner_hour": "90,50", "minutes_per_answer": "4", "minutes_per_review": "2.5"}
    assert as_(who).post("/ledger/rates/", typed).status_code == (302 if expected == 200 else 403)
    scored.organisation.refresh_from_db()
    assert str(scored.organisation.minutes_per_review) == ("2.5" if who == "owner" else "3.0")


@pytest.mark.parametrize("typed", ["a lot", "", "-4", "1e9", "NaN"])
def test_what_was_typed_stays_beside_its_error(as_: As, scored: World, typed: str) -> None:
    response = as_("owner").post(
        "/ledger/rates/", {"owner_hour": "80", "minutes_per_answer": typed, "minutes_per_review": "3"}
    )
    page = response.content.decode()
    assert response.status_code == 409
    assert 'id="minutes_per_answer-error"' in page
    assert f'name="minutes_per_answer" inputmode="decimal" required maxlength="6" value="{typed}"' in page
    assert 'value="80"' in page


def test_the_page_shows_the_formula_with_its_numbers(as_: As, scored: World) -> None:
    page = as_("owner").get("/ledger/").content.decode()
    assert "done by others = 6 minutes it took you × 1 runs by others = 6 minutes" in page
    assert "hours back = 6 minutes back ÷ 60 minutes an hour = 0.1 hours" in page


def test_the_csv_has_a_row_for_each_month_step_and_person(as_: As, scored: World) -> None:
    response = as_("owner").get("/ledger/csv/")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    (row,) = [row for row in rows if row["runs by others"] != "0"]
    assert (row["step"], row["person"], row["minutes back"]) == ("Verify eligibility", "Suri Castell", "6.0")


def test_no_text_becomes_a_formula_in_a_spreadsheet(as_: As, scored: World) -> None:
    from routebook.store.models import Member

    Member.objects.filter(pk=scored.members["support"].pk).update(name="=cmd|'/c calc'!A1")
    rows = csv.DictReader(io.StringIO(as_("owner").get("/ledger/csv/").content.decode("utf-8-sig")))
    assert {row["person"][:2] for row in rows} == {"'="}


def test_home_begins_with_the_hours(as_: As, scored: World) -> None:
    page = as_("owner").get("/").content.decode()
    assert page.index("0.1 h") < page.index("Waits for your decision")


def test_before_anything_came_back_the_page_teaches(as_: As, world: World) -> None:
    assert "Nothing came back yet" in as_("owner").get("/ledger/").content.decode()
