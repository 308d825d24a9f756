"""The countries whose public holidays are known, and their parts that have holidays of their own."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from routebook.core.events import Refusal
from routebook.store.access import Refused

_NEW_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SMALL = {"And": "and", "Of": "of", "The": "the", "Da": "da"}


@lru_cache(maxsize=1)
def countries() -> Mapping[str, str]:
    """The names of the countries by their code of two letters, by name."""
    # The package takes a third of a second to load, and few pages ask for it.
    from holidays.registry import COUNTRIES

    named = {row[1]: _name(row[0]) for row in COUNTRIES.values()}
    return dict(sorted(named.items(), key=lambda one: one[1]))


def _name(known: str) -> str:
    first, *rest = _NEW_WORD.split(known)
    return " ".join((first, *(_SMALL.get(word, word) for word in rest)))


@lru_cache(maxsize=1)
def _parts() -> Mapping[str, Sequence[str]]:
    import holidays

    return holidays.list_supported_countries()


def checked_holidays(code: str, field: str = "holidays") -> str:
    """The code of a country (DE) or of a part of one (DE-BY) whose holidays are known, "" for none. Else `Refused`."""
    country, _, part = code.strip().partition("-")
    country = country.upper()
    if not country and not part:
        return ""
    if country not in countries():
        raise Refused(Refusal("no_country", f"“{code.strip()}” is no country of the list: choose one.", field))
    if not part:
        return country
    known = {name.casefold(): name for name in _parts().get(country, ())}
    if part.casefold() not in known:
        name = countries()[country]
        said = f"take {', '.join(known.values())}" if known else "leave the part empty"
        raise Refused(Refusal("no_part", f"{name} has no “{part}” with holidays of its own: {said}.", field))
    return f"{country}-{known[part.casefold()]}"
