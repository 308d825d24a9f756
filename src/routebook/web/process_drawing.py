"""The map as it stands in a page, with what breaks along it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from routebook.core.document import Process
from routebook.core.process_map.supply import Break, Side, breaks
from routebook.formats.drawing import draw
from routebook.store.queries.documents import StepDocuments

_ACCEPTED_BY = {
    Side.GIVES: frozenset({"RB304", "output-nobody-takes"}),
    Side.TAKES: frozenset({"RB305", "input-nobody-gives"}),
}
"""The rules that say the same: what an owner accepts there is not marked here."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The map as SVG ("" without steps), and what breaks on it: `takes` and `gives` count the marks in the legend."""

    svg: SafeString
    gaps: tuple[Break, ...] = ()

    @property
    def takes(self) -> int:
        return sum(gap.side is Side.TAKES for gap in self.gaps)

    @property
    def gives(self) -> int:
        return sum(gap.side is Side.GIVES for gap in self.gaps)

    @property
    def told(self) -> list[tuple[int, str, str]]:
        """The place of a step, the side, and a sentence about everything that is missing there."""
        places = dict.fromkeys(gap.index for gap in self.gaps)
        return [(index, side, said) for index in places for side, said in gaps_at(self.gaps, index).items()]


def drawing(
    process: Process,
    documents: Mapping[str, StepDocuments],
    *,
    linked: bool = True,
    like: Mapping[str, int] | None = None,
) -> Drawing:
    """The map; if `linked`, each box leads to its line in the list. `like`: the `bands_of` the drawing before."""
    if not process.steps:
        return Drawing(mark_safe(""))
    gaps = open_breaks(process)
    href = (lambda step: f"#step-{step}") if linked else None
    # formats.drawing escapes every text that enters the picture.
    return Drawing(mark_safe(draw(process, documents=tags_of(documents), gaps=gaps, href=href, like=like)), gaps)


def bands_of(said: str) -> dict[str, int]:
    """The band of each step in the drawing that a browser has, as its script says it; none where it can't be read."""
    try:
        bands = json.loads(said or "{}")
    except (ValueError, RecursionError):
        return {}
    if not isinstance(bands, dict):
        return {}
    return {step: band for step, band in bands.items() if type(band) is int}


def tags_of(documents: Mapping[str, StepDocuments]) -> dict[str, str]:
    """What stands below the box of each step that has SOPs."""
    tags = {}
    for step, found in documents.items():
        if len(found.sops) > 1:
            tags[step] = _("%(n)d SOPs") % {"n": len(found.sops)}
        elif found.sops and found.sops[0].version:
            tags[step] = _("SOP v%(n)d") % {"n": found.sops[0].version}
    return tags


def open_breaks(process: Process) -> tuple[Break, ...]:
    """The breaks of a map, but for what its owner accepts."""
    accepted = {one.rule for one in process.accepts}
    return tuple(gap for gap in breaks(process) if not accepted & _ACCEPTED_BY[gap.side])


def gaps_at(gaps: tuple[Break, ...], index: int) -> dict[str, str]:
    """What is missing at one step in words, by side: what it takes that nobody gives, and the other way round."""
    names: dict[Side, str] = {}
    for gap in gaps:
        if gap.index == index:
            names[gap.side] = f"{names[gap.side]}, “{gap.name}”" if gap.side in names else f"“{gap.name}”"
    sentences = {Side.TAKES: _("no earlier step gives %(names)s"), Side.GIVES: _("no later step takes %(names)s")}
    return {str(side): sentences[side] % {"names": listed} for side, listed in names.items()}
