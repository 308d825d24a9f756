"""Short names for processes and steps, from the names that other tools let people type."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from routebook.core.document import RESERVED_STEP_IDS

MOST_LETTERS = 60


def slug_of(text: str) -> str:
    """Small letters, digits and hyphens; "" where the text has none of them."""
    plain = text if text.isascii() else unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    folded = plain.lower()
    slug = re.sub(r"[^a-z0-9]+", "-", folded).strip("-")
    return slug if len(slug) <= MOST_LETTERS else slug[:MOST_LETTERS].rpartition("-")[0] or slug[:MOST_LETTERS]


class Names:
    """Names that are taken, each of them once."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = set(taken)
        self._counts: dict[str, int] = {}

    def slug(self, title: str, key: str, kind: str, *, reserved: bool = True) -> str:
        """A free name: from the title, else from the key of the file, else from what it is."""
        name = slug_of(title) or slug_of(key) or kind
        if reserved and name in RESERVED_STEP_IDS:
            name = f"{name}-step"
        own = name
        while own in self._taken:
            self._counts[name] = self._counts.get(name, 1) + 1
            own = f"{name}-{self._counts[name]}"
        self._taken.add(own)
        return own
