"""The parts of a Word document, made plain before they are turned into HTML, and what HTML has no place for.

Text boxes are put behind their paragraph, wrappers around text are taken off, equations become text; styles get their
level from what they are called in any language, or from their outline; headers, footers and comments are told apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from xml.etree import ElementTree

from routebook.formats.pile.text import Block, BlockKind, Piece, Span, joined

_WRAPPERS = frozenset({"fldSimple", "dir", "bdo", "customXml", "smartTag", "moveTo"})
_GONE = frozenset({"moveFrom", "moveFromRangeStart", "moveFromRangeEnd"})
_TRIGGERS = tuple(name.encode() for name in (*_WRAPPERS, *_GONE, "txbxContent", "oMath", ":link="))
_HEADING = re.compile(
    r"(?:heading|header|überschrift|titre|título|titulo|titolo|kop|rubrik|overskrift|otsikko|nagłówek|nadpis|заголовок|başlık|címsor|titlu"
    r"|encabezado|cabeçalho|naslov|επικεφαλίδα|标题|標題|見出し|제목)\s?(?P<level>[1-9])",
    re.I,
)
_TITLES = frozenset({"title", "titel", "titre", "título", "titulo", "titolo", "tittel", "otsikko", "tytuł", "název", "заголовок", "标题", "表題"})  # fmt: skip
_PAGE = re.compile(
    r"(?:page|pg|p|seite|pagina|página|sida|side|strona|стр)?\.?\s?\d*\s?(?:of|von|de|di|van|av|z|sur|/|\||-)?\s?\d*|\W*",
    re.I,
)
MOST_STYLES = 5_000


def plain_part(data: bytes) -> bytes:
    """A part of a document (its text, its notes) with everything in it where a reader of the text finds it."""
    if not any(trigger in data for trigger in _TRIGGERS):
        return data
    root = ElementTree.fromstring(data)
    _unwrap(root)
    _put_out_boxes(root)
    return str(ElementTree.tostring(root, encoding="unicode")).encode()


def _name(element: ElementTree.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _attribute(element: ElementTree.Element | None, name: str) -> str:
    if element is None:
        return ""
    return next((value for key, value in element.items() if key.rpartition("}")[2] == name), "")


def _child(element: ElementTree.Element, name: str) -> ElementTree.Element | None:
    return next((child for child in element if _name(child) == name), None)


def _namespace(root: ElementTree.Element) -> str:
    return root.tag.rpartition("}")[0] + "}" if "}" in root.tag else ""


def _unwrap(root: ElementTree.Element) -> None:
    space = _namespace(root)
    # From the inside out, so that a wrapper in a wrapper is gone before its own turn comes.
    for element in reversed(list(root.iter())):
        children: list[ElementTree.Element] = []
        for child in element:
            name = _name(child)
            if name in _WRAPPERS:
                children += list(child)
            elif name in ("oMath", "oMathPara"):
                children.append(_equation(child, space))
            elif name == "drawing" and (shows := _shown_elsewhere(child)):
                children.append(_text(shows, space))
            elif name not in _GONE:
                children.append(child)
        element[:] = children


def _shown_elsewhere(drawing: ElementTree.Element) -> str:
    """What a picture shows that is only linked: it lies on somebody's disk, and its description is all that came."""
    blips = [one for one in drawing.iter() if _name(one) == "blip"]
    if not blips or any(_attribute(one, "embed") for one in blips):
        return ""
    return next((shows for one in drawing.iter() if _name(one) == "docPr" and (shows := _attribute(one, "descr"))), "")


def _text(text: str, space: str) -> ElementTree.Element:
    element = ElementTree.Element(f"{space}t")
    element.text = text
    return element


def _equation(element: ElementTree.Element, space: str) -> ElementTree.Element:
    run = ElementTree.Element(f"{space}r")
    run.append(_text("".join(part.text or "" for part in element.iter() if _name(part) == "t"), space))
    return run


def _put_out_boxes(root: ElementTree.Element) -> None:
    """The paragraphs of a text box behind the one that it hangs on. A box is often there twice, for old readers."""
    for element in reversed(list(root.iter())):
        children: list[ElementTree.Element] = []
        for child in element:
            children.append(child)
            if _name(child) == "p":
                children += _boxes(child)
        element[:] = children


def _boxes(element: ElementTree.Element) -> list[ElementTree.Element]:
    found: list[ElementTree.Element] = []
    for child in list(element):
        if _name(child) == "txbxContent":
            found += list(child)
            element.remove(child)
        elif _name(child) == "AlternateContent":
            ways = [(way, _boxes(way)) for way in child]
            found += next((inside for _, inside in ways if inside), [])
        else:
            found += _boxes(child)
    return found


