"""The plan, in a browser: lines move by mouse and keys, the forecast follows what is ticked, and it prints on one page."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.core.delegation import Facts, Score
from routebook.store.actions import delegations
from routebook.store.models import PlanEntry
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

AS_MANY_AS_IT_HOLDS = """() => {
  const lists = [...document.querySelectorAll(".planned")];
  const line = document.querySelector(".planned > li");
  [10, 20, 10].forEach((n, at) => { while (lists[at].children.length < n) lists[at].append(line.cloneNode(true)); });
}"""
"""Ten now, twenty in the next 90 days, ten later: the same line again and again."""

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def fill(world: World) -> None:
    for step, minutes in (("issue", 60), ("verify", 30), ("decline", 10)):
        drains = Score(2, -1, minutes=minutes, times_a_month=Decimal(10))
        delegations.score(world.actor("owner"), world.process.pk, step, drains, Facts(), now=world.at())


def expect_lines(page: Page, period: str, titles: list[str]) -> None:
    expect(page.locator(f"[data-period='{period}'] .through")).to_have_text(titles)


def test_a_line_moves_by_mouse_and_by_keys_and_the_forecast_follows(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    fill(world)
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/plan/")
    no_axe_violations(page)
    expect_lines(page, "now", ["Issue the refund", "Verify eligibility", "Decline and explain"])
    page.get_by_role("button", name="Move Decline and explain").focus()
    page.keyboard.press("ArrowUp")
    expect_lines(page, "now", ["Issue the refund", "Decline and explain", "Verify eligibility"])
    # A line stands in its place as soon as it is moved; these words come from the server, with what it has kept.
    expect(page.locator("[data-period='now'] .why").nth(1)).to_contain_text("put here by hand")
    expect(page.get_by_role("button", name="Move Decline and explain")).to_be_focused()

    grip = page.get_by_role("button", name="Move Issue the refund").bounding_box()
    later = page.locator(".period").nth(2).bounding_box()
    assert grip is not None
    assert later is not None
    page.mouse.move(grip["x"] + 10, grip["y"] + 20)
    page.mouse.down()
    page.mouse.move(later["x"] + 100, later["y"] + 40, steps=6)
    page.mouse.up()
    expect_lines(page, "later", ["Issue the refund"])
    expect(page.locator("[data-period='later'] .why")).to_contain_text("put here by hand")
    assert {(row.step, row.period) for row in PlanEntry.objects.all()} == {("decline", "now"), ("issue", "later")}

    page.get_by_label("What if Issue the refund left?").check()
    expect(page.locator("#forecast .big")).to_have_text("16.7 h")
    page.get_by_label("What if Verify eligibility left?").uncheck()
    page.get_by_label("An hour of yours is worth").fill("100")
    expect(page.locator("#forecast .big")).to_have_text("11.7 h")
    expect(page.get_by_label("An hour of yours is worth")).to_have_value("100")
    expect(page.locator("#forecast-out")).to_contain_text("1,167")
    finance = page.get_by_role("group", name="Finance assistant")
    finance.get_by_label("Hours a month they have").press_sequentially("8")
    expect(finance).to_contain_text("2 h too much")
    expect(finance.get_by_label("Hours a month they have")).to_be_focused()
    expect(finance.get_by_label("Hours a month they have")).to_have_value("8")
    no_axe_violations(page)
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
    page.evaluate(AS_MANY_AS_IT_HOLDS)
    assert page.locator(".planned > li").count() == 40
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1


def test_on_a_phone_the_buttons_do_the_same(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    fill(world)
    page = phone_page
    sign_in(page, world.members["manager"].user)
    page.goto("/plan/")
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    line = page.locator("[id='line-refund-a-customer/verify']")
    line.locator("summary").click()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_axe_violations(page)
    line.get_by_role("button", name="Verify eligibility to “Next 90 days”").click()
    expect_lines(page, "next 90 days", ["Verify eligibility"])
