"""Working time: examples to read, and the laws that hold for every calendar."""

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routebook.core.calendar import (
    BadDuration,
    Calendar,
    Duration,
    NoWorkingTime,
    Unit,
    add_working,
    calendar_of,
    next_working,
    parse_duration,
    working_between,
)
from routebook.core.document import Away, Organisation, Person, WorkingWeek

SINGAPORE = Calendar("Asia/Singapore")
NEW_YORK = Calendar("America/New_York")
NIGHTS = Calendar("America/New_York", WorkingWeek(tuple((day, 0, 8 * 60) for day in range(7))))
ALWAYS = Calendar("Europe/Berlin", WorkingWeek(tuple((day, 0, 24 * 60) for day in range(7))))
LUNCH = Calendar("Europe/Berlin", WorkingWeek(((0, 540, 720), (0, 780, 1020), (1, 540, 720), (2, 780, 1020))))


def local(calendar: Calendar, text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(calendar.time_zone))


def due(calendar: Calendar, start: str, duration: str) -> str:
    end = add_working(calendar, local(calendar, start), parse_duration(duration))
    return end.astimezone(ZoneInfo(calendar.time_zone)).strftime("%a %Y-%m-%d %H:%M")


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-23T09:00", "4 working hours", "Mon 2026-11-23 13:00"),
        ("2026-11-23T09:00", "8 working hours", "Mon 2026-11-23 17:00"),
        ("2026-11-23T15:30", "4 working hours", "Tue 2026-11-24 11:30"),
        ("2026-11-27T16:00", "90 working minutes", "Mon 2026-11-30 09:30"),
        ("2026-11-28T12:00", "1 working hour", "Mon 2026-11-30 10:00"),
        ("2026-11-23T14:00", "1 working day", "Tue 2026-11-24 14:00"),
        ("2026-11-27T14:00", "1 working day", "Mon 2026-11-30 14:00"),
        ("2026-11-28T14:00", "1 working day", "Tue 2026-12-01 09:00"),
        ("2026-11-27T23:00", "5 working days", "Mon 2026-12-07 09:00"),
        ("2026-11-23T14:00", "90 minutes", "Mon 2026-11-23 15:30"),
        ("2026-11-23T16:00", "90 minutes", "Tue 2026-11-24 09:00"),
        ("2026-11-23T14:00", "2 days", "Wed 2026-11-25 14:00"),
        ("2026-11-26T14:00", "2 days", "Mon 2026-11-30 09:00"),
        ("2026-11-23T14:00", "1 week", "Mon 2026-11-30 14:00"),
    ],
)
def test_due_in_an_ordinary_week(start: str, duration: str, end: str) -> None:
    assert due(SINGAPORE, start, duration) == end


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-11-23T11:30", "1 working hour", "Mon 2026-11-23 13:30"),
        ("2026-11-23T12:30", "1 working day", "Tue 2026-11-24 12:00"),
        ("2026-11-23T16:00", "1 working day", "Tue 2026-11-24 12:00"),
        ("2026-11-23T10:00", "2 working days", "Wed 2026-11-25 13:00"),
        ("2026-11-24T11:00", "2 working days", "Mon 2026-11-30 11:00"),
    ],
)
def test_days_of_different_hours(start: str, duration: str, end: str) -> None:
    assert due(LUNCH, start, duration) == end


def test_holidays_and_days_away_are_no_working_time() -> None:
    calendar = Calendar(
        "Asia/Singapore",
        holidays=frozenset({dt.date(2026, 12, 25)}),
        away=(Away(dt.date(2026, 12, 28), dt.date(2026, 12, 29)),),
    )
    assert due(calendar, "2026-12-24T16:00", "2 working hours") == "Wed 2026-12-30 10:00"
    assert due(calendar, "2026-12-24T16:00", "1 working day") == "Wed 2026-12-30 16:00"
    assert due(calendar, "2026-12-24T16:00", "1 day") == "Wed 2026-12-30 09:00"


def test_a_day_keeps_its_local_time_over_a_change_of_the_clocks() -> None:
    assert due(NEW_YORK, "2026-03-06T14:00", "1 working day") == "Mon 2026-03-09 14:00"
    assert due(NEW_YORK, "2026-10-30T14:00", "1 week") == "Fri 2026-11-06 14:00"


