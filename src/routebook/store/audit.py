"""The record of what people did to rows: one event on the stream of the thing, in the action's transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Max, QuerySet

from routebook.core.events import Event as CoreEvent
from routebook.store import journal
from routebook.store.access import Actor
from routebook.store.models import Event, Member

REPEATS = dt.timedelta(days=7)
"""How long a command that makes something is remembered; a form that is older makes a second one."""


def record(org: int, stream: str, event: CoreEvent, *, actor: str, now: dt.datetime, command: str = "") -> None:
    """Append `event` to ``stream`` (``document:12``, ``member:3``, …). Call it inside the action's transaction."""
    last = Event.objects.filter(org_id=org, stream=stream).aggregate(last=Max("seq"))["last"] or 0
    journal.append(org, stream, last, (event,), actor, now, command or uuid.uuid4().hex)


def made_before(actor: Actor, kind: str, rows: QuerySet[Any], command: str) -> int | None:
    """The id of what this command of the actor's made when it was carried out before; None the first time.

    `rows` are of the things whose streams are called ``kind:id``; only those of the last `REPEATS` need be among them.
    The actor's other commands wait until the transaction ends, so that of a form sent twice at the same moment the
    second one finds what the first one made.
    """
    if not command:
        return None
    list(Member.objects.select_for_update(no_key=True).filter(org_id=actor.org, pk=actor.member).values_list("pk"))
    streams = [f"{kind}:{pk}" for pk in rows.values_list("pk", flat=True)]
    lines = Event.objects.filter(org_id=actor.org, stream__in=streams, command=command, n=0, actor=actor.id)
    found = lines.values_list("stream", flat=True).first()
    return None if found is None else int(found.partition(":")[2])
