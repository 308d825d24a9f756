"""The plate through the store's door: lines are somebody's own, placed, mapped, and off the plate."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from routebook.core.delegation import Facts
from routebook.store.access import NotFound, Refused
from routebook.store.actions import plate
from routebook.store.models import Document, Event, PlateItem, StepScore
from routebook.store.queries import plate as queries
from routebook.store.queries.delegations import FIRST_STEP, first_step_of, map_of
from tests.world import World

pytestmark = pytest.mark.django_db

DRAINS: dict[str, Any] = {
    "value": 2,
    "energy": -2,
    "costly": False,
    "judgement": False,
    "minutes": 30,
    "times_a_month": Decimal(12),
    "facts": Facts(),
}


def add(world: World, text: str, who: str = "owner") -> list[PlateItem]:
    return list(plate.add(world.actor(who), text, now=world.at()))


def lines(world: World, who: str = "owner") -> list[str]:
    return [one.row.text for one in queries.plate(world.actor(who)).open]


def test_a_pasted_list_becomes_lines_without_what_stands_before_them(world: World) -> None:
    add(world, "1. Chase invoices\n\n - Answer   the inbox \n[ ] Build slides\n")
    assert lines(world) == ["Chase invoices", "Answer the inbox", "Build slides"]


def test_the_same_line_again_is_the_same_line(world: World) -> None:
    first = add(world, "Chase invoices")
    assert add(world, "chase INVOICES\nBuild slides")[0] == first[0]
    assert lines(world) == ["Chase invoices", "Build slides"]


def test_a_line_that_is_too_long_is_refused_and_nothing_is_added(world: World) -> None:
    with pytest.raises(Refused) as refused:
        add(world, "Chase invoices\n" + "x" * 301)
    assert refused.value.refusal.field == "lines"
    with pytest.raises(Refused):
        add(world, "\n".join(f"line {n}" for n in range(201)))
    assert lines(world) == []


def test_nobody_but_its_owner_finds_a_line(world: World) -> None:
    item = add(world, "Chase invoices")[0].pk
    for who in ("manager", "outsider"):
        assert lines(world, who) == []
        for attempt in (
            lambda who: plate.score(world.actor(who), item, **DRAINS),
            lambda who: plate.finish(world.actor(who), item, now=world.at()),
            lambda who: plate.put_back(world.actor(who), item),
            lambda who: plate.map_it(world.actor(who), item, now=world.at()),
            lambda who: queries.item(world.actor(who), item),
        ):
            with pytest.raises(NotFound):
                attempt(who)
    for who in ("support", "guest", "agent"):
        with pytest.raises(Refused):
            queries.plate(world.actor(who))
        with pytest.raises(Refused):
            add(world, "Mine", who)


def test_value_and_energy_place_a_line_and_hours_can_come_first(world: World) -> None:
    item = add(world, "Chase invoices")[0].pk
    plate.score(world.actor("owner"), item, **{**DRAINS, "value": None, "energy": None})
    assert queries.item(world.actor("owner"), item).score is None
    with pytest.raises(Refused) as refused:
        plate.score(world.actor("owner"), item, **{**DRAINS, "energy": None})
    assert refused.value.refusal.field == "energy"
    plate.score(world.actor("owner"), item, **DRAINS)
    one = queries.item(world.actor("owner"), item)
    assert one.hours is not None
    assert one.hours.value == 6
    assert one.recommendation is not None
    assert one.recommendation.handling == "delegate"


def test_what_takes_most_hours_and_should_leave_is_mapped_first(world: World) -> None:
    few, many, kept = (row.pk for row in add(world, "Few\nMany\nKept"))
    for item, change in ((few, {"minutes": 5}), (many, {}), (kept, {"judgement": True, "minutes": 600})):
        plate.score(world.actor("owner"), item, **{**DRAINS, **change})
    assert [one.row.pk for one in queries.plate(world.actor("owner")).to_map] == [many, few]


def test_map_this_makes_one_draft_that_takes_title_and_place_over(world: World) -> None:
    item = add(world, "Chase invoices")[0].pk
    plate.score(world.actor("owner"), item, **DRAINS)
    made = plate.map_it(world.actor("owner"), item, now=world.at())
    assert plate.map_it(world.actor("owner"), item, now=world.at()) == made
    assert made.title == "Chase invoices"
    assert made.published is None
    score = StepScore.objects.get(process=made)
    assert (score.value, score.energy, score.minutes) == (2, -2, 30)
    assert map_of(made).steps == ()
    assert first_step_of(world.actor("owner"), made) == score.step == FIRST_STEP
    seen = queries.plate(world.actor("owner"))
    assert not seen.open
    assert [row.process for row in seen.mapped] == [made]
    assert Document.objects.filter(title="Chase invoices").count() == 1


def test_a_line_that_is_not_placed_maps_without_a_score(world: World) -> None:
    item = add(world, "Chase invoices")[0].pk
    made = plate.map_it(world.actor("owner"), item, now=world.at())
    assert not StepScore.objects.filter(process=made).exists()
    assert first_step_of(world.actor("owner"), made) == ""


def test_what_is_off_the_plate_can_be_put_back_and_comes_back_when_it_is_written_again(world: World) -> None:
    item = add(world, "Chase invoices")[0].pk
    plate.finish(world.actor("owner"), item, now=world.at())
    assert lines(world) == []
    assert [row.pk for row in queries.plate(world.actor("owner")).done] == [item]
    plate.put_back(world.actor("owner"), item)
    assert lines(world) == ["Chase invoices"]
    plate.finish(world.actor("owner"), item, now=world.at())
    add(world, "Chase invoices")
    assert lines(world) == ["Chase invoices"]


def test_a_private_list_leaves_nothing_in_the_record(world: World) -> None:
    before = Event.objects.count()
    item = add(world, "Chase invoices")[0].pk
    plate.score(world.actor("owner"), item, **DRAINS)
    plate.finish(world.actor("owner"), item, now=world.at())
    assert Event.objects.count() == before
