"""Journeys in a real browser, on SQLite.

A journey asks for `desktop_page` or `phone_page` and goes to paths (`page.goto("/sign-in/")`). It fails by itself on
errors in the console, violations of the content security policy and requests that leave this machine; a journey that
means to meet an error names it first: `watch.expect("422")`.

A slow machine makes a journey longer, never red: after an action it waits for what the server changes on the page
(`expect(locator)…`, `page.wait_for_url(…)`), and reads a value or a row only once the page shows that it is there. After
a click that leads to another page it waits for that page's address before it uses keys, which a script has to hear.
`page.wait_for_function` is no help: from its second look on, the policy forbids it to evaluate anything.
"""

import re
import threading
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.core.signals import request_finished, request_started
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request, WebError, expect

from tests.browser import chromium

DESKTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 800}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
LOOPBACK = ("127.0.0.1", "localhost", "::1", None)
CHANGING = ".htmx-request, .htmx-swapping, .htmx-added, .htmx-settling"
"""What htmx marks while it asks and while it changes the page."""
PATIENCE = 30_000
"""Milliseconds until an action or an expectation fails: what is there is seen at once, so a slow machine only waits."""


class Watch:
    """What went wrong behind the page while a journey ran."""

    def __init__(self) -> None:
        self.problems: list[str] = []
        self.expected: list[str] = []

    def expect(self, pattern: str) -> None:
        """Let problems pass whose text has a match of this regular expression."""
        self.expected.append(pattern)

    def follow(self, context: BrowserContext) -> None:
        context.on("console", self.hear)
        context.on("weberror", self.catch)
        context.on("request", self.see)

    def hear(self, message: ConsoleMessage) -> None:
        if message.text.startswith("htmx:sendAbort"):
            # A newer request took its place, as a form asked; htmx has called its end an error just before.
            self.forget_last("console: htmx:afterRequest")
        elif message.type == "error" or "Content Security Policy" in message.text:
            self.problems.append(f"console: {message.text} ({message.location.get('url', '')})")

    def forget_last(self, start: str) -> None:
        places = [n for n, text in enumerate(self.problems) if text.startswith(start)]
        if places:
            del self.problems[places[-1]]

    def catch(self, error: WebError) -> None:
        self.problems.append(f"error in a script: {error.error}")

    def see(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in ("http", "https", "ws", "wss") and address.hostname not in LOOPBACK:
            self.problems.append(f"request that leaves this machine: {request.url}")

    def unexpected(self) -> list[str]:
        return [text for text in self.problems if not any(re.search(pattern, text) for pattern in self.expected)]


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = chromium.find_or_install()
    if path is None:
        pytest.skip(chromium.WHY_NOT)
    return path


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any], chromium_path: str) -> dict[str, Any]:
    return {**browser_type_launch_args, "executable_path": chromium_path, "args": chromium.LAUNCH_ARGS}


class Answering:
    """How many requests the server is answering now."""

    def __init__(self) -> None:
        self.count = 0
        self.changed = threading.Condition()

    def begin(self, **_signal: Any) -> None:
        with self.changed:
            self.count += 1

    def end(self, **_signal: Any) -> None:
        with self.changed:
            self.count -= 1
            self.changed.notify_all()

    def is_over(self) -> bool:
        with self.changed:
            return self.changed.wait_for(lambda: self.count <= 0, timeout=PATIENCE / 1000)


@pytest.fixture(autouse=True)
def server_at_rest(transactional_db: None) -> Iterator[None]:
    """What a closed page had still asked is answered before the database is emptied for the next journey."""
    answering = Answering()
    request_started.connect(answering.begin)
    request_finished.connect(answering.end)
    yield
    over = answering.is_over()
    request_started.disconnect(answering.begin)
    request_finished.disconnect(answering.end)
    assert over, "the server was still answering"


@pytest.fixture
def watch() -> Iterator[Watch]:
    watch = Watch()
    yield watch
    assert watch.unexpected() == []


@pytest.fixture
def desktop_page(new_context: Callable[..., BrowserContext], live_server: Any, watch: Watch) -> Page:
    return open_page(new_context(**DESKTOP, base_url=live_server.url), watch)


@pytest.fixture
def phone_page(new_context: Callable[..., BrowserContext], live_server: Any, watch: Watch) -> Page:
    return open_page(new_context(**PHONE, base_url=live_server.url), watch)


def open_page(context: BrowserContext, watch: Watch) -> Page:
    context.set_default_timeout(PATIENCE)
    watch.follow(context)
    return context.new_page()


@pytest.fixture
def sign_in(live_server: Any, client: Any, settings: Any) -> Callable[[Page, Any], None]:
    """Sign a person in without the form: `sign_in(page, user)`."""

    def sign_in(page: Page, user: Any) -> None:
        client.force_login(user)
        value = client.cookies[settings.SESSION_COOKIE_NAME].value
        page.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": value, "url": live_server.url}])

    return sign_in


@pytest.fixture(scope="session")
def no_axe_violations() -> Callable[[Page], None]:
    """Assert that the page, once it stands, is accessible, as far as axe can tell: `no_axe_violations(page)`."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def check(page: Page) -> None:
        page.wait_for_load_state()
        expect(page.locator(CHANGING)).to_have_count(0)
        results = axe.run(page)
        assert results.violations_count == 0, f"{page.url}\n{results.generate_report()}"

    return check
