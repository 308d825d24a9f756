"""The library as its shelves: how many documents of each kind there are, and a page of them.

Counted and sorted by the database, and read without a text, so that a large library costs no more than a small one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from routebook.core.document import Kind, Status
from routebook.store.access import Actor, Verb, require
from routebook.store.models import DelegatedStep, Document, Draft
from routebook.store.queries.documents import sees_drafts

FIRST_FEW = 20
ON_A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """One document on its shelf. `version` is 0 before the first; `draft` says whether the actor sees an open draft."""

    row: Document
    kind: Kind
    version: int
    draft: bool


@dataclass(frozen=True, slots=True)
class Shelf:
    """A page of the documents of one kind, by title; `count` is how many there are on all pages."""

    kind: Kind
    count: int
    lines: tuple[Line, ...]
    page: int = 1
    pages: int = 1


def counts(actor: Actor, words: str = "") -> Counter[Kind]:
    """How many documents of each kind the actor may see, and in whose title or owner `words` stand."""
    rows = _visible(actor, words).order_by().values_list("kind").annotate(n=Count("id"))
    return Counter({Kind(kind): n for kind, n in rows})


def shelf(actor: Actor, kind: Kind, *, words: str = "", page: int = 1, size: int = ON_A_PAGE) -> Shelf:
    """One page of a kind; a page that isn't there is the nearest one."""
    rows = _visible(actor, words).filter(kind=kind)
    count = rows.count()
    pages = max(1, -(-count // size))
    page = min(max(1, page), pages)
    drafts = sees_drafts(actor, kind)
    shown = (
        rows.annotate(has_draft=Exists(Draft.objects.filter(document=OuterRef("pk"))))
        .select_related("published")
        .defer("published__content")
        .order_by("title", "id")[(page - 1) * size : page * size]
    )
    lines = (Line(row, kind, row.published.number if row.published else 0, drafts and row.has_draft) for row in shown)
    return Shelf(kind, count, tuple(lines), page, pages)


def _visible(actor: Actor, words: str) -> QuerySet[Document]:
    require(actor, Verb.SEE_LIBRARY)
    drafted = [kind for kind in Kind if sees_drafts(actor, kind)]
    rows = Document.objects.filter(org_id=actor.org).exclude(status=Status.RETIRED)
    rows = rows.filter(Q(published__isnull=False) | Q(kind__in=drafted))
    for word in words.split()[:8]:
        rows = rows.filter(Q(title__icontains=word) | Q(owner__icontains=word) | Q(variation__icontains=word))
    return rows


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Delegated steps of published maps that have no SOP, not even a draft: how many, and the first few."""

    count: int
    steps: Sequence[DelegatedStep]


def unwritten(actor: Actor, most: int = FIRST_FEW) -> Unwritten:
    """The steps that wait for an SOP to be begun, a line per variation."""
    require(actor, Verb.SEE_LIBRARY)
    sops = Document.objects.filter(org_id=actor.org, kind=Kind.SOP, step=OuterRef("step"))
    begun = (
        sops.exclude(status=Status.RETIRED).annotate(low=Lower("variation")).filter(low=Lower(OuterRef("variation")))
    )
    rows = DelegatedStep.objects.filter(org_id=actor.org, process__status=Status.PUBLISHED).filter(~Exists(begun))
    count = rows.count()
    return Unwritten(
        count, list(rows.select_related("process").order_by("process__title", "id")[:most]) if count else ()
    )
