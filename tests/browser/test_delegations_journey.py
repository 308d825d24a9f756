"""Delegating, in a browser: dots move by mouse, finger and keys; the advice follows; a decision waits in the draft."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FloatRect, Page, expect

from routebook.store.models import StepScore
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
PAGE = "/delegations/refund-a-customer/"


def box_of(page: Page, selector: str) -> FloatRect:
    box = page.locator(selector).bounding_box()
    assert box is not None
    return box


def drag(page: Page, step: str, across: float, down: float) -> None:
    """Drag the dot of a step to a place of the matrix, in parts of its width and height."""
    page.locator("svg.matrix").evaluate("matrix => matrix.scrollIntoView({ block: 'end' })")
    dot, matrix = box_of(page, f"#dot-{step} .shape"), box_of(page, "svg.matrix")
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(matrix["x"] + matrix["width"] * across, matrix["y"] + matrix["height"] * down, steps=5)
    page.mouse.up()


def test_a_step_is_placed_by_hand_and_decided_in_one_click(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(PAGE)
    no_axe_violations(page)
    drag(page, "approve", 0.95, 0.1)
    expect(page.get_by_label("Value of Approve, 1 to 5")).to_have_value("5")
    expect(page.get_by_label("Energy of Approve, −2 to 2")).to_have_value("2")
    expect(page.locator("#step-approve")).to_contain_text("it is your best work")
    assert page.url.endswith(PAGE), "the link of the dot was not followed"

    dot = page.locator("#dot-issue")
    dot.focus()
    page.keyboard.press("ArrowLeft")
    expect(dot).to_have_accessible_name("5 Issue the refund: value 3, energy 0. Arrow keys move it.")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(dot).to_have_accessible_name("5 Issue the refund: value 2, energy -1. Arrow keys move it.")
    expect(dot).to_be_focused()

    page.get_by_label("Minutes each time of Issue the refund").focus()
    page.keyboard.type("6")
    page.keyboard.press("ArrowRight")
    page.keyboard.type("40")
    page.keyboard.press("ArrowUp")
    expect(page.get_by_label("Times a month of Approve")).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    expect(page.get_by_label("Issue the refund is costly if wrong")).to_be_checked()
    expect(page.locator("#freed")).to_contain_text("4 h")
    page.get_by_role("button", name="Delegate it with approval: Issue the refund").click()
    expect(page.locator("#advice")).to_contain_text("Readers and runs still follow version 1")
    expect(page.locator("#freed")).to_contain_text("2 h")
    no_axe_violations(page)
    assert {(score.step, score.value, score.energy) for score in StepScore.objects.all()} == {
        ("approve", 5, 2),
        ("issue", 2, -1),
    }


def test_on_a_phone_the_steps_are_asked_one_at_a_time(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    sign_in(page, world.members["manager"].user)
    page.goto(PAGE)
    no_axe_violations(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="One at a time").click()
    expect(page.get_by_role("heading", name="Request received")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="Skip", exact=True).click()
    expect(page.get_by_role("heading", name="Verify eligibility")).to_be_visible()
    page.get_by_role("radio", name="2", exact=True).check()
    page.get_by_role("radio", name="−2 drains").check()
    page.get_by_role("button", name="Save, and the next one").click()
    expect(page.get_by_role("heading", name="Decline and explain")).to_be_visible()
    page.goto(PAGE)
    expect(page.locator("#step-verify")).to_contain_text("the first thing to leave your plate")
    expect(page.locator("#dot-verify")).to_have_accessible_name(
        "2 Verify eligibility: value 2, energy -2. Arrow keys move it."
    )


def test_a_finger_moves_a_dot_and_not_the_page(phone_page: Page, world: World, sign_in: SignIn) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    page.goto(PAGE)
    page.locator("svg.matrix").evaluate("matrix => matrix.scrollIntoView({ block: 'end' })")
    dot, matrix = box_of(page, "#dot-request .shape"), box_of(page, "svg.matrix")
    here = (dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    there = (matrix["x"] + matrix["width"] * 0.1, matrix["y"] + matrix["height"] * 0.6)
    before = page.evaluate("scrollY")
    touch = page.context.new_cdp_session(page)
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": here[0], "y": here[1]}]})
    for part in (0.25, 0.5, 0.75, 1):
        x, y = (one + (other - one) * part for one, other in zip(here, there, strict=True))
        touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[name=energy-request]")).to_have_value("-2")
    expect(page.locator("#dot-request")).to_have_accessible_name(re.compile("energy -2"))
    assert page.evaluate("scrollY") == before


def test_a_dot_is_moved_among_all_maps_and_the_table_follows(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/delegations/")
    no_axe_violations(page)
    page.locator("svg.matrix").evaluate("matrix => matrix.scrollIntoView({ block: 'end' })")
    dot = box_of(page, "[data-step='refund-a-customer/approve'] .shape")
    matrix = box_of(page, "svg.matrix")
    page.mouse.move(dot["x"] + dot["width"] / 2, dot["y"] + dot["height"] / 2)
    page.mouse.down()
    page.mouse.move(matrix["x"] + matrix["width"] * 0.95, matrix["y"] + matrix["height"] * 0.1, steps=5)
    page.mouse.up()
    expect(page.get_by_role("row", name="Approve")).to_contain_text("Your best work: keep")
    moved = page.locator("[data-step='refund-a-customer/approve']")
    moved.focus()
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowDown")
    expect(moved).to_have_accessible_name(re.compile("value 4, energy 1"))
    expect(moved).to_be_focused()
    page.get_by_label("Role").select_option("Finance assistant")
    expect(page.locator(".told tbody tr")).to_have_count(1)
    no_axe_violations(page)
    score = StepScore.objects.get()
    assert (score.step, score.value, score.energy) == ("approve", 4, 1)


def test_the_matrix_of_all_maps_prints_on_one_page(
    desktop_page: Page, world: World, sign_in: SignIn, tmp_path: Any
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/delegations/")
    assert page.pdf(format="A4").count(b"/Type /Page\n") == 1
