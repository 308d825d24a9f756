"""The ledger: hours and money that came back to somebody since others do their steps, by step, person and month.

Counted are the steps that the actor scored, in minutes, and that were handed off. Per step, person and month:

    minutes it took × runs by the person − minutes per answer × answers − minutes per review × reviews − what was redone

Practice brings nothing back, but its reviews take their time. Months are those of the actor's own calendar.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce, TruncMonth

from routebook.core.delegation import Handed, Ledger, LedgerPage, Rates, Score, ledger, ledger_page, planned_hours
from routebook.core.document import Kind, Sop
from routebook.core.handoff import Level
from routebook.core.run import TaskStatus
from routebook.store.access import Actor, Verb, require
from routebook.store.models import HandOff, Member, Organisation, Question, StepScore, Task, Version
from routebook.store.parsing import document_of
from routebook.store.queries import handoffs

Step = tuple[int, str]
"""A process's id, and a step's."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where one line of the ledger belongs. `month` is its first day."""

    step: Step
    person: int
    month: dt.date


@dataclass(frozen=True, slots=True)
class Line:
    """One step that one person does, in one month or over several. `planned` are the hours that the scores promised."""

    process: str
    step: str
    person: str
    month: dt.date
    handed: Handed
    rates: Rates
    planned: Decimal

    @property
    def ledger(self) -> Ledger:
        return ledger(self.handed, self.rates)

    @property
    def hours(self) -> Decimal:
        return self.ledger.hours.value


@dataclass(frozen=True, slots=True)
class Sum:
    """Several lines that belong together, by the name of what they share, and `about` what it belongs to."""

    name: str
    about: str
    lines: Sequence[Line]

    @property
    def hours(self) -> Decimal:
        return sum((line.hours for line in self.lines), Decimal(0))

    @property
    def planned(self) -> Decimal:
        return sum((line.planned for line in self.lines), Decimal(0))

    @property
    def money(self) -> Decimal:
        return sum((line.ledger.money.value for line in self.lines), Decimal(0))

    @property
    def runs(self) -> int:
        return sum(line.handed.runs for line in self.lines)


def rates_of(actor: Actor) -> Rates:
    """What the actor's organisation counts with; the hour of a receiver is each person's own."""
    row = Organisation.objects.get(pk=actor.org)
    return Rates(
        owner_hour=row.owner_hour or Decimal(0),
        minutes_per_answer=row.minutes_per_answer,
        minutes_per_review=row.minutes_per_review,
    )


def lines(actor: Actor, first: dt.date, now: dt.datetime) -> Sequence[Line]:
    """The ledger month by month, from the day `first` until now; the oldest month first, then by step and person."""
    require(actor, Verb.SEE_SCORES)
    known = _Known.of(actor)
    if not known.scores:
        return []
    counts = _counts(actor, known, first)
    plan = dict(_planned(known, first, now.astimezone(known.zone).date()))
    people = dict(Member.objects.filter(org_id=actor.org).values_list("pk", "name"))
    costs = dict(Member.objects.filter(org_id=actor.org).values_list("pk", "cost"))
    rates = rates_of(actor)
    found = []
    for place in {*counts, *plan}:
        handed = counts.get(place) or known.nothing(place.step)
        own = replace(rates, receiver_hour=costs.get(place.person) or Decimal(0))
        process, step = known.titles[place.step]
        promised = plan.get(place, Decimal(0))
        line = Line(process, step, people[place.person], place.month, handed, own, promised)
        found.append(line)
    return sorted(found, key=lambda line: (line.month, line.process, line.step, line.person))


def by_step(found: Iterable[Line]) -> Sequence[Sum]:
    """The lines by step, whatever brought most first."""
    return _sums(found, lambda line: (line.step, line.process))


def by_person(found: Iterable[Line]) -> Sequence[Sum]:
    """The lines by who does the steps now, whoever gave most back first."""
    return _sums(found, lambda line: (line.person, ""))


def by_month(found: Sequence[Line], first: dt.date, last: dt.date) -> Sequence[tuple[dt.date, Sum]]:
    """The lines by month, each month of the time, also those in which nothing came back."""
    return [(month, Sum("", "", [line for line in found if line.month == month])) for month in months(first, last)]


