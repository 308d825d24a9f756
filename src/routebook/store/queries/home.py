"""What the first page asks: what waits for me, what could leave my plate, what is on the road, what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q

from routebook.core.delegation import (
    Item,
    LedgerPage,
    Recommendation,
    hours_a_month,
    rank,
    recommend,
)
from routebook.core.document import Kind, Process, Status, Step
from routebook.core.handoff import Level
from routebook.core.run import RunStatus, TaskStatus
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Document, Question, Run, StepScore, Task
from routebook.store.queries import handoffs, ledger
from routebook.store.queries.board import Card
from routebook.store.queries.delegations import facts_of, map_of, score_of
from routebook.store.queries.handoffs import HandoffView

DAYS_BACK = 30
DAYS_OF_ANSWERS = 7


def has_processes(actor: Actor) -> bool:
    """Whether anything was mapped here yet."""
    return Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS).exclude(status=Status.RETIRED).exists()


def has_published_map(actor: Actor) -> bool:
    """Whether there is a map that a run could follow."""
    return Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS, status=Status.PUBLISHED).exists()


# --- on the road --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Road:
    """One process with how many of its runs are going on, and how many of those are late."""

    slug: str
    title: str
    running: int
    late: int


def roads(actor: Actor, *, now: dt.datetime) -> Sequence[Road]:
    """The processes with runs going on, the busiest first. A run is late when it or an open task of it is."""
    require(actor, Verb.SEE_RUNS)
    late_task = Task.objects.filter(run_id=OuterRef("pk"), org_id=actor.org, status=TaskStatus.OPEN, due__lt=now)
    rows = (
        Run.objects.filter(org_id=actor.org, status=RunStatus.RUNNING)
        .annotate(behind=Exists(late_task))
        .values("process__slug", "process__title")
        .annotate(running=Count("id"), late=Count("id", filter=Q(due__lt=now) | Q(behind=True)))
        .order_by("-running", "process__title")
    )
    return [Road(row["process__slug"], row["process__title"], row["running"], row["late"]) for row in rows]


def waits(actor: Actor) -> Sequence[tuple[str, int]]:
    """Whom the open tasks wait for, with how many of them, most first."""
    require(actor, Verb.SEE_RUNS)
    rows = (
        Task.objects.filter(org_id=actor.org, status=TaskStatus.OPEN, run__status=RunStatus.RUNNING)
        .exclude(blocked_on="")
        .values_list("blocked_on")
        .annotate(n=Count("id"))
        .order_by("-n", "blocked_on")
    )
    return [(on, n) for on, n in rows]


# --- could leave the plate ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OnPlate:
    """A scored step that nobody has been asked to take over, with its hours a month."""

    process: Document
    step: Step
    number: int
    score: StepScore
    hours: Decimal
    recommendation: Recommendation


@dataclass(frozen=True, slots=True)
class Plate:
    """What should leave, the most hours first, and what stays; `scored` counts all steps that the actor scored."""

    leaving: Sequence[OnPlate]
    staying: Sequence[OnPlate]
    scored: int

    @property
    def hours(self) -> Decimal:
        return sum((one.hours for one in self.leaving), Decimal(0))


def plate(actor: Actor, standing: Sequence[HandoffView]) -> Plate:
    """The steps that the actor scored and of which no hand-off has begun.

    `standing` are the hand-offs that the actor sees.
    """
    require(actor, Verb.SEE_SCORES)
    rows = StepScore.objects.filter(org_id=actor.org, scored_by_id=actor.member)
    scores = {(row.process_id, row.step): row for row in rows}
    maps = _maps(actor, {process for process, _ in scores})
    begun = {(view.row.process_id, view.row.step) for view in standing if view.state.level is not Level.RETURNED}
    found: dict[str, OnPlate] = {}
    items = []
    for document, process in maps:
        for number, step in enumerate(process.steps, start=1):
            row = scores.get((document.pk, step.id))
            if row is None or (document.pk, step.id) in begun:
                continue
            item = _item(document, step, row)
            items.append(item)
            advice, hours = recommend(item.score, item.facts), hours_a_month(item.score).value
            found[item.id] = OnPlate(document, step, number, row, hours, advice)
    order = rank(items)
    leaving = [found[item.id] for item in (*order.now, *order.next_90_days, *order.later)]
    staying = [found[item.id] for item in order.kept]
    return Plate(sorted(leaving, key=lambda one: -one.hours), staying, len(scores))


def _maps(actor: Actor, ids: set[int]) -> list[tuple[Document, Process]]:
    rows = Document.objects.select_related("published", "draft").filter(org_id=actor.org, pk__in=ids)
    return [(row, map_of(row)) for row in rows.exclude(status=Status.RETIRED).order_by("title", "id")]


def _item(document: Document, step: Step, row: StepScore) -> Item:
    return Item(
        id=f"{document.slug}/{step.id}",
        title=step.title,
        score=score_of(row),
        facts=facts_of(row),
        cluster=document.slug,
        handling=step.handling,
        with_review=step.review,
    )


# --- what came back -----------------------------------------------------------------------------


def came_back(actor: Actor, *, now: dt.datetime) -> LedgerPage | None:
    """What the steps that others do now brought back to the actor in the last `DAYS_BACK` days; None without any."""
    return ledger.page(actor, now - dt.timedelta(days=DAYS_BACK), now)


# --- somebody's own list ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Day:
    """Somebody's open tasks by when they are due, by their own calendar day."""

    late: Sequence[Card]
    today: Sequence[Card]
    later: Sequence[Card]


def day(actor: Actor, cards: Sequence[Card], *, now: dt.datetime) -> Day:
    """The cards of one person, the next due first: a task is due when it says so, else when its run is."""
    zone = ZoneInfo(actor.time_zone)
    today = now.astimezone(zone).date()
    ordered = sorted(cards, key=lambda card: (due_of(card) is None, due_of(card) or now, card.task.opened_at))
    late = [card for card in ordered if card.late]
    rest = [card for card in ordered if not card.late]
    due_today = [card for card in rest if (due := due_of(card)) and due.astimezone(zone).date() <= today]
    return Day(late, due_today, [card for card in rest if card not in due_today])


def due_of(card: Card) -> dt.datetime | None:
    """When a task is due: its own moment, else its run's."""
    return card.task.due or card.run.due


def asked(actor: Actor, *, now: dt.datetime) -> Sequence[Question]:
    """What the actor asked that is still open, or was answered in the last `DAYS_OF_ANSWERS` days."""
    rows = Question.objects.filter(
        Q(answered_at__isnull=True) | Q(answered_at__gte=now - dt.timedelta(days=DAYS_OF_ANSWERS)),
        org_id=actor.org,
        asked_by_id=actor.member,
    )
    ordered = rows.select_related("run", "to", "answered_by").defer("run__snapshot")
    return list(ordered.order_by(F("answered_at").desc(nulls_last=True), "-asked_at")[:5])


def handed_off(actor: Actor) -> Sequence[HandoffView]:
    """The hand-offs that the actor sees and that are going on, the furthest last moved first."""
    return [view for view in handoffs.listing(actor) if view.state.level not in (Level.NONE, Level.RETURNED)]
