"""The map of a process on one page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from routebook.core.document import Handling, Process
from routebook.formats.drawing import draw, itinerary
from routebook.formats.sheets import marked
from routebook.formats.sheets.inked import fitting, inked
from routebook.formats.sheets.of_document import HANDLINGS, Say
from routebook.paper.imprint import Imprint
from routebook.paper.press import Form, press

_LEGEND = (Handling.DELEGATE, Handling.KEEP, Handling.AUTOMATE, Handling.UNDECIDED, Handling.DROP)


def map_pdf(process: Process, imprint: Imprint, documents: Mapping[str, str] | None = None, say: Say = str) -> bytes:
    """One landscape page with the drawing; `documents` as for `draw`. Raises `PaperError`."""
    return _map(process, imprint, documents, say, "pdf")


def map_png(process: Process, imprint: Imprint, documents: Mapping[str, str] | None = None, say: Say = str) -> bytes:
    """The same page as a picture, with two pixels for each one of the screen. Raises `PaperError`."""
    return _map(process, imprint, documents, say, "png")


def _map(process: Process, imprint: Imprint, documents: Mapping[str, str] | None, say: Say, form: Form) -> bytes:
    svg = draw(process, documents=documents)
    fits = fitting(svg)
    used = {step.handling for step in process.steps}
    data: dict[str, Any] = {
        **imprint.data(process.title or process.slug),
        "paper": fits.paper,
        "width": fits.width,
        "drawing": bool(process.steps),
        "empty": say("This map has no steps yet."),
        "alt": " ".join(itinerary(process)),
        "target": f"{say('Target')}: {say('within')} {process.target.within}" if process.target else "",
        "ends": [
            {"name": name, "says": _without_pictures(text)}
            for name, text in ((say("Starts when"), process.trigger), (say("Result"), process.result))
            if text
        ],
        "legend": [{"is": one.value, "says": say(HANDLINGS[one])} for one in _LEGEND if one in used],
    }
    return press("map.typ", {"data.json": json.dumps(data).encode(), "map.svg": inked(svg).encode()}, form)


def _without_pictures(text: str) -> list[Any]:
    return [["text", node[2]] if node[0] == "picture" else node for node in marked.line(text)]
