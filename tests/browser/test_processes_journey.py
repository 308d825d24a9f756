"""Mapping, in a browser: a map from a list, by the keyboard alone; two people; a phone; no script at all."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Dialog, Locator, Page, Route, expect

from routebook.core.document import Kind
from routebook.store.actions import documents
from routebook.store.models import Document, Draft
from tests.browser.conftest import DESKTOP, PATIENCE, Watch, open_page
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
EDIT = "/processes/refund-a-customer/edit/"


def titles(page: Page) -> list[str]:
    found: list[str] = page.locator(".steptitle").evaluate_all("all => all.map(one => one.value)")
    return found


def expect_titles(page: Page, wanted: list[str], *, start: int = 1) -> None:
    """These titles follow each other from this step on."""
    for number, title in enumerate(wanted, start):
        expect(field(page, number, "title")).to_have_value(title)


def field(page: Page, number: int, part: str) -> Locator:
    return page.locator(f'[name="step-{number - 1}-{part}"]')


def saved(page: Page) -> None:
    expect(page.locator("#live [role=status]")).to_contain_text("Saved")


def kept(slug: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = Draft.objects.get(document__slug=slug).fields["steps"]
    return found


def test_a_map_from_a_list_by_the_keyboard_alone(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Watch, no_axe_violations: Axe
) -> None:
    watch.expect("409")  # publishing while it is unsound
    page, keys = desktop_page, desktop_page.keyboard
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/new/")
    no_axe_violations(page)
    keys.type("Onboard a client")
    keys.press("Tab")
    keys.insert_text("1. Sales call\n2. Sign the contract\n3. Set up the folder\n4. Kick-off")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/edit/")  # the keys are heard from then on
    expect(field(page, 4, "title")).to_have_value("Kick-off")

    field(page, 1, "title").focus()
    # Who, takes, gives, handling, due, and what follows.
    for said in ("Founder", "", "call notes", "keep", "2 days", "if they say yes go to 2; if they say no end"):
        keys.press("Tab")
        keys.type(said)
    saved(page)
    expect(page.locator("#live-map svg")).to_contain_text("they say yes")
    first = kept("onboard-a-client")[0]
    assert (first["role"], first["gives"], first["handling"], first["due"]) == (
        "Founder",
        ["call notes"],
        "keep",
        "2 days",
    )

    # Enter adds the next step; nothing typed is lost while the server is asked.
    field(page, 2, "title").focus()
    keys.press("Enter")
    keys.type("Send the invoice")
    keys.press("Enter")
    keys.type("Wait for nothing")
    expect_titles(
        page,
        [
            "Sales call",
            "Sign the contract",
            "Send the invoice",
            "Wait for nothing",
            "Set up the folder",
            "Kick-off",
        ],
    )
    for _letter in "Wait for nothing":
        keys.press("Backspace")
    keys.press("Backspace")
    expect_titles(page, ["Set up the folder"], start=4)
    expect(field(page, 3, "title")).to_be_focused()

    # At the same time, and a join that waits for all.
    field(page, 2, "then").focus()
    keys.type("at the same time 3 and 4")
    field(page, 3, "then").focus()
    keys.type("go to 5")
    saved(page)
    expect(page.locator("#live .findings .error, #live .findings li.error")).not_to_have_count(0)
    expect(page.locator("#blocked")).to_be_visible()
    page.get_by_role("link", name="Publish …").focus()
    keys.press("Enter")
    page.get_by_role("button", name="Publish version 1").focus()
    keys.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Kick-off")
    page.goto("/processes/onboard-a-client/edit/")
    page.locator(".mapstep").nth(4).locator("summary").focus()
    keys.press("Enter")
    field(page, 5, "join").focus()
    keys.type("all")
    saved(page)
    expect(page.locator("#blocked")).to_have_count(0)

    # Who can't see the rows hears whose fields they are.
    expect(page.get_by_role("group", name="Step 4", exact=True).get_by_label("step 4")).to_be_visible()
    # Moving a step takes the references along.
    field(page, 4, "title").focus()
    keys.press("Alt+ArrowUp")
    expect_titles(page, ["Set up the folder", "Send the invoice"], start=3)
    expect(field(page, 3, "title")).to_be_focused()
    expect(field(page, 2, "then")).to_have_value("at the same time 4 and 3")
    saved(page)
    keys.press("Alt+ArrowDown")
    expect(field(page, 2, "then")).to_have_value("at the same time 3 and 4")

    # Back to an earlier step.
    field(page, 5, "then").focus()
    keys.type("if all is there end; if not back to 1")
    saved(page)
    no_axe_violations(page)
    page.get_by_role("link", name="Publish …").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Publish version 1")
    no_axe_violations(page)
    page.get_by_role("button", name="Publish version 1").focus()
    keys.press("Enter")
    expect(page).to_have_url(re.compile("/processes/onboard-a-client/$"))
    expect(page.locator(".canvas svg")).to_contain_text("Kick-off")
    expect(page.locator(".route > li")).to_have_count(5)
    expect(page.locator("#step-kick-off")).to_contain_text("waits for all")
    no_axe_violations(page)
    page.goto("/processes/onboard-a-client/ladder/")
    no_axe_violations(page)


def test_removing_a_step_says_what_it_broke(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    page.get_by_role("button", name="Remove step 3").click()
    expect(field(page, 2, "then")).to_have_value("if eligible go to 3; if not eligible go to “Decline and explain”")
    expect(page.locator("#f1e")).to_contain_text("There is no step “Decline and explain”")
    expect(page.locator("#live [role=status]")).to_contain_text("but for what is marked red")
    no_axe_violations(page)
    field(page, 2, "then").fill("if eligible go to 3; if not eligible end")
    saved(page)
    expect(page.locator("#f1e")).to_have_count(0)
    assert [step["id"] for step in kept("refund-a-customer")] == ["request", "verify", "approve", "issue", "confirm"]


def paste(page: Page, text: str, markup: str = "") -> None:
    """Paste into the field that has the cursor."""
    page.evaluate(
        """([text, markup]) => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            data.setData("text/html", markup);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        [text, markup],
    )


