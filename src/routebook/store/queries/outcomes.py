"""What owners and managers read of results: figures per process, and the rows behind each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict

from django.db.models import F, OuterRef, QuerySet, Subquery

from routebook.core.document import Kind, Status
from routebook.core.events import decode
from routebook.core.handoff import Level
from routebook.core.outcomes import FirstReview, Journey, Outcomes, Wait, outcomes_of
from routebook.core.run import RunStatus, TaskStatus
from routebook.core.run.events import TaskUnblocked
from routebook.store.access import Actor, NotFound, Verb, require
from routebook.store.models import Document, Event, Question, Run, Task

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

DAYS = 90
"""The figures look back so far; open questions and tasks that wait now count whatever their age."""
MOST_ROWS = 200


class Work(TypedDict):
    """What a review task tells of the work that it looked at."""

    work_attempt: int
    work_level: str


@dataclass(frozen=True, slots=True)
class ProcessOutcomes:
    """A process, its figures, and how many of its runs are on the road."""

    process: Document
    figures: Outcomes
    running: int


def overview(actor: Actor, *, now: dt.datetime) -> Sequence[ProcessOutcomes]:
    """Every process that has runs or is published, by title. The number of queries doesn't grow with them."""
    require(actor, Verb.SEE_OUTCOMES)
    rows = Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS).order_by("title", "id")
    return _figures(actor, [row for row in rows if row.status == Status.PUBLISHED or row.published_id], now)


def of_process(actor: Actor, slug: str, *, now: dt.datetime) -> ProcessOutcomes:
    """One process. Raises `NotFound`."""
    require(actor, Verb.SEE_OUTCOMES)
    row = Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug=slug).first()
    if row is None:
        raise NotFound
    return _figures(actor, [row], now)[0]


def _figures(actor: Actor, processes: Sequence[Document], now: dt.datetime) -> list[ProcessOutcomes]:
    ids = [process.pk for process in processes]
    journeys: dict[int, list[Journey]] = {}
    done = done_runs(actor, ids, now).values_list("process_id", "number", "started_at", "ended_at", "due")
    for process, number, started, ended, due in done:
        if ended is not None:
            journeys.setdefault(process, []).append(Journey(number, started, ended, due))
    reviews: dict[int, list[FirstReview]] = {}
    for process, number, task, passed in _first_reviews(actor, ids, now):
        reviews.setdefault(process, []).append(FirstReview(number, task, passed))
    open_questions = _counted(
        Question.objects.filter(org_id=actor.org, run__process_id__in=ids, answered_at__isnull=True)
    )
    running = list(
        Run.objects.filter(org_id=actor.org, process_id__in=ids, status=RunStatus.RUNNING).values_list(
            "process_id", flat=True
        )
    )
    waits = _waits(actor, ids, now)
    return [
        ProcessOutcomes(
            process,
            outcomes_of(
                journeys.get(process.pk, ()),
                reviews.get(process.pk, ()),
                open_questions.count(process.pk),
                waits.get(process.pk, ()),
            ),
            running.count(process.pk),
        )
        for process in processes
    ]


def _counted(rows: QuerySet[Question]) -> list[int]:
    return list(rows.values_list("run__process_id", flat=True))


def done_runs(actor: Actor, processes: Sequence[int], now: dt.datetime) -> QuerySet[Run]:
    """The runs that were completed within the period, the latest first."""
    return Run.objects.filter(
        org_id=actor.org,
        process_id__in=processes,
        status=RunStatus.COMPLETED,
        ended_at__gte=now - dt.timedelta(days=DAYS),
    ).order_by("-ended_at", "-number")


def _first_reviews(actor: Actor, processes: Sequence[int], now: dt.datetime) -> list[tuple[int, int, int, bool]]:
    """Process, run number, task and whether it passed, of each first review within the period.

    A failed review raises the attempt of the work that it looked at, so the two attempts differ afterwards.
    """
    return [
        (process, number, task, work_attempt == 1)
        for process, number, task, work_attempt in first_reviews(actor, processes, now).values_list(
            "run__process_id", "run__number", "review_of", "work_attempt"
        )
    ]


