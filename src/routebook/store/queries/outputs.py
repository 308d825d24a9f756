"""What leaves the product on paper or as a handbook: published text only, and only what the actor may read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from routebook.core.document import AnyDocument, Kind, Status, kind_of
from routebook.store import links
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Document, Link
from routebook.store.parsing import document_of


@dataclass(frozen=True, slots=True)
class Published:
    """A published text, the number of its version, and when that was published."""

    value: AnyDocument
    version: int
    at: dt.datetime


def published(actor: Actor) -> Sequence[Published]:
    """Every text that is published and in use, by kind and title."""
    require(actor, Verb.SEE_LIBRARY)
    return _read(actor, Q())


def beside(actor: Actor, value: AnyDocument) -> tuple[AnyDocument, ...]:
    """The published documents that this one names, and those that name it."""
    require(actor, Verb.SEE_LIBRARY)
    naming = Link.objects.filter(org_id=actor.org, kind=kind_of(value), slug=value.slug).values("document")
    named = [Q(kind=kind, slug=slug) for kind, slug in links.named_by(value)]
    return tuple(one.value for one in _read(actor, reduce(or_, named, Q(pk__in=naming))))


def _read(actor: Actor, wanted: Q) -> list[Published]:
    rows = (
        Document.objects.select_related("published")
        .filter(wanted, org_id=actor.org, published__isnull=False)
        .exclude(status=Status.RETIRED)
        .order_by("kind", "title", "id")
    )
    found = []
    for row in rows:
        assert row.published is not None
        value = document_of(row.published, Kind(row.kind), row.slug)
        found.append(Published(value, row.published.number, row.published.published_at))
    return found
