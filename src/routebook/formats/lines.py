"""A list that somebody typed, dictated or pasted: one thing a line, whatever stands before it."""

from __future__ import annotations

import re

_BULLET = re.compile(r"^\s*(?:[-*•–]|\(?\d{1,3}[.):])?\s*(?:\[[ xX]?\]\s*)?")


def listed_lines(text: str) -> list[str]:
    """The lines that say something; numbers, bullets and tick boxes before them fall away, and so do idle spaces."""
    lines = (" ".join(_BULLET.sub("", line, count=1).split()) for line in text.replace("\0", "").splitlines())
    return [line for line in lines if line]
