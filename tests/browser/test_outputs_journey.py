"""Taking things along, in a browser: files that are saved, a page that is printed, a handbook that opens by itself."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]
REFUND = "/processes/refund-a-customer/"
ISSUE = "/sops/issue-a-refund-in-stripe/"


def saved(page: Page, name: str, into: Path) -> Path:
    """The file that a click on the link of this name saves."""
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile(rf"^{name.replace(':', ' ?:')}$")).click()
    target = into / waiting.value.suggested_filename
    waiting.value.save_as(target)
    return target


def test_a_map_is_taken_along_in_every_form(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, tmp_path: Path
) -> None:
    page = phone_page
    sign_in(page, world.members["support"].user)
    page.goto(REFUND)
    no_axe_violations(page)
    for name, begins in (
        ("PDF: The map on one page", b"%PDF-"),
        ("PNG: The map on one page", b"\x89PNG"),
        ("PDF: The map and its steps", b"%PDF-"),
        ("SVG: The drawing alone", b"<svg"),
        ("Markdown: The process in words", b"# Refund a customer"),
        ("Mermaid: The process in words", b"flowchart"),
    ):
        assert saved(page, name, tmp_path).read_bytes().startswith(begins), name


def test_what_is_folded_away_is_printed_and_what_only_works_on_a_screen_is_not(
    desktop_page: Page, world: World, sign_in: SignIn
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto(ISSUE)
    expect(page.get_by_role("button", name="Print")).to_be_visible()
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.get_by_role("heading", name="Checklist")).to_be_visible()
    for hidden in (".top", ".acts", ".crumbs", "aside >> nth=0"):
        expect(page.locator(hidden)).to_be_hidden()
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == "rgb(255, 255, 255)"
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4"))) == 1


def test_the_handbook_opens_from_the_disk_without_a_script_or_the_network(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, new_context: Any, tmp_path: Path
) -> None:
    page = desktop_page
    sign_in(page, world.members["support"].user)
    page.goto("/documents/")
    no_axe_violations(page)
    with zipfile.ZipFile(saved(page, "ZIP: All that is published, as a handbook", tmp_path)) as archive:
        archive.extractall(tmp_path)

    asked: list[str] = []
    context: BrowserContext = new_context(offline=True, color_scheme="dark", viewport={"width": 390, "height": 844})
    context.on("request", lambda request: asked.append(request.url))
    reader = context.new_page()
    reader.goto((tmp_path / "handbook" / "index.html").as_uri())
    no_axe_violations(reader)
    reader.get_by_role("link", name="Refund a customer").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Refund a customer")
    no_axe_violations(reader)
    reader.get_by_role("link", name="Issue a refund in Stripe").first.click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("Issue a refund in Stripe")
    no_axe_violations(reader)
    wide = reader.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert not wide
    assert {url.split(":")[0] for url in asked} == {"file"}
