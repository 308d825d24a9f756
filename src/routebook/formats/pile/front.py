"""Front matter: a document of a library as it is, and what that of other tools says to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from routebook.core.document import AnyDocument, Kind, Status
from routebook.formats.errors import Refused
from routebook.formats.markdown import read_document
from routebook.formats.pile.fields import LABELS
from routebook.formats.pile.text import Block, BlockKind, Piece, Span, joined
from routebook.formats.pile.writing import slug_of

_FRONT = re.compile(r"\A\ufeff?(?P<fence>---|\+\+\+)[ \t]*\n(?P<body>.{0,400000}?)\n?(?P=fence)[ \t]*(?:\n|\Z)", re.S)
_KIND = re.compile(r"^kind\s*:\s*[\"']?(?P<kind>[a-z][a-z -]{2,20}?)[\"']?\s*$", re.M)
_ENTRY = re.compile(r"(?P<key>[A-Za-z][\w -]{0,40}?)\s*[:=]\s*(?P<value>.*)")
FEWEST_WORDS = 3
"""With fewer words an entry is a setting of a site (“layout: page”), unless its name is one of our fields."""


def front_matter(text: str) -> str:
    """What stands between the fences, or ""."""
    found = _found(text)
    return found["body"] if found else ""


def without_front_matter(text: str) -> str:
    """The text with as many empty lines where the front matter stood."""
    found = _found(text)
    return "\n" * found[0].count("\n") + text[found.end() :] if found else text


def _found(text: str) -> re.Match[str] | None:
    """The fences with what is between them. A text between two rules is no front matter: that begins with an entry."""
    found = _FRONT.match(text)
    if found is None:
        return None
    first = next((line for line in found["body"].split("\n") if line.strip() and not line.startswith("#")), "")
    return found if not first or _ENTRY.fullmatch(first) else None


def declared_kind(text: str) -> str:
    """The kind that the front matter states, or ""."""
    named = _KIND.search(front_matter(text))
    return named["kind"].strip().replace(" ", "-") if named else ""


def document_of_a_library(path: str, text: str) -> AnyDocument | None:
    """The document where the file is one of a library, as a draft; None where it isn't, or has an error."""
    if declared_kind(text) not in set(Kind):
        return None
    name = path.rpartition("/")[2].partition(".")[0]
    found = read_document(f"{slug_of(name) or 'document'}.md", text.removeprefix("\ufeff"))
    return None if isinstance(found, Refused) else replace(found.document, status=Status.DRAFT)


def lines_of_front(text: str, title: str) -> tuple[Block, ...]:
    """The entries that a reader would miss, each as a paragraph “owner: Finance”.

    That of a library stays as it is written: it is needed where the document isn't taken for what it says, or can't be.
    """
    body = front_matter(text)
    if body and declared_kind(text) in set(Kind):
        return (Block(BlockKind.CODE, Span(1, body.count("\n") + 3), (Piece(body, code=True),), source="yaml"),)
    return tuple(
        Block(BlockKind.PARAGRAPH, Span(line, line), joined((Piece(f"{key}: {value}"),)))
        for line, key, value in _entries(body)
        if _says_something(key, value, title)
    )


def _entries(body: str) -> Iterator[tuple[int, str, str]]:
    at, key, values = 0, "", list[str]()
    for line, told in enumerate(body.split("\n"), start=2):
        named = _ENTRY.fullmatch(told)
        if named is None:
            values.append(told.strip().removeprefix("- ").strip())
            continue
        yield at, key, "; ".join(filter(None, values))
        at, key, values = line, named["key"], [named["value"].strip().strip("\"'").lstrip("|>").strip()]
    yield at, key, "; ".join(filter(None, values))


def _says_something(key: str, value: str, title: str) -> bool:
    if not key or not value or (key.casefold() == "title" and value == title):
        return False
    return key.casefold().replace("_", " ") in LABELS or len(value.split()) >= FEWEST_WORDS
