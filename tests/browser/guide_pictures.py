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
NARROW: ViewportSize = {"width": 390, "height": 700}
EDIT = "/processes/refund-a-customer/edit/"


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


# Those that only look come before those that change something.
PICTURES = (
    Picture("delegate-goals", "mei", WIDE, the_goals),
    Picture("delegate-plate", "mei", WIDE, the_plate),
    Picture("delegate-plate-phone", "mei", NARROW, one_line_by_thumb),
    Picture("delegate-matrix", "mei", WIDE, the_matrix_of_all_maps),
    Picture("delegate-plan", "mei", WIDE, the_plan),
    Picture("map-editor", "mei", WIDE, an_editor),
    Picture("map-pasted", "mei", WIDE, a_table_that_was_pasted),
    Picture("map-break", "mei", WIDE, a_break),
    Picture("map-drag", "mei", NARROW, a_step_on_its_way),
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
