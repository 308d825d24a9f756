"""Handing off, in a browser: offered on a laptop, taken on by phone, and practised in a run with a review."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.core.handoff import Level
from routebook.store.models import HandOff
from tests.browser.conftest import Watch
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def test_a_step_is_offered_and_taken_on(
    desktop_page: Page, phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, watch: Watch
) -> None:
    watch.expect("409")
    laptop, phone = desktop_page, phone_page
    sign_in(laptop, world.members["manager"].user)
    laptop.goto("/handoffs/")
    laptop.get_by_role("link", name="Hand off the first step").click()
    no_axe_violations(laptop)
    laptop.get_by_role("link", name="Hand off Issue the refund").click()
    no_axe_violations(laptop)
    expect(laptop.get_by_label("Who takes it on?")).to_have_value(world.id("finance"))
    laptop.get_by_label("How much may they spend?").fill("up to the approved amount")
    laptop.get_by_label("What may they decide alone?").fill("which of two charges is meant")
    laptop.get_by_role("button", name="Offer it to them").click()
    expect(laptop.locator("#ask_when-error")).to_contain_text("Say when they should come to you")
    no_axe_violations(laptop)
    laptop.get_by_label("When should they come to you?").fill("the amounts differ")
    laptop.get_by_role("button", name="Offer it to them").click()
    expect(laptop.locator("[aria-current=step]")).to_contain_text("prepared")
    no_axe_violations(laptop)

    sign_in(phone, world.members["finance"].user)
    phone.goto("/handoffs/")
    no_axe_violations(phone)
    phone.get_by_role("link", name="Issue the refund").click()
    no_axe_violations(phone)
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    phone.get_by_label("What comes out of this step, in your own words?").fill("The customer has the money")
    phone.get_by_role("button", name="I take it on").click()
    expect(phone.locator("[aria-current=step]")).to_contain_text("accepted")

    # Both pages share one session store: whoever signed in last is signed in.
    sign_in(laptop, world.members["manager"].user)
    laptop.reload()
    expect(laptop.get_by_text("The customer has the money").first).to_be_visible()
    laptop.get_by_role("button", name="That is right: practice begins").click()
    expect(laptop.locator("[aria-current=step]")).to_contain_text("practice")
    no_axe_violations(laptop)
    assert HandOff.objects.get().level == Level.PRACTICE
