"""What is on the road: open tasks as cards, runs that are over, and questions that wait for an answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

from django.db.models import F, Q, QuerySet

from routebook.core.document import Kind, Process, Step
from routebook.core.run import RunStatus, TaskStatus
from routebook.store import facts, models
from routebook.store.access import Actor, Verb, require
from routebook.store.queries.documents import DocumentView, listing

MOST_CARDS = 400
PAGE = 50


class Show(StrEnum):
    """Which open tasks a board shows."""

    ALL = "all"
    LATE = "late"
    WAITING = "waiting"
    MINE = "mine"


@dataclass(frozen=True, slots=True)
class Card:
    """An open task on the board: where the run stands, and who has the ball."""

    task: models.Task
    step: Step
    late: bool

    @property
    def run(self) -> models.Run:
        return self.task.run


@dataclass(frozen=True, slots=True)
class Group:
    """The cards of one process."""

    process: models.Document
    cards: Sequence[Card]


@dataclass(frozen=True, slots=True)
class Column:
    """A step of the map and the cards at it. `number` is 0 for a step that only older versions of the map have."""

    number: int
    step: Step
    cards: Sequence[Card]


def cards(actor: Actor, show: Show = Show.ALL, process: int | None = None, *, now: dt.datetime) -> Sequence[Card]:
    """The open tasks of all running runs, or of one process's, next due first; at most `MOST_CARDS`."""
    require(actor, Verb.SEE_RUNS)
    tasks = models.Task.objects.filter(org_id=actor.org, status=TaskStatus.OPEN, run__status=RunStatus.RUNNING)
    if process is not None:
        tasks = tasks.filter(run__process_id=process)
    tasks = _shown(tasks, show, actor, now).select_related("run", "run__process", "run__version", "assignee")
    rows = tasks.defer("run__snapshot", "run__version__content").order_by(
        F("due").asc(nulls_last=True), "opened_at", "id"
    )
    return [_card(actor, task, now) for task in rows[:MOST_CARDS]]


def _shown(tasks: QuerySet[models.Task], show: Show, actor: Actor, now: dt.datetime) -> QuerySet[models.Task]:
    if show is Show.LATE:
        return tasks.filter(Q(due__lt=now) | Q(run__due__lt=now))
    if show is Show.WAITING:
        return tasks.exclude(blocked_on="")
    if show is Show.MINE:
        return tasks.filter(assignee_id=actor.member)
    return tasks


def _card(actor: Actor, task: models.Task, now: dt.datetime) -> Card:
    step = _step(actor, task.run, task.step)
    late = any(due is not None and due < now for due in (task.due, task.run.due))
    return Card(task, step, late)


def _step(actor: Actor, run: models.Run, step: str) -> Step:
    definition = facts.definition(actor.org, run.process_id, run.version_id, run.version.content_hash)
    return definition.steps[step]


def groups(found: Sequence[Card]) -> Sequence[Group]:
    """The cards by process, processes by title."""
    by_process: dict[int, list[Card]] = {}
    for card in found:
        by_process.setdefault(card.run.process_id, []).append(card)
    made = [Group(cards[0].run.process, cards) for cards in by_process.values()]
    return sorted(made, key=lambda group: group.process.title)


def columns(process: Process, found: Sequence[Card]) -> Sequence[Column]:
    """The cards by step, in the order of the map; steps that it no longer has come last."""
    known = {step.id for step in process.steps}
    gone = {card.step.id: card.step for card in found if card.step.id not in known}
    steps = [*enumerate(process.steps, start=1), *((0, step) for step in gone.values())]
    return [Column(number, step, [card for card in found if card.step.id == step.id]) for number, step in steps]


def startable(actor: Actor) -> Sequence[DocumentView]:
    """The processes of which a run can start."""
    require(actor, Verb.START_RUN)
    views = [view for view in listing(actor, Kind.PROCESS) if view.published is not None]
    return [view for view in views if cast("Process", view.published).steps]


@dataclass(frozen=True, slots=True)
class Ended:
    """One page of runs that are over, the latest first."""

    runs: Sequence[models.Run]
    page: int
    more: bool


def ended(actor: Actor, process: int | None = None, page: int = 1) -> Ended:
    """Runs that were completed or cancelled, `PAGE` on a page."""
    require(actor, Verb.SEE_RUNS)
    rows = models.Run.objects.filter(org_id=actor.org).exclude(status=RunStatus.RUNNING)
    if process is not None:
        rows = rows.filter(process_id=process)
    first = (page - 1) * PAGE
    ordered = rows.select_related("process", "owner").defer("snapshot").order_by("-ended_at", "-number")
    found = list(ordered[first : first + PAGE + 1])
    return Ended(found[:PAGE], page, len(found) > PAGE)


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question without an answer, and the step that it is about."""

    row: models.Question
    step: Step


def open_questions(actor: Actor) -> tuple[Sequence[OpenQuestion], Sequence[OpenQuestion]]:
    """The questions that wait for the actor's answer, and for managers those that wait for somebody else's."""
    require(actor, Verb.SEE_RUNS)
    rows = models.Question.objects.filter(org_id=actor.org, answered_at__isnull=True)
    if not actor.may(Verb.MANAGE_RUNS):
        rows = rows.filter(to_id=actor.member)
    rows = rows.select_related("run", "run__process", "run__version", "asked_by", "to").defer(
        "run__snapshot", "run__version__content"
    )
    asked = list(rows.order_by("asked_at", "id")[:MOST_CARDS])
    tasks = models.Task.objects.filter(org_id=actor.org, run__in={row.run_id for row in asked})
    steps = {(run, number): step for run, number, step in tasks.values_list("run_id", "number", "step")}
    found = [OpenQuestion(row, _step(actor, row.run, steps[row.run_id, row.task])) for row in asked]
    own = [question for question in found if question.row.to_id == actor.member]
    return own, [question for question in found if question.row.to_id != actor.member]