def test_a_night_shift_has_its_true_length_when_the_clocks_change() -> None:
    assert due(NIGHTS, "2026-03-08T00:00", "7 working hours") == "Sun 2026-03-08 08:00"
    assert due(NIGHTS, "2026-03-08T00:00", "8 working hours") == "Mon 2026-03-09 01:00"
    assert due(NIGHTS, "2026-11-01T00:00", "9 working hours") == "Sun 2026-11-01 08:00"


def test_a_span_in_the_hour_that_does_not_exist_is_skipped() -> None:
    early = Calendar("America/New_York", WorkingWeek(((6, 120, 180),)))
    assert due(early, "2026-03-07T12:00", "30 working minutes") == "Sun 2026-03-15 02:30"


def test_midnight_after_a_shift_is_its_end() -> None:
    late = Calendar("Europe/Berlin", WorkingWeek(((6, 22 * 60, 24 * 60),)))
    assert due(late, "2026-11-22T22:00", "2 working hours") == "Mon 2026-11-23 00:00"
    assert due(late, "2026-11-23T00:00", "1 working day") == "Mon 2026-11-30 00:00"


def test_somebody_who_always_works_has_everything_due_on_the_clock() -> None:
    assert due(ALWAYS, "2026-11-22T23:30", "90 minutes") == "Mon 2026-11-23 01:00"
    assert due(ALWAYS, "2026-11-22T23:30", "90 working minutes") == "Mon 2026-11-23 01:00"


def test_overlapping_spans_count_once() -> None:
    overlapping = Calendar("UTC", WorkingWeek(((0, 600, 720), (0, 540, 660))))
    monday = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    assert working_between(overlapping, monday, monday + dt.timedelta(days=1)) == dt.timedelta(hours=3)


def test_a_distant_date_is_found() -> None:
    assert due(SINGAPORE, "2026-11-23T09:00", "10400 working hours") == "Fri 2031-11-14 17:00"
    assert due(SINGAPORE, "2026-11-23T09:00", "1300 working days") == "Mon 2031-11-17 09:00"


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("4 working hours", Duration(4, Unit.WORKING_HOUR)),
        ("1 working day", Duration(1, Unit.WORKING_DAY)),
        ("90 minutes", Duration(90, Unit.MINUTE)),
        (" 2  Days ", Duration(2, Unit.DAY)),
        ("1 week", Duration(1, Unit.WEEK)),
        ("30 working  minutes", Duration(30, Unit.WORKING_MINUTE)),
    ],
)
def test_durations_are_read(text: str, duration: Duration) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize("text", ["", "soon", "4", "1.5 hours", "-1 days", "2 working weeks", "4 hours later"])
def test_what_is_no_duration_is_told_the_forms(text: str) -> None:
    with pytest.raises(BadDuration, match="Write a whole number and a unit: 4 working hours, 1 working day"):
        parse_duration(text)


@pytest.mark.parametrize(("text", "sentence"), [("0 days", "at least 1"), ("9999999 hours", "ten years")])
def test_a_duration_is_neither_nothing_nor_endless(text: str, sentence: str) -> None:
    with pytest.raises(BadDuration, match=sentence):
        parse_duration(text)


def test_an_empty_week_and_a_broken_span_are_refused() -> None:
    with pytest.raises(NoWorkingTime, match="working week is empty"):
        Calendar("UTC", WorkingWeek(()))
    with pytest.raises(ValueError, match="earlier to a later minute"):
        Calendar("UTC", WorkingWeek(((0, 600, 540),)))


def test_somebody_away_for_good_has_nothing_due() -> None:
    gone = Calendar("UTC", away=(Away(dt.date(2026, 1, 1), dt.date(2099, 1, 1)),))
    start = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)
    for text in ("1 working hour", "1 working day", "1 day"):
        with pytest.raises(NoWorkingTime, match="within ten years after 2026-11-2"):
            add_working(gone, start, parse_duration(text))


def test_a_naive_moment_and_an_unknown_zone_are_errors() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        add_working(SINGAPORE, dt.datetime(2026, 11, 23), parse_duration("1 day"))  # noqa: DTZ001 naive is the point
    with pytest.raises(ZoneInfoNotFoundError):
        next_working(Calendar("Mars/Olympus"), dt.datetime(2026, 11, 23, tzinfo=dt.UTC))