def test_a_list_pasted_into_a_title_becomes_steps(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    field(page, 6, "title").focus()
    page.keyboard.press("Enter")
    paste(page, "1. Ask how it went\n2. Thank them")
    expect(page.get_by_role("dialog").get_by_role("row")).to_have_text(["step", "Ask how it went", "Thank them"])
    page.keyboard.press("Escape")
    expect(field(page, 7, "title")).to_be_focused()
    paste(page, "1. Ask how it went\n2. Thank them")
    expect(page.get_by_role("button", name="Make 2 steps")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".told")).to_have_text("2 steps from a list.")
    saved(page)
    expect_titles(page, ["Confirm and log", "Ask how it went", "Thank them"], start=6)
    page.reload()
    expect_titles(page, ["Ask how it went", "Thank them"], start=7)


def test_a_table_pasted_between_steps_and_taken_back(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    field(page, 2, "title").focus()
    cells = (
        "<tr><td>Activity<td>Responsible<td>Minutes<tr><td>Ask the bank<td>Finance assistant<td>5<tr><td>Wait<td><td>"
    )
    paste(page, "Activity\tResponsible", f"<table>{cells}</table>")
    shown = page.get_by_role("dialog", name="What becomes of it")
    expect(shown).to_contain_text("2 steps from a table with step, who. Left out: “Minutes”.")
    expect(shown.get_by_role("row").nth(1)).to_have_text("Ask the bankFinance assistant")
    no_axe_violations(page)
    shown.get_by_role("button", name="Make 2 steps").click()
    expect(page.locator(".told")).to_have_text("2 steps from a table with step, who. Left out: “Minutes”.")
    expect_titles(page, ["Verify eligibility", "Ask the bank", "Wait", "Decline and explain"], start=2)
    expect(field(page, 3, "role")).to_have_value("Finance assistant")
    expect(field(page, 2, "then")).to_have_value("if eligible go to 6; if not eligible go to 5")
    saved(page)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".told")).to_have_text("Undone: steps pasted.")
    expect_titles(page, ["Verify eligibility", "Decline and explain"], start=2)
    expect(field(page, 2, "then")).to_have_value("if eligible go to 4; if not eligible go to 3")
    saved(page)
    assert len(kept("refund-a-customer")) == 6


