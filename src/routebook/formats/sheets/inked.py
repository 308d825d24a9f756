"""The drawing with inks for colours, for what prints without a stylesheet of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from routebook.formats.drawing import STYLE

FONT = "Source Sans Pro"
INKS = {
    "--text": f'"{FONT}"',
    "--paper": "#ffffff",
    "--sheet": "#ffffff",
    "--ink": "#1d2327",
    "--soft": "#555d63",
    "--hair": "#c9c3b6",
    "--wash": "#f3efe6",
    "--route": "#0b6b5d",
    "--route-wash": "#e3f1ed",
    "--keep": "#835500",
    "--auto": "#5b4bb0",
    "--late": "#b3261e",
}
"""The light colours of the pages; the lines of the lanes are a little darker, so that printers show them."""

_VARIABLE = re.compile(r"var\((--[a-z-]+)\)")
_SIZE = re.compile(r'<svg [^>]*?width="(?P<width>[0-9.]+)" height="(?P<height>[0-9.]+)"')
ALONE = (785.0, 440.0)
"""Points on a landscape A4 that a drawing gets, beside margins, title and legend."""
WITH_TEXT = (760.0, 370.0)
"""The same, where the facts about the process stand above it."""
_LEAST_LETTERS = 5.0
_LETTERS = 13.0
_LARGEST = 0.8
"""The scale of a small map: its letters are not larger than the text around it."""


@dataclass(frozen=True, slots=True)
class Fitting:
    """On which paper a drawing is legible, and how wide it is there, in points."""

    paper: str
    width: float
    letters: float


def inked(svg: str) -> str:
    """The drawing with its colours and its font resolved, as one file."""
    style = _VARIABLE.sub(lambda found: INKS[found[1]], STYLE)
    end = svg.index(">") + 1
    return f"{svg[:end]}\n<style>\n{style}</style>{svg[end:]}"


def fitting(svg: str, room: tuple[float, float] = ALONE) -> Fitting:
    """A4 where letters are at least 5 points there, else A3 or A2: the page prints smaller, but never loses a word."""
    size = _SIZE.match(svg)
    width, height = (float(size["width"]), float(size["height"])) if size else (1.0, 1.0)
    scale = min(room[0] / max(width, 1), room[1] / max(height, 1), _LARGEST)
    for paper, grows in (("a4", 1.0), ("a3", 1.414), ("a2", 2.0)):
        if scale * grows * _LETTERS >= _LEAST_LETTERS or paper == "a2":
            grown = min(scale * grows, _LARGEST)
            return Fitting(paper, width * grown, _LETTERS * grown)
    raise AssertionError("the last paper takes everything")
