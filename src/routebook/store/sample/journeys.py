"""When each run of the sample started, and when those steps were done whose moment is fixed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from routebook.store.sample.calendars import Calendars
from routebook.store.sample.history import Row


@dataclass(slots=True)
class Journey:
    """One run as the history tells it. `done` holds fixed moments by step; `id` is made from the number."""

    number: int
    row: Row
    started: dt.datetime
    done: Mapping[str, dt.datetime] = field(default_factory=dict)
    seen: set[tuple[int, int]] = field(default_factory=set)
    commands: int = 0

    @property
    def id(self) -> str:
        return f"{self.number:032x}"

    @property
    def stops_at(self) -> str:
        return str(self.row.get("stops_at", ""))

    def plan(self, step: str, attempt: int) -> Mapping[str, Any]:
        """What the history says of a step; `again` says what is different the second time."""
        plan: Mapping[str, Any] = self.row["work"].get(step, {})
        return {**plan, "after": 20, **plan.get("again", {})} if attempt > 1 else plan

    def next_command(self) -> str:
        self.commands += 1
        return f"sample-{self.commands}"


def journeys_of(rows: Sequence[Row], calendars: Calendars) -> list[Journey]:
    """All runs by their number."""
    found: dict[int, Journey] = {}
    by_number = {row["number"]: row for row in rows}

    def journey(number: int) -> Journey:
        if number not in found:
            row = by_number[number]
            started, done = times_of(row)
            found[number] = Journey(number, row, started, done)
        return found[number]

    def times_of(row: Row) -> tuple[dt.datetime, dict[str, dt.datetime]]:
        if "day" in row:
            return calendars.days_back(row["day"], row["at"], row["by"]), {}
        end = journey(row["before"]).started if "before" in row else calendars.now
        return backwards(row, end, calendars)

    return [journey(number) for number in sorted(by_number)]


def backwards(row: Row, end: dt.datetime, calendars: Calendars) -> tuple[dt.datetime, dict[str, dt.datetime]]:
    """The start and the steps of a run whose last step was done `since` working minutes before `end`."""
    done: dict[str, dt.datetime] = {}
    moment, minutes = end, row["since"]
    for step in reversed(row["work"]):
        if step not in row["doers"]:
            continue
        moment = calendars.before(row["doers"][step], moment, minutes)
        done[step], minutes = moment, row["work"][step]["after"]
    return calendars.before(row["by"], moment, minutes), done
