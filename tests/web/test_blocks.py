"""The pages of a shared block: one line of the form, its steps in the text, and taking over a newer one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document, Draft
from tests.store.test_blocks import LATER, STEPS, TAKEN, block, change, including, texts
from tests.world import World

pytestmark = pytest.mark.django_db
As = Callable[[str], Client]
ISSUE = "/sops/issue-a-refund-in-stripe/"
FIELD = {"changed": "checklist", "rev": "1", "version": "1"}


def newer(world: World) -> Document:
    """An SOP whose block has a newer text."""
    shared = block(world)
    row = including(world)
    change(world, shared, [*STEPS, {"text": "Say so"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    return row


def test_a_block_is_one_line_of_the_form_and_saved_as_one(as_: As, world: World) -> None:
    block(world)
    client = as_("support")
    posted = {**FIELD, "checklist-0-text": "Begin", "checklist-1-include": "check-the-amount"}
    assert client.post(f"{ISSUE}draft/", posted).status_code == 200
    draft = Draft.objects.get(document__slug="issue-a-refund-in-stripe")
    assert draft.fields["checklist"] == [{"text": "Begin"}, {"text": "", "include": "check-the-amount"}]
    form = client.get(f"{ISSUE}edit/").content.decode()
    assert 'name="checklist-1-include"' in form
    assert 'name="checklist-1-text"' not in form
    assert '<option value="check-the-amount" selected>Check the amount</option>' in form


def test_without_a_script_a_row_for_a_block_comes_by_a_button(as_: As, world: World) -> None:
    block(world)
    client = as_("support")
    response = client.post(f"{ISSUE}edit/", {**FIELD, "op": "include:checklist", "checklist-0-text": "Begin"})
    assert response["Location"].endswith("?block=checklist#f-checklist")
    form = client.get(f"{ISSUE}edit/?block=checklist").content.decode()
    assert form.count('-include"') > client.get(f"{ISSUE}edit/").content.decode().count('-include"')


def test_a_procedure_is_offered_no_blocks(as_: As, world: World) -> None:
    block(world)
    assert "Include a shared block" not in as_("support").get("/procedures/check-the-amount/edit/").content.decode()


def test_the_draft_and_its_preview_show_the_steps_of_the_block(as_: As, world: World) -> None:
    block(world)
    client = as_("support")
    client.post(f"{ISSUE}draft/", {**FIELD, "checklist-0-include": "check-the-amount"})
    for address in (f"{ISSUE}?draft", f"{ISSUE}preview/"):
        assert "Compare the amounts" in client.get(address).content.decode()
    assert "amounts" in client.get(f"{ISSUE}versions/draft/").content.decode()
    assert "amounts" in as_("manager").get(f"{ISSUE}publication/").content.decode()


def test_a_finding_in_a_block_leads_to_the_line_that_includes_it(as_: As, world: World) -> None:
    block(world, [{"text": "Open the ticket", "uses": "nowhere"}])
    posted = {**FIELD, "checklist-0-text": "Begin", "checklist-1-include": "check-the-amount"}
    said = as_("support").post(f"{ISSUE}draft/", posted).content.decode()
    assert 'href="#f-checklist-1"' in said


def test_readers_see_where_a_line_comes_from(as_: As, world: World) -> None:
    block(world)
    including(world)
    page = as_("finance").get(ISSUE).content.decode()
    assert '<a href="/procedures/check-the-amount/">Check the amount</a>' in page
    assert "Take it over" not in page
    assert ISSUE in as_("finance").get("/procedures/check-the-amount/").content.decode()


def test_a_newer_block_is_taken_over_by_whoever_writes(as_: As, world: World) -> None:
    row = newer(world)
    assert "Take it over" in as_("support").get(ISSUE).content.decode()
    assert "older text" in as_("support").get("/procedures/check-the-amount/").content.decode()
    response = as_("manager").post(f"{ISSUE}blocks/")
    assert response["Location"] == f"{ISSUE}publication/"
    page = as_("manager").get(response["Location"]).content.decode()
    assert "<ins>" in page
    assert "Say so" in page
    rev = str(Draft.objects.get(document=row).rev)
    as_("manager").post(f"{ISSUE}publication/", {"rev": rev, "major": "no", "note": "Took it over"})
    assert texts(world, row) == [*TAKEN[:3], ("Say so", "check-the-amount"), TAKEN[3]]
    assert "Take it over" not in as_("support").get(ISSUE).content.decode()


def test_an_assistant_takes_over_and_somebody_else_publishes(as_: As, world: World) -> None:
    newer(world)
    response = as_("support").post(f"{ISSUE}blocks/", follow=True)
    assert response.redirect_chain[-1][0] == f"{ISSUE}?draft"
    assert "Say so" in response.content.decode()


@pytest.mark.parametrize(("name", "status"), [("guest", 403), ("outsider", 404)])
def test_who_writes_nothing_takes_nothing_over(as_: As, world: World, name: str, status: int) -> None:
    row = newer(world)
    assert as_(name).post(f"{ISSUE}blocks/").status_code == status
    assert not Draft.objects.filter(document=row).exists()


def test_publishing_a_block_says_who_keeps_the_text_that_they_took_over(as_: As, world: World) -> None:
    shared = block(world)
    row = including(world)
    change(world, shared, [{"text": "Something else"}])
    page = as_("manager").get("/procedures/check-the-amount/publication/").content.decode()
    assert "1 SOP keeps the text that it took over" in page
    assert row.title in page


def test_a_block_that_is_not_published_is_said_where_it_stands(as_: As, world: World) -> None:
    block(world, published=False)
    client = as_("manager")
    client.post(f"{ISSUE}draft/", {**FIELD, "checklist-0-include": "check-the-amount"})
    assert "not published" in client.get(f"{ISSUE}?draft").content.decode()
    draft = Draft.objects.get(document__kind=Kind.SOP)
    response = client.post(f"{ISSUE}publication/", {"rev": str(draft.rev), "major": "no"})
    assert response.status_code == 409
    assert "has no published steps" in response.content.decode()
