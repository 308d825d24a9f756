"""The pages of runs, asked by everybody of the cast."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.run import commands as c
from routebook.store.models import Event, Organisation, Run, Task
from tests.world import FIELDS, World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
READERS = ("owner", "manager", "support", "agent")
PROCESS = "refund-a-customer"


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def pages(number: int) -> list[str]:
    return [
        "/runs/",
        f"/runs/?process={PROCESS}",
        "/runs/?show=over",
        "/runs/new/",
        f"/runs/new/?process={PROCESS}",
        "/runs/questions/",
        f"/runs/{number}/",
        f"/runs/{number}/record/",
    ]


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", READERS)
def test_members_see_runs(world: World, as_: As, name: str) -> None:
    number = world.start().number
    for page in pages(number):
        assert as_(name).get(page).status_code == 200, page


def test_a_guest_is_refused(world: World, as_: As) -> None:
    number = world.start().number
    for page in pages(number):
        assert as_("guest").get(page).status_code == 403, page
    for post in ("return", "cancellation"):
        assert as_("guest").post(f"/runs/{number}/{post}/", {"reason": "why"}).status_code == 403
    assert as_("guest").post("/runs/new/", {"process": PROCESS, "run": uuid.uuid4().hex}).status_code == 403


def test_an_outsider_finds_nothing(world: World, as_: As) -> None:
    number = world.start().number
    for page in (f"/runs/{number}/", f"/runs/{number}/record/", f"/runs/?process={PROCESS}"):
        assert as_("outsider").get(page).status_code == 404, page
    assert as_("outsider").get(f"/runs/new/?process={PROCESS}").status_code == 404
    for post in ("return", "cancellation"):
        assert as_("outsider").post(f"/runs/{number}/{post}/", {"reason": "why"}).status_code == 404
    assert "Paul Quint" not in text_of(as_("outsider").get("/runs/"))


def test_a_stranger_signs_in_first(world: World, client: Client) -> None:
    number = world.start().number
    for page in pages(number):
        response: Any = client.get(page)
        assert response.status_code == 302
        assert response.url.startswith("/sign-in/"), page


# --- the board ----------------------------------------------------------------------------------


def test_the_list_says_who_has_the_ball(world: World, as_: As) -> None:
    run = world.start()
    shown = text_of(as_("manager").get("/runs/"))
    assert f"#{run.number} Paul Quint" in shown
    assert "Suri Castell" in shown
    assert "Request received" in shown


def test_the_board_has_a_column_for_each_step_in_order(world: World, as_: As) -> None:
    first, second = world.start(), world.start()
    world.complete("support", second.number, "request")
    columns = as_("manager").get(f"/runs/?process={PROCESS}").context["columns"]
    assert [column.number for column in columns] == [1, 2, 3, 4, 5, 6]
    assert [card.run.number for card in columns[0].cards] == [first.number]
    assert [card.run.number for card in columns[1].cards] == [second.number]


def test_filters_show_what_is_late_what_waits_and_what_is_mine(world: World, as_: As) -> None:
    late, waits, mine = world.start(), world.start(), world.start()
    Run.objects.filter(number=late.number).update(due=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    Run.objects.exclude(number=late.number).update(due=dt.datetime(2999, 1, 1, tzinfo=dt.UTC))
    world.do("support", waits.number, c.BlockTask(1, "the client", "a receipt"))
    world.do("support", mine.number, c.HandOver(1, world.id("finance")))

    def numbers(name: str, show: str) -> list[int]:
        return [card.run.number for card in as_(name).get(f"/runs/?show={show}").context["cards"]]

    assert numbers("manager", "late") == [late.number]
    assert numbers("manager", "waiting") == [waits.number]
    assert numbers("finance", "mine") == [mine.number]
    assert numbers("manager", "nonsense") == [late.number, waits.number, mine.number]


def test_what_is_over_is_paginated(world: World, as_: As, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("routebook.store.queries.board.PAGE", 2)
    for _ in range(3):
        world.do("manager", world.start().number, c.Cancel("a test"))
    first = as_("manager").get("/runs/?show=over")
    assert [run.number for run in first.context["over"].runs] == [3, 2]
    assert first.context["over"].more
    second = as_("manager").get(first.context["next_page"])
    assert [run.number for run in second.context["over"].runs] == [1]
    assert as_("manager").get("/runs/?show=over&page=9x").context["over"].page == 1


def test_the_list_asks_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    for _ in range(6):
        world.complete("support", world.start().number, "request")
    client = as_("manager")
    for page, most in (("/runs/", 6), (f"/runs/?process={PROCESS}", 7), ("/runs/?show=over", 6), ("/runs/1/", 13)):
        client.get(page)
        with django_assert_max_num_queries(most):
            client.get(page)


# --- starting -----------------------------------------------------------------------------------


def started(client: Client, **changes: str) -> Any:
    form = {"run": uuid.uuid4().hex, "command": uuid.uuid4().hex, "answer-0": "Kim Lee", "answer-1": "1,250.50"}
    return client.post(f"/runs/new/?process={PROCESS}", {**form, **changes})


def test_a_run_starts_from_its_form(world: World, as_: As) -> None:
    response = started(as_("support"))
    assert response.status_code == 302
    assert response.url == "/runs/1/"
    assert "Kim Lee" in text_of(as_("support").get("/runs/1/"))


def test_starting_twice_by_one_form_starts_once(world: World, as_: As) -> None:
    form = {"run": uuid.uuid4().hex, "command": uuid.uuid4().hex}
    assert started(as_("support"), **form).url == started(as_("support"), **form).url
    assert Run.objects.count() == 1


def test_a_refused_answer_is_shown_beside_its_field_and_nothing_is_lost(world: World, as_: As) -> None:
    run_id = uuid.uuid4().hex
    response = started(as_("support"), run=run_id, **{"answer-1": "a lot"})
    assert response.status_code == 409
    entry = response.context["entries"][1]
    assert "is not a number" in entry.error
    shown = text_of(response)
    assert 'aria-describedby="answer-1-error"' in shown
    assert 'value="Kim Lee"' in shown
    assert 'value="a lot"' in shown
    assert f'value="{run_id}"' in shown


def test_a_bad_run_id_is_said(world: World, as_: As) -> None:
    response = started(as_("support"), run="short")
    assert response.status_code == 409
    assert "32 hexadecimal digits" in text_of(response)


# --- one run ------------------------------------------------------------------------------------


def test_the_route_line_says_what_lies_behind_and_ahead(world: World, as_: As) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    response = as_("manager").get(f"/runs/{run.number}/")
    places = {stop.step.id: str(stop.place) for stop in response.context["stops"]}
    assert places == {
        "request": "done",
        "verify": "done",
        "decline": "passed",
        "approve": "here",
        "issue": "ahead",
        "confirm": "ahead",
    }
    shown = text_of(response)
    assert "not on this journey" in shown
    assert "Fern Adler has the ball" in shown
    assert 'class="box keep"' in shown


def test_the_record_is_told_in_sentences_and_verified(world: World, as_: As) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "not eligible")
    shown = text_of(as_("manager").get(f"/runs/{run.number}/record/"))
    assert "Suri Castell started the run on version 1 of the map." in shown
    assert "Suri Castell completed “Verify eligibility”: not eligible." in shown
    assert Run.objects.get().head in shown
    assert "none is missing" in shown


def test_ticks_in_a_row_are_one_line_and_the_record_keeps_each(world: World, as_: As) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    for item in (0, 1):
        world.do("finance", run.run, c.TickItem(4, item))
    page, record = (text_of(as_("owner").get(f"/runs/{run.number}/{at}")) for at in ("", "record/"))
    assert "Tove Dahl ticked items 1–2 of “Issue the refund”." in page
    assert "See all" in page
    assert "ticked items" not in record
    assert "Tove Dahl ticked item 2 of “Issue the refund”." in record


def test_money_is_shown_with_the_currency_of_the_organisation(world: World, as_: As) -> None:
    Organisation.objects.filter(pk=world.actor("owner").org).update(currency="SGD")
    run = world.start()
    assert "120.00 SGD" in text_of(as_("owner").get(f"/runs/{run.number}/"))
    assert "120.00 SGD" in text_of(as_("support").get(f"/runs/{run.number}/tasks/1/"))
    assert "Amount, SGD" in text_of(as_("owner").get("/runs/new/?process=refund-a-customer"))


def test_a_record_that_was_changed_from_outside_does_not_hold(world: World, as_: As) -> None:
    run = world.start()
    line = Event.objects.filter(stream=f"run:{run.run}").order_by("seq")[0]
    Event.objects.filter(pk=line.pk).update(payload=line.payload.replace("Paul Quint", "Pat Quint"))
    shown = text_of(as_("manager").get(f"/runs/{run.number}/record/"))
    assert "does not hold" in shown
    assert "line 1:" in shown


def test_a_run_goes_back_with_a_reason(world: World, as_: As) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    address = f"/runs/{run.number}/return/"
    refused = as_("manager").post(address, {"step": "request", "reason": " "})
    assert refused.status_code == 409
    assert "Say why the run goes back" in text_of(refused)
    assert as_("manager").post(address, {"step": "request", "reason": "the wrong customer"}).status_code == 302
    shown = text_of(as_("manager").get(f"/runs/{run.number}/"))
    assert "Milo Brandt took the run back to “Request received”: the wrong customer." in shown
    assert "attempt 2" in shown


def test_only_who_manages_cancels(world: World, as_: As) -> None:
    run = world.start()
    address = f"/runs/{run.number}/cancellation/"
    assert "Cancel the run…" not in text_of(as_("support").get(f"/runs/{run.number}/"))
    assert as_("support").post(address, {"reason": "no"}).status_code == 409
    assert as_("manager").post(address, {"reason": "a duplicate"}).status_code == 302
    assert Run.objects.get().status == "cancelled"
    assert "cancelled the run: a duplicate." in text_of(as_("manager").get(f"/runs/{run.number}/"))


def test_what_people_typed_is_never_markup(world: World, as_: As) -> None:
    run = world.start(fields={**FIELDS, "customer": "<script>alert(1)</script>"})
    world.do("support", run.number, c.BlockTask(1, "<b>client</b>", "<i>why</i>"))
    for page in ("/runs/", f"/runs/{run.number}/", f"/runs/{run.number}/record/", f"/runs/?process={PROCESS}"):
        shown = text_of(as_("manager").get(page))
        assert "<script>alert" not in shown, page
        assert "<b>client" not in shown, page


# --- questions ----------------------------------------------------------------------------------


def test_a_question_waits_for_who_is_asked_and_goes_when_answered(world: World, as_: As) -> None:
    run = world.start()
    world.do("support", run.number, c.Ask(1, "Which inbox?"))
    assert [q.row.text for q in as_("manager").get("/runs/questions/").context["own"]] == ["Which inbox?"]
    assert [q.row.text for q in as_("owner").get("/runs/questions/").context["others"]] == ["Which inbox?"]
    assert as_("finance").get("/runs/questions/").context["others"] == []
    answer = {"answer": "The shared one.", "place": "questions"}
    response: Any = as_("manager").post(f"/runs/{run.number}/tasks/1/questions/1/answer/", answer)
    assert response.url == "/runs/questions/"
    assert as_("manager").get("/runs/questions/").context["own"] == []
    assert "The shared one." in text_of(as_("support").get(f"/runs/{run.number}/"))


def test_the_tables_of_runs_are_never_touched_by_reading(world: World, as_: As) -> None:
    run = world.start()
    before = (Event.objects.count(), Task.objects.count())
    for page in pages(run.number):
        as_("manager").get(page)
    assert (Event.objects.count(), Task.objects.count()) == before
