"""Blocks as CommonMark again, and the names of the parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

from routebook.formats.pile.text import Block, BlockKind, Piece, lines_of

MOST_SLUG = 60
_NUMBER = re.compile(
    r"^(?:(?:step|phase|stage|part|section|chapter)\s+(?:\d{1,3}|[ivx]{1,5}|[a-z])\b\s*[:.)–—-]?\s*|(?:\d{1,3}(?:\.\d{1,3}){0,4}[.):]?|[a-zA-Z][.)]|[IVX]{1,5}[.)])\s+)",
    re.I,
)
_SPECIAL = re.compile(r"([\\`*_\[\]<])")


def without_number(text: str) -> str:
    """A heading without “Step 3:” or “2.1”, unless nothing else is in it."""
    rest = _NUMBER.sub("", " ".join(text.split()), count=1).strip()
    return rest or " ".join(text.split())


def slug_of(text: str) -> str:
    """A file name for a title: small letters, digits and hyphens; "" where it has none of them."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")
    slug = slug if len(slug) <= MOST_SLUG else slug[:MOST_SLUG].rpartition("-")[0] or slug[:MOST_SLUG]
    return f"{slug}-step" if slug in ("start", "end") else slug


def unique(names: Sequence[str]) -> list[str]:
    """The names, later equals with a number: a, a-2, a-3."""
    taken: set[str] = set()
    counts: dict[str, int] = {}
    found = []
    for name in names:
        own = name
        while own in taken:
            counts[name] = counts.get(name, 1) + 1
            own = f"{name}-{counts[name]}"
        taken.add(own)
        found.append(own)
    return found


def joined_markdown(blocks: Iterable[Block]) -> str:
    """Blocks as a CommonMark text."""
    told: list[str] = []
    before: Block | None = None
    for block in blocks:
        text = markdown_of(block)
        tight = before is not None and before.kind is BlockKind.ITEM and block.kind is BlockKind.ITEM
        told.append(("\n" if tight else "\n\n") + text if told else text)
        before = block
    return "".join(told)


def markdown_of(block: Block) -> str:
    if block.kind is BlockKind.HEADING:
        return f"{'#' * min(6, max(3, block.level))} {inline(block.pieces)}"
    if block.kind is BlockKind.ITEM:
        mark = "1." if block.ordered else "-"
        return f"{'    ' * min(block.level - 1, 3)}{mark} {inline(block.pieces)}"
    if block.kind is BlockKind.CODE:
        fence = "`" * max(3, 1 + max((len(run) for run in re.findall(r"`+", block.text)), default=0))
        return f"{fence}{block.source if block.source.isalnum() else ''}\n{block.text}\n{fence}"
    if block.kind is BlockKind.TABLE:
        return _table(block)
    if block.kind is BlockKind.PICTURE:
        return f"![{_escaped(block.text)}]({block.source.replace(' ', '%20')})"
    return "\\\n".join(inline(line) for line in lines_of(block.pieces))


def inline(pieces: Iterable[Piece]) -> str:
    """Pieces on one line of CommonMark."""
    return " ".join("".join(_piece(piece) for piece in pieces).split())


def _piece(piece: Piece) -> str:
    if piece.code:
        ticks = "``" if "`" in piece.text else "`"
        return f"{ticks}{piece.text}{ticks}"
    text = _escaped(piece.text)
    if piece.link and piece.link != "#" and " " not in piece.link and text.strip():
        text = f"[{text}]({piece.link})"
    if piece.bold and text.strip():
        inner = text.strip()
        return text.replace(inner, f"**{inner}**", 1)
    return text


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _table(block: Block) -> str:
    width = max((len(row) for row in block.rows), default=0)
    lines = []
    for at, row in enumerate(block.rows):
        cells = [_escaped(" ".join(cell.split())).replace("|", "\\|") for cell in row] + [""] * (width - len(row))
        lines.append("| " + " | ".join(cells) + " |")
        if at == 0:
            lines.append("|" + " --- |" * width)
    return "\n".join(lines)


_SMALL = frozenset({"th", "the", "and", "for", "with", "how", "your", "our", "from", "into"})
_ENDING = re.compile(r"(?<=\w{3})(?:ing|es|ed|er|e|s)\Z")


def words_of(text: str) -> set[str]:
    """The words of a title without their endings: “Baking the bread” and “bakes it” share one."""
    return {_ENDING.sub("", word) for word in re.findall(r"[a-z]{3,}", text.casefold())} - _SMALL
