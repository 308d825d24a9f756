"""From the files of a pile to documents. Nothing here ever fails: what can't be read says why.

read_pile({"drive.zip": b"…", "sops/refund.md": b"…"}) -> (PileDocument(…), Unreadable(…), …)
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable, Iterator, Mapping

from routebook.formats.pile.archive import Entry, Refused, count_in, entries_in, is_archive, names_in, sorted_entries
from routebook.formats.pile.docx import read_docx
from routebook.formats.pile.front import declared_kind, document_of_a_library, lines_of_front, without_front_matter
from routebook.formats.pile.html import read_html
from routebook.formats.pile.markdown import read_markdown
from routebook.formats.pile.other_markup import from_asciidoc, from_restructured_text
from routebook.formats.pile.plain_text import read_plain_text
from routebook.formats.pile.text import Block, PileDocument, Unreadable

MOST_TEXT_BYTES = 6_000_000
MOST_LINES = 100_000
MARKDOWN = (".md", ".markdown", ".mdown", ".mkd", ".mdx", ".md.erb", ".md.j2", ".md.jinja", ".qmd", ".rmd")
HTML = (".html", ".htm", ".xhtml", ".html.erb", ".html.j2")
RESTRUCTURED = (".rst", ".rest")
ASCIIDOC = (".adoc", ".asciidoc", ".asc")
PLAIN = (".txt", ".text", ".log", ".eml")
_OTHERS = {
    "it is a PDF, whose text has no structure left; export the document it was made from as .docx or Markdown": (".pdf",),
    "it may hold macros; save it as a plain .docx": (".docm", ".dotm", ".xlsm", ".pptm"),
    "it is an old Word file; save it as .docx": (".doc", ".dot", ".wps"),
    "it is a word processor's own format; save it as .docx": (".odt", ".rtf", ".pages"),
    "it is a table, not a document": (".xls", ".xlsx", ".csv", ".tsv", ".ods", ".numbers"),
    "it is a set of slides, not a document": (".ppt", ".pptx", ".odp", ".key"),
    "it is a picture; put it into the document that it explains": (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".heic"),
    "it is a recording; name it in the SOP that it shows": (".mp4", ".mov", ".webm", ".mp3", ".m4a", ".wav", ".avi"),
    "it is a program or a setting, not a document": (
        ".exe", ".dll", ".js", ".ts", ".py", ".rb", ".sh", ".css", ".json", ".yaml", ".yml", ".toml", ".xml", ".ini", ".sql",
    ),
    "it is an archive of another kind; pack the files as a zip": (".rar", ".7z", ".gz", ".tar", ".tgz", ".bz2", ".xz"),
}  # fmt: skip
_WHY_NOT = {suffix: reason for reason, suffixes in _OTHERS.items() for suffix in suffixes}
_LOOKS_LIKE_HTML = re.compile(r"\s*(?:<\?xml[^<>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.I)
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_SKIPPED = ("__macosx/", ".ds_store", "thumbs.db", "desktop.ini", "~$")


def read_pile(files: Mapping[str, bytes]) -> tuple[PileDocument | Unreadable, ...]:
    """Every file, in order of its path; the files of a zip archive stand where the archive stood."""
    return tuple(found for path in sorted(files) for found in _read(path, files[path], nested=False))


def read_originals(path: str, data: bytes) -> Iterator[tuple[PileDocument | Unreadable, bytes]]:
    """What one file of a pile holds, each with its own bytes: itself, or what an archive packs. Never fails."""
    if not packed_in(path, data):
        yield from ((found, data) for found in _read(path, data, nested=False))
        return
    for found, entry, _ in read_packed(path, data):
        yield from ((one, entry) for one in found)


def packed_in(path: str, data: bytes) -> int:
    """How many files an archive of documents packs; 0 where the file is a document itself, or can't be unpacked."""
    try:
        packs = is_archive(data) and not path.casefold().endswith(tuple(_WHY_NOT)) and not _is_office(data)
        return count_in(data) if packs else 0
    except Refused:
        return 0


def read_packed(
    path: str, data: bytes, first: int = 0, unpacked: int = 0
) -> Iterator[tuple[tuple[PileDocument | Unreadable, ...], bytes, int]]:
    """The files of an archive from place `first`, one by one: what each holds, its bytes, and its place.

    Never fails: an archive that is too large as a whole ends with its reason, at the place of its last file.
    """
    at = first
    try:
        for at, entry in enumerate(sorted_entries(data, first, unpacked), start=first):
            yield tuple(_entry(path, entry)), entry.data, at
    except Refused as refused:
        yield (Unreadable(path, str(refused)),), b"", max(at, packed_in(path, data) - 1)


def _is_office(data: bytes) -> bool:
    names = {name.casefold() for name in names_in(data)}
    return bool(names & {"[content_types].xml", "content.xml"})