def first_reviews(actor: Actor, processes: Sequence[int], now: dt.datetime) -> QuerySet[WithAnnotations[Task, Work]]:
    """The review tasks of first attempts that were decided within the period, but for practice; `work_attempt` says
    at which attempt the reviewed work stands."""
    work = Task.objects.filter(run_id=OuterRef("run_id"), number=OuterRef("review_of"), org_id=actor.org)
    return (
        Task.objects.filter(
            org_id=actor.org,
            run__process_id__in=processes,
            review_of__gt=0,
            attempt=1,
            status=TaskStatus.DONE,
            closed_at__gte=now - dt.timedelta(days=DAYS),
        )
        .annotate(work_attempt=Subquery(work.values("attempt")[:1]), work_level=Subquery(work.values("level")[:1]))
        .exclude(work_level=Level.PRACTICE.value)
        .order_by("-closed_at", "-id")
    )


def _waits(actor: Actor, processes: Sequence[int], now: dt.datetime) -> dict[int, list[Wait]]:
    """By process, the stretches that ended within the period, and those that go on."""
    found: dict[int, list[Wait]] = {}
    ended = Event.objects.filter(
        org_id=actor.org,
        name="task.unblocked",
        run__process_id__in=processes,
        at__gte=now - dt.timedelta(days=DAYS),
    ).exclude(payload="")
    for process, name, version, payload in ended.values_list("run__process_id", "name", "version", "payload"):
        event = decode(name, version, payload)
        if isinstance(event, TaskUnblocked):
            found.setdefault(process, []).append(Wait(event.on, event.seconds))
    for process, party, since in waiting_tasks(actor, processes).values_list(
        "run__process_id", "blocked_on", "blocked_at"
    ):
        if since is not None:
            found.setdefault(process, []).append(Wait(party, int((now - since).total_seconds())))
    return found


def waiting_tasks(actor: Actor, processes: Sequence[int]) -> QuerySet[Task]:
    """The tasks that wait for somebody now, the longest wait first."""
    return Task.objects.filter(
        org_id=actor.org,
        run__process_id__in=processes,
        run__status=RunStatus.RUNNING,
        status=TaskStatus.OPEN,
        blocked_at__isnull=False,
    ).order_by("blocked_at", "id")


# --- the rows behind a figure -------------------------------------------------------------------


def runs_behind(actor: Actor, process: Document, *, late: bool, now: dt.datetime) -> Sequence[Run]:
    """The runs that were done, or those of them that were late; the latest `MOST_ROWS`."""
    require(actor, Verb.SEE_OUTCOMES)
    rows = done_runs(actor, [process.pk], now).select_related("owner").defer("snapshot")
    if late:
        rows = rows.filter(due__isnull=False, ended_at__gt=F("due"))
    return list(rows[:MOST_ROWS])


def reviews_behind(actor: Actor, process: Document, now: dt.datetime) -> Sequence[WithAnnotations[Task, Work]]:
    """The first reviews, those that sent the work back first; `work_attempt` is 1 where it passed."""
    require(actor, Verb.SEE_OUTCOMES)
    rows = first_reviews(actor, [process.pk], now).select_related("run", "done_by").defer("run__snapshot")
    return list(rows.order_by("-work_attempt", "-closed_at", "-id")[:MOST_ROWS])


def questions_behind(actor: Actor, process: Document) -> Sequence[Question]:
    """The questions that have no answer yet, the oldest first."""
    require(actor, Verb.SEE_OUTCOMES)
    rows = Question.objects.filter(org_id=actor.org, run__process=process, answered_at__isnull=True)
    return list(rows.select_related("run", "asked_by", "to").defer("run__snapshot").order_by("asked_at")[:MOST_ROWS])


def waiting_behind(actor: Actor, process: Document) -> Sequence[Task]:
    """The tasks that wait for somebody now."""
    require(actor, Verb.SEE_OUTCOMES)
    return list(waiting_tasks(actor, [process.pk]).select_related("run", "assignee").defer("run__snapshot")[:MOST_ROWS])
