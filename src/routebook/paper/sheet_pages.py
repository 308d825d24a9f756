"""A document as a PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from routebook.formats.sheets import Sheet, tree_of
from routebook.formats.sheets.inked import WITH_TEXT, fitting, inked
from routebook.formats.sheets.of_document import Say
from routebook.formats.sheets.sheet import Drawing
from routebook.paper.imprint import Imprint
from routebook.paper.press import LayoutError, press

MOST_PICTURES = 40 * 1024 * 1024
"""Bytes of pictures in one PDF; what comes after that is named instead of shown."""


def sheet_pdf(sheet: Sheet, imprint: Imprint, pictures: Mapping[str, bytes] | None = None, say: Say = str) -> bytes:
    """The sheet on A4. `pictures` are the files by their path in the media folder. Raises `PaperError`.

    Where one of the pictures is damaged, all are named instead of shown: the words matter more.
    """
    fitted = _within(pictures or {})
    try:
        return _pdf(sheet, imprint, fitted, say)
    except LayoutError:
        if not fitted:
            raise
        return _pdf(sheet, imprint, {}, say)


def _pdf(sheet: Sheet, imprint: Imprint, fitted: Mapping[str, bytes], say: Say) -> bytes:
    places = {path: f"picture-{number}" for number, path in enumerate(fitted)}
    files = {places[path]: data for path, data in fitted.items()}
    data: dict[str, Any] = {**imprint.data(sheet.title), "paper": "a4", "width": 0, "drawing": False}
    data["sheet"] = _placed(tree_of(sheet, fitted, say), places)
    for svg in _drawings(sheet):
        fits = fitting(svg, WITH_TEXT)
        data |= {"paper": fits.paper, "width": fits.width, "drawing": True}
        files["map.svg"] = inked(svg).encode()
    return press("sheet.typ", {**files, "data.json": json.dumps(data).encode()}, "pdf")


def _within(pictures: Mapping[str, bytes]) -> dict[str, bytes]:
    """The pictures that fit into one print, in their order."""
    room = MOST_PICTURES
    fitted = {}
    for path, data in pictures.items():
        if len(data) <= room:
            room -= len(data)
            fitted[path] = data
    return fitted


def _drawings(sheet: Sheet) -> list[str]:
    return [block.svg for part in sheet.parts for block in part.blocks if isinstance(block, Drawing)]


def _placed(node: Any, places: Mapping[str, str]) -> Any:
    """The tree with pictures named as the press has them: never by a path that somebody typed."""
    if isinstance(node, dict):
        return {name: _placed(part, places) for name, part in node.items()}
    if not isinstance(node, list):
        return node
    if node and node[0] == "picture" and len(node) == 3 and isinstance(node[1], str):
        return ["picture", places[node[1]], node[2]]
    return [_placed(part, places) for part in node]