def _read(path: str, data: bytes, *, nested: bool) -> Iterator[PileDocument | Unreadable]:
    name = path.casefold()
    if name.replace("\\", "/").rpartition("/")[2].startswith(_SKIPPED):
        yield Unreadable(path, "The computer keeps it for itself; it is no document.")
        return
    reason = next((why for suffix, why in _WHY_NOT.items() if name.endswith(suffix)), "")
    if reason:
        yield Unreadable(path, _sentence(reason))
        return
    try:
        if is_archive(data):
            yield from _unpacked(path, data, nested=nested)
        else:
            yield _document(path, data)
    except Refused as refused:
        yield Unreadable(path, str(refused))


def _sentence(reason: str) -> str:
    return f"{reason[0].upper()}{reason[1:]}."


def _unpacked(path: str, data: bytes, *, nested: bool) -> Iterator[PileDocument | Unreadable]:
    names = {name.casefold() for name in names_in(data)}
    if any(name.startswith("word/") for name in names) and "[content_types].xml" in names:
        word = read_docx(data)
        if not (word.blocks or word.beside):
            raise Refused("It holds no text.")
        yield PileDocument(path, word.title, word.blocks, word.media, front=word.beside)
        return
    if any(name in names for name in ("xl/workbook.xml", "ppt/presentation.xml", "content.xml")):
        raise Refused("It is a table, a set of slides or another office file; save its text as .docx.")
    if nested:
        raise Refused("It is an archive inside an archive; unpack it first.")
    for entry in sorted(entries_in(data), key=lambda entry: entry.name):
        yield from _entry(path, entry)


def _entry(archive: str, entry: Entry) -> Iterator[PileDocument | Unreadable]:
    inner = entry.name.replace("\\", "/").lstrip("/")
    if any(part.casefold().startswith(_SKIPPED) for part in (inner, inner.rpartition("/")[2])):
        return
    path = f"{archive}/{inner}"
    if entry.refused:
        yield Unreadable(path, entry.refused)
    else:
        yield from _read(path, entry.data, nested=True)


def _document(path: str, data: bytes) -> PileDocument:
    if data[:8] == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":
        raise Refused("It is an old Word file or locked with a password; save it as .docx without one.")
    if data[:5] == b"%PDF-":
        raise Refused(_sentence(_WHY_NOT[".pdf"]))
    if path.casefold().endswith(".docx"):
        raise Refused("It is damaged, or no Word document at all.")
    if len(data) > MOST_TEXT_BYTES:
        raise Refused(f"It is larger than {MOST_TEXT_BYTES // 1_000_000} MB of text; split it into smaller files.")
    text = decoded(data)
    if not text.strip():
        raise Refused("It is empty.")
    if text.count("\n") > MOST_LINES:
        raise Refused(f"It has more than {MOST_LINES:,} lines, so it is data rather than a document.")
    title, blocks = _reader(path, text)(text)
    declared = declared_kind(text)
    whole = document_of_a_library(path, text) if declared else None
    front = lines_of_front(text, title)
    if not blocks and not front:
        raise Refused("It holds no text.")
    return PileDocument(
        path, title or (whole.title if whole else ""), blocks, declared=declared, whole=whole, front=front
    )


def _reader(path: str, text: str) -> Callable[[str], tuple[str, tuple[Block, ...]]]:
    name = path.casefold()
    if name.endswith(MARKDOWN):
        return read_markdown
    if name.endswith(HTML) or _LOOKS_LIKE_HTML.match(text):
        return lambda html: read_html(without_front_matter(html))
    if name.endswith(RESTRUCTURED):
        return lambda told: read_markdown(from_restructured_text(told))
    if name.endswith(ASCIIDOC):
        return lambda told: read_markdown(from_asciidoc(told))
    return read_plain_text if name.endswith(PLAIN) else read_markdown


_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(data: bytes) -> str:
    """The text of a file in whatever encoding it was written. Raises `Refused` where it is no text."""
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _text(data[len(mark) :].decode(encoding, "replace"))
    try:
        return _text(data.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    half = data[:4000]
    if half.count(0) > len(half) // 5:
        return _text(data.decode("utf-16-le" if half[1::2].count(0) > half[::2].count(0) else "utf-16-be", "replace"))
    return _text(data.decode("cp1252", "replace"))


def _text(text: str) -> str:
    if "\0" in text[:4000]:
        text = _without_zeros(text)
    start = text[:20_000]
    strange = len(_CONTROLS.findall(start)) + start.count("\ufffd")
    if strange > max(2, len(start) // 50):
        raise Refused("It is no text, or in an encoding that can't be told.")
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n"))


def _without_zeros(text: str) -> str:
    """UTF-16 without its mark is valid UTF-8 when it holds plain English: every second character is a zero."""
    if text[:4000].count("\0") * 5 < len(text[:4000]) * 2:
        return text
    return text.replace("\0", "")
