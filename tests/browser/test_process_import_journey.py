"""A map of another tool in a browser: refused, chosen from, brought in, read, and saved for other tools again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from routebook.formats.bpmn.reading import BpmnFile, read_bpmn
from tests.browser.conftest import Watch
from tests.web.test_process_import import ONE, TWO, file_of
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SignIn = Callable[[Page, Any], None]
Axe = Callable[[Page], None]


def sent(page: Page, data: bytes) -> None:
    page.get_by_label("The BPMN file").set_input_files(
        {"name": "orders.bpmn", "mimeType": "application/xml", "buffer": data}
    )
    page.get_by_role("button", name="Bring it in").click()


def test_refused_chosen_brought_in_and_saved_again(
    desktop_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe, watch: Watch
) -> None:
    page = desktop_page
    watch.expect("409")
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/")
    page.get_by_role("link", name="Bring in a map").click()
    no_axe_violations(page)

    sent(page, b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>')
    expect(page.locator("#file-error")).to_contain_text("declares entities")
    no_axe_violations(page)

    sent(page, file_of(ONE, TWO).read())
    page.get_by_label("Take it back").uncheck()
    no_axe_violations(page)
    page.get_by_role("button", name="Bring them in").click()

    page.wait_for_url("**/processes/take-an-order/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Take an order")
    expect(page.locator("section.prose")).to_contain_text("w, line 2: a message is waited for")
    no_axe_violations(page)
    expect(page.locator("#made-from")).to_contain_text("orders.bpmn")
    with page.expect_download() as original:
        page.get_by_role("link", name="Download the original").click()
    assert original.value.suggested_filename == "orders.bpmn"
    assert Path(original.value.path()).read_bytes() == file_of(ONE, TWO).read()
    with page.expect_download() as saved:
        page.locator('a[href^="map.bpmn"]').click()
    file = read_bpmn(Path(saved.value.path()).read_bytes())
    assert isinstance(file, BpmnFile)
    assert [step.title for step in file.drafts[0].process.steps] == ["Pack it", "Paid"]


def test_a_phone_has_room_for_it(phone_page: Page, world: World, sign_in: SignIn, no_axe_violations: Axe) -> None:
    page = phone_page
    sign_in(page, world.members["owner"].user)
    page.goto("/processes/new/bpmn/")
    no_axe_violations(page)
    sent(page, file_of(ONE, TWO).read())
    expect(page.get_by_role("group", name="2 processes are in this file")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    no_axe_violations(page)
