"""Every text of a document with the path of its field, and the measures that rules take of a text."""

from __future__ import annotations

import dataclasses
import re
import string
from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import NamedTuple

_NOT_PROSE = frozenset(
    {"slug", "accepts", "id", "include", "status", "review_by", "minutes", "evidence", "handling", "optional", "review"}
)
"""Fields that hold names for machines, choices, or a person's reason to differ; no rule about prose reads them."""

START = "\x1f"
"""Stands before each text where many are one string. No text of a file holds one."""
_NEXT = f"\n{START}"

_GROWS = ("questions", "good", "bad", "pictures", "recording")
"""Fields that may grow with use and are read apart; they don't count as the page."""

_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")
_LETTERS_AND_DIGITS = (string.ascii_letters + string.digits).encode()
_CODE = re.compile(r"```.*?(?:```|\Z)|`[^`\n]*`", re.DOTALL)
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|approx|incl|no|nr|dr|mr|mrs|ms|st|inc|ltd|co|[ap]\.m)\.", re.IGNORECASE
)
_LIST_MARK = re.compile(r"^[ \t]*(?:[-*+]|\d+[.)])[ \t]+", re.MULTILINE)
_SENTENCE_END = re.compile(r"[.!?…]{1,9}[\"'”’)*_]{0,9}(?=\s|\Z)|\n\s*\n")


class Text(NamedTuple):
    """One text and the path of the field that holds it."""

    path: str
    value: str


def texts_of(value: object) -> tuple[Text, ...]:
    """All non-empty texts below a document (or the organisation), in the order of its fields."""
    found: list[Text] = []
    _gather(value, "", found)
    return tuple(found)


def _gather(value: object, path: str, found: list[Text]) -> None:
    cls: object = type(value)
    names, values_of = _prose(cls)
    for name, inside in zip(names, values_of(value), strict=True):
        if inside:  # most fields are empty, and this is asked of every field of every document
            _gather_one(inside, f"{path}{name}", found)


def _gather_one(value: object, path: str, found: list[Text]) -> None:
    cls: object = type(value)
    if cls is str:
        found.append(Text(path, str(value)))
    elif type(value) is tuple:
        for index, item in enumerate(value):
            if item:
                _gather_one(item, f"{path}[{index}]", found)
    elif _prose(cls) is not _NONE:
        _gather(value, f"{path}.", found)


_ValuesOf = Callable[[object], tuple[object, ...]]
_Prose = tuple[tuple[str, ...], _ValuesOf]
"""The fields of a class that may hold prose, and what gives their values."""

_NONE: _Prose = ((), lambda _value: ())
"""Numbers, dates and choices have no fields."""


@cache
def _prose(cls: object) -> _Prose:
    if not isinstance(cls, type) or not dataclasses.is_dataclass(cls):
        return _NONE
    names = tuple(field.name for field in dataclasses.fields(cls) if field.name not in _NOT_PROSE)
    return names, _getter(names)


def _getter(names: tuple[str, ...]) -> _ValuesOf:
    if len(names) < 2:  # then an attrgetter gives no tuple
        return lambda value: tuple(getattr(value, name) for name in names)
    return attrgetter(*names)


def page_and_rest(document: object) -> tuple[str, str]:
    """The texts of a document as two strings: what counts as its page, and what grows with use.

    Each text begins with a `START` on a line of its own. To leave the paths out takes a third of the time, and most
    rules want one look at everything.
    """
    cls: object = type(document)
    page_of, rest_of = _halves(cls)
    page: list[str] = []
    rest: list[str] = []
    _gather_values(page_of(document), page)
    _gather_values(rest_of(document), rest)
    return _in_one(page), _in_one(rest)


def _in_one(texts: list[str]) -> str:
    return f"{START}{_NEXT.join(texts)}" if texts else ""


@cache
def _halves(cls: object) -> tuple[_ValuesOf, _ValuesOf]:
    names = _prose(cls)[0]
    page = tuple(name for name in names if name not in _GROWS)
    return _getter(page), _getter(tuple(name for name in names if name in _GROWS))


def _gather_values(values: tuple[object, ...], found: list[str]) -> None:
    for value in values:
        if value:
            cls: object = type(value)
            if cls is str:
                found.append(value)  # type: ignore[arg-type]
            elif cls is tuple:
                _gather_values(value, found)  # type: ignore[arg-type]
            elif (prose := _prose(cls)) is not _NONE:
                _gather_values(prose[1](value), found)


def holds_any(text: str, signs: tuple[str, ...]) -> bool:
    """Whether one of the signs stands in the text. Asked of every document, so without a generator."""
    for sign in signs:  # noqa: SIM110
        if sign in text:
            return True
    return False


def holds_sign(text: str, signs: tuple[tuple[str, str], ...]) -> bool:
    """Whether one of the signs stands in the text; before each stands its rarest character.

    Whether a single character is there is known thirty times sooner, and most often it isn't.
    """
    for rarest, sign in signs:  # noqa: SIM110
        if rarest in text and sign in text:
            return True
    return False


def words(text: str) -> int:
    """How many words a text has; marks and numbers of a list are not words."""
    return len(_WORD.findall(text))


def has_at_most(text: str, most: int) -> bool:
    """Whether so many words are certain without counting them: between two words stands what is no letter or digit.

    A quick no means nothing; a yes is as good as `words(text) <= most`, and far sooner known.
    """
    return len(text.encode("utf-8", "surrogatepass").translate(None, _LETTERS_AND_DIGITS)) < most


def sentences(text: str) -> int:
    """How many sentences a text has. A list item or a paragraph without a full stop is one, too."""
    plain = _LIST_MARK.sub("\n\n", _ABBREVIATION.sub("abbreviation", text))
    return sum(1 for part in _SENTENCE_END.split(plain) if _WORD.search(part))


def without_code(text: str) -> str:
    """The text with its code spans and blocks blanked out, so that what is typed is not read as prose."""
    return _CODE.sub(" ", text)


def shortened(text: str, limit: int = 60) -> str:
    """The text on one line, cut at a word where it is longer than `limit` characters."""
    line = " ".join(text.split())
    if len(line) <= limit:
        return line
    return line[:limit].rsplit(" ", 1)[0].rstrip(",;:. ") + " …"


def listed(names: tuple[str, ...] | list[str], last: str = "and") -> str:
    """Names as a phrase: “a”, “a and b”, “a, b and c”."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {last} {names[-1]}"