def test_a_table_pasted_into_the_box_below_the_list(phone_page: Page, world: World, sign_in: SignIn) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    page.get_by_text("Paste a list or a table").tap()
    page.get_by_role("button", name="Make steps of it").tap()
    expect(page.locator("#pasted")).to_be_focused()
    page.locator("#pasted").fill("| Step | Who |\n|---|---|\n| Ask how it went | Founder |")
    page.get_by_role("button", name="Make steps of it").tap()
    page.get_by_role("button", name="Make 1 step").tap()
    expect(field(page, 7, "title")).to_have_value("Ask how it went")
    saved(page)
    assert kept("refund-a-customer")[6]["role"] == "Founder"


def test_undo_and_redo_of_everything(desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page, keys = desktop_page, desktop_page.keyboard
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    begun = form_values(page)
    expect(page.get_by_role("button", name="Undo")).to_have_attribute("aria-disabled", "true")
    keys.press("Control+z")
    field(page, 1, "title").focus()
    keys.press("Control+z")
    expect(page.locator(".told")).to_have_text("There is nothing to undo.")

    field(page, 1, "title").fill("A mail comes in")
    field(page, 1, "handling").focus()
    field(page, 1, "handling").select_option("keep")
    field(page, 1, "title").focus()
    keys.press("Enter")
    keys.insert_text("Read it")  # at once: a pause between two letters would be the end of one change
    saved(page)
    field(page, 4, "title").focus()
    keys.press("Alt+ArrowDown")
    page.get_by_role("button", name="Remove step 3").click()
    page.locator("#trigger").evaluate("one => { one.closest('details').open = true; }")
    page.locator("#trigger").fill("a mail")
    saved(page)
    ended = form_values(page)

    seen = []
    for _ in range(20):
        if page.get_by_role("button", name="Undo").get_attribute("aria-disabled") == "true":
            break
        keys.press("Control+z")
        seen.append(page.locator(".told").text_content())
        saved(page)
    assert seen == [
        "Undone: typing.",
        "Undone: a step removed.",
        "Undone: a step moved.",
        "Undone: typing.",
        "Undone: a step added.",
        "Undone: typing.",
        "Undone: typing.",
    ]
    assert form_values(page) == begun
    no_axe_violations(page)
    for _ in seen:
        keys.press("Control+Shift+z")
    saved(page)
    assert form_values(page) == ended
    assert [step["title"] for step in kept("refund-a-customer")] == titles(page)
    expect(page.get_by_role("button", name="Redo")).to_have_attribute("aria-disabled", "true")


def form_values(page: Page) -> list[list[str]]:
    """What stands in the form, less what the server keeps in it."""
    found: list[list[str]] = page.evaluate(
        """() => [...new FormData(document.getElementById("map-form"))]
            .filter(([name]) => !/^(was|base|csrfmiddlewaretoken)$/.test(name))"""
    )
    return found


def test_undo_leaves_alone_what_somebody_else_did(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page, keys = desktop_page, desktop_page.keyboard
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    field(page, 1, "role").fill("Founder")
    saved(page)
    field(page, 5, "role").fill("Accountant")
    saved(page)
    fields = page_fields(page)
    theirs = [dict(step) for step in fields["steps"]]
    theirs[0]["role"] = "Bot"
    theirs.insert(0, {"id": "wait", "title": "Wait for it"})
    documents.merge_draft(
        world.actor("manager"), world.process.pk, was=fields, fields={**fields, "steps": theirs}, now=world.at()
    )
    field(page, 6, "gives").fill("a log")
    expect(page.locator("#live [role=status]")).to_contain_text("what somebody else changed")
    expect(field(page, 1, "title")).to_have_value("Wait for it")

    for sentence in ("Undone: typing.", "Undone: typing.", "Undone: typing. What somebody else changed since stays."):
        keys.press("Control+z")
        expect(page.locator(".told")).to_have_text(sentence)
    expect(field(page, 6, "role")).to_have_value("Finance assistant")
    expect(field(page, 2, "role")).to_have_value("Bot")
    saved(page)
    assert [step["title"] for step in kept("refund-a-customer")][:2] == ["Wait for it", "Request received"]


def test_a_step_is_dragged_by_the_mouse(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page, mouse = desktop_page, desktop_page.mouse
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    drag(page, 4, 3, to_top=True)
    expect(page.locator(".told")).to_have_text("Now it is step 3.")
    expect_titles(page, ["Approve", "Decline and explain"], start=3)
    expect(field(page, 2, "then")).to_have_value("if eligible go to 3; if not eligible go to 4")
    saved(page)
    assert [step["id"] for step in kept("refund-a-customer")][2:4] == ["approve", "decline"]

    # Escape lets it fall back.
    field(page, 1, "title").focus()
    box = grip(page, 1).bounding_box()
    assert box is not None
    mouse.move(box["x"] + 5, box["y"] + 5)
    mouse.down()
    mouse.move(box["x"] + 5, box["y"] + 250, steps=5)
    expect(page.locator(".sorting")).to_have_count(1)
    page.keyboard.press("Escape")
    mouse.up()
    expect(page.locator(".sorting")).to_have_count(0)
    expect_titles(page, ["Request received"])
    page.keyboard.press("Control+z")
    expect_titles(page, ["Decline and explain", "Approve"], start=3)
    no_axe_violations(page)


def test_a_break_shows_while_it_is_typed(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Watch, no_axe_violations: Axe
) -> None:
    watch.expect("ERR_FAILED")  # saving, which is kept away here
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    expect(page.locator("#live-map .gaptext")).to_have_count(0)
    page.route("**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    field(page, 5, "takes").focus()
    page.keyboard.press("End")
    page.keyboard.type("s")
    expect(page.locator("#k4e")).to_have_text("no earlier step gives “approvals”")
    expect(field(page, 5, "takes")).to_have_attribute("aria-describedby", "k4e")
    expect(page.locator("#live-map .gaptext")).to_have_text(["!", "?"])
    expect(page.locator("#live-map .gaps")).to_contain_text("takes what no earlier step gives")
    no_axe_violations(page)
    page.keyboard.press("Backspace")
    expect(page.locator("#live-map .gaptext")).to_have_count(0)
    expect(page.locator("#k4e")).to_have_count(0)
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#live [role=status]")).to_contain_text("What you change becomes a draft.")


def grip(page: Page, number: int) -> Locator:
    return page.locator(".mapstep > .grip").nth(number - 1)


def below_the_drawing(element: Locator) -> None:
    """Away from the drawing above and the edge below, where a drag moves the page on with every frame."""
    element.evaluate("one => scrollBy(0, one.getBoundingClientRect().top - innerHeight * 0.7)")


def drag(page: Page, number: int, onto: int, *, to_top: bool) -> None:
    """Drag a step to the upper (or lower) end of another one, as it stands while the list is closed up."""
    field(page, number, "title").focus()
    below_the_drawing(grip(page, number))
    box = grip(page, number).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + (-10 if to_top else 10), steps=3)
    expect(page.locator(".sorting")).to_have_count(1)
    target = page.locator(".mapstep").nth(onto - 1).bounding_box()
    assert target is not None
    page.mouse.move(x, target["y"] + (4 if to_top else target["height"] - 4), steps=5)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.mouse.up()


def test_the_drawing_of_a_long_map_stays_where_it_is(desktop_page: Page, world: World, sign_in: SignIn) -> None:
    page, keys = desktop_page, desktop_page.keyboard
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/new/")
    page.get_by_label("Which job, from start to end?").fill("Produce a video")
    page.get_by_label("Its steps, one a line").fill("\n".join(f"Do part {number}" for number in range(1, 31)))
    page.get_by_role("button", name="Make the map").click()
    page.wait_for_url("**/edit/")
    page.evaluate(
        """() => {
            window.glides = 0;
            const animate = Element.prototype.animate;
            Element.prototype.animate = function (...how) { window.glides += 1; return animate.apply(this, how); };
        }"""
    )
    expect(drawn_boxes(page)).to_have_count(30)
    assert scrolled(page) == 0
    field(page, 18, "title").focus()
    see(page, 18)
    down = scrolled(page)
    assert down > 0

    # A letter moves nothing, and the drawing does not jump back to its top.
    keys.press("End")
    keys.type("!")
    expect(drawn_boxes(page).nth(17)).to_contain_text("!")
    assert scrolled(page) == down
    assert page.evaluate("window.glides") == 0

    # A step more makes room in its own band; what has to move is seen moving.
    before = spots(page)
    keys.press("Enter")
    keys.type("Ask a friend")
    expect(drawn_boxes(page)).to_have_count(31)
    expect(drawn_boxes(page).nth(18)).to_contain_text("friend")
    after = spots(page)
    bands = {step: (band, after[step][0]) for step, (band, _) in before.items()}
    assert {was for was, _ in bands.values()} >= {"0", "1", "2"}
    assert all(was == now for was, now in bands.values())
    stayed = [step for step, spot in before.items() if after[step] == spot]
    assert len(stayed) >= 24
    assert page.evaluate("window.glides") > 0
    see(page, 19)
    saved(page)

    # It only moves for those who like it to.
    page.emulate_media(reduced_motion="reduce")
    page.evaluate("window.glides = 0")
    keys.press("Enter")
    keys.type("And another")
    expect(drawn_boxes(page)).to_have_count(32)
    saved(page)
    assert page.evaluate("window.glides") == 0

    # Whoever opens it again finds the picture that was left.
    left = spots(page)
    page.reload()
    expect(drawn_boxes(page)).to_have_count(32)
    assert spots(page) == left


def drawn_boxes(page: Page) -> Locator:
    return page.locator("#live-map [data-step]")


def scrolled(page: Page) -> float:
    down: float = page.locator("#live-map .scroll").evaluate("one => one.scrollTop")
    return down


def spots(page: Page) -> dict[str, tuple[str, str]]:
    """The band and the place of each box in the drawing."""
    found: list[list[str]] = drawn_boxes(page).evaluate_all(
        "all => all.map(one => [one.dataset.step, one.dataset.band, one.querySelector('.box').getAttribute('x')"
        " + ' ' + one.querySelector('.box').getAttribute('y')])"
    )
    return {step: (band, spot) for step, band, spot in found}


UNTIL_IN_VIEW = """([number, patience], began = performance.now()) => new Promise((seen, fail) => (function look() {
    const box = document.querySelectorAll("#live-map [data-step] > .box")[number - 1]?.getBoundingClientRect();
    const strip = document.querySelector("#live-map .scroll").getBoundingClientRect();
    if (box && strip.top <= box.top && box.bottom <= strip.bottom) seen();
    else if (performance.now() - began > patience) fail(new Error(`step ${number} does not come into view`));
    else requestAnimationFrame(look);
})())"""


def see(page: Page, number: int) -> None:
    """Wait until the box of a step is seen whole in the strip that holds the drawing."""
    page.evaluate(UNTIL_IN_VIEW, [number, PATIENCE])


def test_a_step_is_dragged_by_a_finger(phone_page: Page, world: World, sign_in: SignIn) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    below_the_drawing(grip(page, 2))
    touch = page.context.new_cdp_session(page)
    box = grip(page, 2).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": y + 12}]})
    expect(page.locator(".sorting")).to_have_count(1)
    target = page.locator(".mapstep").nth(2).bounding_box()
    assert target is not None
    end = target["y"] + target["height"] - 4
    touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x, "y": end}]})
    expect(page.locator(".steptitle").nth(2)).to_have_value("Verify eligibility")
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator(".told")).to_have_text("Now it is step 3.")
    saved(page)
    assert [step["id"] for step in kept("refund-a-customer")][1:3] == ["decline", "verify"]


