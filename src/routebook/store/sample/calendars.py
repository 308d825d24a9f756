"""When the people of the sample work: moments before the first start, always in somebody's working time."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from routebook.core.calendar import (
    Calendar,
    Duration,
    Unit,
    add_working,
    calendar_of,
    next_working,
    working_between,
)
from routebook.core.document import Organisation
from routebook.store.facts import holidays_of

_A_MINUTE = dt.timedelta(minutes=1)
_A_DAY = dt.timedelta(days=1)


class Calendars:
    """The calendars of the business and of its people (by their key), seen from `now`."""

    def __init__(self, organisation: Organisation, now: dt.datetime) -> None:
        self.now = now
        self._business = calendar_of(organisation, None, holidays_of(organisation.holidays, now.year))
        self._people = {
            person.id: calendar_of(
                organisation, person, holidays_of(person.holidays or organisation.holidays, now.year)
            )
            for person in organisation.people
        }

    def of(self, who: str) -> Calendar:
        return self._people[who]

    def days_back(self, days: int, at: str = "09:00", who: str = "") -> dt.datetime:
        """So many working days of the business before today, at `at` by the clock of `who`, moved on to when they
        next work."""
        calendar = self._people[who] if who else self._business
        hour, minute = map(int, at.split(":"))
        local = dt.datetime.combine(self.day(days), dt.time(hour, minute), ZoneInfo(calendar.time_zone))
        return next_working(calendar, local)

    def day(self, days: int) -> dt.date:
        """So many working days of the business before today; days ahead are counted in the same way, below zero."""
        zone = ZoneInfo(self._business.time_zone)
        day = self.now.astimezone(zone).date()
        step = _A_DAY if days > 0 else -_A_DAY
        left = abs(days)
        while left:
            day -= step
            midnight = dt.datetime.combine(day, dt.time(), zone)
            left -= working_between(self._business, midnight, midnight + _A_DAY) > dt.timedelta()
        return day

    def after(self, who: str, moment: dt.datetime, minutes: int) -> dt.datetime:
        """When so many working minutes of theirs have passed."""
        if minutes < 1:
            return next_working(self._people[who], moment)
        return add_working(self._people[who], moment, Duration(minutes, Unit.WORKING_MINUTE))

    def before(self, who: str, moment: dt.datetime, minutes: int) -> dt.datetime:
        """The last moment from which so many (1 or more) working minutes of theirs pass until `moment`."""
        calendar, wanted = self._people[who], minutes * _A_MINUTE
        late = moment.replace(second=0, microsecond=0)
        early = late - _A_DAY
        while working_between(calendar, early, moment) < wanted:
            early -= _A_DAY
        while late - early > _A_MINUTE:
            middle = early + ((late - early) // (2 * _A_MINUTE)) * _A_MINUTE
            if working_between(calendar, middle, moment) >= wanted:
                early = middle
            else:
                late = middle
        return early

    def between(self, who: str, start: dt.datetime, end: dt.datetime) -> int:
        """Their working minutes between two moments."""
        return int(working_between(self._people[who], start, end) / _A_MINUTE)
