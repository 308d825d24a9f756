"""The pile in a browser: a drive is thrown in, one document corrected, a mixed one taken apart beside its original."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FilePayload, Page, expect

from routebook.store.actions import pile
from routebook.store.models import Document, PileItem
from tests.formats.pile.test_classify import MIXED, OTHER, POLICY, SOP
from tests.formats.pile.test_split import MANUAL
from tests.store.test_pile import zipped
from tests.store.test_pile_arrivals import drive
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def throw_in(page: Page) -> None:
    drive = zipped(manual_md=MIXED, keys_md=POLICY, greenhouse_md=SOP, minutes_md=OTHER)
    files: list[FilePayload] = [
        {"name": "drive.zip", "mimeType": "application/zip", "buffer": drive},
        {"name": "photo.png", "mimeType": "image/png", "buffer": b"\x89PNG"},
    ]
    page.get_by_label("Documents, or a zip of a whole drive").set_input_files(files)
    page.get_by_role("button", name="Put on the pile").click()
    expect(page.get_by_role("heading", name="4 wait")).to_be_visible()


def test_a_drive_becomes_drafts(desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/documents/")
    page.get_by_role("link", name="The pile").click()
    no_axe_violations(page)
    throw_in(page)
    expect(page.locator("#refused")).to_contain_text("photo.png")
    expect(page.locator("#refused")).to_contain_text("It is a picture")
    expect(page.get_by_text("On the pile: 4")).to_be_visible()
    no_axe_violations(page)

    page.get_by_role("link", name="Key policy").click()
    no_axe_violations(page)
    page.get_by_role("button", name="Make it a draft").click()
    page.wait_for_url("**/policies/key-policy/")
    expect(page.get_by_role("heading", name="Made from")).to_be_visible()

    page.goto("/pile/")
    page.get_by_role("link", name="Office manual").click()
    expect(page.get_by_role("button", name="Make the drafts")).to_be_visible()
    no_axe_violations(page)
    page.get_by_label("Title", exact=True).first.fill("Running the office")
    page.get_by_label("Step 1", exact=True).fill("Open the post")
    page.get_by_role("checkbox", name=re.compile("Make this document.*How to change a tyre")).uncheck()
    page.get_by_role("button", name="Make the drafts").click()
    expect(page.get_by_role("heading", name="What was made of it")).to_be_visible()
    expect(page.get_by_role("heading", name="Left over")).to_be_visible()
    no_axe_violations(page)
    page.get_by_role("link", name="Running the office").click()
    expect(page.locator(".route").first).to_contain_text("Open the post")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the original").click()
    assert download.value.path().read_text() == MIXED
    assert not Document.objects.filter(title="How to change a tyre").exists()
    assert not Document.objects.filter(title="Running the office", published__isnull=False).exists()


def test_on_a_phone_a_document_is_corrected(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    sign_in(page, world.members["support"].user)
    page.goto("/pile/")
    throw_in(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.get_by_role("link", name="SOP: Watering the greenhouse").click()
    page.get_by_label("It is something else").select_option("procedure")
    page.get_by_role("button", name="Correct it").click()
    expect(page.get_by_text("You said so; it was taken for: SOP")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_axe_violations(page)
    page.get_by_role("button", name="Make it a draft").click()
    page.wait_for_url("**/procedures/**")


def open_manual(page: Page, world: World, sign_in: SignIn) -> PileItem:
    owner = world.actor("owner")
    (item,) = pile.take(owner, "handbook.md", MANUAL.encode(), now=world.at()).kept
    pile.correct(owner, item.pk, "mixed")
    sign_in(page, world.members["owner"].user)
    page.goto(f"/pile/{item.pk}/")
    return item


def test_passages_are_moved_beside_the_original(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    open_manual(page, world, sign_in)
    original = page.get_by_role("region", name="The original")
    # A heading takes everything below it along.
    original.get_by_label("Holidays").check()
    expect(page.get_by_text("2 passages ticked")).to_be_visible()
    no_axe_violations(page)
    page.get_by_label("Where the ticked passages go").select_option(label="a document of their own")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("2 passages were moved.")
    expect(page.get_by_role("heading", name="Holidays")).to_be_visible()
    page.get_by_label("Kind of part 3").select_option("policy")
    page.get_by_label("Title of part 1").fill("Bake the bread")
    page.get_by_label("Join it to (part 2)").select_option(label="1 Baking the bread")
    page.get_by_role("button", name="Keep for later").last.click()
    expect(page.get_by_text("Joined to it: Sending the bill")).to_be_visible()
    # Another day it is as it was left.
    page.reload()
    expect(page.get_by_label("Title of part 1")).to_have_value("Bake the bread")
    no_axe_violations(page)
    page.get_by_role("button", name="Make the drafts").click()
    expect(page.get_by_role("heading", name="What was made of it")).to_be_visible()
    expect(page.get_by_role("link", name="Bake the bread")).to_be_visible()
    expect(page.get_by_role("link", name="Holidays")).to_be_visible()


def test_on_a_phone_a_passage_is_moved_with_a_thumb(
    phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = phone_page
    open_manual(page, world, sign_in)
    expect(page.get_by_role("button", name="Move", exact=True)).to_be_hidden()
    page.get_by_role("region", name="The original").get_by_text("Everyone gets 25 days.").click()
    expect(page.get_by_text("1 passage ticked")).to_be_visible()
    page.get_by_label("Where the ticked passages go").select_option(label="the notes of the map")
    page.get_by_role("button", name="Move", exact=True).click()
    expect(page.locator("#notices")).to_contain_text("1 passage was moved.")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_axe_violations(page)


def test_a_whole_drive_shows_how_far_it_is(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe
) -> None:
    page = desktop_page
    sign_in(page, world.members["owner"].user)
    page.goto("/pile/")
    files: list[FilePayload] = [{"name": "drive.zip", "mimeType": "application/zip", "buffer": drive(60)}]
    page.get_by_label("Documents, or a zip of a whole drive").set_input_files(files)
    page.get_by_role("button", name="Put on the pile").click()
    expect(page.get_by_text("60 documents of it are on the pile.")).to_be_visible(timeout=30_000)
    no_axe_violations(page)
    page.get_by_role("button", name="Put this away").click()
    expect(page.get_by_text("60 documents of it are on the pile.")).to_be_hidden()
    expect(page.get_by_role("heading", name="60 wait")).to_be_visible()
