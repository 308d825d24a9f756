"""Who answers for a document, and what waits for them: a review that is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet

from routebook.core.document import Access, Kind, Status
from routebook.store.access import Actor, Verb, drafting
from routebook.store.models import Document, Role, RoleHolder
from routebook.store.queries.readings import folded

REMIND_BEFORE = dt.timedelta(days=14)


def answers_for(actor: Actor, row: Document) -> bool:
    """Whether the actor decides about a document: who may publish, and who writes its kind and holds its owner role."""
    if actor.may(Verb.PUBLISH):
        return True
    return actor.may(drafting(Kind(row.kind))) and folded(row.owner) in roles_of(actor)


def roles_of(actor: Actor) -> set[str]:
    """The folded titles of the roles that the actor holds."""
    held = RoleHolder.objects.filter(org_id=actor.org, member_id=actor.member)
    return set(held.values_list("role__folded", flat=True))


def answerable(actor: Actor, rows: QuerySet[Document]) -> QuerySet[Document]:
    """Those documents of which the actor is reminded: whose owner role they hold; the owner of the organisation also
    of those that nobody else answers for."""
    names = list(rows.order_by().values_list("owner", flat=True).distinct())
    mine = roles_of(actor)
    if actor.access is Access.OWNER:
        held = set(
            Role.objects.filter(org_id=actor.org, holdings__member__active=True).values_list("folded", flat=True)
        )
        return rows.filter(owner__in=[name for name in names if folded(name) in mine or folded(name) not in held])
    return rows.filter(owner__in=[name for name in names if folded(name) in mine])


def due(actor: Actor, today: dt.date, most: int = 50) -> Sequence[Document]:
    """The documents whose review is due in the next days or overdue, and that the actor answers for."""
    near = Document.objects.filter(org_id=actor.org, status=Status.PUBLISHED, review_by__lte=today + REMIND_BEFORE)
    if not actor.may(Verb.DRAFT_DIRECTIONS):
        return ()
    rows = answerable(actor, near).order_by("review_by", "id")[:most]
    return [row for row in rows if actor.may(drafting(Kind(row.kind)))]


def is_due(row: Document, today: dt.date) -> bool:
    """Whether a published document's review is due in the next days or overdue."""
    return row.status == Status.PUBLISHED and bool(row.review_by and row.review_by <= today + REMIND_BEFORE)


def replacement_of(row: Document) -> Document | None:
    """The document that took the place of a retired one."""
    return row.replaced_by if row.status == Status.RETIRED else None


def replaced(actor: Actor, row: Document, slug: str) -> Document | None:
    """The retired document of this slug whose place `row` took."""
    found = Document.objects.filter(org_id=actor.org, kind=row.kind, slug=slug, status=Status.RETIRED, replaced_by=row)
    return found.first()


def replacements(actor: Actor, row: Document, most: int = 200) -> Sequence[Document]:
    """Published documents of the same kind that could take its place: those for the same step first."""
    rows = Document.objects.filter(org_id=actor.org, kind=row.kind, status=Status.PUBLISHED).exclude(pk=row.pk)
    beside = list(rows.filter(step=row.step).order_by("title")[:most]) if row.step else []
    known = {one.pk for one in beside}
    return [*beside, *(one for one in rows.order_by("title", "id")[:most] if one.pk not in known)][:most]


def named(actor: Actor, row: Document, title: str) -> Document | None:
    """The published document of the same kind with this title, or this slug, as somebody typed it."""
    rows = Document.objects.filter(org_id=actor.org, kind=row.kind, status=Status.PUBLISHED).exclude(pk=row.pk)
    return rows.filter(title__iexact=title).first() or rows.filter(slug=title.strip().strip("/").lower()).first()
