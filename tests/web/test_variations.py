"""A new variation begins as a copy of its sibling; a draft can be looked at as wide as a phone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document
from tests.world import World

pytestmark = pytest.mark.django_db

As = Callable[[str], Client]
ISSUE = "/sops/issue-a-refund-in-stripe/"
STEP = "refund-a-customer/issue"


def begin(client: Client, **typed: str) -> dict[str, Any]:
    """Begin an SOP, and what its draft says."""
    response = client.post("/sops/new/", {"step": STEP, **typed})
    assert response.status_code == 302
    row = Document.objects.get(kind=Kind.SOP, slug=response["Location"].split("/")[2])
    fields: dict[str, Any] = row.draft.fields
    return fields


def test_a_variation_begins_as_a_copy_of_the_sop_that_the_step_has(as_: As, world: World) -> None:
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    documents.change_draft(
        world.actor("owner"),
        row.pk,
        base=1,
        fields={
            "checklist": [{"text": "Open the payment", "uses": "full-refund"}],
            "review_by": "2027-01-01",
            "accepts": [{"rule": "RB101", "why": "Read it myself"}],
        },
        now=world.at(),
    )
    documents.publish(world.actor("owner"), row.pk, now=world.at())
    made = begin(as_("support"), variation="partial")
    assert made["title"] == "Issue the refund, partial"
    assert made["variation"] == "partial"
    assert made["checklist"] == [{"text": "Open the payment", "uses": "full-refund"}]
    assert made["objective"] == "The customer has the money, to the cent"
    assert made["step"] == STEP
    assert made.keys() & {"review_by", "accepts"} == set()


def test_the_sibling_can_be_named(as_: As, world: World) -> None:
    first = {"title": "Another way", "step": STEP, "variation": "cash", "objective": "Cash in hand"}
    documents.create(world.actor("owner"), Kind.SOP, first, now=world.at())
    client = as_("support")
    assert begin(client, variation="cheque", like="issue-a-refund-in-stripe")["objective"].startswith("The customer")
    assert begin(client, variation="coins", like="another-way")["objective"] == "Cash in hand"
    assert begin(client, variation="stamps", like="nothing-of-the-kind")["objective"] == "Cash in hand"


def test_without_a_variation_nothing_is_copied(as_: As) -> None:
    assert "checklist" not in begin(as_("support"))


def test_the_page_of_an_sop_leads_to_its_variation(as_: As, world: World) -> None:
    page = as_("support").get(ISSUE).content.decode()
    assert "/sops/new/?step=refund-a-customer/issue&amp;like=issue-a-refund-in-stripe" in page
    form = as_("support").get(f"/sops/new/?step={STEP}&like=issue-a-refund-in-stripe").content.decode()
    assert '<input type="hidden" name="like" value="issue-a-refund-in-stripe">' in form


@pytest.mark.parametrize(
    ("name", "status"), [("owner", 200), ("support", 200), ("agent", 200), ("guest", 403), ("outsider", 404)]
)
def test_who_reads_it_sees_it_on_a_phone(as_: As, world: World, name: str, status: int) -> None:
    assert as_(name).get(f"{ISSUE}preview/").status_code == status


def test_the_preview_shows_the_draft(as_: As, world: World) -> None:
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    documents.change_draft(world.actor("owner"), row.pk, base=1, fields={"may_decide": "Only drafted"}, now=world.at())
    assert "Only drafted" in as_("support").get(f"{ISSUE}preview/").content.decode()


def test_an_sop_is_previewed_as_the_task_in_which_it_is_read(as_: As, world: World) -> None:
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    fields = {
        "checklist": [{"text": "Take a photo of it", "evidence": "photo"}, {"text": "Note it", "evidence": "text"}]
    }
    documents.change_draft(world.actor("owner"), row.pk, base=1, fields=fields, now=world.at())
    page = as_("support").get(f"{ISSUE}preview/").content.decode()
    assert "The draft inside a task" in page
    inside = page[page.index("<fieldset") : page.index("</fieldset>")]
    assert inside.startswith('<fieldset class="rehearsal stack" disabled>')
    assert "Take a photo of it" in inside
    assert 'type="file"' in inside
    assert "Done means" in inside
    assert "Done: Issue the refund" in inside


def test_what_is_no_sop_is_previewed_as_its_page(as_: As, world: World) -> None:
    made = documents.create(world.actor("owner"), Kind.PROCEDURE, {"title": "Count the cash"}, now=world.at())
    page = as_("support").get(f"/procedures/{made.slug}/preview/").content.decode()
    assert "<fieldset" not in page
    assert "Count the cash" in page
