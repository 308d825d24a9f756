"""What can be read about runs. Every query starts from the actor; what isn't theirs is not found."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models import F, QuerySet

from routebook.core.events import Event, decode
from routebook.core.run import RunState, TaskStatus, unpack
from routebook.store import models
from routebook.store.access import Actor, NotFound, Verb


@dataclass(frozen=True, slots=True)
class FoundRun:
    """A run as a page shows it: its row, and the state that the row holds."""

    row: models.Run
    state: RunState


@dataclass(frozen=True, slots=True)
class RecordLine:
    """One line of the record. `event` is None where its contents were erased; `actor` is a member's id or the
    name of a machine."""

    seq: int
    name: str
    actor: str
    at: dt.datetime
    event: Event | None
    hash: str


def visible(actor: Actor) -> QuerySet[models.Run]:
    """The runs that the actor may see: all of the organisation's; for a guest those with a task of theirs."""
    runs = models.Run.objects.filter(org_id=actor.org)
    if actor.may(Verb.SEE_RUNS):
        return runs
    return runs.filter(tasks__assignee_id=actor.member).distinct()


def get(actor: Actor, run: str | int) -> FoundRun:
    """A run by its id (text) or its number; raises `NotFound`."""
    named = {"pk": run} if isinstance(run, str) else {"number": run}
    row = visible(actor).select_related("process", "version", "owner").filter(**named).first()
    if row is None:
        raise NotFound
    return FoundRun(row, unpack(row.snapshot))


def record(actor: Actor, run: str | int) -> tuple[RecordLine, ...]:
    """Everything that happened in a run, oldest first; raises `NotFound`."""
    row = get(actor, run).row
    return tuple(
        RecordLine(
            line.seq,
            line.name,
            line.actor,
            line.at,
            decode(line.name, line.version, line.payload) if line.payload else None,
            line.hash,
        )
        for line in models.Event.objects.filter(org_id=actor.org, stream=f"run:{row.pk}").order_by("seq")
    )


def tasks_of(actor: Actor, member: int | None = None) -> QuerySet[models.Task]:
    """The open tasks of a person (the actor, unless named), the next due first and those without a date last.

    Somebody else's list is empty for an actor who may not see runs.
    """
    member = actor.member if member is None else member
    tasks = models.Task.objects.filter(org_id=actor.org, assignee_id=member, status=TaskStatus.OPEN)
    if member != actor.member and not actor.may(Verb.SEE_RUNS):
        return tasks.none()
    return tasks.select_related("run", "run__process", "sop").order_by(F("due").asc(nulls_last=True), "opened_at", "id")
