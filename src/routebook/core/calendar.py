"""Working time: when something is due that takes four working hours, a working day or a week.

A calendar is one person's (or the organisation's) week in their time zone, less holidays and days away.
All arithmetic is done on UTC instants of the calendar's working spans, a week at a time, so a night shift over a
change of the clocks has its true length and a distant date costs a step per week.

A working span holds both its ends: eight working hours from nine o'clock end at 17:00 today, not at
nine tomorrow.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from itertools import count
from zoneinfo import ZoneInfo

from routebook.core.document import Away, Organisation, Person, WorkingWeek

MOST_DAYS = 3660
"""The longest duration, and the longest stretch without any work, that is looked at: ten years."""

_MINUTES_A_DAY = 24 * 60
_TICK = dt.timedelta(microseconds=1)
_NOTHING = dt.timedelta()

Span = tuple[dt.datetime, dt.datetime]
"""A stretch of working time, from and to, in UTC."""


class BadDuration(ValueError):
    """A duration that can't be read, or is nothing, or is longer than ten years."""


class NoWorkingTime(ValueError):
    """A calendar in which nobody ever works, so nothing can fall due."""


class Unit(StrEnum):
    """What a duration counts. The first three count working time, the others the clock."""

    WORKING_MINUTE = "working minute"
    WORKING_HOUR = "working hour"
    WORKING_DAY = "working day"
    MINUTE = "minute"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"


_PER_DAY = {
    Unit.WORKING_MINUTE: _MINUTES_A_DAY,
    Unit.WORKING_HOUR: 24,
    Unit.WORKING_DAY: 1,
    Unit.MINUTE: _MINUTES_A_DAY,
    Unit.HOUR: 24,
    Unit.DAY: 1,
}
_WORKING = {Unit.WORKING_MINUTE: dt.timedelta(minutes=1), Unit.WORKING_HOUR: dt.timedelta(hours=1)}
_CLOCK = {Unit.MINUTE: dt.timedelta(minutes=1), Unit.HOUR: dt.timedelta(hours=1)}
_DAYS = {Unit.DAY: 1, Unit.WEEK: 7}

_FORM = re.compile(r"(\d{1,7})\s+(working\s+(?:minute|hour|day)|minute|hour|day|week)s?", re.IGNORECASE)
_FORMS = "4 working hours, 1 working day, 90 minutes, 2 hours, 2 days or 1 week"


@dataclass(frozen=True, slots=True)
class Duration:
    """`amount` (1 or more) of a unit, at most ten years. Its text is what `parse_duration` reads."""

    amount: int
    unit: Unit

    def __post_init__(self) -> None:
        if self.amount < 1:
            raise BadDuration("A duration is at least 1.")
        days = self.amount * 7 if self.unit is Unit.WEEK else self.amount / _PER_DAY[self.unit]
        if days > MOST_DAYS:
            raise BadDuration(f"{self} is too long: ten years are the most.")

    def __str__(self) -> str:
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"


@lru_cache(maxsize=1024)
def parse_duration(text: str) -> Duration:
    """The duration that `text` says, for example ``4 working hours``.

    Raises `BadDuration` with a sentence that names the forms it understands.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise BadDuration(f"“{text.strip()}” is not a duration. Write a whole number and a unit: {_FORMS}.")
    return Duration(int(match[1]), Unit(" ".join(match[2].lower().split())))


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works: the week in a time zone (an IANA name), less holidays and days away.

    Raises ValueError for a span that is no part of a day, `NoWorkingTime` for a week without any,
    and `zoneinfo.ZoneInfoNotFoundError` at first use for an unknown time zone.
    """

    time_zone: str
    week: WorkingWeek = field(default_factory=WorkingWeek)
    holidays: frozenset[dt.date] = frozenset()
    away: tuple[Away, ...] = ()

    def __post_init__(self) -> None:
        if not self.week.spans:
            raise NoWorkingTime("The working week is empty: give at least one day with working hours.")
        for day, begin, end in self.week.spans:
            if not (0 <= day <= 6 and 0 <= begin < end <= _MINUTES_A_DAY):
                raise ValueError(
                    f"A working span runs from an earlier to a later minute of one day, not {begin}-{end}."
                )


def calendar_of(
    organisation: Organisation, person: Person | None = None, holidays: frozenset[dt.date] = frozenset()
) -> Calendar:
    """The calendar of a person, filled up from the organisation's; without a person, the organisation's.

    `holidays` are the dates of the country that the person (else the organisation) names.
    """
    if person is None:
        return Calendar(organisation.time_zone, organisation.week, holidays)
    return Calendar(person.time_zone or organisation.time_zone, person.week or organisation.week, holidays, person.away)


def add_working(calendar: Calendar, start: dt.datetime, duration: Duration) -> dt.datetime:
    """When `duration` is over that begins at `start` (aware); in UTC, and always in working time.

    - Working minutes and hours count only while somebody works.
    - Working days: the same local time so many working days later, or the nearest working time of that
      day. A start outside working time counts from the next working moment.
    - Minutes and hours count on the clock, days and weeks keep the local time of day; where that ends
      outside working time, it moves on to the next working moment, so nothing falls due at night.

    Raises ValueError for a naive `start`, `NoWorkingTime` where no work is found within ten years.
    """
    start = _utc(start)
    unit = duration.unit
    if unit in _WORKING:
        return _after(calendar, start, _WORKING[unit] * duration.amount)[0]
    if unit is Unit.WORKING_DAY:
        return _after_days(calendar, start, duration.amount)
    if unit in _CLOCK:
        return next_working(calendar, start + _CLOCK[unit] * duration.amount)
    return next_working(calendar, _same_time(calendar, start, _DAYS[unit] * duration.amount))


