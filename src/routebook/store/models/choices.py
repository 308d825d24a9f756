"""What a column may hold, by the names of an enumeration."""

from __future__ import annotations

from typing import Any


def choices_of(names: Any) -> list[tuple[str, str]]:
    return [(str(name), str(name)) for name in names]
