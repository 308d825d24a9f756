"""The reference of the settings, from the table in their docstring: `python -m tests.docs.settings` writes the page."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "routebook" / "settings.py"
PAGE = ROOT / "docs" / "reference" / "settings.md"

HEAD = """\
# Settings

An operator sets these environment variables and nothing else; there is no settings file to keep. All have a default that
works on one machine. An address that can't work, of a database or of a mail server, stops the start with a sentence.
"""

FOOT = """\
`routebook manage check --deploy` says whether the settings are fit for a server on the internet: at the least
`ROUTEBOOK_HOSTS` and `ROUTEBOOK_HTTPS=1`, behind a proxy that ends TLS.

This page is written from the docstring of `src/routebook/settings.py` by `python -m tests.docs.settings`.
"""


def page() -> str:
    return f"{HEAD}\n{table()}\n\n{FOOT}"


def table() -> str:
    """The docstring's table. The module itself isn't imported: that would make a secret in somebody's home."""
    said = ast.get_docstring(ast.parse(SOURCE.read_text(encoding="utf-8"))) or ""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in said.splitlines() if line.startswith("|")]
    head, _, *body = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([head, "|---|---|---|", *body])


if __name__ == "__main__":
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(page(), encoding="utf-8")
