"""The whole ladder at a glance: how much stands on each rung, and where it has holes.

Every number is counted by the database, and every list is read a page at a time, so that a large library costs no
more than a small one.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from routebook.core.document import LADDER, Kind, Status
from routebook.core.run import RunStatus
from routebook.store.access import Actor, Verb, require
from routebook.store.models import DelegatedStep, Document, Link, Run, Task, Version

FIRST_FEW = 5
ON_A_PAGE = 50
PROCESSES_ON_A_PAGE = 20


class Hole(StrEnum):
    """A gap in the ladder, by the word of its address."""

    NO_SOP = "no-sop"
    NEVER_RUN = "never-run"
    NO_RUNS = "no-runs"
    GOVERNS_NOTHING = "governs-nothing"
    USED_NOWHERE = "used-nowhere"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class Rung:
    """One level of the ladder: how many documents are published, and how many are only drafts."""

    kind: Kind
    published: int
    drafts: int


@dataclass(frozen=True, slots=True)
class Found:
    """A place where something is missing. `kind` and `slug` name the document that it is about; a missing SOP is
    known by the step and variation that it would serve, and by the slug of its draft if there is one."""

    title: str
    kind: Kind
    slug: str
    note: str = ""
    step: str = ""
    variation: str = ""
    day: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """One kind of hole: how many there are, and one page of them."""

    hole: Hole
    count: int
    found: tuple[Found, ...]
    page: int = 1
    pages: int = 1


# --- the rungs ----------------------------------------------------------------------------------


def rungs(actor: Actor) -> Sequence[Rung]:
    """What stands on each rung, the widest scope first."""
    require(actor, Verb.SEE_LIBRARY)
    rows = Document.objects.filter(org_id=actor.org).exclude(status=Status.RETIRED).order_by()
    counted = rows.values("kind").annotate(
        published=Count("id", filter=Q(status=Status.PUBLISHED)), drafts=Count("id", filter=~Q(status=Status.PUBLISHED))
    )
    by_kind = {row["kind"]: row for row in counted}
    none = {"published": 0, "drafts": 0}
    known = ((kind, by_kind.get(kind, none)) for kind in LADDER)
    return [Rung(kind, row["published"], row["drafts"]) for kind, row in known]


@dataclass(frozen=True, slots=True)
class Runs:
    """How many runs there were, and how many are on the road."""

    all: int
    running: int


def runs(actor: Actor) -> Runs:
    """The lowest rung: the work itself."""
    require(actor, Verb.SEE_RUNS)
    rows = Run.objects.filter(org_id=actor.org)
    return Runs(rows.count(), rows.filter(status=RunStatus.RUNNING).count())


# --- the holes ----------------------------------------------------------------------------------


def gaps(actor: Actor, today: dt.date) -> Sequence[Gap]:
    """Every kind of hole that there is, with the first few of each."""
    found = (gap(actor, hole, today, size=FIRST_FEW) for hole in Hole)
    return [one for one in found if one.count]


def gap(actor: Actor, hole: Hole, today: dt.date, *, page: int = 1, size: int = ON_A_PAGE) -> Gap:
    """One kind of hole, a page of it."""
    require(actor, Verb.SEE_LIBRARY)
    rows: QuerySet[Any] = _steps_without_sop(actor) if hole is Hole.NO_SOP else _rows(actor, hole, today)
    count = rows.count()
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    shown = rows[(page - 1) * size : page * size] if count else ()
    make = _missing if hole is Hole.NO_SOP else _of_row
    return Gap(hole, count, tuple(make(row) for row in shown), page, pages)


def _steps_without_sop(actor: Actor) -> QuerySet[Any]:
    """Delegated steps (× variation) of published maps without a published SOP, with the draft of one (`draft`)."""
    sops = Document.objects.filter(org_id=actor.org, kind=Kind.SOP, step=OuterRef("step")).annotate(
        low=Lower("variation")
    )
    of_variation = sops.filter(low=Lower(OuterRef("variation")))
    drafts = of_variation.filter(status__in=[Status.DRAFT, Status.IN_REVIEW]).order_by("id")
    rows = DelegatedStep.objects.filter(org_id=actor.org, process__status=Status.PUBLISHED)
    rows = rows.filter(~Exists(of_variation.filter(status=Status.PUBLISHED)))
    return rows.annotate(draft=Subquery(drafts.values("slug")[:1])).select_related("process").order_by("step", "id")


def _missing(row: Any) -> Found:
    title = f"{row.title}: {row.variation}" if row.variation else row.title
    note = f"{row.process.title} · {row.role}" if row.role else row.process.title
    return Found(title, Kind.SOP, row.draft or "", note, row.step, row.variation)


def _rows(actor: Actor, hole: Hole, today: dt.date) -> QuerySet[Document]:
    """The documents that have this hole."""
    rows = Document.objects.filter(org_id=actor.org, status=Status.PUBLISHED).order_by("title", "id")
    match hole:
        case Hole.NEVER_RUN:
            # One pass over the tasks: an index on their SOP would cost every completion a page.
            used = Task.objects.filter(org_id=actor.org, sop__isnull=False).order_by().values("sop")
            done = Version.objects.filter(org_id=actor.org, pk__in=used).order_by().values("document")
            return rows.filter(kind=Kind.SOP).exclude(pk__in=done)
        case Hole.NO_RUNS:
            run = Run.objects.filter(org_id=actor.org, process=OuterRef("pk"))
            return rows.filter(~Exists(run), kind=Kind.PROCESS)
        case Hole.GOVERNS_NOTHING:
            names = Link.objects.filter(document=OuterRef("pk"), kind=Kind.PROCESS)
            return rows.filter(~Exists(names), ~Exists(_named(actor, Kind.POLICY)), kind=Kind.POLICY)
        case Hole.USED_NOWHERE:
            return rows.filter(~Exists(_named(actor, Kind.WORK_INSTRUCTION)), kind=Kind.WORK_INSTRUCTION)
        case _:
            return rows.filter(review_by__lt=today).order_by("review_by", "id")


def _named(actor: Actor, kind: Kind) -> QuerySet[Link]:
    """What names the outer document, in documents that are still in use."""
    rows = Link.objects.filter(org_id=actor.org, kind=kind, slug=OuterRef("slug"))
    return rows.exclude(document__status=Status.RETIRED)


def _of_row(row: Document) -> Found:
    note = " · ".join(part for part in (row.role or row.owner, row.variation) if part)
    return Found(row.title, Kind(row.kind), row.slug, note, row.step, row.variation, row.review_by)


# --- process by process -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Climb:
    """The ladder of one process in numbers; `delegated` steps need an SOP, and `written` of them have one."""

    row: Document
    policies: int
    procedures: int
    delegated: int
    written: int
    sops: int
    instructions: int
    runs: int


@dataclass(frozen=True, slots=True)
class Climbs:
    """A page of processes."""

    lines: tuple[Climb, ...]
    page: int
    pages: int


def climbs(actor: Actor, page: int = 1) -> Climbs:
    """The published processes by title, each with what hangs on it."""
    require(actor, Verb.SEE_LIBRARY)
    rows = Document.objects.filter(org_id=actor.org, kind=Kind.PROCESS, status=Status.PUBLISHED)
    pages = max(1, -(-rows.count() // PROCESSES_ON_A_PAGE))
    page = min(max(1, page), pages)
    shown = list(rows.order_by("title", "id")[(page - 1) * PROCESSES_ON_A_PAGE : page * PROCESSES_ON_A_PAGE])
    slugs, ids = [row.slug for row in shown], [row.pk for row in shown]
    hanging = _hanging(actor, slugs)
    policies = _policies(actor, shown)
    instructions = _instructions(actor, slugs)
    delegated, written = _delegated(actor, ids)
    going = _counted(Run.objects.filter(org_id=actor.org, process__in=ids), "process")
    lines = (
        Climb(
            row,
            policies=len(policies[row.slug]),
            procedures=hanging[row.slug, Kind.PROCEDURE],
            delegated=delegated[row.pk],
            written=written[row.pk],
            sops=hanging[row.slug, Kind.SOP],
            instructions=instructions[row.slug],
            runs=going[row.pk],
        )
        for row in shown
    )
    return Climbs(tuple(lines), page, pages)


def _hanging(actor: Actor, slugs: list[str]) -> Counter[tuple[str, str]]:
    """How many published documents of each kind name each process."""
    rows = Link.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug__in=slugs)
    counted = rows.filter(document__status=Status.PUBLISHED).order_by().values("slug", "document__kind")
    return Counter({(one["slug"], one["document__kind"]): one["n"] for one in counted.annotate(n=Count("id"))})


def _policies(actor: Actor, processes: list[Document]) -> dict[str, set[str]]:
    """The policies over each process: those that the map names, and those that name it."""
    found: dict[str, set[str]] = {row.slug: set() for row in processes}
    names = Link.objects.filter(document__in=[row.pk for row in processes], kind=Kind.POLICY)
    for process, policy in names.values_list("document__slug", "slug"):
        found[process].add(policy)
    named = Link.objects.filter(org_id=actor.org, kind=Kind.PROCESS, slug__in=found, document__kind=Kind.POLICY)
    for process, policy in named.exclude(document__status=Status.RETIRED).values_list("slug", "document__slug"):
        found[process].add(policy)
    return found


def _instructions(actor: Actor, slugs: list[str]) -> Counter[str]:
    """How many work instructions the directions of each process use."""
    rows = Link.objects.filter(
        org_id=actor.org,
        kind=Kind.WORK_INSTRUCTION,
        document__status=Status.PUBLISHED,
        document__links__kind=Kind.PROCESS,
        document__links__slug__in=slugs,
    )
    counted = rows.order_by().values("document__links__slug").annotate(n=Count("slug", distinct=True))
    return Counter({one["document__links__slug"]: one["n"] for one in counted})


def _delegated(actor: Actor, processes: list[int]) -> tuple[Counter[int], Counter[int]]:
    """How many SOPs each process needs, and how many of them are there."""
    needed = _counted(DelegatedStep.objects.filter(process__in=processes), "process")
    missing = _counted(_steps_without_sop(actor).filter(process__in=processes), "process")
    return needed, needed - missing


def _counted(rows: QuerySet[Any], by: str) -> Counter[int]:
    counted = rows.order_by().values(by).annotate(n=Count("id"))
    return Counter({one[by]: one["n"] for one in counted})
