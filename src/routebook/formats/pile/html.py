"""HTML as blocks. The scanner is ours: it is linear on hostile text and knows the line of everything.

It doesn't mind what isn't closed, keeps no markup and no script, and never fails.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import unquote

from routebook.formats.pile.text import Block, BlockKind, Piece, Span, joined, with_fake_headings
from routebook.formats.pile.verbs import words

_TAG = re.compile(
    r"<(?P<close>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,20})(?P<rest>(?:[\s/][^<>]{0,20000})?)>|<[!?](?P<comment>--)?"
)
_ATTRIBUTE = {
    name: re.compile(
        rf"(?:^|\s){name}\s{{0,3}}=\s{{0,3}}(?:\"([^\"]{{0,5000}})\"|'([^']{{0,5000}})'|([^\s\"'>]{{1,1000}}))", re.I
    )
    for name in ("href", "src", "alt", "type", "class", "style", "id", "colspan", "rowspan")
}
_SILENT = frozenset({"script", "style", "template", "noscript", "svg", "nav", "iframe", "select"})
_BREAKS = words(
    """
    address article aside blockquote body caption dd details div dl dt fieldset figcaption figure footer form
    header hr html main ol p section summary table tbody tfoot thead tr ul center
    """
)
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_TITLE = re.compile(r"<title[^<>]{0,200}>([^<]{0,500})</title", re.I)


def read_html(text: str) -> tuple[str, tuple[Block, ...]]:
    """The title ("" if it has none) and the blocks of an HTML page."""
    blocks = with_fake_headings(read_html_blocks(text, 1))
    named = _TITLE.search(text, 0, 200_000)
    first = next((block.text for block in blocks if block.kind is BlockKind.HEADING and block.level == 1), "")
    return first or (" ".join(unescape(named[1]).split()) if named else ""), blocks


def read_html_blocks(text: str, first_line: int) -> tuple[Block, ...]:
    """The blocks of a stretch of HTML that begins at a line of its source."""
    return _Scan(text, first_line).run()


@dataclass(slots=True)
class _Scan:
    source: str
    first_line: int
    blocks: list[Block] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    began: int = 0
    told: bool = False
    heading: int = 0
    lists: list[bool] = field(default_factory=list)
    item: bool = False
    ticked: bool | None = None
    bold: int = 0
    code: int = 0
    link: str = ""
    pre: int = 0
    language: str = ""
    rows: list[tuple[str, ...]] = field(default_factory=list)
    cells: list[str] = field(default_factory=list)
    tables: int = 0
    table_began: int = 0
    cell: bool = False
    wide: int = 1
    high: int = 1
    deeper: int = 0
    titled: bool = False
    reaching: dict[int, int] = field(default_factory=dict)
    bold_classes: frozenset[str] = frozenset()
    spans: list[bool] = field(default_factory=list)
    silent: str = ""
    lines: list[int] = field(default_factory=list)
    endless: set[str] = field(default_factory=set)

    def run(self) -> tuple[Block, ...]:
        style = self.source.find("<style")
        if style >= 0:
            # Google Docs writes bold as a class of its own.
            told = self.source[style : max(style, self.source.find("</style", style))][:400_000]
            self.bold_classes = frozenset(found["name"] for found in _BOLD_CLASS.finditer(told))
        self.lines = [found.end() for found in re.finditer("\n", self.source)]
        at = 0
        while found := _TAG.search(self.source, at):
            self._say(self.source[at : found.start()], at)
            if found["name"]:
                at = found.end()
                self._tag(found["name"].lower(), bool(found["close"]), found["rest"], at)
            else:
                at = self._after_comment(found)
        self._say(self.source[at:], at)
        self._flush(len(self.source))
        while self.tables:
            self._close_table(len(self.source))
        return tuple(self.blocks)

    def _after_comment(self, found: re.Match[str]) -> int:
        """Behind the end of a comment; where there is no end, behind its beginning. Each end is searched for once."""
        mark = "-->" if found["comment"] else ">"
        if mark in self.endless:
            return found.end()
        end = self.source.find(mark, found.end())
        if end < 0:
            self.endless.add(mark)
            return found.end()
        return end + len(mark)

    def _line(self, offset: int) -> int:
        return self.first_line + bisect_right(self.lines, offset)

    def _say(self, text: str, at: int) -> None:
        if self.silent or not text:
            return
        told = unescape(text)
        if not self.pre:
            told = re.sub(r"\s+", " ", told)
        if not self.told:
            if not told.strip():
                return
            self.began, self.told = at + len(text) - len(text.lstrip()), True
        self.pieces.append(Piece(told, self.bold > 0, self.code > 0, self.link))

    def _tag(self, name: str, closes: bool, rest: str, at: int) -> None:
        if self.silent:
            if closes and name == self.silent:
                self.silent = ""
        elif name in _SILENT or (name in ("ol", "ul") and not closes and _attribute("id", rest) == "breadcrumbs"):
            self.silent = "" if closes or rest.rstrip().endswith("/") else name
        elif name in _HEADINGS:
            self._flush(at)
            self.heading = 0 if closes else _HEADINGS[name]
        elif name in ("td", "th"):
            self._cell(closes, rest, at)
        elif name == "table":
            self._table(closes, at)
        elif name in ("tr", "tbody", "thead", "tfoot") and self.tables:
            self._row(at)
        elif name in _BREAKS or name in ("li", "pre", "ul", "ol", "title"):
            self._block_tag(name, closes, rest, at)
        else:
            self._inline_tag(name, closes, rest, at)

    def _block_tag(self, name: str, closes: bool, rest: str, at: int) -> None:
        if self.cell:
            self.pieces.append(Piece("\n"))
            return
        self._flush(at)
        if name in ("ul", "ol"):
            if not closes:
                self.lists.append(name == "ol")
                # Google Docs nests by a class (“lst-kix_x-2”) and not by putting lists into items.
                deeper = _LEVEL.search(_attribute("class", rest))
                self.deeper = int(deeper["level"]) if deeper else 0
            elif self.lists:
                self.lists.pop()
            self.item = False
        elif name == "li":
            self.item, self.ticked = not closes, None
        elif name == "pre":
            self.pre = 0 if closes else 1
            self.language = _attribute("class", rest).removeprefix("language-")[:40]
        elif name == "title" and not closes:
            self.silent = "title"
        elif name == "p":
            self.titled = not closes and bool(_GOOGLE_TITLE.search(_attribute("class", rest)))
        elif name == "div" and not closes and self.item and (box := _NOTION_BOX.search(_attribute("class", rest))):
            self.ticked = box["on"] == "on"

    def _inline_tag(self, name: str, closes: bool, rest: str, at: int) -> None:
        step = -1 if closes else 1
        if name in ("b", "strong"):
            self.bold = max(0, self.bold + step)
        elif name in ("code", "kbd", "tt", "samp"):
            self.code = max(0, self.code + step)
        elif name == "span":
            self._styled(closes, rest)
        elif name == "a":
            self.link = "" if closes else _unredirected(_attribute("href", rest))
        elif name == "br":
            self.pieces.append(Piece("\n", self.bold > 0, self.code > 0, self.link))
        elif name == "img" and not closes:
            self._picture(rest, at)
        elif name == "input" and _attribute("type", rest).lower() == "checkbox":
            self.ticked = " checked" in f" {rest.lower()}"

    def _styled(self, closes: bool, rest: str) -> None:
        """Bold that is a style: which of the open spans are."""
        if closes:
            if self.spans and self.spans.pop():
                self.bold = max(0, self.bold - 1)
            return
        bold = bool(_BOLD.search(_attribute("style", rest))) or bool(
            self.bold_classes and self.bold_classes & set(_attribute("class", rest).split())
        )
        if len(self.spans) < 1_000:
            self.spans.append(bold)
            self.bold += bold

    def _picture(self, rest: str, at: int) -> None:
        shown, source = unescape(_attribute("alt", rest)), _attribute("src", rest)
        line = self._line(max(0, at - 1))
        self._flush(at)
        self.blocks.append(Block(BlockKind.PICTURE, Span(line, line), joined((Piece(shown),)), source=source[:2000]))

    def _flush(self, at: int) -> None:
        if self.cell:
            return
        pieces, told = self.pieces, self.told
        self.pieces, self.told = [], False
        if not told:
            return
        span = Span(self._line(self.began), max(self._line(self.began), self._line(max(self.began, at - 1))))
        if self.pre:
            text = "".join(piece.text for piece in pieces).strip("\n").rstrip()
            self.blocks.append(Block(BlockKind.CODE, span, (Piece(text, code=True),), source=self.language))
        elif self.heading or self.titled:
            self.blocks.append(Block(BlockKind.HEADING, span, joined(pieces), level=self.heading or 1))
        elif self.item and self.lists:
            level = max(len(self.lists), self.deeper + 1)
            ordered = self.lists[-1]
            self.blocks.append(
                Block(BlockKind.ITEM, span, joined(pieces), level=min(level, 20), ordered=ordered, ticked=self.ticked)
            )
            self.item = False
        else:
            self.blocks.append(Block(BlockKind.PARAGRAPH, span, joined(pieces)))

    def _table(self, closes: bool, at: int) -> None:
        if closes:
            self._close_table(at)
            return
        self._flush(at)
        self.tables += 1
        if self.tables == 1:
            self.table_began, self.rows, self.cells, self.reaching = at, [], [], {}

    def _close_table(self, at: int) -> None:
        if not self.tables:
            return
        self._row(at)
        self.tables -= 1
        if not self.tables and self.rows:
            span = Span(self._line(self.table_began), self._line(at))
            self.blocks.append(Block(BlockKind.TABLE, span, rows=tuple(self.rows)))
            self.rows = []

    def _row(self, at: int) -> None:
        self._end_cell()
        if self.cells:
            self._pass_over()
            self.rows.append(tuple(self.cells))
            self.cells = []

    def _cell(self, closes: bool, rest: str, at: int) -> None:
        if not self.tables:
            self._flush(at)
            return
        self._end_cell()
        self.cell = not closes
        if self.cell:
            self.pieces, self.told = [], False
            self._pass_over()
            self.wide, self.high = _span(rest, "colspan"), _span(rest, "rowspan")

    def _pass_over(self) -> None:
        """Empty cells where one from a row above reaches down, so that each stays below its heading."""
        while self.reaching.get(len(self.cells), 0):
            self.reaching[len(self.cells)] -= 1
            self.cells.append("")

    def _end_cell(self) -> None:
        if not self.cell:
            return
        lines = "".join(piece.text for piece in self.pieces).split("\n")
        for at in range(self.wide):
            if self.high > 1:
                self.reaching[len(self.cells)] = self.high - 1
            self.cells.append("" if at else "\n".join(told for line in lines if (told := " ".join(line.split()))))
        self.pieces, self.told, self.cell = [], False, False


_NOTION_BOX = re.compile(r"\bcheckbox-(?P<on>on|off)\b")
_GOOGLE_TITLE = re.compile(r"\bc\d{1,3}\b.{0,40}\btitle\b")
_LEVEL = re.compile(r"lst-kix_\w+-(?P<level>[0-8])\b")
_REDIRECT = re.compile(r"https?://www\.google\.com/url\?(?:[^&]{0,200}&)?q=(?P<to>[^&]{1,2000})")


def _unredirected(address: str) -> str:
    """Where a link of an exported Google document really leads."""
    found = _REDIRECT.match(address)
    return unquote(found["to"]) if found else address


MOST_SPAN = 30


def _span(rest: str, name: str) -> int:
    told = _attribute(name, rest)
    return max(1, min(MOST_SPAN, int(told))) if told.isascii() and told.isdecimal() and len(told) < 4 else 1


_BOLD = re.compile(r"font-weight:\s?(?:bold|[6-9]00)")
_BOLD_CLASS = re.compile(r"\.(?P<name>[\w-]{1,40})\s?\{[^{}]{0,2000}?font-weight:\s?(?:bold|[6-9]00)")


def _attribute(name: str, rest: str) -> str:
    found = _ATTRIBUTE[name].search(rest)
    return unescape(next((value for value in found.groups() if value is not None), "")) if found else ""
