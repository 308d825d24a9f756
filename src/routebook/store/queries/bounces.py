"""What came back: hand-offs that were given or taken back, and tasks that the delegator did after all.

Per step (× variation), for owners and managers. The number of queries doesn't grow with the steps.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from routebook.core.document import Kind, Sop
from routebook.core.events import decode
from routebook.core.handoff import Level
from routebook.core.handoff.bounce import Bounce, Fix, StepRecord, Way, fixes
from routebook.core.handoff.cover import ABLE
from routebook.core.handoff.events import HandoffReturned, HandoffRevoked, UnderstandingConfirmed
from routebook.core.run import TaskStatus
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Away, Document, Event, HandOff, Organisation, Question, Task
from routebook.store.parsing import document_of
from routebook.store.queries import handoffs
from routebook.store.queries.handoffs import HandoffView

DAYS = 365
"""How far back the count looks."""
_TURNS = ("handoff.understanding_confirmed", "handoff.returned", "handoff.revoked")

Place = tuple[int, str, str]
"""A process, a step and a variation."""


@dataclass(frozen=True, slots=True)
class CameBack:
    """One step that was handed off, with what came back of it. `sop` is None without a published one."""

    view: HandoffView
    sop: Document | None
    record: StepRecord
    fixes: tuple[Fix, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A stretch of time in which the step was the receiver's to do; `until` is None while it lasts."""

    since: dt.datetime
    until: dt.datetime | None


def came_back(actor: Actor, *, now: dt.datetime) -> Sequence[CameBack]:
    """Every step that was ever handed off, those that came back most first."""
    require(actor, Verb.SEE_ALL_HANDOFFS)
    views = handoffs.listing(actor)
    turns = _turns(actor, views)
    sops = handoffs.published_sops(actor)
    over = _taken_over(actor, views, turns, now)
    reworks = _reworks(actor, views)
    asked = _asked(actor, sops.values())
    found = []
    for place, here in _by_place(views).items():
        sop = sops.get((_at(here[0]), place[2])) or sops.get((_at(here[0]), ""))
        bounces = [bounce for view in here for bounce in _bounces(view, turns.get(view.row.pk, ()), now)]
        bounces += over.get(place, ())
        record = _record(here, sop, sorted(bounces, key=lambda one: one.at, reverse=True), reworks, asked)
        found.append(CameBack(here[0], sop, record, fixes(record)))
    return sorted(found, key=lambda one: (-len(one.record.bounces), -len(one.fixes), one.view.title))


def _by_place(views: Iterable[HandoffView]) -> dict[Place, list[HandoffView]]:
    found: dict[Place, list[HandoffView]] = {}
    for view in views:
        found.setdefault((view.row.process_id, view.row.step, view.row.variation), []).append(view)
    return found


def _at(view: HandoffView) -> str:
    return f"{view.row.process.slug}/{view.row.step}"


def _record(
    here: Sequence[HandoffView],
    sop: Document | None,
    bounces: Sequence[Bounce],
    reworks: Mapping[int, int],
    asked: Mapping[int, int],
) -> StepRecord:
    text = document_of(sop.published, Kind.SOP, sop.slug) if sop and sop.published else None
    value = text if isinstance(text, Sop) else None
    version = sop.published_id if sop else 0
    own = sum(len(view.state.questions) for view in here if view.state.sop == version)
    brief = here[0].state.brief.beside(value)
    return StepRecord(
        bounces=bounces,
        reworks=sum(reworks.get(view.row.pk, 0) for view in here),
        questions=own + asked.get(version or 0, 0),
        has_bar=bool(brief.quality_bar),
        has_example=bool(brief.bad),
        has_recording=value is None or bool(value.recording),
        able=sum(view.state.level in ABLE for view in here),
        going_on=any(view.state.level is not Level.RETURNED for view in here),
    )


# --- given back, taken back ---------------------------------------------------------------------

Turn = tuple[dt.datetime, UnderstandingConfirmed | HandoffReturned | HandoffRevoked | None]


def _turns(actor: Actor, views: Iterable[HandoffView]) -> dict[int, list[Turn]]:
    """When each hand-off came to practice and when it ended, oldest first. None for an erased ending."""
    streams = {f"handoff:{view.row.pk}": view.row.pk for view in views}
    lines = Event.objects.filter(org_id=actor.org, stream__in=streams, name__in=_TURNS).order_by("stream", "seq")
    found: dict[int, list[Turn]] = {}
    for line in lines:
        event = decode(line.name, line.version, line.payload) if line.payload else None
        known = event if isinstance(event, UnderstandingConfirmed | HandoffReturned | HandoffRevoked) else None
        found.setdefault(streams[line.stream], []).append((line.at, known))
    return found


