"""Looking around in the sample: one click to sign in, and from home to what waits, what runs and what came out."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]
ON_TIME = re.compile(r"%\s+(\d+) of (\d+)")
"""How many of the last 90 days were on time depends on the day; that a number opens its rows does not."""


@pytest.fixture
def sample(transactional_db: None, settings: Any) -> None:
    from routebook.store.sample import load

    settings.SERVING_ON_LOOPBACK = True
    load()


def look_around(page: Page, name: str) -> None:
    page.goto("/sign-in/")
    page.get_by_role("button", name=f"Look around as {name}").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(name.split()[0])


def no_sideways_scroll(page: Page) -> None:
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_the_founder_sees_what_waits_and_what_came_out(
    sample: None, desktop_page: Page, no_axe_violations: Check
) -> None:
    page = desktop_page
    page.goto("/sign-in/")
    no_axe_violations(page)
    look_around(page, "Mei Tan")
    for heading in ("Waits for your decision", "Could leave your plate", "On the road now", "Handed off"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="came back to you in the last 30 days").click()
    page.get_by_text("how this is counted").click()
    expect(page.get_by_text("Issue the refund", exact=True).first).to_be_visible()
    no_axe_violations(page)
    page.go_back()
    page.get_by_role("link", name="Approve", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Approve")
    page.get_by_role("link", name="Improve").click()
    no_axe_violations(page)
    on_time = page.locator("section", has_text="Refund a customer").locator("dd", has_text=ON_TIME).first
    expect(on_time).to_have_text(ON_TIME)
    done, all_of = map(int, re.findall(ON_TIME, on_time.inner_text())[0])
    on_time.get_by_role("link").click()
    expect(page.get_by_role("link", name="Late", exact=True)).to_have_attribute("aria-current", "true")
    assert done < all_of, "some were late"
    expect(page.locator(".tag.late")).to_have_count(all_of - done)
    no_axe_violations(page)


def test_an_assistant_opens_today_with_a_thumb(sample: None, phone_page: Page, no_axe_violations: Check) -> None:
    page = phone_page
    look_around(page, "Ana Costa")
    no_axe_violations(page)
    no_sideways_scroll(page)
    row = page.locator("a.tap", has_text="Simon Achebe")
    expect(row).to_contain_text("waits on client")
    assert row.bounding_box()["height"] >= 44  # type: ignore[index]
    row.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Verify eligibility")


def test_pages_of_people_and_outcomes_fit_a_phone(sample: None, phone_page: Page, no_axe_violations: Check) -> None:
    look_around(phone_page, "Mei Tan")
    for address in ("/people/", "/people/new/", "/organisation/", "/outcomes/", "/roles/new/", "/ledger/"):
        phone_page.goto(address)
        no_axe_violations(phone_page)
        no_sideways_scroll(phone_page)
