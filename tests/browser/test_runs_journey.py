"""Running, in a browser: a run starts on a laptop, its tasks are done on a phone, and the record holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import CHANGING, PHONE
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


@pytest.fixture(autouse=True)
def media_folder(settings: LazySettings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


def fits(page: Page) -> bool:
    """Whether nothing makes the page scroll sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_a_run_is_started_in_two_clicks_and_told_in_its_record(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["manager"].user)
    page.goto("/processes/refund-a-customer/")
    page.get_by_role("link", name="Start a run").click()
    no_axe_violations(page)
    page.get_by_label("Customer").fill("Kim Lee")
    page.get_by_label("Amount").fill("120")
    page.get_by_role("button", name="Start").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("#1 Kim Lee")
    expect(page.locator(".here .stepname")).to_have_text("Request received")
    expect(page.get_by_text("verified")).to_be_visible()
    no_axe_violations(page)

    page.get_by_role("button", name="Cancel the run…").click()
    expect(page.locator("#cancel-reason")).to_be_focused()
    no_axe_violations(page)
    page.locator("#cancel-reason").press("Escape")
    expect(page.locator("#cancel")).to_be_hidden()

    page.goto("/runs/?process=refund-a-customer")
    expect(page.locator(".column").first).to_contain_text("#1 Kim Lee")
    no_axe_violations(page)
    page.goto("/runs/")
    no_axe_violations(page)
    page.goto("/runs/1/record/")
    expect(page.locator("table")).to_contain_text("Milo Brandt started the run")
    no_axe_violations(page)


def test_a_task_is_done_on_a_phone_without_a_reload(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    page = phone_page
    sign_in(page, world.members["finance"].user)
    page.goto(f"/runs/{run.number}/tasks/4/")
    assert fits(page)
    no_axe_violations(page)
    page.evaluate("window.stayed = true")

    third = page.locator("#item-2")
    before = third.evaluate("line => [line.offsetTop, line.offsetHeight]")
    page.get_by_role("button", name="Done: Refund the approved amount").click()
    expect(page.locator("#tick-1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#tick-1")).to_be_focused()
    assert third.evaluate("line => [line.offsetTop, line.offsetHeight]") == before

    reference = page.locator("#value-2")
    with page.expect_response(re.compile("/evidence/$")):
        reference.fill("re_3Px")
        reference.blur()
    expect(third.locator(".tick.on")).to_be_visible()
    expect(reference).to_have_value("re_3Px")
    no_axe_violations(page)

    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_label("What is unclear?")).to_be_focused()
    no_axe_violations(page)
    assert page.evaluate("window.stayed")
    page.get_by_label("What is unclear?").fill("In full, or the part?")
    page.get_by_role("button", name="Send the question").click()
    expect(page.locator("#questions")).to_contain_text("In full, or the part?")

    page.get_by_role("button", name="Blocked…").click()
    page.get_by_label("It waits on").fill("the client")
    page.get_by_label("For what?").fill("the new card")
    page.get_by_role("button", name="It waits on them").click()
    expect(page.get_by_text("the new card")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("button", name="The ball is back").click()
    with page.expect_response(re.compile("/completion/$")) as answer:
        page.get_by_role("button", name="Done: Issue the refund").click()
    assert answer.value.status == 302


def test_a_photo_is_taken_and_a_wrong_file_refused_in_place(
    phone_page: Page, world: World, sign_in: SignIn, watch: Any, tmp_path: Path
) -> None:
    from tests.web.test_tasks import PNG, with_photo

    watch.expect("409")
    number = with_photo(world)
    page = phone_page
    sign_in(page, world.members["finance"].user)
    page.goto(f"/runs/{number}/tasks/4/")
    wrong, right = tmp_path / "note.txt", tmp_path / "receipt.png"
    wrong.write_text("no photo", encoding="utf-8")
    right.write_bytes(PNG)
    page.locator("#value-2").set_input_files(wrong)
    expect(page.locator("#item-2-error")).to_contain_text("asks for a photo")
    expect(page.locator(CHANGING)).to_have_count(0)  # it listens from then on
    page.locator("#value-2").set_input_files(right)
    expect(page.get_by_role("img", name="The photo receipt.png")).to_be_attached()
    expect(page.locator("#item-2-error")).to_have_count(0)


def test_a_review_on_a_phone(phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    world.hand_off("verify", "support", "supervised")
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "not eligible")
    page = phone_page
    sign_in(page, world.members["manager"].user)
    page.goto(f"/runs/{run.number}/tasks/3/")
    assert fits(page)
    expect(page.get_by_text("It came out: not eligible")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("button", name="Send back…").click()
    page.get_by_label("Your reasons").fill("The order date is missing.")
    no_axe_violations(page)
    page.get_by_role("button", name="Send it back").click()
    expect(page.get_by_role("status")).to_contain_text("Sent back")
    page.goto("/runs/questions/")
    assert fits(page)
    no_axe_violations(page)


def test_a_task_is_done_without_a_script(
    new_context: Callable[..., BrowserContext], live_server: Any, world: World, sign_in: SignIn
) -> None:
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    context = new_context(**PHONE, base_url=live_server.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page, world.members["finance"].user)
    page.goto(f"/runs/{run.number}/tasks/4/")
    page.get_by_role("button", name="Done: Issue the refund").click()
    expect(page.locator("#item-1-error")).to_contain_text("must be ticked first")
    page.get_by_role("button", name="Done: Refund the approved amount").click()
    expect(page.locator("#tick-1")).to_have_attribute("aria-pressed", "true")
    page.locator("#value-2").fill("re_3Px")
    page.locator("#item-2").get_by_role("button", name="Save").click()
    expect(page.locator("#value-2")).to_have_value("re_3Px")
    page.get_by_role("button", name="Blocked…").click()
    page.get_by_label("It waits on").fill("the client")
    page.get_by_label("For what?").fill("the new card")
    page.get_by_role("button", name="It waits on them").click()
    page.get_by_role("button", name="The ball is back").click()
    with page.expect_response(re.compile("/completion/$")) as answer:
        page.get_by_role("button", name="Done: Issue the refund").click()
    assert answer.value.status == 302