def _bounces(view: HandoffView, turns: Iterable[Turn], now: dt.datetime) -> list[Bounce]:
    """The endings of one hand-off within the period."""
    since = now - dt.timedelta(days=DAYS)
    found = []
    for at, event in turns:
        if at < since or isinstance(event, UnderstandingConfirmed) or event is None:
            continue
        way = Way.GIVEN_BACK if event.by == view.state.person else Way.TAKEN_BACK
        if isinstance(event, HandoffReturned):
            found.append(Bounce(way, at, event.reason, event.options, event.proposal))
        else:
            found.append(Bounce(way, at, event.reason))
    return found


def stays(turns: Iterable[Turn]) -> list[Stay]:
    """The stretches in which the step was the receiver's: from practice to the next ending."""
    found: list[Stay] = []
    since: dt.datetime | None = None
    for at, event in turns:
        if isinstance(event, UnderstandingConfirmed):
            since = since or at
        elif since is not None:
            found.append(Stay(since, at))
            since = None
    if since is not None:
        found.append(Stay(since, None))
    return found


# --- taken over ---------------------------------------------------------------------------------


def _taken_over(
    actor: Actor, views: Sequence[HandoffView], turns: Mapping[int, Sequence[Turn]], now: dt.datetime
) -> dict[Place, list[Bounce]]:
    """The tasks that a delegator did although the step was the receiver's, who was not away."""
    away, zone = _away(actor), Organisation.objects.values_list("time_zone", flat=True).get(pk=actor.org)
    by_step: dict[tuple[int, str], list[tuple[HandOff, list[Stay]]]] = {}
    for view in views:
        by_step.setdefault((view.row.process_id, view.row.step), []).append(
            (view.row, stays(turns.get(view.row.pk, ())))
        )
    tasks = Task.objects.filter(
        org_id=actor.org,
        status=TaskStatus.DONE,
        review_of=0,
        done_by_id__in={view.row.delegator_id for view in views},
        run__process_id__in={view.row.process_id for view in views},
        closed_at__gte=now - dt.timedelta(days=DAYS),
    )
    found: dict[Place, list[Bounce]] = {}
    for task in tasks.select_related("run").defer("run__snapshot").order_by("closed_at", "id"):
        for row, own in by_step.get((task.run.process_id, task.step), ()):
            if _is_taken_over(task, row, own, away, row.receiver.time_zone or zone):
                assert task.closed_at is not None
                bounce = Bounce(Way.TAKEN_OVER, task.closed_at, run=task.run.number)
                found.setdefault((row.process_id, row.step, row.variation), []).append(bounce)
                break
    return found


def _is_taken_over(task: Task, row: HandOff, own: Iterable[Stay], away: Mapping[int, list[Away]], zone: str) -> bool:
    if task.done_by_id != row.delegator_id or row.variation not in ("", task.variation):
        return False
    if not any(stay.since <= task.opened_at and (stay.until is None or task.opened_at < stay.until) for stay in own):
        return False
    day = task.opened_at.astimezone(ZoneInfo(zone)).date()
    if row.starts is not None and day < row.starts:
        return False
    return not any(one.first <= day <= one.last for one in away.get(row.receiver_id, ()))


def _away(actor: Actor) -> dict[int, list[Away]]:
    found: dict[int, list[Away]] = {}
    for away in Away.objects.filter(org_id=actor.org):
        found.setdefault(away.member_id, []).append(away)
    return found


# --- done again, asked --------------------------------------------------------------------------


def _reworks(actor: Actor, views: Iterable[HandoffView]) -> dict[int, int]:
    """How often a result of each hand-off had to be done again."""
    streams = {f"handoff:{view.row.pk}": view.row.pk for view in views}
    lines = Event.objects.filter(org_id=actor.org, stream__in=streams, name="handoff.result_noted")
    bad = lines.filter(Q(payload__contains='"reworked"') | Q(payload__contains='"practice redone"'))
    counted = bad.order_by().values_list("stream").annotate(n=Count("id"))
    return {streams[stream]: n for stream, n in counted}


def _asked(actor: Actor, sops: Iterable[Document]) -> Counter[int]:
    """How many questions were asked about each published SOP version; whose they were doesn't matter."""
    versions = {sop.published_id for sop in sops}
    rows = Question.objects.filter(org_id=actor.org, sop_id__in=versions).order_by()
    return Counter(dict(rows.values_list("sop_id").annotate(n=Count("id"))))
