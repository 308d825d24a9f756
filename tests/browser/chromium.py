"""Where the journeys get their browser from: one that is installed, else Debian's, else Playwright's."""

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

LAUNCH_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
DEBIANS_PACKAGES = ("chromium", "fonts-dejavu-core", "libatomic1")  # the last is what Playwright's own driver needs
SECONDS_TO_INSTALL = 300
SECONDS_TO_ANSWER = 30
WHY_NOT = (
    "no Chromium that runs with Playwright was found, and none could be installed; "
    "run `apt install chromium libatomic1`, or `bin/python -m playwright install --with-deps chromium`"
)


@cache
def find_or_install() -> str | None:
    """The path of a Chromium that Playwright can drive, or None where there is none and none can be had."""
    return find() or install()


def find() -> str | None:
    candidates = [*map(shutil.which, NAMES), playwrights_own()]
    # A path isn't enough: a download lacks libraries on a bare machine, and Ubuntu's is a stub without its snap.
    found = next((path for path in candidates if path and answers([path, "--version"])), None)
    return found if found and answers([sys.executable, "-m", "playwright", "--version"]) else None


def answers(command: list[str]) -> bool:
    try:
        return subprocess.run(command, timeout=SECONDS_TO_ANSWER, capture_output=True, check=False).returncode == 0
    except (subprocess.TimeoutExpired, OSError):
        return False


def playwrights_own() -> str | None:
    # Looked up by folder: asking Playwright would start its driver, which the tests do once, later.
    stated = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    folder = Path(stated) if stated else Path.home() / ".cache" / "ms-playwright"
    found = sorted(
        [*folder.glob("chromium-*/chrome-linux*/chrome"), *folder.glob("chromium-*/chrome-mac*/*.app/Contents/MacOS/*")]
    )
    return str(found[-1]) if found else None


def install() -> str | None:
    with (Path(tempfile.gettempdir()) / "routebook-chromium-install.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # of two test workers, the second finds what the first installed
        for command in ways_to_install():
            if find() is None:
                attempt(command)
        return find()


def ways_to_install() -> list[list[str]]:
    ways = [[sys.executable, "-m", "playwright", "install", "chromium"]]
    if shutil.which("apt-get") and os.geteuid() == 0:
        options = ["-y", "-qq", "--no-install-recommends"]
        ways.insert(0, ["apt-get", "install", *options, *DEBIANS_PACKAGES])
        ways.insert(0, ["apt-get", "update", "-qq"])
    return ways


def attempt(command: list[str]) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    try:
        subprocess.run(command, env=env, timeout=SECONDS_TO_INSTALL, capture_output=True, check=False)
    except (subprocess.TimeoutExpired, OSError):
        return
