"""Routebook turns the work inside a founder's head into work that other people do well."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@cache
def version() -> str:
    """The version, as the first heading of CHANGELOG.md states it."""
    changelog = checkout() / "CHANGELOG.md"
    if changelog.is_file():
        for line in changelog.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                return line.split()[1]
    from importlib.metadata import version as installed_version

    return installed_version("routebook")


def sample_folder() -> "Path":
    """The library folder of the sample company: in the checkout, or where the installed package carries it."""
    from pathlib import Path

    in_checkout = checkout() / "sample"
    return in_checkout if in_checkout.is_dir() else Path(__file__).parent / "sample"


def checkout() -> "Path":
    """The folder above `src`; a checkout of the project when we run from one."""
    from pathlib import Path

    return Path(__file__).resolve().parents[2]
