"""The net under the journeys: it holds what it should hold."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.conftest import Watch


def test_a_page_comes_with_its_policy_from_this_machine(desktop_page: Page, watch: Watch) -> None:
    watch.expect("404")
    response = desktop_page.goto("/there-is-no-such-page/")
    assert response is not None
    assert response.status == 404
    assert "script-src 'self'" in response.headers["content-security-policy"]
    assert desktop_page.viewport_size == {"width": 1280, "height": 800}


def test_the_phone_has_the_size_of_one(phone_page: Page, watch: Watch) -> None:
    watch.expect("404")
    phone_page.goto("/there-is-no-such-page/")
    assert phone_page.evaluate("window.screen.width") == 390


def test_inline_scripts_errors_and_the_outside_world_are_seen(desktop_page: Page, watch: Watch) -> None:
    desktop_page.context.route("http://192.0.2.1/**", lambda route: route.abort())
    watch.expect("404")
    desktop_page.goto("/there-is-no-such-page/")
    desktop_page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: '1'}))")
    desktop_page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/x.png'}))")
    desktop_page.goto("about:blank")
    with desktop_page.expect_request("http://192.0.2.1/y.png"):
        desktop_page.evaluate("document.body.append(Object.assign(new Image(), {src: 'http://192.0.2.1/y.png'}))")
    seen = "\n".join(watch.unexpected())
    assert "inline script" in seen
    assert "leaves this machine" in seen
    watch.problems.clear()


def test_axe_finds_an_image_without_words(desktop_page: Page, no_axe_violations: Callable[[Page], None]) -> None:
    desktop_page.set_content("<html lang=en><title>t</title><main><h1>t</h1><img src='data:,'></main></html>")
    with pytest.raises(AssertionError, match="image-alt"):
        no_axe_violations(desktop_page)


def test_the_live_server_reads_the_test_database(live_server: Any, database: str) -> None:
    assert database == "sqlite"
