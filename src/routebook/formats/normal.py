"""The normal form of text: what survives being written to a file and read again.

- A *line* has single spaces and none at its ends.
- A *text* has `\\n` line ends, no spaces at line ends, no blank lines at its ends (a hard line break is
  a backslash), and no control characters except tabs.
- A *list* of lines has no empty ones.
- In *notes*, a heading of level one or two has one blank line before it.

`normalise` brings a document there; it changes nothing that is there already. The law, tested:
``read(write(document)) == normalise(document)``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import Any, TypeVar

from routebook.core.blocks import bare_references
from routebook.core.document import (
    AnyDocument,
    Decision,
    Document,
    Goes,
    Join,
    Organisation,
    Outcome,
    WorkingWeek,
    kind_of,
)
from routebook.formats.schema import (
    KEYS,
    NOTES,
    ORGANISATION,
    JoinOf,
    Key,
    Line,
    Many,
    Only,
    Record,
    Shape,
    Slug,
    StepPath,
    Text,
    Then,
    Week,
)

D = TypeVar("D", bound=Document)

_UNWRITABLE = re.compile("[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\ufeff\ufffe\uffff\ud800-\udfff]")
_HEADING = re.compile(r" {0,3}#{1,2}(?:[ \t]|$)")
_FENCE_STARTS = frozenset("`~")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)$")


def normalise(document: D) -> D:
    """The document in normal form; equal to the argument if it is there already."""
    keyed: Any = _normal_keys(document, KEYS[kind_of(document)])
    normal: D = bare_references(keyed)
    return normal


def normalise_organisation(organisation: Organisation) -> Organisation:
    """The organisation in normal form."""
    normal: Organisation = _normal_keys(organisation, ORGANISATION.keys)
    return normal


def normal_line(text: str) -> str:
    """One line: single spaces, none at the ends."""
    if not text.isprintable():
        text = _UNWRITABLE.sub("", text)
    elif "  " not in text:  # most text: nothing to remove, and no white space but single spaces
        return text.strip(" ")
    return " ".join(text.split())


def normal_text(text: str) -> str:
    """Lines without spaces at their ends, no blank lines around them."""
    if text.isprintable():  # so it is one line, too
        return text.rstrip(" ")
    if " \n" not in text and text.replace("\n", "").isprintable():  # most text: nothing to remove within it
        return text.rstrip(" ").strip("\n")
    lines = [line.rstrip() for line in _UNWRITABLE.sub("", text).splitlines()]
    return "\n".join(without_blank_ends(lines))


def normal_notes(text: str) -> str:
    """A text whose headings of level one and two have one blank line before them."""
    blocks = ("\n".join(without_blank_ends(block)) for block in split_at_headings(normal_text(text).split("\n")))
    return "\n\n".join(block for block in blocks if block)


def without_blank_ends(lines: list[str]) -> list[str]:
    """The lines from the first to the last one that isn't blank."""
    first, end = 0, len(lines)
    while first < end and not lines[first].strip():
        first += 1
    while end > first and not lines[end - 1].strip():
        end -= 1
    return lines[first:end]


def split_at_headings(lines: list[str]) -> list[list[str]]:
    """The lines before the first heading of level one or two (maybe none), then each heading with its lines."""
    starts = [index for index, line in enumerate(lines) if "#" in line[:4] and _HEADING.match(line)]
    if starts and _may_hold_fence("".join(lines)):
        starts = _outside_fences(lines, set(starts))
    return [lines[start:end] for start, end in pairwise([0, *starts, len(lines)])]


def _may_hold_fence(text: str) -> bool:
    return "```" in text or "~~~" in text


def _outside_fences(lines: list[str], headings: set[int]) -> list[int]:
    found: list[int] = []
    fence = ""
    for index, line in enumerate(lines):
        if index in headings and not fence:
            found.append(index)
        if line.lstrip(" ")[:1] in _FENCE_STARTS:
            fence = _fence_after(fence, line)
    return found


def _fence_after(fence: str, line: str) -> str:
    """The code fence that is open after this line: a `#` inside one is no heading."""
    found = _FENCE.match(line)
    if not found:
        return fence
    mark, rest = found.groups()
    if not fence:
        return "" if mark[0] == "`" and "`" in rest else mark
    closes = mark[0] == fence[0] and len(mark) >= len(fence) and not rest.strip()
    return "" if closes else fence


def _normal_keys(value: Any, keys: tuple[Key, ...]) -> Any:
    changes = {}
    for key in keys:
        before = getattr(value, key.field)
        if not before:  # most fields of most documents
            continue
        after = normal_notes(before) if key is NOTES else _normal_value(before, key.shape)
        if after != before:
            changes[key.field] = after
    return replace(value, **changes) if changes else value


def _normal_value(value: Any, shape: Shape) -> Any:
    if value is None:
        return None
    match shape:
        case Line() | Slug() | StepPath():
            return normal_line(value)
        case Text():
            return normal_text(value)
        case Only():
            return _normal_value(value, shape.of)
        case Many():
            items = tuple(_normal_value(item, shape.of) for item in value)
            return tuple(item for item in items if item != "")
        case Record():
            return _normal_keys(value, shape.keys)
        case Then():
            return _normal_then(value)
        case JoinOf():
            return Join(tuple(group for group in value.groups if group))
        case Week():
            return WorkingWeek(tuple(sorted(set(value.spans))))
        case _:
            return value


def _normal_then(then: Goes | Decision) -> Goes | Decision | None:
    if isinstance(then, Goes):
        return then if then.targets else None
    outcomes = tuple(_normal_outcome(outcome) for outcome in then.outcomes)
    return Decision(outcomes) if outcomes else None


def _normal_outcome(outcome: Outcome) -> Outcome:
    when = normal_line(outcome.when)
    return outcome if when == outcome.when else replace(outcome, when=when)


def is_normal(document: AnyDocument) -> bool:
    """Whether writing the document and reading it back gives it unchanged."""
    return normalise(document) == document
