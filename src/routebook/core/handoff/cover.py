"""Whether a step would still be done if one person were gone."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from routebook.core.handoff.state import Level

ABLE = frozenset({Level.SUPERVISED, Level.OWNED})
"""The levels at which somebody does the step; practice is still learning it."""


class Cover(StrEnum):
    """How many people can do a step: none by a hand-off, only one, or more."""

    NOBODY = "nobody"
    ONE = "only one"
    SAFE = "more than one"


def cover(levels: Iterable[Level]) -> Cover:
    """How a step is covered, given the levels of all its hand-offs."""
    able = sum(level in ABLE for level in levels)
    return Cover.NOBODY if able == 0 else Cover.ONE if able == 1 else Cover.SAFE
