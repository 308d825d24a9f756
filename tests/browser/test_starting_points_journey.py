"""From nothing to a published map in a browser: choose a starting point, look at it, use it, publish it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from routebook.core.document import Kind
from routebook.store.models import Document
from tests.browser.conftest import PHONE, Watch, open_page
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def test_choose_preview_use_and_publish(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/new/")
    page.get_by_label("Which job, from start to end?").fill("Something else")
    page.get_by_role("link", name="Trades or services").click()
    expect(page.get_by_role("link", name="Publish a post")).to_have_count(0)
    expect(page.get_by_role("link", name="Trades or services")).to_have_attribute("aria-current", "true")
    expect(page.get_by_role("link", name="Trades or services")).to_be_focused()
    # Filtering leaves alone what was typed beside it.
    expect(page.get_by_label("Which job, from start to end?")).to_have_value("Something else")
    no_axe_violations(page)

    page.get_by_role("link", name="Chase an invoice").click()
    expect(page.locator("svg.map, .canvas svg").first).to_contain_text("Decide how far we go")
    no_axe_violations(page)
    page.get_by_role("link", name="Call about an overdue invoice").click()
    document = page.locator("#directions-call-about-an-overdue-invoice")
    document.locator("summary").click()
    expect(document).to_contain_text("Repeat the day and the amount")
    no_axe_violations(page)

    page.get_by_label("Client lead", exact=True).select_option("Head of Support")
    page.get_by_role("button", name="Use this map").click()
    page.wait_for_url("**/processes/chase-an-invoice/edit/")
    expect(page.get_by_role("status").first).to_contain_text("The map is yours now")
    expect(page.locator('[name="step-3-role"]')).to_have_value("Head of Support")
    expect(page.locator("#blocked")).to_have_count(0)
    page.get_by_role("link", name="Publish …").click()
    page.get_by_role("button", name="Publish version 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Chase an invoice")
    expect(page.get_by_role("link", name="Start a run")).to_be_visible()
    row = Document.objects.get(kind=Kind.PROCESS, slug="chase-an-invoice")
    assert row.published is not None
    sops = Document.objects.filter(kind=Kind.SOP, step__startswith="chase-an-invoice/")
    assert sops.count() == 5
    assert not sops.exclude(published=None).exists()


def test_on_a_phone_and_without_a_script(
    new_context: Callable[..., BrowserContext],
    live_server: Any,
    watch: Watch,
    world: World,
    sign_in: SignIn,
) -> None:
    page = open_page(new_context(**PHONE, base_url=live_server.url, java_script_enabled=False), watch)
    sign_in(page, world.members["manager"].user)
    page.goto("/processes/new/")
    page.get_by_role("link", name="Shop", exact=True).tap()
    page.get_by_role("link", name="Fulfil an order").tap()
    page.get_by_role("button", name="Use this map").tap()
    page.wait_for_url("**/processes/fulfil-an-order/edit/")
    assert Document.objects.filter(kind=Kind.PROCESS, slug="fulfil-an-order").exists()


def test_nothing_is_wider_than_a_phone(phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    for path in ("/processes/new/", "/processes/starting-points/hire-an-assistant/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), path
        no_axe_violations(page)