def _sums(found: Iterable[Line], shared: Callable[[Line], tuple[str, str]]) -> Sequence[Sum]:
    groups: dict[tuple[str, str], list[Line]] = {}
    for line in found:
        groups.setdefault(shared(line), []).append(line)
    sums = (Sum(name, about, over_time(rows)) for (name, about), rows in groups.items())
    return sorted(sums, key=lambda one: (-one.hours, one.name, one.about))


def over_time(found: Iterable[Line]) -> Sequence[Line]:
    """Each step and person once, with what all months come to."""
    groups: dict[tuple[str, str, str], list[Line]] = {}
    for line in found:
        groups.setdefault((line.process, line.step, line.person), []).append(line)
    return [_together(rows) for _, rows in sorted(groups.items())]


def _together(rows: Sequence[Line]) -> Line:
    handed = rows[0].handed
    for row in rows[1:]:
        handed = _plus(handed, row.handed)
    return replace(rows[0], handed=handed, planned=sum((row.planned for row in rows), Decimal(0)))


def _plus(one: Handed, other: Handed) -> Handed:
    return replace(
        one,
        runs=one.runs + other.runs,
        answers=one.answers + other.answers,
        reviews=one.reviews + other.reviews,
        rework_minutes=one.rework_minutes + other.rework_minutes,
        delegate_minutes=one.delegate_minutes + other.delegate_minutes,
    )


def page(actor: Actor, since: dt.datetime, now: dt.datetime) -> LedgerPage | None:
    """The ledger of the last days, step by step; None where no step of the actor's was handed off yet."""
    require(actor, Verb.SEE_SCORES)
    known = _Known.of(actor)
    if not known.scores:
        return None
    counts = _counts(actor, known, since)
    steps: dict[Step, Handed] = {step: known.nothing(step) for step in known.scores}
    for place, handed in counts.items():
        steps[place.step] = _plus(steps[place.step], handed)
    return ledger_page((steps[step] for step in sorted(steps, key=lambda step: known.titles[step][1])), rates_of(actor))


# --- what is counted ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Known:
    """The steps that count: their scores and titles, and whose hand-offs of them there are."""

    zone: ZoneInfo
    scores: Mapping[Step, Score]
    titles: Mapping[Step, tuple[str, str]]
    rows: Sequence[HandOff]

    @classmethod
    def of(cls, actor: Actor) -> _Known:
        views = [view for view in handoffs.listing(actor) if view.state.level is not Level.NONE]
        titles = {
            (view.row.process_id, view.row.step): (
                view.row.process.title,
                view.step.title if view.step else view.row.step,
            )
            for view in views
        }
        worked = {_step(view.row) for view in views if view.state.level not in (Level.PREPARED, Level.ACCEPTED)}
        mine = StepScore.objects.filter(org_id=actor.org, scored_by_id=actor.member, minutes__gt=0)
        scores = {
            (row.process_id, row.step): Score(
                row.value, row.energy, row.costly, row.judgement, row.minutes, row.times_a_month
            )
            for row in mine
            if (row.process_id, row.step) in worked
        }
        return cls(ZoneInfo(actor.time_zone), scores, titles, [view.row for view in views if _step(view.row) in scores])

    def nothing(self, step: Step) -> Handed:
        return Handed(title=self.titles[step][1], minutes_before=Decimal(self.scores[step].minutes), runs=0)

    def receiver(self, step: Step) -> int:
        return min(row.receiver_id for row in self.rows if _step(row) == step)


def _step(row: HandOff) -> Step:
    return (row.process_id, row.step)


def _counts(actor: Actor, known: _Known, first: dt.date | dt.datetime) -> dict[Place, Handed]:
    """What the record says, by step, person and month."""
    begin = first if isinstance(first, dt.datetime) else dt.datetime.combine(first, dt.time(), known.zone)
    done = Task.objects.filter(org_id=actor.org, status=TaskStatus.DONE, closed_at__gte=begin, done_by__isnull=False)
    month = TruncMonth("closed_at", tzinfo=known.zone)
    tally = _Tally(known)
    tally.runs(done.filter(review_of=0).exclude(done_by_id=actor.member).exclude(level=Level.PRACTICE), month)
    tally.redone(done.filter(review_of=0, done_by_id=actor.member, attempt__gt=1), month)
    tally.reviews(done.filter(review_of__gt=0, done_by_id=actor.member), month)
    tally.answers(Question.objects.filter(org_id=actor.org, answered_by_id=actor.member, answered_at__gte=begin))
    return tally.found


