"""In a hurry on a slow line: what was just typed, ticked or moved is never overtaken, overwritten or lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from routebook.core.delegation import Facts, Score
from routebook.store import search as index
from routebook.store.actions import delegations
from routebook.store.models import Draft, StepScore
from tests.browser.test_clips_journey import mp3
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]


class Line:
    """Requests to one address are held up until they are let go."""

    def __init__(self, page: Page, address: re.Pattern[str], method: str = "POST") -> None:
        self.page, self.address, self.method = page, address, method
        self.held: list[Route] = []
        self.is_free = False
        page.route(address, self.hold)

    def hold(self, route: Route) -> None:
        if self.is_free or route.request.method != self.method:
            route.continue_()
        else:
            self.held.append(route)

    def when_held(self, action: Callable[[], Any]) -> None:
        """Do what asks at this address, and wait until it has asked."""
        with self.page.expect_request(
            lambda asked: bool(self.address.search(asked.url)) and asked.method == self.method
        ):
            action()

    def let_go(self) -> None:
        self.is_free = True
        for route in self.held:
            route.continue_()


def at_issue(world: World) -> str:
    """The address of the payment's task, which asks for a reference."""
    run = world.start()
    world.complete("support", run.number, "request")
    world.complete("support", run.number, "verify", "eligible")
    world.complete("owner", run.number, "approve")
    return f"/runs/{run.number}/tasks/4/"


def test_a_task_is_handed_in_with_what_was_typed_last(phone_page: Page, world: World, sign_in: SignIn) -> None:
    page = phone_page
    sign_in(page, world.members["finance"].user)
    page.goto(at_issue(world))
    page.get_by_role("button", name="Done: Refund the approved amount").click()
    expect(page.locator("#tick-1")).to_have_attribute("aria-pressed", "true")
    line = Line(page, re.compile("/evidence/$"))
    page.locator("#value-2").fill("re_3Px")
    line.when_held(page.get_by_role("button", name="Done: Issue the refund").click)
    expect(page.get_by_role("button", name="Done: Issue the refund")).to_be_visible()
    line.let_go()
    expect(page.get_by_role("button", name="Done: Issue the refund")).to_have_count(0)
    expect(page.get_by_role("alert")).to_have_count(0)


def test_what_is_typed_while_it_is_sent_stays_and_is_sent_too(phone_page: Page, world: World, sign_in: SignIn) -> None:
    page = phone_page
    sign_in(page, world.members["finance"].user)
    page.goto(at_issue(world))
    line = Line(page, re.compile("/evidence/$"))
    field = page.locator("#value-2")
    field.fill("re_3")
    line.when_held(field.blur)
    field.focus()
    page.keyboard.press("End")
    page.keyboard.insert_text("Px")
    line.let_go()
    expect(page.locator("#item-2 .tick.on")).to_be_visible()
    expect(field).to_have_value("re_3Px")
    page.get_by_role("link", name=re.compile("Today")).click()
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Issue the refund")
    page.go_back()
    page.reload()
    expect(field).to_have_value("re_3Px")


def test_lines_of_the_plan_move_as_often_as_keys_are_pressed(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    for step, minutes in (("issue", 60), ("verify", 30), ("decline", 10)):
        score = Score(2, -1, minutes=minutes, times_a_month=Decimal(10))
        delegations.score(world.actor("owner"), world.process.pk, step, score, Facts(), now=world.at())
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/plan/")
    line = Line(page, re.compile("/place/$"))
    page.get_by_role("button", name="Move Decline and explain").focus()
    line.when_held(lambda: page.keyboard.press("ArrowUp"))
    page.keyboard.press("ArrowUp")
    wanted = ["Decline and explain", "Issue the refund", "Verify eligibility"]
    now = page.locator("[data-period='now'] .through")
    expect(now).to_have_text(wanted)
    line.let_go()
    expect(page.locator("[data-period='now'] .why").first).to_contain_text("put here by hand")
    expect(now).to_have_text(wanted)
    expect(page.get_by_role("button", name="Move Decline and explain")).to_be_focused()
    page.reload()
    expect(now).to_have_text(wanted)


def test_a_number_is_kept_before_a_link_is_followed(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/delegations/refund-a-customer/")
    page.get_by_label("Value of Issue the refund").fill("2")
    page.get_by_label("Energy of Issue the refund").fill("-1")
    expect(page.locator("#dot-issue")).to_have_accessible_name(re.compile("value 2, energy -1"))
    page.get_by_label("Minutes each time of Issue the refund").fill("6")
    page.get_by_role("link", name="Plan", exact=True).first.click()
    page.wait_for_url("**/plan/")
    assert StepScore.objects.get(step="issue").minutes == 6


def test_a_document_is_saved_without_a_quarrel_with_oneself(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/sops/issue-a-refund-in-stripe/edit/")
    line = Line(page, re.compile("/draft/$"))
    line.when_held(lambda: page.get_by_label("Objective").fill("The money is"))
    page.get_by_label("Objective").fill("The money is there")
    page.get_by_role("button", name="Publish").click()
    line.let_go()
    expect(page.get_by_role("heading", name="Publish version 2")).to_be_visible()
    assert Draft.objects.get(document__slug="issue-a-refund-in-stripe").fields["objective"] == "The money is there"


def test_a_map_is_published_as_it_was_typed_last(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/refund-a-customer/edit/")
    page.locator("[name=step-0-role]").fill("Founder")
    expect(page.locator("#live [role=status]")).to_contain_text("Saved")
    line = Line(page, re.compile("/edit/$"))
    line.when_held(lambda: page.locator("[name=step-0-title]").fill("A mail comes in"))
    page.get_by_role("link", name="Publish …").click()
    expect(page.locator("[name=step-0-title]")).to_have_value("A mail comes in")
    line.let_go()
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish version 2")
    expect(page.locator("main")).to_contain_text("A mail comes in")


def test_who_presses_enter_before_the_answer_goes_where_the_whole_text_leads(
    desktop_page: Page, world: World, sign_in: SignIn
) -> None:
    index.rebuild(world.organisation.pk)
    page = desktop_page
    sign_in(page, world.members["manager"].user)
    page.goto("/")
    page.keyboard.press("/")
    field = page.get_by_role("combobox", name="Find or do")
    field.fill("refund")
    expect(page.get_by_role("option").first).to_have_attribute("aria-selected", "true")
    line = Line(page, re.compile(r"\?q=decline"), "GET")
    field.fill("decline kindly")
    line.when_held(lambda: field.press("Enter"))
    line.let_go()
    expect(page.get_by_role("heading", level=1)).to_have_text("Decline a refund kindly")


def test_leaving_while_a_recording_is_on_its_way_is_asked_about(
    desktop_page: Page, world: World, sign_in: SignIn, settings: Any, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto("/sops/issue-a-refund-in-stripe/edit/")
    line = Line(page, re.compile("/media/$"))
    sound: Any = {"name": "how.mp3", "mimeType": "", "buffer": mp3(seconds=2)}
    line.when_held(lambda: page.locator("#f-recording-upload").set_input_files(sound))
    page.once("dialog", lambda dialog: dialog.dismiss())
    with page.expect_event("dialog") as asked:
        page.evaluate("location.assign('/')")
    assert asked.value.type == "beforeunload"
    line.let_go()
    expect(page.locator("#f-recording")).to_have_value("issue-a-refund-in-stripe/how.mp3")
