"""People, in a browser: who can do what, somebody's first days by phone, and somebody seen off without a script."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.core.handoff import AccessCard, Brief, ToolAccess
from routebook.core.handoff import commands as c
from routebook.store.actions import handoffs
from routebook.store.models import HandOff, Member
from tests.browser.conftest import Watch
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def issue_is_handed_off(world: World) -> HandOff:
    """The refund's payment, offered to the finance assistant."""
    card = AccessCard(
        tools=(ToolAccess("Stripe", "Fern Adler", "vault: Stripe/finance"),),
        spend_limit="up to the approved amount",
        may_decide="which of two charges is meant",
        ask_when="the amounts differ",
        revoker=world.id("manager"),
    )
    return handoffs.prepare(
        world.actor("manager"),
        world.process.pk,
        "issue",
        receiver=world.members["finance"].pk,
        card=card,
        brief=Brief("The customer has the money"),
        command_id=world.command_id(),
        now=world.at(),
    )


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_the_first_day_is_one_page_on_a_phone(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, watch: Watch
) -> None:
    issue_is_handed_off(world)
    phone = phone_page
    sign_in(phone, world.members["finance"].user)
    phone.goto("/")
    phone.get_by_role("link", name="What to read and practise, who helps").click()
    no_axe_violations(phone)
    assert fits(phone)
    phone.get_by_role("link", name="Say whether Stripe works").click()
    phone.get_by_role("button", name="Read the SOP").click()
    expect(phone.get_by_role("heading", name="Issue a refund in Stripe")).to_be_visible()
    phone.go_back()
    phone.reload()
    expect(phone.get_by_text("opened ✓")).to_be_visible()
    phone.get_by_label("What comes out of this step, in your own words?").fill("The customer has the money")
    phone.get_by_label("Stripe").check()
    phone.get_by_role("button", name="I take it on").click()
    expect(phone.locator("[aria-current=step]")).to_contain_text("accepted")
    phone.get_by_role("link", name="Hand-off pack").click()
    no_axe_violations(phone)
    assert fits(phone)
    expect(phone.get_by_role("heading", name="The first week")).to_be_visible()


def test_somebody_is_seen_off_on_one_screen(
    desktop_page: Page, phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, watch: Watch
) -> None:
    row = issue_is_handed_off(world)
    finance = world.actor("finance")
    handoffs.command(finance, row.pk, c.Accept("Money back"), command_id=world.command_id(), now=world.at())
    laptop, member = desktop_page, world.members["finance"]
    for page, size in ((laptop, "desk"), (phone_page, "phone")):
        sign_in(page, world.members["owner"].user)
        for address in ("/people/", "/people/abilities/", "/handoffs/came-back/", f"/people/{member.pk}/"):
            page.goto(address)
            no_axe_violations(page)
            assert fits(page), (size, address)
    laptop.goto(f"/people/{member.pk}/")
    laptop.get_by_role("link", name="Tove Dahl leaves").click()
    no_axe_violations(laptop)
    expect(laptop.get_by_role("heading", name="3 things are left")).to_be_visible()
    laptop.get_by_role("button", name="End these hand-offs").click()
    expect(laptop.get_by_role("heading", name="2 things are left")).to_be_visible()
    laptop.get_by_label("Who is Finance assistant now?").select_option("Bram Eriksen")
    laptop.get_by_role("button", name="Give these roles on").click()
    expect(laptop.get_by_role("heading", name="1 thing is left")).to_be_visible()
    laptop.get_by_role("button", name="Access to Stripe is taken away").click()
    expect(laptop.get_by_role("heading", name="Nothing is left to nobody")).to_be_visible()
    no_axe_violations(laptop)
    laptop.get_by_role("button", name="Tove Dahl has left").click()
    expect(laptop.get_by_role("heading", name="Tove Dahl has left")).to_be_visible()
    assert not Member.objects.get(pk=member.pk).active
