"""The pictures of the guide, each made by doing what it shows: `bin/screenshots --guide`.

They go to docs/guide/pictures/, which git keeps, so they are cut to what matters and made small.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import FloatRect, Page, ViewportSize, expect

from tests.browser.palette import with_palette

FOLDER = Path(__file__).parents[2] / "docs" / "guide" / "pictures"
WIDE: ViewportSize = {"width": 1120, "height": 760}
TALL: ViewportSize = {"width": 760, "height": 4000}
WIDE_AND_TALL: ViewportSize = {"width": 1120, "height": 4000}
"""High enough that anything on the page can be cut out of it."""
EDGE = 12
"""What is left around a thing that has no edge of its own."""
NARROW: ViewportSize = {"width": 390, "height": 700}
EDIT = "/processes/refund-a-customer/edit/"
BPMN = Path(__file__).parents[2] / "benchmarks" / "refund.bpmn"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: who looks, how wide, and what they do first. What that gives is cut out; None is the whole window."""

    name: str
    person: str
    size: ViewportSize
    do: Callable[[Page], FloatRect | None]


def an_editor(page: Page) -> None:
    page.goto(EDIT, wait_until="networkidle")
    page.locator("[name=step-0-title]").focus()


def a_table_that_was_pasted(page: Page) -> None:
    page.goto("/processes/new/", wait_until="networkidle")
    page.get_by_label("Which job, from start to end?").fill("Ship an order")
    page.get_by_role("button", name="Make the map").click()
    page.get_by_text("Paste a list or a table").click()
    page.locator("#pasted").fill(
        "Activity\tResponsible\tInput\tOutput\nCheck the stock\tAssistant\torder\tpick list\n"
        "Pack it\tPacker\tpick list\tparcel\nHand it to the carrier\tPacker\tparcel\ttracking number"
    )
    page.get_by_role("button", name="Make steps of it").click()
    page.get_by_role("button", name="Make 3 steps").click()
    expect(page.locator("#live [role=status]")).to_contain_text("Saved")
    page.evaluate("scrollTo(0, 0)")


def a_break(page: Page) -> FloatRect | None:
    page.goto(EDIT, wait_until="networkidle")
    page.locator("[name=step-4-takes]").fill("bank details")
    expect(page.locator("#live-map .gaps")).to_be_visible()
    expect(page.locator("#live [role=status]")).to_contain_text("Saved")
    return page.locator("#live-map").bounding_box()


def a_step_on_its_way(page: Page) -> None:
    page.goto(EDIT, wait_until="networkidle")
    page.locator("[name=step-3-title]").focus()
    box = page.locator(".mapstep > .grip").nth(3).bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 40, steps=4)
    expect(page.locator(".sorting")).to_have_count(1)


def the_plate(page: Page) -> None:
    page.goto("/plate/", wait_until="networkidle")
    page.locator(".matrix-last").evaluate("it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 90)")


def one_line_by_thumb(page: Page) -> None:
    page.goto("/plate/", wait_until="networkidle")
    page.get_by_role("link", name="Place them one at a time").click()
    page.get_by_role("radio", name="2", exact=True).check()


def the_goals(page: Page) -> None:
    page.goto("/goals/", wait_until="networkidle")


def the_matrix_of_all_maps(page: Page) -> FloatRect | None:
    page.goto("/delegations/", wait_until="networkidle")
    page.locator(".all-steps").scroll_into_view_if_needed()
    return page.locator(".all-steps").bounding_box()


def the_plan(page: Page) -> None:
    page.goto("/plan/", wait_until="networkidle")


def an_sop_form(page: Page) -> None:
    page.goto("/sops/issue-a-refund-in-stripe/edit/", wait_until="networkidle")
    page.get_by_role("heading", name="Checklist").evaluate(
        "it => scrollTo(0, it.getBoundingClientRect().top + scrollY - 90)"
    )
    page.locator("[name=checklist-2-text]").focus()


def a_preview(page: Page) -> None:
    page.goto("/sops/issue-a-refund-in-stripe/preview/", wait_until="networkidle")


def the_coverage(page: Page) -> None:
    page.goto("/documents/coverage/", wait_until="networkidle")


def a_search(page: Page) -> None:
    page.goto("/", wait_until="networkidle")
    page.keyboard.press("/")
    page.keyboard.type("refund")
    expect(page.locator("dialog[open] [role=option]", has_text="Refund a customer").first).to_be_visible()


def a_printed_document(page: Page) -> None:
    page.goto("/sops/issue-a-refund-in-stripe/", wait_until="networkidle")
    page.emulate_media(media="print")


def a_task(page: Page) -> None:
    page.goto("/runs/482/", wait_until="networkidle")
    page.goto("/runs/482/tasks/4/", wait_until="networkidle")


def a_run(page: Page) -> None:
    page.goto("/runs/482/", wait_until="networkidle")


def the_first_page(page: Page) -> None:
    page.goto("/", wait_until="networkidle")


def what_came_out(page: Page) -> None:
    page.goto("/outcomes/refund-a-customer/", wait_until="networkidle")


def the_inbox(page: Page) -> None:
    page.goto("/inbox/", wait_until="networkidle")


def who_can_do_what(page: Page) -> None:
    page.goto("/people/abilities/", wait_until="networkidle")


def somebody_who_leaves(page: Page) -> None:
    page.goto("/people/", wait_until="networkidle")
    page.get_by_role("link", name="Jon Reyes").first.click()
    page.get_by_role("link", name="leaves").first.click()
    page.wait_for_load_state("networkidle")


def a_map_of_another_tool(page: Page) -> None:
    page.goto("/processes/new/bpmn/", wait_until="networkidle")
    page.locator("#file").set_input_files(BPMN)
    page.get_by_role("button", name="Bring it in").click()
    expect(page.locator("svg.map")).to_be_visible()
    page.evaluate("scrollTo(0, 0)")


