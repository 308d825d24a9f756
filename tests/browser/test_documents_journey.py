"""Writing, in a browser: an SOP from its step to a published version; two people in one draft; asking which."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Response, expect

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
ISSUE = "/sops/issue-a-refund-in-stripe/"


def saving(text: str) -> Callable[[Response], bool]:
    """The answer to the save that carries this text."""
    return lambda answer: answer.url.endswith("/draft/") and answer.ok and text in (answer.request.post_data or "")


def test_an_sop_from_its_step_to_a_published_version(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/sops/new/?step=refund-a-customer/request")
    no_axe_violations(page)
    page.get_by_role("button", name="Begin the draft").click()
    page.wait_for_url("**/edit/")  # the script is heard from then on
    expect(page.get_by_label("Title")).to_have_value("Request received")
    expect(page.get_by_label("Role", exact=True)).to_have_value("Support assistant")
    expect(page.get_by_label("Starts when")).to_have_value("refund request")
    expect(page.locator("#side")).to_contain_text("quality bar")

    first = page.locator("#f-checklist-0-text")
    with page.expect_response(saving("Copy the order number")):
        first.fill("Open the inbox")
        first.press("Enter")
        page.keyboard.type("Copy the order number")
    expect(page.locator("#f-checklist-1-text")).to_have_value("Copy the order number")
    page.get_by_label("Criterion 1").fill("The ticket holds the order number")
    expect(page.locator("#side")).not_to_contain_text("done” looks like")
    page.locator("#f-checklist-1").get_by_role("button", name="Move up").click()
    expect(first).to_have_value("Copy the order number")
    # Beside the form stands what its doer will see on a phone, with each save.
    shown = page.locator("#live-preview .phone")
    expect(shown).to_contain_text("Copy the order number")
    expect(shown).to_contain_text("The ticket holds the order number")
    no_axe_violations(page)

    page.get_by_role("button", name="Publish").click()
    expect(page.get_by_role("heading", name="Publish version 1")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.locator(".directions > li").first).to_contain_text("Copy the order number")
    expect(page.locator(".met")).to_contain_text("The ticket holds the order number")
    no_axe_violations(page)


def test_a_finding_leads_to_its_field_and_a_secret_is_not_published(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Any
) -> None:
    watch.expect("409")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(f"{ISSUE}edit/")
    with page.expect_response(saving("hunter2x")):
        page.get_by_label("Tool 1").fill("Stripe")
        page.get_by_label("How to get in 1").fill("password: hunter2x")
    page.locator("#side .findings li.error a[href^='#f-needs']").first.click()
    expect(page.locator("#f-needs-0")).to_have_class(re.compile("flash"))
    page.get_by_role("button", name="Publish").click()
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.get_by_role("alert")).to_contain_text("password")


def test_two_people_in_one_field_both_keep_their_text(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Any
) -> None:
    watch.expect("409")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(f"{ISSUE}edit/")
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    fields = {"objective": "The money is there", "trigger": "an approval"}
    documents.change_draft(world.actor("manager"), row.pk, base=1, fields=fields, now=world.at())
    page.get_by_label("Objective").fill("The customer has it")
    expect(page.locator(".conflict")).to_contain_text("Milo Brandt")
    expect(page.locator(".conflict")).to_contain_text("The money is there")
    expect(page.get_by_label("Objective")).to_have_value("The customer has it")
    with page.expect_response(lambda answer: answer.url.endswith("/draft/") and answer.status == 200):
        page.get_by_role("button", name="Keep mine").click()
    row.draft.refresh_from_db()
    assert row.draft.fields["objective"] == "The customer has it"
    assert row.draft.fields["trigger"] == "an approval"


def test_taking_theirs_keeps_what_else_was_typed(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Any, no_axe_violations: Axe
) -> None:
    watch.expect("409")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(f"{ISSUE}edit/")
    row = Document.objects.get(org=world.organisation, kind=Kind.SOP, slug="issue-a-refund-in-stripe")
    fields = {"objective": "The money is there"}
    documents.change_draft(world.actor("manager"), row.pk, base=1, fields=fields, now=world.at())
    page.get_by_label("Objective").fill("The customer has it")
    page.get_by_label("Minutes it takes").fill("11")
    expect(page.locator(".conflict")).to_be_visible()
    no_axe_violations(page)
    with page.expect_navigation():
        page.get_by_role("link", name="Take theirs").click()
    expect(page.get_by_label("Objective")).to_have_value("The money is there")
    expect(page.get_by_label("Minutes it takes")).to_have_value("11")


def test_five_questions_lead_to_the_document_on_a_phone(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    sign_in(page, world.members["support"].user)
    page.goto("/which/")
    page.get_by_role("link", name="No", exact=True).click()
    page.get_by_role("link", name="No", exact=True).click()
    no_axe_violations(page)
    page.get_by_role("link", name="Yes", exact=True).click()
    expect(page.get_by_role("heading", name="An SOP")).to_be_visible()
    page.get_by_role("link", name="Choose the step").click()
    expect(page.get_by_label("Which step does it serve?")).to_be_visible()


def test_directions_are_read_on_a_phone(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    sign_in(page, world.members["finance"].user)
    page.goto(ISSUE)
    expect(page.get_by_role("heading", name="Done means")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    no_axe_violations(page)


@pytest.mark.parametrize("size", ["desktop_page", "phone_page"])
def test_a_checklist_is_written_and_ordered_by_keys_alone(
    request: pytest.FixtureRequest, world: World, sign_in: SignIn, size: str
) -> None:
    page: Page = request.getfixturevalue(size)
    sign_in(page, world.members["support"].user)
    page.goto("/sops/new/")
    page.fill("#title", "Write by keys")
    page.get_by_role("button", name="Begin the draft").click()
    page.wait_for_url("**/edit/")  # the script is heard from then on
    keys = page.keyboard
    page.locator("[name=checklist-0-text]").focus()
    keys.type("One")
    keys.press("Enter")
    keys.type("Two")
    keys.press("Tab")
    keys.type("a photo")
    expect(page.locator("[name=checklist-1-evidence]")).to_have_value("photo")
    keys.press("Tab")
    keys.press("Enter")
    keys.press("Tab")
    keys.type("Like *this*")
    expect(page.locator("[name=checklist-1-instruction]")).to_have_value("Like *this*")
    page.locator("#f-checklist-1 button[value^='up:']").focus()
    keys.press("Enter")
    expect(page.locator("[name=checklist-0-text]")).to_have_value("Two")
    expect(page.locator("#f-checklist-0 button[value^='up:']")).to_be_focused()
    page.locator("[name=checklist-1-text]").focus()
    for number in range(10):
        keys.press("Enter")
        keys.type(f"More {number}")
    expect(page.locator("#side")).to_contain_text("12 of 9 lines in the longest block")


def test_a_list_pasted_into_a_checklist_becomes_its_lines(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(f"{ISSUE}edit/")
    texts = page.locator("[id^=f-checklist-][id$=-text]")
    before = texts.evaluate_all("all => all.map(one => one.value)")
    texts.last.focus()
    with page.expect_response(saving("Check the amount twice")):
        page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.setData("text/plain", text);
                data.items.add(new File(["not looked at"], "image.png", {type: "image/png"}));
                const event = new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true});
                document.activeElement.dispatchEvent(event);
            }""",
            "1.\tLog in\r\n2.\tCheck the amount twice\r\n\r\n\t•\tTell the customer",
        )
    made = [*before[:-1], "Log in", "Check the amount twice", "Tell the customer"]
    assert texts.evaluate_all("all => all.map(one => one.value)") == made
    expect(texts.last).to_be_focused()
    expect(page.locator(".made")).to_contain_text("3 lines were made of what you pasted.")
    no_axe_violations(page)
    page.get_by_role("button", name="Take them back").click()
    expect(texts).to_have_count(len(before))
    assert texts.evaluate_all("all => all.map(one => one.value)") == before
