"""The record of what people did to rows: one event on the stream of the thing, in the action's transaction."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db.models import Max

from routebook.core.events import Event as CoreEvent
from routebook.store import journal
from routebook.store.models import Event


def record(org: int, stream: str, event: CoreEvent, *, actor: str, now: dt.datetime, command: str = "") -> None:
    """Append `event` to ``stream`` (``document:12``, ``member:3``, …). Call it inside the action's transaction."""
    last = Event.objects.filter(org_id=org, stream=stream).aggregate(last=Max("seq"))["last"] or 0
    journal.append(org, stream, last, (event,), actor, now, command or uuid.uuid4().hex)