def a_pile(page: Page) -> None:
    page.goto("/pile/", wait_until="networkidle")


def a_form_with_findings(page: Page) -> FloatRect | None:
    page.goto("/sops/prepare-a-plain-post/edit/", wait_until="networkidle")
    page.locator("[name=quality_bar-0]").fill("The post looks good and is done properly")
    page.locator("[name=checklist-0-text]").fill("Log in with the password: harbour-lights-9")
    expect(page.locator("#side .findings li")).to_have_count(2)
    box = page.locator("#side").bounding_box()
    return framed(box) if box else None


# Those that only look come before those that change something.
# --- the story: one step, from the goal to whoever owns it ----------------------------------------


def cut(page: Page, path: str, what: str) -> FloatRect:
    """Go there; the place of the first thing that this selector finds."""
    page.goto(path, wait_until="networkidle")
    box = page.locator(what).first.bounding_box()
    assert box is not None
    return box


def framed(box: FloatRect) -> FloatRect:
    return {
        "x": box["x"] - EDGE,
        "y": box["y"] - EDGE,
        "width": box["width"] + 2 * EDGE,
        "height": box["height"] + 2 * EDGE,
    }


def the_goal(page: Page) -> FloatRect:
    return cut(page, "/goals/", "#goal-ten-hours-back")


def the_map_of_a_refund(page: Page) -> FloatRect:
    return framed(cut(page, "/processes/refund-a-customer/", "svg.map"))


def where_the_steps_lie(page: Page) -> FloatRect:
    return framed(cut(page, "/delegations/refund-a-customer/", ".matrix-sheet svg"))


def the_advice(page: Page) -> FloatRect:
    return framed(cut(page, "/delegations/refund-a-customer/", "#step-issue"))


def the_step_in_his_words(page: Page) -> FloatRect:
    the_hand_off(page)
    box = page.locator("section", has_text="What done means").first.bounding_box()
    assert box is not None
    return box


def how_it_went(page: Page) -> FloatRect:
    """The lines of the record from the failed review back to the start of practice."""
    the_hand_off(page)
    page.get_by_text("older lines").click()
    lines = page.locator("section:has(h2:text-is('Record')) li")
    last = lines.filter(has_text="stepped back").first.bounding_box()
    first = lines.filter(has_text="practice begins").first.bounding_box()
    assert last is not None
    assert first is not None
    return {**framed(last), "y": last["y"], "height": first["y"] + first["height"] - last["y"]}


def the_hand_off(page: Page) -> None:
    page.goto("/handoffs/", wait_until="networkidle")
    page.get_by_role("link", name="Issue the refund").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Issue the refund")


def the_task_on_a_phone(page: Page) -> None:
    page.goto("/runs/482/tasks/4/", wait_until="networkidle")


def the_hours_that_came_back(page: Page) -> FloatRect:
    return cut(page, "/ledger/", "section:has(svg.months)")


PICTURES = (
    Picture("start", "mei", WIDE, the_first_page),
    Picture("improve", "mei", WIDE, what_came_out),
    Picture("inbox", "mei", WIDE, the_inbox),
    Picture("pile", "mei", WIDE, a_pile),
    Picture("people-abilities", "mei", WIDE, who_can_do_what),
    Picture("people-leaving", "mei", WIDE, somebody_who_leaves),
    Picture("write-form", "mei", WIDE, an_sop_form),
    Picture("write-phone", "mei", NARROW, a_preview),
    Picture("coverage", "mei", WIDE, the_coverage),
    Picture("find", "mei", WIDE, a_search),
    Picture("print", "mei", WIDE, a_printed_document),
    Picture("run-task", "jon", NARROW, a_task),
    Picture("run", "mei", WIDE, a_run),
    Picture("delegate-goals", "mei", WIDE, the_goals),
    Picture("delegate-plate", "mei", WIDE, the_plate),
    Picture("delegate-plate-phone", "mei", NARROW, one_line_by_thumb),
    Picture("delegate-matrix", "mei", WIDE, the_matrix_of_all_maps),
    Picture("delegate-plan", "mei", WIDE, the_plan),
    Picture("story-goal", "mei", TALL, the_goal),
    Picture("story-map", "mei", WIDE, the_map_of_a_refund),
    Picture("story-matrix", "mei", WIDE_AND_TALL, where_the_steps_lie),
    Picture("story-advice", "mei", TALL, the_advice),
    Picture("story-words", "mei", TALL, the_step_in_his_words),
    Picture("story-record", "mei", WIDE_AND_TALL, how_it_went),
    Picture("story-task", "jon", NARROW, the_task_on_a_phone),
    Picture("story-hours", "mei", TALL, the_hours_that_came_back),
    Picture("map-editor", "mei", WIDE, an_editor),
    Picture("map-pasted", "mei", WIDE, a_table_that_was_pasted),
    Picture("map-break", "mei", WIDE, a_break),
    Picture("map-drag", "mei", NARROW, a_step_on_its_way),
    Picture("other-tools", "mei", WIDE, a_map_of_another_tool),
    Picture("check", "mei", WIDE, a_form_with_findings),
)


def take_pictures(pages: Callable[[Picture], Page], folder: Path = FOLDER) -> Iterator[Path]:
    """Make all of them; `pages` opens a page of somebody who is signed in, in the size that a picture has."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        page = pages(picture)
        clip = picture.do(page)
        png = page.screenshot(animations="disabled", clip=clip) if clip else page.screenshot(animations="disabled")
        file = folder / f"{picture.name}.png"
        file.write_bytes(with_palette(png))
        page.context.close()
        yield file
