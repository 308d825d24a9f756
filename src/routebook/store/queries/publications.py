"""What publishing a draft changes, and for whom: readers, work that is going on, hand-offs, other documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from routebook.core.document import AnyDocument, Kind, Process, Sop, Status
from routebook.core.handoff import Level
from routebook.core.run import RunStatus, TaskStatus
from routebook.store.access import Actor
from routebook.store.models import Document, HandOff, Link, Member, Run, Task
from routebook.store.queries.documents import DocumentView
from routebook.store.queries.handoffs import published_sop
from routebook.store.queries.readings import OVER, READ_BY_PEOPLE, Why, Work, readership

MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class Going:
    """Work that is going on: how much of it, and the numbers of the first few runs."""

    count: int = 0
    runs: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Effects:
    """What a publication changes. The actor themself is not among the readers: who publishes has read it.

    `pinned` are the open tasks (of a process: the runs) that keep the version with which they began, `at_once` those
    that show the new text straight away. `owned` hand-offs step back for one run after a major change; `other` ones
    go on as they are; `stepless` ones stand on a step that the new map no longer has, as do the documents `stranded`.
    `users` include the text (those of a procedure keep it until they take the new one over), `governed` must keep the rule.
    """

    readers: tuple[tuple[Member, Why], ...] = ()
    is_read: bool = False
    pinned: Going = Going()
    at_once: Going = Going()
    owned: tuple[HandOff, ...] = ()
    other: tuple[HandOff, ...] = ()
    stepless: tuple[HandOff, ...] = ()
    stranded: tuple[Document, ...] = ()
    users: tuple[Document, ...] = ()
    governed: tuple[Document, ...] = ()


def effects(actor: Actor, view: DocumentView, value: AnyDocument) -> Effects:
    """What it changes to publish `value` as the next version of a document."""
    match view.kind:
        case Kind.SOP:
            assert isinstance(value, Sop)
            return _of_sop(actor, view.row, value)
        case Kind.POLICY:
            governed = (*_using(actor, view.row), *_named_by(actor, view.row, Kind.PROCESS))
            unique = {row.pk: row for row in governed}
            return Effects(_readers(actor, Work(Kind.POLICY)), is_read=True, governed=tuple(unique.values()))
        case Kind.PROCESS:
            assert isinstance(value, Process)
            return _of_process(actor, view.row, value)
        case Kind.WORK_INSTRUCTION:
            users = _using(actor, view.row)
            tasks = _open_tasks(actor).filter(sop__document__in=[row.pk for row in users])
            return Effects(at_once=_going(tasks) if users else Going(), users=users)
        case Kind.PROCEDURE:
            return Effects(users=_using(actor, view.row))
        case _:
            return Effects()


def _readers(actor: Actor, work: Work) -> tuple[tuple[Member, Why], ...]:
    assert work.kind in READ_BY_PEOPLE
    known = readership(actor.org, [work.step])
    return tuple((known.people[pk], why) for pk, why in known.of(work).items() if pk != actor.member)


def _of_sop(actor: Actor, row: Document, value: Sop) -> Effects:
    affected = [one for one in _handoffs(actor, value.step) if _works_from(row, value, one)]
    return Effects(
        readers=_readers(actor, Work(Kind.SOP, value.role, value.step, value.variation.casefold())),
        is_read=True,
        pinned=_going(_open_tasks(actor).filter(sop__document=row)),
        owned=tuple(one for one in affected if one.level == Level.OWNED),
        other=tuple(one for one in affected if one.level != Level.OWNED),
    )


def _handoffs(actor: Actor, step: str) -> Sequence[HandOff]:
    slug, _, step_id = step.partition("/")
    rows = HandOff.objects.select_related("receiver").filter(org_id=actor.org, process__slug=slug, step=step_id)
    return list(rows.exclude(level__in=OVER).order_by("receiver__name", "pk"))


def _works_from(row: Document, value: Sop, handoff: HandOff) -> bool:
    """Whether the receiver will work from this SOP: it is the one of their variation, or there is no other."""
    slug, _, step = value.step.partition("/")
    shown = published_sop(row.org_id, slug, step, handoff.variation)
    return shown is None or shown.pk == row.pk or value.variation.casefold() == handoff.variation.casefold()


def _of_process(actor: Actor, row: Document, value: Process) -> Effects:
    steps = {step.id for step in value.steps}
    running = Run.objects.filter(org_id=actor.org, process=row, status=RunStatus.RUNNING)
    standing = HandOff.objects.select_related("receiver").filter(org_id=actor.org, process=row)
    standing = standing.exclude(level__in=OVER).order_by("receiver__name", "pk")
    hanging = Document.objects.filter(org_id=actor.org, step__startswith=f"{row.slug}/", status=Status.PUBLISHED)
    return Effects(
        pinned=Going(running.count(), tuple(running.order_by("number").values_list("number", flat=True)[:MOST_NAMED])),
        other=tuple(one for one in standing if one.step in steps),
        stepless=tuple(one for one in standing if one.step not in steps),
        stranded=tuple(one for one in hanging.order_by("title") if one.step.partition("/")[2] not in steps),
    )


def _open_tasks(actor: Actor) -> QuerySet[Task]:
    return Task.objects.filter(org_id=actor.org, status=TaskStatus.OPEN)


def _going(tasks: QuerySet[Task]) -> Going:
    numbers = tasks.order_by("run__number").values_list("run__number", flat=True).distinct()[:MOST_NAMED]
    return Going(tasks.count(), tuple(numbers))


def _using(actor: Actor, row: Document) -> tuple[Document, ...]:
    """The documents that name this one."""
    named = Link.objects.filter(org_id=actor.org, kind=row.kind, slug=row.slug).values("document")
    rows = Document.objects.filter(org_id=actor.org, pk__in=named, status=Status.PUBLISHED)
    return tuple(rows.order_by("title", "id"))


def _named_by(actor: Actor, row: Document, kind: Kind) -> tuple[Document, ...]:
    """The documents of a kind that this one names."""
    slugs = list(Link.objects.filter(document=row, kind=kind).values_list("slug", flat=True))
    rows = Document.objects.filter(org_id=actor.org, kind=kind, slug__in=slugs, status=Status.PUBLISHED)
    return tuple(rows.order_by("title", "id"))
