"""Word documents. mammoth turns them into HTML; what could harm is refused before it sees them."""

from __future__ import annotations

import base64
import io
import re
import struct
import zipfile
import zlib
from xml.parsers.expat import ExpatError
from xml.sax import SAXException

import mammoth

from routebook.formats.pile.archive import Entry, Refused, entries_in
from routebook.formats.pile.html import read_html_blocks
from routebook.formats.pile.text import Block, BlockKind, with_fake_headings

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
    RecursionError, SAXException, TypeError, ValueError, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_MACROS = ("vbaproject.bin", "vbadata.xml")


def read_docx(data: bytes) -> tuple[str, tuple[Block, ...], dict[str, bytes]]:
    """The title, the blocks and the pictures of a Word document. Raises `Refused`.

    The line of a block is its place in reading order, counted in paragraphs.
    """
    _refuse_what_harms(entries_in(data))
    media: dict[str, bytes] = {}
    html = _as_html(data, media)
    blocks = with_fake_headings(read_html_blocks(html, 1))
    return _title(blocks), blocks, media


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


def _as_html(data: bytes, media: dict[str, bytes]) -> str:
    try:
        done = mammoth.convert_to_html(io.BytesIO(data), style_map=STYLES, include_embedded_style_map=False)
    except _DAMAGED as error:
        raise Refused("It is damaged, or no Word document at all.") from error

    def named(found: re.Match[str]) -> str:
        name = f"picture-{len(media) + 1}.{found[1].partition('+')[0]}"
        media[name] = base64.b64decode(found[2])
        return f'src="{name}"'

    html = _PICTURE.sub(named, str(done.value))
    # A line for each block, so that the line of a block is its place in the document.
    for end in ("</p>", "</li>", "</h1>", "</h2>", "</h3>", "</h4>", "</h5>", "</h6>", "</table>"):
        html = html.replace(end, end + "\n")
    return html


def _title(blocks: tuple[Block, ...]) -> str:
    first = next((block for block in blocks if block.kind is BlockKind.HEADING), None)
    return first.text if first is not None and first.level == 1 else ""
