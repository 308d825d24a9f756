"""What readers suggested, and what became of it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Min

from routebook.core.document import Kind, Status
from routebook.store.access import Actor, Verb, drafting, require
from routebook.store.models import Document, Suggestion
from routebook.store.queries.upkeep import answerable

ACCEPTED, DECLINED = "accepted", "declined"
MOST_DECIDED = 20
MOST_WAITING = 50


def open_on(actor: Actor, row: Document) -> Sequence[Suggestion]:
    """The suggestions on a document that nobody has decided, the oldest first."""
    require(actor, Verb.SUGGEST)
    rows = Suggestion.objects.select_related("made_by").filter(org_id=actor.org, document=row, outcome="")
    return list(rows.order_by("number"))


def decided_on(actor: Actor, row: Document) -> Sequence[Suggestion]:
    """The suggestions that were decided last."""
    require(actor, Verb.SUGGEST)
    rows = Suggestion.objects.select_related("made_by", "decided_by").filter(org_id=actor.org, document=row)
    return list(rows.exclude(outcome="").order_by("-decided_at")[:MOST_DECIDED])


def count_open(actor: Actor, row: Document) -> int:
    """How many suggestions on a document nobody has decided."""
    return Suggestion.objects.filter(org_id=actor.org, document=row, outcome="").count()


@dataclass(frozen=True, slots=True)
class Suggested:
    """A document with open suggestions: how many, and since when."""

    row: Document
    count: int
    since: dt.datetime


def waiting(actor: Actor) -> Sequence[Suggested]:
    """The documents that the actor answers for, with the suggestions that wait for them, the oldest first."""
    if not actor.may(Verb.SUGGEST):
        return ()
    counted = Suggestion.objects.filter(org_id=actor.org, outcome="").order_by().values("document")
    found = {one["document"]: one for one in counted.annotate(count=Count("id"), since=Min("made_at"))}
    if not found:
        return ()
    rows = Document.objects.filter(org_id=actor.org, pk__in=found).exclude(status=Status.RETIRED)
    mine = [row for row in answerable(actor, rows)[:MOST_WAITING] if actor.may(drafting(Kind(row.kind)))]
    waiting = [Suggested(row, found[row.pk]["count"], found[row.pk]["since"]) for row in mine]
    return sorted(waiting, key=lambda one: one.since)