def next_working(calendar: Calendar, moment: dt.datetime) -> dt.datetime:
    """`moment` itself in working time, else when work next begins; in UTC."""
    return _after(calendar, _utc(moment), _NOTHING)[0]


def working_between(calendar: Calendar, start: dt.datetime, end: dt.datetime) -> dt.timedelta:
    """How much working time lies between two moments; nothing when `end` is not after `start`."""
    start, end = _utc(start), _utc(end)
    total = _NOTHING
    if end <= start:
        return total
    for week in _weeks_from(calendar, start):
        if week.starts >= end:
            return total
        if start <= week.starts and week.ends <= end:
            total += week.total
            continue
        for _, spans in week.days:
            for begin, until in spans:
                total += max(_NOTHING, min(until, end) - max(begin, start))
    return total


def _utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        raise ValueError("A moment needs a time zone.")
    return moment.astimezone(dt.UTC)


def _same_time(calendar: Calendar, start: dt.datetime, days: int) -> dt.datetime:
    local = start.astimezone(ZoneInfo(calendar.time_zone))
    return (local + dt.timedelta(days=days)).astimezone(dt.UTC)


def _after(calendar: Calendar, start: dt.datetime, left: dt.timedelta) -> tuple[dt.datetime, int]:
    """Where `left` of working time from `start` ends, and the ordinal of the working day it lies in."""
    for week in _working_weeks(calendar, start):
        if week.starts > start and week.total < left:
            left -= week.total
            continue
        for day, spans in week.days:
            for begin, end in spans:
                if end < start:
                    continue
                at = max(begin, start)
                if end - at >= left:
                    return at + left, day
                left -= end - at
    raise AssertionError("_working_weeks ends only by raising")


def _after_days(calendar: Calendar, start: dt.datetime, amount: int) -> dt.datetime:
    zone = ZoneInfo(calendar.time_zone)
    moment, first = _after(calendar, start, _NOTHING)
    time_of_day = moment.astimezone(zone).replace(tzinfo=None) - dt.datetime.fromordinal(first)
    day, spans = _working_day(calendar, moment, first, amount)
    wanted = (dt.datetime.fromordinal(day) + time_of_day).replace(tzinfo=zone).astimezone(dt.UTC)
    return _nearest(wanted, spans)


def _working_day(calendar: Calendar, moment: dt.datetime, first: int, amount: int) -> tuple[int, tuple[Span, ...]]:
    """The `amount`-th working day after the day `first`, which holds `moment`."""
    for week in _working_weeks(calendar, moment):
        if week.starts > moment and len(week.days) < amount:
            amount -= len(week.days)
            continue
        for day, spans in week.days:
            amount -= day > first
            if amount == 0:
                return day, spans
    raise AssertionError("_working_weeks ends only by raising")


def _nearest(wanted: dt.datetime, spans: tuple[Span, ...]) -> dt.datetime:
    for begin, end in spans:
        if wanted <= end:
            return max(begin, wanted)
    return spans[-1][1]


@dataclass(frozen=True, slots=True)
class _Week:
    """The working days of one week, Monday first: ordinal and spans. `starts` and `ends` bound the spans."""

    starts: dt.datetime
    ends: dt.datetime
    total: dt.timedelta
    days: tuple[tuple[int, tuple[Span, ...]], ...]


def _working_weeks(calendar: Calendar, moment: dt.datetime) -> Iterator[_Week]:
    """The weeks from `moment` on in which somebody works; raises where ten years go by without."""
    empty = 0
    for week in _weeks_from(calendar, moment):
        if week.days:
            empty = 0
            yield week
            continue
        empty += 7
        if empty > MOST_DAYS:
            raise NoWorkingTime(f"Nobody works within ten years after {moment:%Y-%m-%d}.")


def _weeks_from(calendar: Calendar, moment: dt.datetime) -> Iterator[_Week]:
    # A tick earlier, because midnight after a Sunday's night shift still is the end of that Sunday.
    local = (moment - _TICK).astimezone(ZoneInfo(calendar.time_zone))
    monday = local.toordinal() - local.weekday()
    return (_week(calendar, monday + 7 * n) for n in count())


@lru_cache(maxsize=8192)
def _week(calendar: Calendar, monday: int) -> _Week:
    zone = ZoneInfo(calendar.time_zone)
    starts = _instant(zone, monday, 0)
    last = starts
    days = []
    total = _NOTHING
    for weekday in range(7):
        spans = []
        for begin, end in _minutes(calendar, weekday, dt.date.fromordinal(monday + weekday)):
            # Where the clocks change, or two spans overlap, time must not count twice.
            since, last_end = max(last, _instant(zone, monday + weekday, begin)), _instant(zone, monday + weekday, end)
            if since >= last_end:
                continue
            spans.append((since, last_end))
            total += last_end - since
            last = last_end
        if spans:
            days.append((monday + weekday, tuple(spans)))
    return _Week(starts, max(last, starts), total, tuple(days))


def _minutes(calendar: Calendar, weekday: int, date: dt.date) -> list[tuple[int, int]]:
    if date in calendar.holidays or any(away.first <= date <= away.last for away in calendar.away):
        return []
    return sorted((begin, end) for day, begin, end in calendar.week.spans if day == weekday)


def _instant(zone: ZoneInfo, day: int, minute: int) -> dt.datetime:
    local = dt.datetime.fromordinal(day) + dt.timedelta(minutes=minute)
    return local.replace(tzinfo=zone).astimezone(dt.UTC)