# --- styles ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Style:
    name: str
    based_on: str
    outline: int | None


def headings_of(styles: bytes) -> str:
    """Lines of a style map for every style of a paragraph that is a heading, whatever it is called."""
    found = dict(_styles(styles))
    lines = []
    for own, style in found.items():
        level = _level(own, found)
        if level and "'" not in style.name and "\\" not in style.name:
            lines.append(f"p[style-name='{style.name}'] => h{level}:fresh")
    return "\n".join(lines)


def _styles(data: bytes) -> Iterator[tuple[str, _Style]]:
    root = ElementTree.fromstring(data)
    for element in list(root)[:MOST_STYLES]:
        if _name(element) != "style" or _attribute(element, "type") not in ("", "paragraph"):
            continue
        properties = _child(element, "pPr")
        outline = _attribute(_child(properties, "outlineLvl") if properties is not None else None, "val")
        yield (
            _attribute(element, "styleId"),
            _Style(
                _attribute(_child(element, "name"), "val"),
                _attribute(_child(element, "basedOn"), "val"),
                int(outline) if outline.isdecimal() and outline.isascii() else None,
            ),
        )


def _level(own: str, styles: Mapping[str, _Style]) -> int:
    """1 to 6 for a heading, 0 for anything else."""
    for _ in range(20):
        style = styles.get(own)
        if style is None:
            return 0
        if style.name.casefold() in _TITLES:
            return 1
        if named := _HEADING.fullmatch(style.name.strip()):
            return min(6, int(named["level"]))
        if style.outline is not None:
            return min(6, style.outline + 1) if style.outline < 9 else 0
        own = style.based_on
    return 0


# --- what stands beside the text ------------------------------------------------------------------


def beside(parts: Mapping[str, bytes]) -> tuple[Block, ...]:
    """What headers, footers, drawn diagrams and comments say, each once; page numbers say nothing."""
    seen: set[str] = set()
    found: list[Block] = []
    for name in sorted(parts):
        if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name):
            found += _told(_blocks_of(ElementTree.fromstring(parts[name])), seen)
    for name in sorted(parts):
        if re.fullmatch(r"word/diagrams/data\d*\.xml", name):
            found += _told(_diagram(ElementTree.fromstring(parts[name])), seen)
    for name in sorted(parts):
        if re.fullmatch(r"word/comments\d*\.xml", name):
            found += _told(_comments(ElementTree.fromstring(parts[name])), seen)
    return tuple(found)


def _told(blocks: Iterable[Block], seen: set[str]) -> Iterator[Block]:
    for block in blocks:
        if block.text and not _PAGE.fullmatch(block.text) and block.text not in seen:
            seen.add(block.text)
            yield block


_AT = Span(1, 1)


def _blocks_of(element: ElementTree.Element) -> Iterator[Block]:
    for child in element:
        if _name(child) == "p":
            yield Block(BlockKind.PARAGRAPH, _AT, joined((Piece(_text_of(child)),)))
        elif _name(child) == "tbl":
            rows = [row for row in child if _name(row) == "tr"]
            cells = tuple(tuple(_text_of(cell) for cell in row if _name(cell) == "tc") for row in rows)
            yield Block(BlockKind.TABLE, _AT, rows=tuple(row for row in cells if any(row)))
        else:
            yield from _blocks_of(child)


def _diagram(root: ElementTree.Element) -> Iterator[Block]:
    for one in root.iter():
        if _name(one) == "pt":
            yield Block(BlockKind.PARAGRAPH, _AT, joined((Piece(_text_of(one)),)))


def _comments(root: ElementTree.Element) -> Iterator[Block]:
    for comment in root:
        author, text = _attribute(comment, "author"), _text_of(comment)
        if text:
            said = f"Comment of {author}: {text}" if author else f"Comment: {text}"
            yield Block(BlockKind.PARAGRAPH, _AT, joined((Piece(said),)))


def _text_of(element: ElementTree.Element) -> str:
    """The text of a part, without what was deleted and without the number that a page happens to have."""
    told: list[str] = []
    hidden: list[Any] = []
    for one in element.iter():
        name = _name(one)
        if name == "fldChar":
            kind = _attribute(one, "fldCharType")
            if kind == "begin":
                hidden.append(None)
            elif kind == "end" and hidden:
                hidden.pop()
        elif (
            name == "instrText"
            and hidden
            and re.match(r"\s*(?:PAGE|NUMPAGES|SECTIONPAGES|DATE|TIME)\b", one.text or "")
        ):
            hidden[-1] = True
        elif name == "t" and not any(hidden):
            told.append(one.text or "")
        elif name in ("tab", "br", "p"):
            told.append(" ")
    return " ".join("".join(told).split())
