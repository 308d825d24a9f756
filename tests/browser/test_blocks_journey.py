"""A shared block in an SOP: included in the form, seen as the assistant will, and taken over when it is newer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.store.actions import documents
from tests.store.test_blocks import LATER, STEPS, block, change, including
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
ISSUE = "/sops/issue-a-refund-in-stripe/"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def test_a_block_is_chosen_in_the_form_and_its_steps_stand_in_the_preview(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    block(world)
    page = phone_page
    sign_in(page, world.members["manager"].user)
    page.goto(f"{ISSUE}edit/")
    page.get_by_role("button", name="Include a shared block").click()
    with page.expect_response(lambda response: response.url.endswith("/draft/") and response.ok):
        page.locator("select[name$='-include']").last.select_option("check-the-amount")
    no_axe_violations(page)
    assert fits(page)
    page.goto(f"{ISSUE}preview/")
    for step in STEPS:
        expect(page.get_by_text(step["text"]).first).to_be_visible()
    no_axe_violations(page)
    assert fits(page)


def test_a_newer_block_is_taken_over_and_published(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    shared = block(world)
    including(world)
    change(world, shared, [*STEPS, {"text": "Say so"}])
    documents.publish(world.actor("manager"), shared.pk, now=LATER)
    page = desktop_page
    sign_in(page, world.members["manager"].user)
    page.goto(ISSUE)
    expect(page.get_by_text("Say so")).to_have_count(0)
    no_axe_violations(page)
    page.get_by_role("button", name="Take it over").click()
    expect(page.get_by_role("button", name="Take it over")).to_have_count(0)
    no_axe_violations(page)
    page.get_by_role("button", name="Publish version").click()
    expect(page.get_by_text("Say so")).to_be_visible()