def test_two_people_in_one_map(
    desktop_page: Page, world: World, sign_in: SignIn, watch: Watch, no_axe_violations: Axe
) -> None:
    watch.expect("409")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    row = Document.objects.get(pk=world.process.pk)
    fields = page_fields(page)
    theirs = [dict(step) for step in fields["steps"]]
    theirs[4]["due"] = "2 days"
    documents.merge_draft(
        world.actor("manager"), row.pk, was=fields, fields={**fields, "steps": theirs}, now=world.at()
    )
    field(page, 1, "role").fill("Founder")
    expect(page.locator("#live [role=status]")).to_contain_text("what somebody else changed")
    expect(field(page, 5, "due")).to_have_value("2 days")
    expect(field(page, 1, "role")).to_be_focused()

    fields = page_fields(page)
    theirs = [dict(step) for step in fields["steps"]]
    theirs[0]["title"] = "Their words"
    documents.merge_draft(
        world.actor("manager"), row.pk, was=fields, fields={**fields, "steps": theirs}, now=world.at()
    )
    field(page, 1, "title").fill("My words")
    expect(page.locator(".conflict")).to_contain_text("Milo Brandt")
    expect(page.locator(".conflict")).to_contain_text("Their words")
    expect(field(page, 1, "title")).to_have_value("My words")
    no_axe_violations(page)
    page.get_by_role("button", name="Keep mine").click()
    saved(page)
    expect(page.locator(".conflict")).to_have_count(0)
    assert kept("refund-a-customer")[0]["title"] == "My words"
    assert kept("refund-a-customer")[4]["due"] == "2 days"


