"""What stands at the foot of every page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Imprint:
    """Whose page it is, and which text: `state` such as «Version 3, published 8 Dec 2026»; `printed` names the day."""

    organisation: str
    state: str = ""
    printed: str = ""
    lang: str = "en"

    def data(self, title: str) -> dict[str, Any]:
        return {
            "title": title,
            "organisation": self.organisation,
            "state": self.state,
            "printed": self.printed,
            "lang": self.lang,
        }
