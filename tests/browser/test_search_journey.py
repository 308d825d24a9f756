"""Finding from any page, in a browser: by keyboard, on a phone, and without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from routebook.store import search as index
from tests.browser.conftest import DESKTOP
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


@pytest.fixture(autouse=True)
def indexed(world: World) -> None:
    """The world makes its people as rows, which no action indexes."""
    index.rebuild(world.organisation.pk)


def test_by_keyboard_from_any_page(desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = desktop_page
    sign_in(page, world.members["manager"].user)
    page.goto("/processes/refund-a-customer/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Find or do")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name="New map")).to_be_visible()
    no_axe_violations(page)

    page.keyboard.type("stripe refnud")
    expect(page.get_by_role("option").first).to_contain_text("Issue a refund in Stripe")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    expect(field).to_have_attribute("aria-activedescendant", "find-option-0")
    no_axe_violations(page)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Issue a refund in Stripe")

    page.wait_for_url("**/sops/issue-a-refund-in-stripe/")  # the key is heard from then on
    page.keyboard.press("Control+k")
    expect(page.get_by_role("option", name="Issue a refund in Stripe")).to_have_count(0)  # one is there already
    expect(page.get_by_role("option", name="Refund a customer")).to_be_visible()
    page.keyboard.type("start refund")
    expect(page.get_by_role("option").first).to_have_text("Start “Refund a customer”")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/runs/new/?process=refund-a-customer")

    page.get_by_label("Customer").fill("a")
    page.get_by_label("Customer").press("/")
    expect(page.get_by_label("Customer")).to_have_value("a/")
    expect(page.locator("#find")).to_be_hidden()


def test_nothing_found_is_said_and_escape_goes_back(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto("/")
    page.get_by_role("link", name="Find or do").click()
    page.keyboard.type("zzzzzz")
    expect(page.locator(".find-none")).to_contain_text("Nothing is called “zzzzzz”")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()


def test_on_a_phone(phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = phone_page
    sign_in(page, world.members["support"].user)
    page.goto("/")
    page.get_by_role("link", name="Find or do").tap()
    page.get_by_role("combobox").fill("verify")
    option = page.get_by_role("option").first
    expect(option).to_contain_text("Verify that a refund is due")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert (option.bounding_box() or {"height": 0})["height"] >= 44
    no_axe_violations(page)
    option.tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Verify that a refund is due")


def test_without_a_script(
    new_context: Callable[..., BrowserContext], live_server: Any, world: World, sign_in: SignIn
) -> None:
    page = new_context(**DESKTOP, base_url=live_server.url, java_script_enabled=False).new_page()
    sign_in(page, world.members["support"].user)
    page.goto("/")
    page.get_by_role("link", name="Find or do").click()
    page.get_by_role("searchbox").fill("kindly")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Decline a refund kindly").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decline a refund kindly")


def test_the_page_of_what_was_found(desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    world.start()
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    for address in ("/search/", "/search/?q=refund", "/search/?q=zzzzzz"):
        page.goto(address)
        no_axe_violations(page)
