"""Pictures of the main pages, taken from the running product: `bin/screenshots`.

It starts a server of its own, on a free port of this machine and with a home that is thrown away, loads the sample, signs
in as whoever the page is for, and takes each page on a laptop and on a phone, in light and in dark. The pictures go to
docs/screenshots/, where git keeps only those that the documentation shows; `--to DIR` puts them elsewhere. `--guide`
makes the pictures of the guide instead, in docs/guide/pictures/.

A page that answers with an error or can't be reached makes no picture; it is named, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Error, Page, sync_playwright

from tests.browser import chromium
from tests.browser.guide_pictures import Picture, take_pictures
from tests.browser.palette import with_palette

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "screenshots"
SECONDS_TO_START = 120

FOUNDER, MANAGER, ASSISTANT, SPECIALIST, NOBODY = "mei", "priya", "ana", "jon", ""
LAPTOP: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
LOOKS = {
    "": (LAPTOP, "light"),
    "-dark": (LAPTOP, "dark"),
    "-phone": (PHONE, "light"),
    "-phone-dark": (PHONE, "dark"),
}
"""How each page is taken: what its file's name ends in, the device and the colours."""
SHOWN = frozenset({"process.png"})
"""What the documentation shows. Git keeps these (see .gitignore), so they are made small."""


class Failure(Exception):
    """A sentence for the person who typed the command."""


@dataclass(frozen=True, slots=True)
class Shot:
    """A page: who looks, where they begin, and the links that they follow from there, each the first of its kind."""

    name: str
    person: str
    path: str
    follow: tuple[str, ...] = ()


SHOTS = (
    Shot("sign-in", NOBODY, "/sign-in/"),
    Shot("home", FOUNDER, "/"),
    Shot("home-assistant", ASSISTANT, "/"),
    Shot("inbox", FOUNDER, "/inbox/"),
    Shot("processes", FOUNDER, "/processes/"),
    Shot("process", FOUNDER, "/processes/refund-a-customer/"),
    Shot("ladder", FOUNDER, "/processes/refund-a-customer/ladder/"),
    Shot("map", FOUNDER, "/processes/refund-a-customer/edit/"),
    Shot("plate", FOUNDER, "/plate/"),
    Shot("goals", FOUNDER, "/goals/"),
    Shot("matrix", FOUNDER, "/delegations/"),
    Shot("delegation", FOUNDER, "/delegations/launch-the-vsl-funnel/"),
    Shot("plan", FOUNDER, "/plan/"),
    Shot("ledger", FOUNDER, "/ledger/"),
    Shot("documents", FOUNDER, "/documents/"),
    Shot("coverage", FOUNDER, "/documents/coverage/"),
    Shot("pile", FOUNDER, "/pile/"),
    Shot("pile-item", FOUNDER, "/pile/", ("main a[href^='/pile/']",)),
    Shot("sop", ASSISTANT, "/sops/issue-a-refund-in-stripe/"),
    Shot("sop-edit", FOUNDER, "/sops/issue-a-refund-in-stripe/edit/"),
    Shot("handoff", FOUNDER, "/handoffs/", ("main li a[href^='/handoffs/']",)),
    Shot("came-back", FOUNDER, "/handoffs/came-back/"),
    Shot("people", FOUNDER, "/people/"),
    Shot("abilities", FOUNDER, "/people/abilities/"),
    Shot("training", SPECIALIST, "/", ("main a[href$='/training/']",)),
    Shot("runs", MANAGER, "/runs/"),
    Shot("run", MANAGER, "/runs/482/"),
    Shot("task", SPECIALIST, "/", ("main a[href*='/tasks/']",)),
    Shot("outcomes", FOUNDER, "/outcomes/refund-a-customer/"),
)


def main(arguments: Sequence[str]) -> int:
    args = parsed(arguments)
    browser_path = chromium.find_or_install()
    if browser_path is None:
        raise Failure(f"No pictures: {chromium.WHY_NOT}.")
    args.to.mkdir(parents=True, exist_ok=True)
    shots = [shot for shot in SHOTS if not args.only or shot.name in args.only]
    with tempfile.TemporaryDirectory(prefix="routebook-screenshots-") as home, server(Path(home)) as address:
        failed = guide(browser_path, address) if args.guide else take_all(browser_path, address, shots, args.to)
    for sentence in failed:
        print(sentence, file=sys.stderr)
    return 1 if failed else 0


def parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/screenshots", description="Take pictures of the main pages.")
    parser.add_argument("--to", type=Path, default=FOLDER, metavar="DIR", help="where they go (docs/screenshots)")
    parser.add_argument("--guide", action="store_true", help="make the pictures of the guide instead")
    names = [shot.name for shot in SHOTS]
    parser.add_argument("--only", nargs="+", choices=names, default=[], metavar="PAGE", help=", ".join(names))
    return parser.parse_args(arguments)


@contextmanager
def server(home: Path) -> Iterator[str]:
    """The product with the sample, serving; its address."""
    port = free_port()
    env = {name: value for name, value in os.environ.items() if not name.startswith("ROUTEBOOK_")}
    command = [sys.executable, "-m", "routebook", "serve", "--port", str(port), "--home", str(home)]
    log = home / "server.log"
    with log.open("w") as out, subprocess.Popen(command, cwd=ROOT, env=env, stdout=out, stderr=out) as process:
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(process, port, log)
            yield address
        finally:
            process.terminate()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return when the server answers. Raises Failure with its last words when it doesn't."""
    for _ in range(SECONDS_TO_START * 10):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    raise Failure("The server did not start.\n" + "\n".join(log.read_text(encoding="utf-8").splitlines()[-5:]))


def take_all(browser_path: str, address: str, shots: Sequence[Shot], folder: Path) -> list[str]:
    """Take the pictures; what went wrong, a sentence for each page."""
    failed: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=chromium.LAUNCH_ARGS)
        doors = {person: signed_in(browser, address, person) for person in {shot.person for shot in shots}}
        for shot in shots:
            for ending, (device, scheme) in LOOKS.items():
                context = browser.new_context(
                    **device,
                    base_url=address,
                    color_scheme=scheme,  # type: ignore[arg-type]
                    reduced_motion="reduce",
                    locale="en-GB",
                    timezone_id="Asia/Singapore",
                    storage_state=doors[shot.person],
                )
                context.set_default_timeout(10_000)
                try:
                    take(context.new_page(), shot, folder / f"{shot.name}{ending}.png")
                except (Failure, Error) as error:
                    failed.append(f"{shot.name}: {str(error).splitlines()[0]}")
                    break
                finally:
                    context.close()
        browser.close()
    return failed


def guide(browser_path: str, address: str) -> list[str]:
    """Make the pictures of the guide; what went wrong, in a sentence."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=chromium.LAUNCH_ARGS)

        def page_of(picture: Picture) -> Page:
            state = signed_in(browser, address, picture.person)
            context = browser.new_context(
                viewport=picture.size, base_url=address, reduced_motion="reduce", locale="en-GB", storage_state=state
            )
            context.set_default_timeout(10_000)
            return context.new_page()

        try:
            for file in take_pictures(page_of):
                print(file.relative_to(ROOT), flush=True)
        except (Error, AssertionError) as error:
            return [f"A picture of the guide failed: {str(error).splitlines()[0]}"]
        finally:
            browser.close()
    return []


def signed_in(browser: Browser, address: str, person: str) -> Any:
    """The cookies of somebody who signed in by the sample's own button."""
    context = browser.new_context(base_url=address)
    if person:
        page = context.new_page()
        page.goto("/sign-in/")
        page.locator(f"form:has(input[name=as][value={person}]) button").click()
        page.wait_for_url(f"{address}/")
    state = context.storage_state()
    context.close()
    return state


def take(page: Page, shot: Shot, file: Path) -> None:
    go(page, shot.path)
    for link in shot.follow:
        found = page.locator(link).first
        if found.count() == 0:
            raise Failure(f"there is no link {link} on {page.url}")
        go(page, str(found.get_attribute("href")))
    grow(page)
    picture = page.screenshot(animations="disabled")
    file.write_bytes(with_palette(picture) if file.name in SHOWN else picture)
    print(file.relative_to(ROOT) if file.is_relative_to(ROOT) else file, flush=True)


def grow(page: Page) -> None:
    """Make the window as high as the page, so that a bar at its bottom stands below the text and not across it."""
    size = page.viewport_size
    assert size is not None
    height = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": size["width"], "height": max(height, size["height"])})


def go(page: Page, path: str) -> None:
    response = page.goto(path, wait_until="networkidle")
    if response is None or not response.ok:
        raise Failure(f"{path} answers {response.status if response else 'nothing'}")


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except Failure as failure:
        print(failure, file=sys.stderr)
        sys.exit(1)
