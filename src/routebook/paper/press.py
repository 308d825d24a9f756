"""The press: files in, PDF or PNG out, within bounds of time, memory and size.

Typst runs in a child process, because only a process can be ended when it takes too long. It reads the fonts and
the files of a folder that is made for this one print, its root, and nothing else. Text goes in as data (JSON), never
as markup, so nothing that somebody wrote is carried out.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from threading import BoundedSemaphore
from typing import Literal

Form = Literal["pdf", "png"]

SECONDS = 30
"""After which a page that isn't done is given up."""
MOST_BYTES = 48 * 1024 * 1024
"""Of everything that goes in: text, drawings and pictures."""
AT_ONCE = 2
PATIENCE = 5
"""Seconds that somebody waits for their turn."""
PIXELS_PER_INCH = 192
"""Of a PNG: two for each pixel of a page at its natural size."""

_here = Path(__file__).parent
_turns = BoundedSemaphore(AT_ONCE)


class PaperError(Exception):
    """The page could not be printed; the sentence says why and what to do."""


class LayoutError(PaperError):
    """Something that was given can't be laid out, such as a picture that is damaged."""


def press(template: str, files: Mapping[str, bytes], form: Form) -> bytes:
    """Lay out `files` by a template of this package, such as ``map.typ``. PNG gives the first page only.

    The template finds its data in ``data.json``, and drawings and pictures beside it. Raises `PaperError`.
    """
    if sum(map(len, files.values())) > MOST_BYTES:
        raise PaperError("This is too much for one print: more than 48 MB of text and pictures.")
    if not _turns.acquire(timeout=PATIENCE):
        raise PaperError("Other pages are being printed right now. Try again in a minute.")
    try:
        with tempfile.TemporaryDirectory(prefix="routebook-press-") as folder:
            for name, data in {**_templates(template), **files}.items():
                Path(folder, name).write_bytes(data)
            return _run(folder, form)
    finally:
        _turns.release()


def _run(folder: str, form: Form) -> bytes:
    # Isolated (-I): neither the environment nor the folder that it starts in changes what is imported.
    command = [sys.executable, "-I", str(_here / "child.py"), form, str(PIXELS_PER_INCH), str(_fonts())]
    try:
        done = subprocess.run(command, capture_output=True, cwd=folder, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired as error:
        raise PaperError(f"Printing took longer than {SECONDS} seconds and was given up.") from error
    if done.returncode or not done.stdout:
        reason = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or ["no reason was given"]
        raise LayoutError(f"The page could not be printed: {reason[0][:300]}")
    return done.stdout


def _templates(template: str) -> dict[str, bytes]:
    """The template that is asked for as ``main.typ``, and what all of them share."""
    return {"main.typ": (_here / template).read_bytes(), "page.typ": (_here / "page.typ").read_bytes()}


def _fonts() -> Path:
    """The folder of the font that comes with the product, found without running its package."""
    found = find_spec("font_source_sans_pro")
    if found is None or not found.submodule_search_locations:
        raise PaperError("The font for printing is not installed; set Routebook up again.")
    return Path(found.submodule_search_locations[0]) / "files"
