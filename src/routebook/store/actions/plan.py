"""What people do with the plan: put a step where the scores wouldn't, set the day by which it should have left."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from routebook.core.audit import StepPlanned
from routebook.core.delegation import NOW_AT_MOST, Arranged, Period
from routebook.core.events import Refusal
from routebook.store import audit
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions.documents import stream_of
from routebook.store.models import Organisation, PlanEntry
from routebook.store.queries.plan import Line, Plan, by_hand_of, entries_of, plan_of


@transaction.atomic
def arrange(actor: Actor, reference: str, period: Period, position: int, *, now: dt.datetime) -> None:
    """Put a step (``process/step``) at a place of a period, counted from 0. `now` takes ten by hand and no more."""
    require(actor, Verb.DECIDE)
    _one_at_a_time(actor)
    plan = plan_of(actor)
    line = _line(plan, reference)
    entries = {f"{row.process.slug}/{row.step}": row for row in entries_of(actor)}
    by_hand = by_hand_of(entries)
    there = [one for one in plan.periods[period] if one.reference != reference]
    pinned = sum(1 for one in there if one.by_hand)
    if period is Period.NOW and pinned >= NOW_AT_MOST:
        sentence = f"Ten things at once are enough: move one of the {NOW_AT_MOST} in “now” away first."
        raise Refused(Refusal("enough_now", sentence))
    at = min(max(position, 0), len(there))
    order = [*there[:at], line, *there[at:]]
    for place, one in enumerate(order):
        if one.reference == reference or one.by_hand:
            if by_hand.get(one.reference) == Arranged(period, place):
                continue
            _keep(actor, one, {"period": period, "position": place}, now)
    _record(actor, line, period, line.by_day, now)


@transaction.atomic
def release(actor: Actor, reference: str, *, now: dt.datetime) -> None:
    """Leave the place of a step to the scores again."""
    require(actor, Verb.DECIDE)
    line = _line(plan_of(actor), reference)
    if line.by_hand:
        _keep(actor, line, {"period": "", "position": 0}, now)
        _record(actor, line, "", line.by_day, now)


@transaction.atomic
def set_day(actor: Actor, reference: str, day: str, *, now: dt.datetime) -> None:
    """Say by which day a step should have left (an ISO date); with "" there is no such day."""
    require(actor, Verb.DECIDE)
    try:
        by_day = dt.date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Refused(Refusal("bad_day", f"“{day}” is no day; write it like 2026-11-30.", "day")) from error
    line = _line(plan_of(actor), reference)
    if line.by_day != by_day:
        _keep(actor, line, {"by_day": by_day}, now)
        _record(actor, line, line.period if line.by_hand else "", by_day, now)


def _one_at_a_time(actor: Actor) -> None:
    """Two people who arrange at the same moment see each other's places."""
    list(Organisation.objects.select_for_update(no_key=True).filter(pk=actor.org).values_list("pk"))


def _line(plan: Plan, reference: str) -> Line:
    line = next((one for one in plan.lines if one.reference == reference), None)
    if line is None:
        raise NotFound
    return line


def _record(actor: Actor, line: Line, period: str, by_day: dt.date | None, now: dt.datetime) -> None:
    planned = StepPlanned(line.at.step.id, period, by_day.isoformat() if by_day else "")
    audit.record(actor.org, stream_of(line.at.view.row), planned, actor=actor.id, now=now)


def _keep(actor: Actor, line: Line, values: dict[str, object], now: dt.datetime) -> None:
    PlanEntry.objects.update_or_create(
        org_id=actor.org,
        process=line.at.view.row,
        step=line.at.step.id,
        defaults={**values, "set_by_id": actor.member, "set_at": now},
    )
