"""The time zones to choose from: one for each place, by part of the world, with what their clocks say now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

UTC = "UTC"


@dataclass(frozen=True, slots=True)
class Zone:
    """One choice: its name as it is kept, its words, and the old names that a browser may still use for it."""

    name: str
    words: str
    once: str


@lru_cache(maxsize=1)
def names() -> frozenset[str]:
    """The names that can be chosen: places, without old names for the same place."""
    lines = (files("tzdata") / "zoneinfo" / "zone.tab").read_text(encoding="utf-8").splitlines()
    return frozenset({UTC, *(line.split("\t")[2] for line in lines if line and not line.startswith("#"))})


@lru_cache(maxsize=1)
def _old_names() -> Mapping[str, Sequence[str]]:
    """The old names of each place: browsers still say Asia/Calcutta for Asia/Kolkata."""
    lines = (files("tzdata") / "zoneinfo" / "tzdata.zi").read_text(encoding="utf-8").splitlines()
    found: dict[str, list[str]] = {}
    for line in lines:
        if line.startswith("L "):
            _, place, old = line.split()
            if old not in names():
                found.setdefault(place, []).append(old)
    return found


def choices(now: dt.datetime, *known: str) -> Sequence[tuple[str, Sequence[Zone]]]:
    """The zones by part of the world, by name. `known` are zones that are in use, which stay choices by any name."""
    parts: dict[str, list[Zone]] = {"": []}
    for name in sorted(names() | (set(known) & available_timezones())):
        part, _, place = name.partition("/")
        parts.setdefault(part if place else "", []).append(_zone(name, place or name, now))
    return list(parts.items())


def _zone(name: str, place: str, now: dt.datetime) -> Zone:
    where = ", ".join(reversed(place.replace("_", " ").split("/")))
    offset = now.astimezone(ZoneInfo(name)).strftime("%z")
    hours = f"{offset[0].replace('-', '−')}{int(offset[1:3])}{':' + offset[3:5] if offset[3:5] != '00' else ''}"
    return Zone(name, where if hours == "+0" else f"{where} (UTC{hours})", " ".join(_old_names().get(name, ())))