def test_a_person_inherits_what_they_do_not_set() -> None:
    company = Organisation("Lighthouse", "Asia/Singapore")
    mornings = WorkingWeek(((0, 480, 720),))
    away = (Away(dt.date(2026, 12, 1), dt.date(2026, 12, 2)),)
    ana = Person("ana", "Ana", time_zone="America/New_York", week=mornings, away=away)
    assert calendar_of(company) == Calendar("Asia/Singapore", company.week)
    assert calendar_of(company, Person("joy", "Joy")) == Calendar("Asia/Singapore", company.week)
    assert calendar_of(company, ana) == Calendar("America/New_York", mornings, frozenset(), away)


spans = st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(1, 24)).filter(lambda s: s[1] < s[2])
dates = st.dates(dt.date(2026, 1, 1), dt.date(2027, 12, 31))
calendars = st.builds(
    Calendar,
    st.sampled_from(["UTC", "Asia/Singapore", "America/New_York", "Europe/Berlin", "Australia/Lord_Howe"]),
    st.builds(lambda week: WorkingWeek(tuple((d, a * 60, b * 60) for d, a, b in week)), st.lists(spans, min_size=1)),
    st.frozensets(dates, max_size=5),
    st.lists(st.builds(lambda d, n: Away(d, d + dt.timedelta(n)), dates, st.integers(0, 20)), max_size=2).map(tuple),
)
moments = st.datetimes(dt.datetime(2026, 1, 1), dt.datetime(2027, 12, 1), timezones=st.just(dt.UTC))  # noqa: DTZ001
lengths = st.integers(1, 3000)
durations = st.builds(Duration, st.integers(1, 40), st.sampled_from(Unit))


def is_working(calendar: Calendar, moment: dt.datetime) -> bool:
    """Asked of the definition, not of the arithmetic: is this minute, or the one before it, in a span?"""
    zone = ZoneInfo(calendar.time_zone)
    for tick in (dt.timedelta(), dt.timedelta(microseconds=-1)):
        here = (moment + tick).astimezone(zone)
        off = here.date() in calendar.holidays or any(a.first <= here.date() <= a.last for a in calendar.away)
        minute = here.hour * 60 + here.minute
        if not off and any(d == here.weekday() and a <= minute < b for d, a, b in calendar.week.spans):
            return True
    return False


@given(calendars, moments, durations)
@settings(max_examples=150, deadline=None)
def test_a_due_date_is_later_and_in_working_time(calendar: Calendar, start: dt.datetime, duration: Duration) -> None:
    end = add_working(calendar, start, duration)
    assert end > start
    assert end == next_working(calendar, end)
    assert is_working(calendar, end)


@given(calendars, moments, lengths)
@settings(max_examples=100, deadline=None)
def test_working_minutes_are_what_lies_between(calendar: Calendar, start: dt.datetime, minutes: int) -> None:
    end = add_working(calendar, start, Duration(minutes, Unit.WORKING_MINUTE))
    assert working_between(calendar, start, end) == dt.timedelta(minutes=minutes)
    assert working_between(calendar, end, start) == dt.timedelta()


@given(calendars, moments, lengths, lengths)
@settings(max_examples=100, deadline=None)
def test_working_minutes_add_up(calendar: Calendar, start: dt.datetime, first: int, second: int) -> None:
    middle = add_working(calendar, start, Duration(first, Unit.WORKING_MINUTE))
    end = add_working(calendar, middle, Duration(second, Unit.WORKING_MINUTE))
    assert end == add_working(calendar, start, Duration(first + second, Unit.WORKING_MINUTE))


@given(calendars, moments, st.timedeltas(dt.timedelta(), dt.timedelta(days=30)), durations)
@settings(max_examples=150, deadline=None)
def test_who_starts_later_is_not_due_earlier(
    calendar: Calendar, start: dt.datetime, gap: dt.timedelta, duration: Duration
) -> None:
    early, late = add_working(calendar, start, duration), add_working(calendar, start + gap, duration)
    # A local time of day names two moments where the clocks go back, hence the hour's grace for days.
    grace = dt.timedelta(hours=duration.unit in (Unit.WORKING_DAY, Unit.DAY, Unit.WEEK))
    assert late >= early - grace


@given(durations)
def test_a_duration_is_read_back_from_its_own_text(duration: Duration) -> None:
    assert parse_duration(str(duration)) == duration
