"""When the people of an organisation work: their week, holidays and days away, by their own clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from routebook.core.calendar import Calendar, next_working, working_between
from routebook.store import facts
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Organisation

WEEKS = 2
_A_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Day:
    """One day of somebody's calendar: how long they work, and why not."""

    date: dt.date
    minutes: int
    away: bool
    holiday: bool


def calendars(actor: Actor, *, now: dt.datetime) -> Mapping[int, Calendar]:
    """Everybody's calendar by member. Raises `Refused` for who may not see who works here."""
    require(actor, Verb.SEE_PEOPLE)
    number = Organisation.objects.values_list("facts", flat=True).get(pk=actor.org)
    return {int(pk): member.calendar for pk, member in facts.people(actor.org, number, now).members.items()}


def days(calendar: Calendar, *, now: dt.datetime, weeks: int = WEEKS) -> Sequence[Day]:
    """Whole weeks from this Monday on."""
    zone = ZoneInfo(calendar.time_zone)
    today = now.astimezone(zone).date()
    monday = today - today.weekday() * _A_DAY
    return [_day(calendar, monday + n * _A_DAY, zone) for n in range(weeks * 7)]


def _day(calendar: Calendar, date: dt.date, zone: ZoneInfo) -> Day:
    midnight = dt.datetime.combine(date, dt.time(), zone)
    worked = working_between(calendar, midnight, dt.datetime.combine(date + _A_DAY, dt.time(), zone))
    away = any(one.first <= date <= one.last for one in calendar.away)
    return Day(date, int(worked.total_seconds()) // 60, away, date in calendar.holidays)


def works_now(calendar: Calendar, now: dt.datetime) -> bool:
    """Whether this is within their working hours."""
    return next_working(calendar, now) <= now


def hours_a_week(calendar: Calendar) -> float:
    """The hours of their working week, holidays and days away aside."""
    return sum(end - begin for _day, begin, end in calendar.week.spans) / 60
