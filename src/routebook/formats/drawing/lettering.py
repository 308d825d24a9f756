"""How wide text is, and where it breaks, without a font at hand.

Widths are the wider of DejaVu Sans and Inter Medium per character, so that text measured here fits in
every system font a reader is likely to have.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache

ELLIPSIS = "…"
MOST_TEXTS = 8_192
"""How many texts are remembered: while somebody types, all others of the map stay as they are."""

_ASCII = (
    *(318, 401, 460, 838, 643, 950, 780, 275, 390, 390, 522, 838, 318, 463, 318, 368),
    *(646, 636, 636, 644, 654, 636, 636, 636, 636, 636, 337, 337, 838, 838, 838, 531),
    *(1000, 700, 686, 735, 770, 632, 586, 775, 752, 295, 552, 664, 564, 898, 748, 787),
    *(639, 787, 695, 643, 651, 738, 700, 989, 685, 685, 685, 390, 368, 390, 838, 500),
    *(500, 613, 635, 568, 635, 615, 369, 635, 634, 278, 278, 579, 278, 974, 634, 612),
    *(635, 635, 411, 536, 392, 634, 592, 825, 592, 592, 551, 636, 342, 636, 838),
)
"""Thousandths of the font size, from the space to the tilde."""

_BOLD = 1.1


@lru_cache(maxsize=MOST_TEXTS)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """The width of one line of text at a font size, in the same unit; never too small."""
    return sum(map(_thousandths, text)) * size / 1000 * (_BOLD if bold else 1)


@lru_cache(maxsize=MOST_TEXTS)
def wrap(text: str, limit: float, size: float, lines: int, *, bold: bool = False) -> tuple[str, ...]:
    """Break text at spaces into at most `lines` lines no wider than `limit`; the rest is an ellipsis.

    A word wider than a line is cut where it must be. Empty text gives no lines.
    """
    words = text.split()
    wrapped: list[str] = []
    while words and len(wrapped) < lines:
        line = words.pop(0)
        while words and width_of(f"{line} {words[0]}", size, bold=bold) <= limit:
            line = f"{line} {words.pop(0)}"
        kept = _head(line, limit, size, bold)
        if kept != line:
            words.insert(0, line[len(kept) :])
        wrapped.append(kept)
    if words:
        wrapped[-1] = _shortened(wrapped[-1], limit, size, bold)
    return tuple(wrapped)


@lru_cache(maxsize=MOST_TEXTS)
def _thousandths(character: str) -> int:
    code = ord(character)
    if 32 <= code < 127:
        return _ASCII[code - 32]
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 1300
    base = unicodedata.normalize("NFD", character)[0]
    if base != character:
        return _thousandths(base)
    return 940 if character.islower() else 1100


def _head(line: str, limit: float, size: float, bold: bool) -> str:
    """As much of a line as fits, at least one character."""
    room = limit * 1000 / size / (_BOLD if bold else 1)
    for count, character in enumerate(line):
        room -= _thousandths(character)
        if room < 0:
            return line[: max(count, 1)]
    return line


def _shortened(line: str, limit: float, size: float, bold: bool) -> str:
    """The line with an ellipsis at its end, within the limit; whole words if that leaves most of it."""
    whole = line
    while line and width_of(line + ELLIPSIS, size, bold=bold) > limit:
        line = line[:-1]
    words = line.rsplit(" ", 1)[0]
    if line != whole and len(words) >= 0.6 * len(line):
        line = words
    return line.rstrip(" ,;:.-–—") + ELLIPSIS
