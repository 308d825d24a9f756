"""What was typed without a connection, in a browser: it is offered again, also after the tab was closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Watch
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]

FORMS = [
    ("/processes/refund-a-customer/edit/", "step-0-title", "#live [role=status]"),
    ("/sops/issue-a-refund-in-stripe/edit/", "objective", "#side .saved"),
]


@pytest.mark.parametrize(("address", "name", "standing"), FORMS, ids=["map", "sop"])
def test_a_tab_that_is_closed_without_a_connection_loses_nothing(
    desktop_page: Page,
    world: World,
    sign_in: SignIn,
    watch: Watch,
    no_axe_violations: Axe,
    address: str,
    name: str,
    standing: str,
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(address)
    page.context.set_offline(True)
    page.locator(f"[name={name}]").fill("Typed on a train")
    expect(page.locator(standing)).to_contain_text("the server can’t be reached")
    page.close()

    page = page.context.new_page()
    page.context.set_offline(False)
    page.goto(address)
    asked = page.locator("#unsent")
    expect(asked).to_contain_text("did not reach the server")
    expect(page.locator(f"[name={name}]")).not_to_have_value("Typed on a train")
    no_axe_violations(page)
    asked.get_by_role("button", name="Bring it back").click()
    expect(page.locator(f"[name={name}]")).to_have_value("Typed on a train")
    page.goto(address)
    expect(page.locator(f"[name={name}]")).to_have_value("Typed on a train")
    expect(asked).to_be_hidden()


def test_what_was_typed_by_somebody_else_on_the_same_device_is_not_shown(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Watch
) -> None:
    watch.expect("ERR_INTERNET_DISCONNECTED")
    page = desktop_page
    address, name, standing = FORMS[1]
    sign_in(page, world.members["owner"].user)
    page.goto(address)
    page.context.set_offline(True)
    page.locator(f"[name={name}]").fill("Only mine")
    expect(page.locator(standing)).to_contain_text("the server can’t be reached")
    page.close()
    page = page.context.new_page()
    page.context.set_offline(False)
    sign_in(page, world.members["manager"].user)
    page.goto(address)
    expect(page.locator(f"[name={name}]")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()

    # Its owner may leave it out, and is not asked again.
    sign_in(page, world.members["owner"].user)
    page.goto(address)
    page.get_by_role("button", name="Leave it out").click()
    expect(page.locator("#unsent")).to_be_hidden()
    page.reload()
    expect(page.locator(f"[name={name}]")).to_be_visible()
    expect(page.locator("#unsent")).to_be_hidden()
