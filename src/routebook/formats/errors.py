"""What a reader says when a file cannot be read: values, never exceptions."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Lines = Mapping[str, int]
"""From a field path ("steps[2].then", "checklist[0]") to the line (1-based) where it stands."""


@dataclass(frozen=True, slots=True, order=True)
class FormatError:
    """One thing that is wrong in one file. `sentence` says what, `fix` says what to do about it."""

    path: str
    line: int
    field: str
    sentence: str
    fix: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.sentence} {self.fix}".rstrip()


@dataclass(frozen=True, slots=True)
class Refused:
    """Why nothing was read. `errors` is never empty and is ordered by file and line."""

    errors: tuple[FormatError, ...]


def line_of(lines: Lines, field: str) -> int:
    """The line of a field, else of the nearest thing around it, else 1."""
    while field:
        if field in lines:
            return lines[field]
        field = re.sub(r"(\[\d+\]|\.?[^.\[\]]+)$", "", field)
    return 1


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The known word nearest to a misspelt one, or ""."""
    by_folded = {name.casefold(): name for name in known}
    folded = word.casefold().replace("-", "_") if "_" in "".join(by_folded) else word.casefold()
    found = difflib.get_close_matches(folded, by_folded, n=1, cutoff=0.6)
    return by_folded[found[0]] if found else ""