def page_fields(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(page.locator("[name=was]").input_value())
    return found


def test_a_lost_connection_loses_nothing(desktop_page: Page, world: World, sign_in: SignIn, watch: Watch) -> None:
    watch.expect("ERR_FAILED|ERR_INTERNET_DISCONNECTED")
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)

    def refuse(route: Route) -> None:
        if route.request.method == "POST":
            route.abort()
        else:
            route.continue_()

    page.route("**/edit/", refuse)
    field(page, 1, "title").fill("A mail comes in")
    expect(page.locator("#live [role=status]")).to_contain_text("the server can’t be reached")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.once("dialog", stay)
    with page.expect_event("dialog"):
        page.evaluate("location.assign('/processes/')")
    expect(page).to_have_url(re.compile("/edit/$"))
    assert asked == ["beforeunload"]
    page.unroute("**/edit/", refuse)
    field(page, 1, "takes").fill("a mail")
    saved(page)
    assert kept("refund-a-customer")[0]["title"] == "A mail comes in"


def test_the_map_on_a_phone(phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    for path in ("/processes/", "/processes/refund-a-customer/", "/processes/refund-a-customer/ladder/", EDIT):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        no_axe_violations(page)
    page.get_by_role("button", name="Add a step after 6").tap()
    page.keyboard.type("Ask how it went")
    saved(page)
    page.get_by_role("link", name="See the page").tap()
    expect(page.locator("#step-ask-how-it")).to_be_visible()


def test_the_same_editor_without_a_script(
    new_context: Callable[..., BrowserContext], live_server: Any, watch: Watch, world: World, sign_in: SignIn
) -> None:
    context = new_context(**DESKTOP, base_url=live_server.url, java_script_enabled=False)
    page = open_page(context, watch)
    sign_in(page, world.members["owner"].user)
    page.goto(EDIT)
    page.get_by_role("button", name="Move step 4 up").click()
    expect(field(page, 3, "title")).to_have_value("Approve")
    expect(field(page, 2, "then")).to_have_value("if eligible go to 3; if not eligible go to 4")
    page.get_by_role("button", name="Move step 3 down").click()
    page.get_by_text("Paste a list or a table").click()
    page.locator("#pasted").fill("- Ask how it went")
    page.get_by_role("button", name="Make steps of it").click()
    expect(page.locator(".told")).to_have_text("1 step from a list.")
    expect(page.get_by_role("button", name="Undo")).to_be_hidden()
    page.get_by_role("button", name="Add a step after 7").click()
    field(page, 8, "title").fill("Thank them")
    with page.expect_navigation():
        field(page, 8, "title").press("Enter")
    saved(page)
    page.get_by_role("link", name="Publish …").click()
    page.get_by_label("Major").check()
    page.get_by_label("What changed?").fill("We ask how it went")
    page.get_by_role("button", name="Publish version 2").click()
    expect(page.locator(".route > li")).to_have_count(8)
    assert Document.objects.get(kind=Kind.PROCESS, slug="refund-a-customer").published_id is not None
