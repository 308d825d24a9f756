"""The pages of delegations, asked by everybody of the cast."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.document import Kind, Process, Sop
from routebook.store.actions import documents as documents_made
from routebook.store.models import StepDecision, StepScore
from routebook.store.queries import documents
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
PAGE = "/delegations/refund-a-customer/"
SCORES = {
    "value-issue": "2",
    "energy-issue": "-2",
    "minutes-issue": "6",
    "times-issue": "40",
    "costly-issue": "1",
}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["owner", "manager"])
def test_owner_and_manager_see_scores(world: World, as_: As, name: str) -> None:
    for page in ("/delegations/", PAGE):
        assert as_(name).get(page).status_code == 200, page


@pytest.mark.parametrize("name", ["support", "agent", "guest"])
def test_nobody_else_sees_a_score(world: World, as_: As, name: str) -> None:
    as_("owner").post(PAGE, SCORES)
    for page in ("/delegations/", PAGE):
        response = as_(name).get(page)
        assert response.status_code == 403, page
        assert "data-step" not in text_of(response)
        assert "times a month" not in text_of(response)
    assert as_(name).post(PAGE, {"value-verify": "1", "energy-verify": "1"}).status_code == 403
    assert as_(name).post(f"{PAGE}decisions/", {"step": "issue", "handling": "keep", "why": "so"}).status_code == 403
    assert StepScore.objects.count() == 1
    assert not StepDecision.objects.exists()


def test_an_outsider_finds_nothing(world: World, as_: As) -> None:
    client = as_("outsider")
    assert client.get(PAGE).status_code == 404
    assert client.post(PAGE, SCORES).status_code == 404
    assert client.post(f"{PAGE}decisions/", {"step": "issue", "handling": "keep", "why": "so"}).status_code == 404
    assert "Refund a customer" not in text_of(client.get("/delegations/"))
    assert "Nothing is mapped yet" in text_of(client.get("/delegations/"))


def test_somebody_not_signed_in_is_asked_to(world: World, client: Client) -> None:
    assert client.get(PAGE).status_code == 302


# --- scores -------------------------------------------------------------------------------------


def test_scores_are_saved_without_a_script_and_bring_the_advice(world: World, as_: As) -> None:
    client = as_("owner")
    assert client.post(PAGE, SCORES).headers["Location"] == PAGE
    said = text_of(client.get(PAGE))
    assert "A mistake would be costly, so you approve each result before it counts." in said
    assert "hours a month = 6 minutes each time × 40 times a month ÷ 60 minutes an hour = 4 hours" in said
    assert "Delegate it with approval" in said


def test_a_script_gets_the_parts_that_changed(world: World, as_: As) -> None:
    said = text_of(as_("owner").post(PAGE, SCORES, headers={"HX-Request": "true"}))
    assert '<section id="advice"' in said
    assert '<div id="matrix" hx-swap-oob="true"><svg' in said
    assert "<html" not in said
    assert StepScore.objects.get().step == "issue"


def test_what_can_not_be_saved_keeps_what_was_typed_and_the_rest_is_saved(world: World, as_: As) -> None:
    client = as_("owner")
    typed = {**SCORES, "value-verify": "3", "energy-verify": "0", "minutes-verify": "a while", "times-decline": "2"}
    response = client.post(PAGE, typed)
    assert response.status_code == 409
    said = text_of(response)
    assert "Write whole minutes, such as 15." in said
    assert re.search(r'name="minutes-verify" value="a while" [^>]*aria-invalid="true"', said)
    assert "Choose a value from 1 to 5." in said, "half a score names what is missing"
    assert [score.step for score in StepScore.objects.all()] == ["issue"]


@pytest.mark.parametrize(
    ("field", "text", "sentence"),
    [
        ("minutes", "-5", "Minutes can&#x27;t be −5"),
        ("minutes", "999999999999", "a month has 44,640"),
        ("times", "lots", "Write a number"),
        ("times", "1e9", "Times a month go up to 100,000"),
        ("times", "NaN", "Write a number"),
        ("value", "9", "Value goes from 1 to 5"),
    ],
)
def test_a_number_that_can_not_be_meant_is_refused_beside_its_field(
    world: World, as_: As, field: str, text: str, sentence: str
) -> None:
    response = as_("owner").post(PAGE, {**SCORES, f"{field}-issue": text})
    assert response.status_code == 409
    assert sentence in text_of(response)


# --- decisions ----------------------------------------------------------------------------------


def test_accepting_is_one_click_and_stays_a_draft_that_says_so(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(PAGE, SCORES)
    accepted = {"step": "issue", "handling": "delegate", "review": "1", "command": "one"}
    assert client.post(f"{PAGE}decisions/", accepted).headers["Location"] == f"{PAGE}?decided=issue#decided"
    said = text_of(client.get(PAGE))
    assert "One step is decided anew in the draft of the map: Issue the refund." in said
    assert "Readers and runs still follow version 1 until you publish." in said
    assert "/handoffs/new/?step=refund-a-customer/issue" in said, "its SOP is published, so it can be handed off"
    value = documents.find(world.actor("owner"), Kind.PROCESS, "refund-a-customer").draft
    assert isinstance(value, Process)
    assert [step.id for step in value.steps if step.review] == ["issue"]


def test_another_way_needs_a_reason_and_the_history_shows_it(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(PAGE, SCORES)
    refused = client.post(f"{PAGE}decisions/", {"step": "issue", "handling": "keep"})
    assert refused.status_code == 409
    assert "You go another way than recommended: say why." in text_of(refused)
    client.post(f"{PAGE}decisions/", {"step": "issue", "handling": "keep", "why": "I know the bank's people"})
    said = text_of(client.get(PAGE))
    assert "Decided once" in said
    assert "I know the bank&#x27;s people" in said
    assert "It stays with you and on the map" in said


def test_every_handling_says_what_to_do_next(world: World, as_: As) -> None:
    client = as_("owner")
    nexts = {
        "automate": "a task of one tap",
        "drop": "Take it off the map",
        "delegate": "Write the SOP",
    }
    for handling, words in nexts.items():
        client.post(f"{PAGE}decisions/", {"step": "approve", "handling": handling, "why": "to try"})
        assert words in text_of(client.get(PAGE)), handling


def test_a_step_that_is_not_there_is_not_found(world: World, as_: As) -> None:
    response = as_("owner").post(f"{PAGE}decisions/", {"step": "nowhere", "handling": "keep", "why": "so"})
    assert response.status_code == 404
    assert as_("owner").get("/delegations/no-such-map/").status_code == 404


def test_the_pages_ask_the_database_a_bounded_number_of_times(
    world: World, as_: As, django_assert_max_num_queries: Any
) -> None:
    client = as_("owner")
    client.post(PAGE, SCORES)
    with django_assert_max_num_queries(14):
        client.get("/delegations/")
    with django_assert_max_num_queries(15):
        client.get(PAGE)


def test_the_next_action_stands_first_right_after_deciding(world: World, as_: As) -> None:
    client = as_("owner")
    for handling, next_action in (
        ("delegate", '<button class="go">Write its SOP now</button>'),
        ("keep", "It stays with you and on the map"),
        ("automate", "a task of one tap until a machine does it"),
        ("drop", 'class="go" href="/processes/refund-a-customer/edit/">Take it off the map'),
    ):
        answer = client.post(f"{PAGE}decisions/", {"step": "confirm", "handling": handling, "why": "it was time"})
        said = text_of(client.get(answer.headers["Location"])).partition('id="decided"')[2].partition("</section>")[0]
        assert next_action in said, handling
    assert 'id="decided"' not in text_of(client.get(f"{PAGE}?decided=nowhere"))


def test_the_sop_begins_with_what_the_map_knows(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(f"{PAGE}decisions/", {"step": "confirm", "handling": "delegate", "why": "no machine does it"})
    answer = client.post("/sops/new/", {"step": "refund-a-customer/confirm", "command": "one"})
    assert answer.headers["Location"] == "/sops/confirm-and-log/edit/"
    draft = documents.find(world.actor("owner"), Kind.SOP, "confirm-and-log").draft
    assert isinstance(draft, Sop)
    assert (draft.step, draft.role, draft.trigger, draft.outputs, draft.owner) == (
        "refund-a-customer/confirm",
        "Support assistant",
        "payment reference",
        ("closed ticket",),
        "Head of Support",
    )


def test_the_history_says_who_when_from_to_and_why(world: World, as_: As) -> None:
    page = f"{PAGE}decisions/"
    client = as_("owner")
    assert "Nothing is decided yet" in text_of(client.get(page))
    client.post(page, {"step": "confirm", "handling": "delegate", "why": "no machine does it"})
    as_("manager").post(page, {"step": "confirm", "handling": "keep", "why": "too few to learn"})
    said = text_of(client.get(page))
    assert said.index("too few to learn") < said.index("no machine does it")
    for words in ("Milo Brandt", "Fern Adler", "today", "automate <span", "delegate <span"):
        assert words in said, words
    for name in ("support", "guest", "agent"):
        assert as_(name).get(page).status_code == 403
    assert as_("outsider").get(page).status_code == 404


# --- the steps of all maps ----------------------------------------------------------------------


def test_the_matrix_of_all_maps_is_told_as_a_table_too(world: World, as_: As) -> None:
    client = as_("owner")
    client.post(PAGE, {**SCORES, "judgement-issue": "1"})
    said = text_of(client.get("/delegations/"))
    assert 'data-step="refund-a-customer/issue" data-value="2" data-energy="-2"' in said
    assert "◆ needs your judgement" in said
    assert "▲ costly if wrong" in said
    assert "Delegate first" in said
    assert "Place Verify eligibility" in said


def test_a_dot_is_moved_and_the_filter_stays(world: World, as_: As) -> None:
    client = as_("owner")
    place = {"step": "refund-a-customer/issue", "value": "5", "energy": "1"}
    said = text_of(client.post("/delegations/?role=Finance+assistant", place))
    assert said.startswith('<div id="steps"')
    assert 'data-step="refund-a-customer/issue" data-value="5" data-energy="1"' in said
    assert "Verify eligibility" not in said
    assert client.post("/delegations/", {**place, "value": "x"}).status_code == 409
    assert client.post("/delegations/", {**place, "value": "9"}).status_code == 409
    assert client.post("/delegations/", {**place, "step": "nowhere/x"}).status_code == 404
    assert as_("outsider").post("/delegations/", place).status_code == 404
    assert as_("support").post("/delegations/", place).status_code == 403


def test_filters_leave_the_steps_that_fit(world: World, as_: As) -> None:
    client = as_("owner")
    support = world.members["support"].pk
    for address, there, gone in (
        ("?process=nowhere", "No step fits.", "Issue the refund"),
        ("?role=Founder", "Approve", "Issue the refund"),
        (f"?person={support}", "Verify eligibility", "Issue the refund"),
        ("?goal=nowhere", "No step fits.", "Issue the refund"),
        ("?person=x", "Issue the refund", "No step fits."),
    ):
        said = text_of(client.get(f"/delegations/{address}")).partition('id="steps"')[2]
        assert there in said, address
        assert gone not in said, address


def test_one_step_by_itself_leads_to_the_next_without_a_score(world: World, as_: As) -> None:
    client = as_("owner")
    alone = f"{PAGE}steps/verify/"
    assert "2 of 6" in text_of(client.get(alone))
    assert client.post(alone, {"value": "2", "energy": "-1"}).headers["Location"] == f"{PAGE}steps/decline/"
    refused = client.post(alone, {"value": "9", "energy": "-1"})
    assert refused.status_code == 409
    assert "Value goes from 1 to 5" in text_of(refused)
    assert client.get(f"{PAGE}steps/nowhere/").status_code == 404
    assert as_("outsider").get(alone).status_code == 404
    for name in ("support", "agent", "guest"):
        assert as_(name).get(alone).status_code == 403
        assert as_(name).post(alone, {"value": "2", "energy": "-1"}).status_code == 403


def test_all_recommendations_are_followed_at_once_and_what_is_decided_stays(world: World, as_: As) -> None:
    steps = [{"id": name, "title": name.title()} for name in ("list", "write", "call", "book")]
    documents_made.create(
        world.actor("owner"), Kind.PROCESS, {"title": "Chase invoices", "steps": steps}, now=world.at()
    )
    page = "/delegations/chase-invoices/"
    client = as_("owner")
    placed = {
        f"{what}-{step}": "-2" if what == "energy" else "2"
        for step in ("list", "write", "call")
        for what in ("value", "energy")
    }
    client.post(page, {**placed, "judgement-call": "1"})
    client.post(f"{page}decisions/", {"step": "list", "handling": "keep", "why": "it calms me"})
    assert "Follow all 2 recommendations" in text_of(client.get(page))
    answer = client.post(f"{page}decisions/", {"all": "1"})
    assert answer.headers["Location"] == f"{page}#advice"
    view = documents.find(world.actor("owner"), Kind.PROCESS, "chase-invoices")
    assert isinstance(view.draft, Process)
    assert [str(step.handling) for step in view.draft.steps] == ["keep", "delegate", "keep", "undecided"]
    said = text_of(client.get(page))
    assert "2 steps are decided as recommended. They stand in the draft of the map." in said
    assert "Follow all" not in said
    assert StepDecision.objects.count() == 3
    client.post(f"{page}decisions/", {"all": "1"})
    assert StepDecision.objects.count() == 3, "nothing was left to decide"
    for name, status in (("support", 403), ("agent", 403), ("guest", 403), ("outsider", 404)):
        assert as_(name).post(f"{page}decisions/", {"all": "1"}).status_code == status
