"""What of a text can be found: its words, folded so that case, accents and marks make no difference.

Both databases index these words and nothing else, so the same search finds the same things on both.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from routebook.core.checks.texts import texts_of
from routebook.core.document import AnyDocument

LONGEST_WORD = 60
LONGEST_BODY = 60_000
"""Characters of a text that are kept for searching; a document of one page has some 3,000."""

_APOSTROPHES = re.compile("['’ʼ`´]")
_WORD = re.compile(r"[^\W_]+")
_SPOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_PICTURE_OR_LINK = re.compile(r"!?\[([^\]\n]*)\]\([^)\n]*\)")
_MARKS = re.compile(r"(?m)^[ \t]*(?:[>#]+|[-*+]|\d+[.)])[ \t]+|\*\*|__|`")
_NAMES_FOR_MACHINES = frozenset(
    {
        "step",
        "serves",
        "policies",
        "applies_to",
        "policy",
        "recording",
        "clip",
        "source",
        "uses",
        "include",
        "targets",
        "groups",
    }
)
"""Fields that hold slugs and addresses; nobody looks for those."""
_PLACE = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words of a text in order: lower case, without accents and apostrophes, letters and digits only."""
    return [word[:LONGEST_WORD] for word in _WORD.findall(_folded(text))]


def fold(text: str) -> str:
    """The words of a text with one space between them."""
    return " ".join(words_of(text))


def _folded(text: str) -> str:
    plain = _APOSTROPHES.sub("", text)
    if plain.isascii():
        return plain.lower()
    # Case folding may bring marks back (of a capital İ), so they are taken away after it.
    parts = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", plain).casefold())
    return "".join(one for one in parts if not unicodedata.combining(one))


def spoken_words(text: str) -> Iterator[tuple[int, int, str]]:
    """Where each word of a text begins and ends, and the word folded."""
    for match in _SPOKEN.finditer(text):
        yield match.start(), match.end(), _folded_word(match[0])


@lru_cache(maxsize=16_384)
def _folded_word(word: str) -> str:
    return fold(word)


def body_of(document: AnyDocument) -> str:
    """Everything that a document says below its title, a line for each text, without Markdown's marks."""
    lines = (_without_marks(text.value) for text in texts_of(document) if _is_read(text.path))
    return "\n".join(line for line in lines if line)[:LONGEST_BODY]


def _is_read(path: str) -> bool:
    return path != "title" and _NAMES_FOR_MACHINES.isdisjoint(_PLACE.findall(path))


def _without_marks(text: str) -> str:
    return _MARKS.sub("", _PICTURE_OR_LINK.sub(r"\1", text)).strip()
