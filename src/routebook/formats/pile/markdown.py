"""Markdown, with what wikis and site makers add to it: front matter, admonitions, templates, HTML."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token

from routebook.formats.pile.front import front_matter, without_front_matter
from routebook.formats.pile.html import read_html_blocks
from routebook.formats.pile.inline import pictures_of, pieces_of
from routebook.formats.pile.text import LABEL_LINE, Block, BlockKind, Piece, Span, joined, with_fake_headings

_PARSER = MarkdownIt("commonmark").enable("table")
_PARSER.core.ruler.disable(["inline"])

_TITLE = re.compile(r"^title\s*[:=]\s*[\"']?(?P<title>.{1,300}?)[\"']?\s*$", re.M | re.I)
_ADMONITION = re.compile(r"(?P<indent>[ \t]*)(?:!!!|\?\?\?\+?)\s*\w+(?:\s+\"(?P<title>[^\"]{0,200})\")?\s*$")
_DIRECTIVE = re.compile(
    r"^[ \t]*(?::{3,}.{0,80}|\{[%:#].{0,300}[%:#]?\}|<%.{0,300}%>|\[\[?_?TOC_?\]?\]|\[toc\])[ \t]*$", re.I
)
_SOFT_BREAK = re.compile(rf"(?<!  )(?<!\\)\n(?![ \t]*{LABEL_LINE})[ \t]*")
_BOX = re.compile(r"\[(?P<mark>[ xX])\]\s+")


def read_markdown(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title ("" if it has none) and the blocks of a Markdown text."""
    named = _TITLE.search(front_matter(text))
    title = named["title"].strip() if named else ""
    known: dict[str, Any] = {}
    tokens = _PARSER.parse(_plainer(without_front_matter(text)), known)
    addresses = {name: str(to["href"]) for name, to in known.get("references", {}).items()}
    blocks = with_fake_headings(_Walk(tokens, addresses).blocks())
    return title or _first_heading(blocks), blocks


def _first_heading(blocks: Sequence[Block]) -> str:
    return next((block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), "")


def _plainer(text: str) -> str:
    """Admonitions as bold lines with their text dedented, template lines empty; the number of lines stays."""
    lines = []
    inside: str | None = None
    for line in text.split("\n"):
        admonition = _ADMONITION.match(line)
        if admonition:
            inside = admonition["indent"] + "    "
            lines.append(f"{admonition['indent']}**{admonition['title']}**  " if admonition["title"] else "")
            continue
        if inside is not None and line.strip():
            if line.startswith(inside):
                line = line[4:]
            else:
                inside = None
        lines.append("" if _DIRECTIVE.match(line) else line)
    return "\n".join(lines)


@dataclass(slots=True)
class _List:
    ordered: bool
    fresh: bool = False


@dataclass(slots=True)
class _Walk:
    """Goes once through markdown-it's tokens."""

    tokens: Sequence[Token]
    addresses: dict[str, str]
    lists: list[_List] = field(default_factory=list)

    def blocks(self) -> Iterator[Block]:
        at = 0
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.type == "table_open":
                end = _closing(self.tokens, at, "table_close")
                yield self._table(self.tokens[at:end])
                at = end
            elif token.type == "heading_open":
                yield from self._inline(self.tokens[at + 1], BlockKind.HEADING, level=int(token.tag[1]))
                at += 2
            else:
                yield from self._other(token)
            at += 1

    def _other(self, token: Token) -> Iterator[Block]:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self.lists.append(_List(token.type.startswith("ordered")))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self.lists.pop()
        elif token.type == "list_item_open":
            self.lists[-1].fresh = True
        elif token.type == "inline":
            yield from self._text(token)
        elif token.type in ("fence", "code_block"):
            yield Block(
                BlockKind.CODE,
                _span(token),
                (Piece(token.content.rstrip(), code=True),),
                source=token.info.strip()[:40],
            )
        elif token.type == "html_block":
            yield from read_html_blocks(token.content, _span(token).first)

    def _text(self, token: Token) -> Iterator[Block]:
        if not self.lists or not self.lists[-1].fresh:
            yield from self._inline(token, BlockKind.PARAGRAPH)
            return
        self.lists[-1].fresh = False
        yield from self._inline(token, BlockKind.ITEM, level=len(self.lists), ordered=self.lists[-1].ordered)

    def _inline(self, token: Token, kind: BlockKind, *, level: int = 0, ordered: bool = False) -> Iterator[Block]:
        text, ticked = _SOFT_BREAK.sub(" ", token.content), None
        box = _BOX.match(text) if kind is BlockKind.ITEM else None
        if box:
            text, ticked = text[box.end() :], box["mark"] != " "
        span = _span(token)
        pieces = pieces_of(text, self.addresses)
        if pieces:
            yield Block(kind, span, pieces, level=level, ordered=ordered, ticked=ticked)
        for shown, source in pictures_of(text, self.addresses):
            yield Block(BlockKind.PICTURE, span, joined((Piece(shown),)), source=source)

    def _table(self, tokens: Sequence[Token]) -> Block:
        rows: list[tuple[str, ...]] = []
        cells: list[str] = []
        for token in tokens:
            if token.type == "inline":
                cells.append("".join(piece.text for piece in pieces_of(token.content, self.addresses)))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
        return Block(BlockKind.TABLE, _span(tokens[0]), rows=tuple(rows))


def _closing(tokens: Sequence[Token], at: int, kind: str) -> int:
    while at < len(tokens) - 1 and tokens[at].type != kind:
        at += 1
    return at


def _span(token: Token) -> Span:
    first, last = token.map or [0, 1]
    return Span(first + 1, max(first + 1, last))
