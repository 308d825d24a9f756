"""Hours by month as a picture: a bar for what came back, a mark for what was planned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

HEIGHT, TOP, BOTTOM, SLOT, BAR = 170, 22, 26, 64, 34
LEAST_SLOTS = 6
LETTER = 11
"""How high a digit of the numbers is, about."""


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its name, the hours that came back, which may be below 0, and the hours that were planned."""

    name: str
    hours: float
    planned: float


@dataclass(frozen=True, slots=True)
class MonthsWords:
    """The words of the picture, in the reader's language: its title, and what says all of it to who can't see it."""

    title: str
    says: str


def draw_months(months: Sequence[Month], words: MonthsWords) -> str:
    """The picture as SVG without a style of its own; a page colours `bar`, `plan` and `zero`."""
    highest = max([1.0, *(max(month.hours, month.planned) for month in months)])
    lowest = min([0.0, *(month.hours for month in months)])
    scale = (HEIGHT - TOP - BOTTOM) / (highest - lowest)
    zero = TOP + highest * scale
    width = SLOT * max(LEAST_SLOTS, len(months))
    parts = [
        f'<svg class="months" viewBox="0 0 {width} {HEIGHT}" role="img" aria-label={quoteattr(words.title)}>',
        f"<title>{escape(words.title)}</title><desc>{escape(words.says)}</desc>",
        f'<line class="zero" x1="0" x2="{width}" y1="{zero:.1f}" y2="{zero:.1f}"/>',
    ]
    for place, month in enumerate(months):
        parts.append(_month(month, SLOT * place + SLOT / 2, zero, scale))
    return "".join([*parts, "</svg>"])


def _month(month: Month, middle: float, zero: float, scale: float) -> str:
    height = abs(month.hours) * scale
    top = zero - height if month.hours >= 0 else zero
    plan = zero - month.planned * scale
    kind, number = _place_of_number(min(top, zero), max(height, 1), plan)
    return (
        f'<rect class="bar{" lost" if month.hours < 0 else ""}" x="{middle - BAR / 2:.1f}" y="{top:.1f}"'
        f' width="{BAR}" height="{max(height, 1):.1f}" rx="3"/>'
        f'<line class="plan" x1="{middle - BAR / 2 - 9:.1f}" x2="{middle + BAR / 2 + 9:.1f}"'
        f' y1="{plan:.1f}" y2="{plan:.1f}"/>'
        f'<text class="{kind}" x="{middle:.1f}" y="{number:.1f}" text-anchor="middle">{month.hours:.1f}</text>'
        f'<text x="{middle:.1f}" y="{HEIGHT - 8}" text-anchor="middle">{escape(month.name)}</text>'
    )


def _place_of_number(top: float, height: float, plan: float) -> tuple[str, float]:
    """Its class and its baseline: over the bar; where the mark of the plan would cross it, in the bar or over the
    mark."""
    over = top - 6
    if not over - LETTER <= plan <= over + 4:
        return "n", over
    if height >= 2 * LETTER:
        return "n in", top + LETTER + 5
    return "n", plan - 6
