"""Routebook turns the work inside a founder's head into work that other people do well."""

from functools import cache


@cache
def version() -> str:
    """The version, as the first heading of CHANGELOG.md states it."""
    from pathlib import Path

    changelog = Path(__file__).parents[2] / "CHANGELOG.md"
    if changelog.is_file():
        for line in changelog.read_text(encoding="utf-8").splitlines():
            if line.startswith("## "):
                return line.split()[1]
    from importlib.metadata import version as installed_version

    return installed_version("routebook")