@dataclass(slots=True)
class _Tally:
    known: _Known
    found: dict[Place, Handed] = field(default_factory=dict)

    def add(self, step: Step, person: int | None, month: dt.datetime, **more: Decimal | int) -> None:
        if step not in self.known.scores or person is None:
            return
        place = Place(step, person, month.date().replace(day=1))
        have = self.found.get(place) or self.known.nothing(step)
        self.found[place] = replace(have, **{name: getattr(have, name) + n for name, n in more.items()})

    def runs(self, rows: QuerySet[Task], month: TruncMonth) -> None:
        counted = rows.annotate(month=month).values_list("run__process_id", "step", "done_by_id", "month", "sop_id")
        directions = _minutes_of_directions(rows)
        for process, step, person, when, sop, n in counted.annotate(n=Count("pk")).order_by():
            score = self.known.scores.get((process, step))
            theirs = directions.get(sop, score.minutes if score else 0)
            self.add((process, step), person, when, runs=n, delegate_minutes=Decimal(theirs * n))

    def redone(self, rows: QuerySet[Task], month: TruncMonth) -> None:
        counted = rows.annotate(month=month).values_list("run__process_id", "step", "month").annotate(n=Count("pk"))
        for process, step, when, n in counted.order_by():
            if (process, step) in self.known.scores:
                minutes = Decimal(self.known.scores[process, step].minutes * n)
                self.add((process, step), self.known.receiver((process, step)), when, rework_minutes=minutes)

    def reviews(self, rows: QuerySet[Task], month: TruncMonth) -> None:
        """A review counts for whoever did what was looked at."""
        of = Task.objects.filter(org_id=OuterRef("org_id"), run_id=OuterRef("run_id"), number=OuterRef("review_of"))
        doer = Subquery(of.annotate(doer=Coalesce("done_by_id", "assignee_id")).values("doer")[:1])
        counted = rows.annotate(month=month, doer=doer).values_list("run__process_id", "step", "doer", "month")
        for process, step, person, when, n in counted.annotate(n=Count("pk")).order_by():
            self.add((process, step), person, when, reviews=n)

    def answers(self, rows: QuerySet[Question]) -> None:
        task = Task.objects.filter(org_id=OuterRef("org_id"), run_id=OuterRef("run_id"), number=OuterRef("task"))
        month = TruncMonth("answered_at", tzinfo=self.known.zone)
        counted = rows.annotate(month=month, step=Subquery(task.values("step")[:1]))
        grouped = counted.values_list("run__process_id", "step", "asked_by_id", "month").annotate(n=Count("pk"))
        for process, step, person, when, n in grouped.order_by():
            self.add((process, step), person, when, answers=n)


def _minutes_of_directions(rows: QuerySet[Task]) -> dict[int | None, int]:
    """How long a task takes by its SOP, by version, where the SOP says."""
    used = set(rows.exclude(sop=None).values_list("sop_id", flat=True).order_by().distinct())
    found: dict[int | None, int] = {}
    for version in Version.objects.select_related("document").filter(pk__in=used):
        value = document_of(version, Kind.SOP, version.document.slug)
        if isinstance(value, Sop) and value.minutes:
            found[version.pk] = value.minutes
    return found


# --- what was planned ---------------------------------------------------------------------------


def _planned(known: _Known, first: dt.date, today: dt.date) -> Iterator[tuple[Place, Decimal]]:
    """What the scores promised, from the day that a hand-off began; receivers of the same step share it."""
    sharing: dict[Step, set[int]] = {}
    begun: dict[tuple[Step, int], dt.date] = {}
    for row in known.rows:
        if row.level in (Level.PREPARED, Level.ACCEPTED, Level.RETURNED):
            continue
        step, day = _step(row), row.created_at.astimezone(known.zone).date()
        sharing.setdefault(step, set()).add(row.receiver_id)
        begun[step, row.receiver_id] = min(day, begun.get((step, row.receiver_id), day))
    for (step, person), day in begun.items():
        for month in months(max(first, day), today):
            hours = planned_hours(known.scores[step], month, since=max(first, day), until=today)
            yield Place(step, person, month), hours / len(sharing[step])


def months(first: dt.date, last: dt.date) -> Sequence[dt.date]:
    """The first days of the months from one day to another."""
    found, month = [], first.replace(day=1)
    while month <= last:
        found.append(month)
        month = (month + dt.timedelta(days=32)).replace(day=1)
    return found
