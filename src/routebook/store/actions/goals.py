"""What people do with goals: set one, and say which process serves it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from django.db import transaction

from routebook.core.document import Kind, Status
from routebook.core.events import Refusal, together
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import documents
from routebook.store.models import Document
from routebook.store.queries.delegations import map_of
from routebook.store.queries.documents import draft_row


def set_goal(
    actor: Actor, *, title: str, number: str, unit: str, by: str, owner: str, now: dt.datetime, command: str = ""
) -> Document:
    """A new goal, published at once where nobody else must approve it. Number and day are as they were typed; what
    can't be meant is refused, naming its field. The same `command` again gives the same goal."""
    require(actor, Verb.DECIDE)
    lacking = together(_lacking(title, number, by))
    if lacking is not None:
        raise Refused(lacking)
    typed = {"title": title, "number": number.replace(",", "."), "unit": unit, "by": by, "owner": owner}
    fields = {name: text.strip() for name, text in typed.items() if text.strip()}
    with transaction.atomic():
        goal = documents.create(actor, Kind.GOAL, fields, now=now, command=command)
        if goal.published_id is None and (actor.may(Verb.MANAGE_ORGANISATION) or not documents.asks_approval(goal)):
            documents.publish(actor, goal.pk, now=now, note="Set")
            goal.refresh_from_db()
    return goal


def _lacking(title: str, number: str, by: str) -> Iterator[Refusal]:
    if not title.strip():
        yield Refusal("no_title", "Say in a sentence what will be true.", "title")
    if not number.strip():
        yield Refusal("no_number", "Give it a number: what can't be counted is never reached.", "number")
    if not by.strip():
        yield Refusal("no_day", "Say by which day it should be true.", "by")


@transaction.atomic
def serve(actor: Actor, goal: str, process_id: int, *, serves: bool, now: dt.datetime) -> None:
    """Say in the draft of a map that it serves a goal, or that it no longer does."""
    require(actor, Verb.DECIDE)
    process = documents.document_for_change(actor, process_id)
    if process.kind != Kind.PROCESS or process.status == Status.RETIRED:
        raise NotFound
    if not Document.objects.filter(org_id=actor.org, kind=Kind.GOAL, slug=goal).exists():
        raise NotFound
    before = map_of(process).serves
    after = tuple(dict.fromkeys((*before, goal))) if serves else tuple(slug for slug in before if slug != goal)
    if after == before:
        return
    draft = draft_row(process)
    # The document's row is locked, so nobody is between the draft that was read and this change of it.
    base = draft.rev if draft else 1
    documents.change_draft(actor, process.pk, base=base, fields={"serves": list(after) or None}, now=now)
