"""A sheet as plain lists and mappings, which become JSON: what the typesetter lays out."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any
from urllib.parse import urlsplit

from routebook.core.document import Picture
from routebook.formats.sheets import marked
from routebook.formats.sheets.of_document import Say
from routebook.formats.sheets.sheet import (
    Block,
    Cell,
    Checklist,
    Criteria,
    Drawing,
    Fact,
    Instruction,
    Prose,
    Sheet,
    Shown,
    Table,
    Text,
)

PRINTABLE = (".png", ".jpg", ".jpeg", ".gif", ".webp")
"""The pictures that can stand on paper; others are named instead."""


def tree_of(sheet: Sheet, pictures: Collection[str] = (), say: Say = str) -> dict[str, Any]:
    """What `paper/sheet.typ` lays out. `pictures` are the paths of those that are at hand; others are only named."""
    return _Planting(frozenset(pictures), say).sheet(sheet)


def pictures_of(sheet: Sheet) -> tuple[str, ...]:
    """The paths, below the media folder, of all pictures that the sheet shows and paper can, each once."""
    return tuple(path for path in media_in(sheet) if path.lower().endswith(PRINTABLE))


def media_in(sheet: Sheet) -> tuple[str, ...]:
    """The paths, below the media folder, of all that the sheet shows or plays, each once."""
    shown = (path for part in sheet.parts for block in part.blocks for path in _shown_in(block))
    return tuple(dict.fromkeys(filter(None, shown)))


def _shown_in(block: Block) -> Iterator[str]:
    match block:
        case Prose(text=text):
            yield from marked.pictures(text)
        case Criteria(lines=lines):
            for line in lines:
                yield from marked.pictures(line)
        case Instruction():
            yield from (path for one in block.pictures if (path := marked.media_path(one.source)))
            for line in block.lines:
                yield from marked.pictures(line)
            yield marked.media_path(block.clip)
        case Checklist(checks=checks):
            for check in checks:
                yield from marked.pictures(check.text)
                yield from marked.pictures(check.how)
                if check.uses:
                    yield from _shown_in(check.uses)
        case Shown():
            yield from (path for one in block.pictures if (path := marked.media_path(one.source)))
            yield marked.media_path(block.recording)
        case _:
            return


class _Planting:
    """One sheet on its way; what is at hand and which language it speaks stay the same all through it."""

    def __init__(self, at_hand: frozenset[str], say: Say) -> None:
        self.at_hand = at_hand
        self.say = say

    def sheet(self, sheet: Sheet) -> dict[str, Any]:
        return {
            "kind": sheet.kind,
            "title": sheet.title,
            "tag": sheet.tag,
            "facts": [self._fact(fact) for fact in sheet.facts],
            "parts": [
                {"heading": part.heading, "blocks": [self._block(block) for block in part.blocks]}
                for part in sheet.parts
            ],
        }

    def _fact(self, fact: Fact) -> dict[str, Any]:
        return {"name": fact.name, "says": self._cell(fact.says)}

    def _cell(self, cell: Cell) -> list[Any]:
        return [{"says": self._text(text), "soft": text.soft} for text in cell]

    def _text(self, text: Text) -> list[Any]:
        return self._line(text.text) if text.marked else [["text", text.text]]

    def _block(self, block: Block) -> dict[str, Any]:
        match block:
            case Prose():
                says = self._blocks(block.text)
                return {"is": "prose", "title": self._line(block.title), "tone": block.tone, "says": says}
            case Criteria():
                return {"is": "criteria", "lines": [self._line(line) for line in block.lines]}
            case Instruction():
                return self._instruction(block)
            case Checklist():
                return {
                    "is": "checklist",
                    "checks": [
                        {
                            "heading": check.heading,
                            "says": self._line(check.text),
                            "leave": check.leave,
                            "how": self._blocks(check.how),
                            "uses": self._instruction(check.uses) if check.uses else None,
                        }
                        for check in block.checks
                    ],
                }
            case Shown():
                return {
                    "is": "shown",
                    "pictures": self._pictures(block.pictures),
                    "recording": self._recording(block.recording),
                }
            case Table():
                return {
                    "is": "table",
                    "names": list(block.names),
                    "shares": list(block.shares),
                    "rows": [[self._cell(cell) for cell in row] for row in block.rows],
                }
            case Drawing():
                return {"is": "drawing", "words": " ".join(block.words)}

    def _instruction(self, one: Instruction) -> dict[str, Any]:
        return {
            "is": "instruction",
            "title": one.title if one.to else "",
            "action": self._line(one.action),
            "lines": [self._line(line) for line in one.lines],
            "pictures": self._pictures(one.pictures),
            "recording": self._recording(one.clip),
        }

    def _pictures(self, pictures: tuple[Picture, ...]) -> list[Any]:
        return [self._picture(marked.media_path(one.source), one.text or one.source) for one in pictures]

    def _picture(self, path: str, text: str) -> list[Any]:
        """A picture, or the words of one that isn't there or can't be printed."""
        if path in self.at_hand and path.lower().endswith(PRINTABLE):
            return ["picture", path, text]
        return ["text", f"[{self.say('picture')}: {text or path}]"]

    def _recording(self, source: str) -> list[Any]:
        if not source:
            return []
        said = ["text", f"{self.say('Recording')}: "]
        if "://" in source and urlsplit(source).scheme in ("http", "https"):
            return [said, ["link", source, [["text", source]]]]
        return [said, ["text", marked.media_path(source) or source]]

    def _line(self, text: str) -> list[Any]:
        return [self._settled(node) for node in marked.line(text)]

    def _blocks(self, text: str) -> list[Any]:
        return [self._settled(node) for node in marked.blocks(text)]

    def _settled(self, node: Any) -> Any:
        """The tree of a text, with each picture in it at hand or in words."""
        if not isinstance(node, list):
            return node
        if node and node[0] == "picture":
            return self._picture(str(node[1]), str(node[2]))
        return [self._settled(part) for part in node]
