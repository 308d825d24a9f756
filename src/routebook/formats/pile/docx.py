"""Word documents. mammoth turns them into HTML; what could harm is refused before it sees them."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import ParseError
from xml.parsers.expat import ExpatError
from xml.sax import SAXException

import mammoth

from routebook.formats.pile.archive import Entry, Refused, entries_in
from routebook.formats.pile.html import read_html_blocks
from routebook.formats.pile.text import Block, BlockKind, with_fake_headings
from routebook.formats.pile.word_parts import beside, headings_of, plain_part

MOST_XML_BYTES = 12_000_000
STYLES = """
p[style-name='Title'] => h1:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='heading 7'] => h6:fresh
p[style-name='heading 8'] => h6:fresh
p[style-name='heading 9'] => h6:fresh
p[style-name='macro'] => pre:separator('\\n')
"""
# What mammoth, and the libraries below it, raise on files that only look like Word documents.
_DAMAGED = (
    ArithmeticError, AssertionError, AttributeError, ExpatError, LookupError, NotImplementedError, OSError,
    ParseError, RecursionError, SAXException, TypeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_MACROS = ("vbaproject.bin", "vbadata.xml")


@dataclass(frozen=True, slots=True)
class Word:
    """What a Word document holds. `beside` is what headers, footers and comments say; `media` are its pictures."""

    title: str
    blocks: tuple[Block, ...]
    media: dict[str, bytes]
    beside: tuple[Block, ...]


def read_docx(data: bytes) -> Word:
    """The content of a Word document. Raises `Refused`.

    The line of a block is its place in reading order, counted in paragraphs.
    """
    entries = entries_in(data)
    _refuse_what_harms(entries)
    media: dict[str, bytes] = {}
    try:
        parts = {entry.name: entry.data for entry in entries}
        plain = {name: plain_part(part) if _TEXT.fullmatch(name) else part for name, part in parts.items()}
        html = _as_html(_packed(plain), _styles_of(parts), media)
        aside = beside(parts)
    except _DAMAGED as error:
        raise Refused("It is damaged, or no Word document at all.") from error
    blocks = with_fake_headings(read_html_blocks(html, 1))
    title = _title(blocks)
    return Word(title, blocks, media, tuple(block for block in aside if block.text != title))


_TEXT = re.compile(r"word/(?:document|footnotes|endnotes)\d*\.xml")


def _styles_of(parts: Mapping[str, bytes]) -> str:
    styles = parts.get("word/styles.xml", b"")
    return f"{STYLES}\n{headings_of(styles)}" if styles else STYLES


def _packed(parts: Mapping[str, bytes]) -> bytes:
    to = io.BytesIO()
    with zipfile.ZipFile(to, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return to.getvalue()


def _refuse_what_harms(entries: tuple[Entry, ...]) -> None:
    names = {entry.name.casefold() for entry in entries}
    if any(name.endswith(_MACROS) for name in names):
        raise Refused("It holds macros; save it as a plain .docx.")
    if not any(name.startswith("word/") and name.endswith(".xml") for name in names):
        raise Refused("It is no Word document.")
    for entry in entries:
        if entry.refused:
            raise Refused(f"Its part {entry.name} can't be read: {entry.refused}")
        if entry.name.endswith((".xml", ".rels")):
            _refuse_part(entry)


def _refuse_part(entry: Entry) -> None:
    if len(entry.data) > MOST_XML_BYTES:
        raise Refused(f"Its text is larger than {MOST_XML_BYTES // 1_000_000} MB; split it into smaller documents.")
    if (
        b"<!DOCTYPE" in entry.data
        or b"<!ENTITY" in entry.data
        or b"<\0!\0D\0O\0C" in entry.data
        or b"<\0!\0E\0N" in entry.data
    ):
        raise Refused("It declares entities, which no word processor writes and which can do harm.")


_PICTURE = re.compile(r'src="data:image/([a-z0-9.+-]{1,20});base64,([A-Za-z0-9+/=]*)"')


def _as_html(data: bytes, styles: str, media: dict[str, bytes]) -> str:
    done = mammoth.convert_to_html(io.BytesIO(data), style_map=styles, include_embedded_style_map=False)

    def named(found: re.Match[str]) -> str:
        name = f"picture-{len(media) + 1}.{found[1].partition('+')[0]}"
        media[name] = base64.b64decode(found[2])
        return f'src="{name}"'

    html = _with_notes(_PICTURE.sub(named, str(done.value)))
    # A line for each block, so that the line of a block is its place in the document.
    for end in ("</p>", "</li>", "</h1>", "</h2>", "</h3>", "</h4>", "</h5>", "</h6>", "</table>"):
        html = html.replace(end, end + "\n")
    return html


_NOTES = re.compile(r'<ol><li id="(?:foot|end)note-')
_NOTE = re.compile(r'<li id="(?P<id>(?:foot|end)note-[^"<>]{1,40})">')
_BACK = re.compile(r'<a href="#(?:foot|end)note-ref-[^"<>]{1,40}">↑</a>')
_REFERENCE = re.compile(r'<a href="#(?P<id>(?:foot|end)note-[^"<>]{1,40})"[^<>]{0,200}>(?P<mark>\[\d{1,4}\])</a>')
_END = re.compile(r"</p>|</li>|<[ou]l>|</h[1-6]>|</table>")


def _with_notes(html: str) -> str:
    """Each footnote behind the paragraph that it belongs to, rather than all of them as a list at the end."""
    start = _NOTES.search(html)
    if start is None:
        return html
    tail, body = _BACK.sub("", html[start.start() :]), html[: start.start()]
    begun = list(_NOTE.finditer(tail))
    texts = {
        one["id"]: re.sub(
            r"</?(?:li|ol|p)\b[^<>]{0,100}>", " ", tail[one.end() : after.start() if after else len(tail)]
        )
        for one, after in zip(begun, [*begun[1:], None], strict=True)
    }
    told: list[tuple[int, str]] = []
    for found in _REFERENCE.finditer(body):
        text = texts.pop(found["id"], None)
        if text is not None:
            told.append((_behind(body, found.end()), f"<p>{found['mark']} {text}</p>"))
    for at, note in sorted(told, key=lambda one: one[0], reverse=True):
        body = body[:at] + note + body[at:]
    return body + "".join(f"<p>{text}</p>" for text in texts.values())


def _behind(body: str, at: int) -> int:
    """Where a note goes: behind its paragraph, into the end of its item, behind the table that it is in."""
    if body.rfind("<table", 0, at) > body.rfind("</table>", 0, at):
        end = body.find("</table>", at)
        return len(body) if end < 0 else end + len("</table>")
    found = _END.search(body, at)
    if found is None:
        return len(body)
    return found.end() if found[0] == "</p>" or found[0].startswith("</h") else found.start()


def _title(blocks: tuple[Block, ...]) -> str:
    first = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
    return first.text if first is not None and first.level == 1 else ""
