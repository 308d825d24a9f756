"""Saying that one has read a document."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from routebook.core.audit import DocumentRead
from routebook.core.events import Refusal
from routebook.store import audit
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions.documents import document_for_change, stream_of
from routebook.store.models import Reading
from routebook.store.queries import readings
from routebook.store.queries.readings import Mark


@transaction.atomic
def confirm(actor: Actor, document_id: int, content_hash: str, *, now: dt.datetime) -> None:
    """Keep that the actor has read the published version with this content hash; a second time changes nothing."""
    require(actor, Verb.SEE_LIBRARY)
    document = document_for_change(actor, document_id)
    version = document.published
    if version is None:
        raise NotFound
    if readings.standing(actor, document).mark is Mark.NOT_ASKED:
        raise Refused(Refusal("not_asked", "Nobody asks you to confirm this one."))
    if content_hash != version.content_hash:
        raise Refused(Refusal("newer_version", "A newer version came out while you read. Please read that one."))
    _, is_new = Reading.objects.get_or_create(
        org_id=actor.org,
        document=document,
        member_id=actor.member,
        number=version.number,
        defaults={"content_hash": version.content_hash, "read_at": now},
    )
    if is_new:
        event = DocumentRead(version.number, version.content_hash)
        audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)
