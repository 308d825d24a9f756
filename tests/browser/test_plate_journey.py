"""The plate, in a browser: lines are typed and pasted, placed by hand and by thumb, and the first one is mapped."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.store.models import Draft, PlateItem, StepScore
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def test_from_an_empty_plate_to_the_first_map(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["outsider"].user)
    page.goto("/")
    page.get_by_role("link", name="Begin with your plate").click()
    no_axe_violations(page)
    expect(page.locator("#lines")).to_be_focused()
    page.keyboard.type("Chase invoices")
    page.keyboard.press("Enter")
    expect(page.locator(".quick tbody tr")).to_have_count(1)
    page.keyboard.insert_text("- Answer the inbox\n- Build slides\nRecord the")
    expect(page.locator(".quick tbody tr")).to_have_count(3)
    expect(page.locator("#lines")).to_have_value("Record the")
    expect(page.locator("#lines")).to_be_focused()
    page.keyboard.type(" podcast")
    page.get_by_role("button", name="Put on my plate").click()
    expect(page.locator(".quick tbody tr")).to_have_count(4)
    no_axe_violations(page)

    page.locator(".matrix .dot").first.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".matrix .dot").first).to_have_accessible_name(re.compile("value 3, energy -2"))
    expect(page.locator("#to-map")).to_contain_text("Chase invoices")
    page.get_by_label("Minutes each time of Chase invoices").fill("30")
    page.get_by_label("Times a month of Chase invoices").fill("12")
    page.keyboard.press("Tab")
    expect(page.locator("#to-map")).to_contain_text("= 6 hours")
    page.locator("#to-map").get_by_role("button", name="Map this: Chase invoices").click()
    page.wait_for_url("**/processes/chase-invoices/edit/")
    assert StepScore.objects.get().minutes == 30
    # What is typed first takes the place of the line on the matrix.
    expect(page.locator(".steptitle")).to_have_count(1)
    expect(page.locator(".steptitle")).to_be_focused()
    page.keyboard.type("List what is overdue")
    page.keyboard.press("Enter")
    page.keyboard.type("Write to each")
    expect(page.locator("#live [role=status]")).to_contain_text("Saved")
    page.goto("/delegations/chase-invoices/")
    expect(page.locator("main")).to_contain_text("List what is overdue")
    first = Draft.objects.get(document__slug="chase-invoices").fields["steps"][0]
    assert (first["id"], first["title"]) == (StepScore.objects.get().step, "List what is overdue")
    page.goto("/plate/")
    expect(page.get_by_role("heading", name="Mapped")).to_be_visible()
    no_axe_violations(page)


def test_on_a_phone_each_line_is_placed_by_thumb(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    page.goto("/plate/")
    page.locator("#lines").fill("Chase invoices\nBuild slides\n")
    page.get_by_role("link", name="Place them one at a time").click()
    expect(page.get_by_role("heading", name="Chase invoices")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("radio", name="1 little").check()
    page.get_by_role("radio", name="−1", exact=True).check()
    page.get_by_role("button", name="Save, and the next one").click()
    expect(page.get_by_role("heading", name="Build slides")).to_be_visible()
    page.get_by_role("link", name="Skip", exact=True).click()
    expect(page.get_by_role("heading", name="What is on your plate?")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_axe_violations(page)
    assert [(row.value, row.energy) for row in PlateItem.objects.order_by("id")] == [(1, -1), (None, None)]


def test_what_could_not_be_sent_stays_in_the_field(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Any
) -> None:
    page = desktop_page
    watch.expect("Failed to load resource|409")
    sign_in(page, world.members["owner"].user)
    page.goto("/plate/")
    page.locator("#lines").focus()
    page.keyboard.insert_text("x" * 301 + "\n")
    expect(page.locator("#lines-refused")).to_contain_text("A line has 300 letters at most")
    expect(page.locator("#lines")).to_have_value("x" * 301)
    page.locator("#lines").fill("")
    page.route("**/plate/items/", lambda route: route.abort())
    page.locator("#lines").focus()
    page.keyboard.insert_text("Chase invoices\n")
    expect(page.locator("#notices")).to_contain_text("can't be reached")
    expect(page.locator("#lines")).to_have_value("Chase invoices")
    page.unroute("**/plate/items/")
    page.get_by_role("button", name="Put on my plate").click()
    expect(page.locator(".quick tbody tr")).to_have_count(1)
