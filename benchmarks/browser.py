"""A server of one's own and a real browser, for what only shows on a screen."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser import chromium
from tests.browser.screenshots import Failure, free_port, wait_for

ROOT = Path(__file__).parents[1]


@contextmanager
def empty_server() -> Iterator[str]:
    """The product without any data, serving on this machine until the block ends: the link that sets it up."""
    with tempfile.TemporaryDirectory(prefix="routebook-bench-") as home:
        port, log = free_port(), Path(home) / "server.log"
        env = {name: value for name, value in os.environ.items() if not name.startswith("ROUTEBOOK_")}
        command = [sys.executable, "-m", "routebook", "serve", "--empty", "--port", str(port), "--home", home]
        with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out) as process:
            try:
                wait_for(process, port, log)
                yield setup_link(log)
            finally:
                process.terminate()


def setup_link(log: Path) -> str:
    found = re.search(r"http://\S+/setup/\S+", log.read_text(encoding="utf-8"))
    if found is None:
        raise Failure("The server printed no link to set it up.")
    return found[0]


@contextmanager
def page_of_a_browser() -> Iterator[Page]:
    """A page on a laptop's screen."""
    path = chromium.find_or_install()
    if path is None:
        raise Failure(f"No browser: {chromium.WHY_NOT}.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.LAUNCH_ARGS)
        page = browser.new_page(viewport={"width": 1280, "height": 800}, locale="en-GB")
        page.set_default_timeout(20_000)
        yield page
        browser.close()
