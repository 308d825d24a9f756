"""Two people's changes to one document, brought together. Works on plain values (`formats.plain`).

    merge(was, yours, theirs)       `was` is the text that you started from

A field that only one of you changed takes that change. The steps of a map are told apart by their ids, so that
two people can work on different steps, add steps, or move some while the other one writes in them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

Plain = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Clash:
    """A thing that both changed, each in another way. A value is None where that side has taken it away.

    `field` is the field's name, or ``steps``; then `step` is the step's id ("" for the order of all) and `part`
    the field of the step ("" for the whole step).
    """

    field: str
    was: Any
    yours: Any
    theirs: Any
    step: str = ""
    part: str = ""


class Prefer(StrEnum):
    """Whose change stands where both changed the same."""

    YOURS = "yours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class Merged:
    """All fields with both people's changes. Where they clash, `fields` has the preferred side's."""

    fields: dict[str, Any]
    clashes: tuple[Clash, ...]


def merge(was: Plain, yours: Plain, theirs: Plain, prefer: Prefer = Prefer.YOURS) -> Merged:
    """The three texts of one document as one. An absent field and one that is None are the same."""
    clashes: list[Clash] = []
    fields: dict[str, Any] = {}
    for name in _names(theirs, yours, was):
        sides = was.get(name), yours.get(name), theirs.get(name)
        if _only_one_changed(*sides) or not all(_has_ids(side) for side in sides):
            fields[name] = _settled(Clash(name, *sides), prefer, clashes)
        else:
            fields[name] = _merge_steps(name, *(side or [] for side in sides), prefer=prefer, clashes=clashes)
    return Merged({name: value for name, value in fields.items() if value is not None}, tuple(clashes))


def _names(*sides: Plain) -> list[str]:
    return list(dict.fromkeys(name for side in sides for name in side))


def _only_one_changed(was: Any, yours: Any, theirs: Any) -> bool:
    return yours in (theirs, was) or bool(theirs == was)


def _settled(both: Clash, prefer: Prefer, clashes: list[Clash]) -> Any:
    """The value that stands; adds to `clashes` where each side has its own."""
    if both.yours == both.theirs or both.theirs == both.was:
        return both.yours
    if both.yours == both.was:
        return both.theirs
    clashes.append(both)
    return both.yours if prefer is Prefer.YOURS else both.theirs


def _has_ids(side: Any) -> bool:
    """Whether this is a list whose parts can be told apart (None is an empty one)."""
    if side is None:
        return True
    if not isinstance(side, list) or not all(isinstance(part, dict) and part.get("id") for part in side):
        return False
    return len({part["id"] for part in side}) == len(side)


def _merge_steps(
    name: str, was: list[Plain], yours: list[Plain], theirs: list[Plain], *, prefer: Prefer, clashes: list[Clash]
) -> list[dict[str, Any]]:
    before, mine, other = _by_id(was), _by_id(yours), _by_id(theirs)
    merged: dict[str, dict[str, Any]] = {}
    for step in _names(other, mine):
        sides = before.get(step), mine.get(step), other.get(step)
        kept = _merge_step(name, step, *sides, prefer=prefer, clashes=clashes)
        if kept is not None:
            merged[step] = kept
    order = _order([*before], [*mine], [*other], set(merged), prefer, name, clashes)
    return [merged[step] for step in order]


def _by_id(steps: Sequence[Plain]) -> dict[str, Plain]:
    return {step["id"]: step for step in steps}


def _merge_step(
    name: str,
    step: str,
    was: Plain | None,
    yours: Plain | None,
    theirs: Plain | None,
    *,
    prefer: Prefer,
    clashes: list[Clash],
) -> dict[str, Any] | None:
    if yours is None or theirs is None or (was is None and yours == theirs):
        kept = _settled(Clash(name, was, yours, theirs, step), prefer, clashes)
        return None if kept is None else dict(kept)
    before = was or {}
    parts = {
        part: _settled(Clash(name, before.get(part), yours.get(part), theirs.get(part), step, part), prefer, clashes)
        for part in _names(theirs, yours, before)
    }
    return {part: value for part, value in parts.items() if value is not None}


def _order(
    was: list[str],
    yours: list[str],
    theirs: list[str],
    kept: set[str],
    prefer: Prefer,
    name: str,
    clashes: list[Clash],
) -> list[str]:
    """The order of whoever moved steps, with what only the other one has behind the step it stood behind there."""
    common = {*was} & {*yours} & {*theirs}
    sides = [[step for step in order if step in common] for order in (was, yours, theirs)]
    both = Clash(name, sides[0], sides[1], sides[2])
    found = _settled(both, prefer, clashes)
    is_yours = found == both.yours and found != both.theirs
    lead, other = (yours, theirs) if is_yours else (theirs, yours)
    order = [step for step in lead if step in kept]
    for at, step in enumerate(other):
        if step in kept and step not in order:
            before = next((known for known in reversed(other[:at]) if known in order), None)
            order.insert(order.index(before) + 1 if before is not None else 0, step)
    return order
