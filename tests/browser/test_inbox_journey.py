"""From somebody's inbox to their task, when mail comes, and switching it off from a mail."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

if TYPE_CHECKING:
    from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
Check = Callable[[Page], None]


def told(world: World) -> None:
    from routebook.store.actions import notices

    world.start("manager")
    while notices.deliver(world.at()):
        pass


def sign_in(page: Page, email: str) -> None:
    from tests.world import PASSWORD

    page.goto("/sign-in/")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("link", name="Inbox")).to_be_visible()


def test_on_a_phone_the_inbox_leads_to_the_task(world: World, phone_page: Page, no_axe_violations: Check) -> None:
    told(world)
    page = phone_page
    sign_in(page, "support@adler.example")
    page.get_by_role("link", name="Inbox, 1 new").click()
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    page.get_by_role("link", name="Your turn: Request received").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Request received")
    expect(page.get_by_role("link", name="Inbox", exact=True)).to_be_visible()


def test_mail_is_chosen_looked_at_and_switched_off(world: World, desktop_page: Page, no_axe_violations: Check) -> None:
    from routebook.store import mails

    told(world)
    page = desktop_page
    sign_in(page, "support@adler.example")
    page.goto("/inbox/mail/")
    no_axe_violations(page)
    page.get_by_label("Once a day").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("status")).to_be_visible()
    expect(page.get_by_label("Once a day")).to_be_checked()
    page.get_by_role("link", name="Your turn: Request received").click()
    no_axe_violations(page)
    page.get_by_role("link", name="See it as it looks").click()
    expect(page.get_by_role("link", name="Open it")).to_have_css("background-color", "rgb(11, 107, 93)")
    page.goto(f"/unsubscribe/{mails.token_of(world.members['support'])}/")
    no_axe_violations(page)
    page.get_by_role("button", name="Switch it off").click()
    expect(page.get_by_role("heading", name="Mail is off")).to_be_visible()


def test_the_owner_sees_how_mail_stands(world: World, desktop_page: Page, no_axe_violations: Check) -> None:
    page = desktop_page
    sign_in(page, "owner@adler.example")
    page.goto("/organisation/")
    page.get_by_role("link", name="Outgoing mail").click()
    no_axe_violations(page)
    page.get_by_role("button", name="Send me a test mail").click()
    expect(page.get_by_text("A test mail to you is on its way.")).to_be_visible()
