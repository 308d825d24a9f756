"""When somebody works, in words: «Mon–Fri 09:00–17:00», «works now», «back on Monday»."""

from __future__ import annotations

import datetime as dt
from itertools import groupby
from zoneinfo import ZoneInfo

from django.template.defaultfilters import date as format_date
from django.utils.translation import gettext as _

from routebook.core.calendar import Calendar, NoWorkingTime, next_working
from routebook.core.document import WorkingWeek


def weekday_names() -> tuple[str, ...]:
    """The days of the week, short."""
    return (_("Mon"), _("Tue"), _("Wed"), _("Thu"), _("Fri"), _("Sat"), _("Sun"))


def week_words(week: WorkingWeek) -> str:
    """The working week, days with the same hours together."""
    names = weekday_names()
    days = [(day, _day_hours(week, day)) for day in range(7)]
    parts = []
    for hours, run in groupby(days, key=lambda one: one[1]):
        numbers = [day for day, _hours in run]
        if hours:
            first, last = names[numbers[0]], names[numbers[-1]]
            parts.append(f"{first if first == last else f'{first}–{last}'} {hours}")
    return ", ".join(parts)


def _day_hours(week: WorkingWeek, day: int) -> str:
    spans = sorted((begin, end) for at, begin, end in week.spans if at == day)
    return " ".join(f"{clock(begin)}–{clock(end)}" for begin, end in spans)


def clock(minute: int | None) -> str:
    """A minute of the day as ``09:00``; None is nothing."""
    return "" if minute is None else f"{minute // 60:02}:{minute % 60:02}"


def hours_words(calendar: Calendar) -> str:
    """The working week with its time zone."""
    return f"{week_words(calendar.week)} · {calendar.time_zone.replace('_', ' ')}"


def now_words(calendar: Calendar, now: dt.datetime) -> str:
    """What the clock says where they are, and whether they work: «14:05 there, works now»."""
    there = now.astimezone(ZoneInfo(calendar.time_zone))
    told = {"time": format_date(there, "H:i")}
    try:
        back = next_working(calendar, now)
    except NoWorkingTime:
        return _("%(time)s there") % told
    if back <= now:
        return _("%(time)s there, works now") % told
    return _("%(time)s there, works again %(back)s") % {**told, "back": _back(back, there)}


def _back(back: dt.datetime, there: dt.datetime) -> str:
    local = back.astimezone(there.tzinfo)
    days = (local.date() - there.date()).days
    if days == 0:
        return _("at %(time)s") % {"time": format_date(local, "H:i")}
    return format_date(local, "D H:i") if days < 7 else format_date(local, "j F")
