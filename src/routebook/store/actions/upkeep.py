"""Keeping documents true: saying that one is still correct."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from django.db import transaction

from routebook.core.audit import DocumentConfirmed
from routebook.core.document import Kind, Status, next_review
from routebook.core.events import Refusal
from routebook.formats.plain import to_plain
from routebook.store import audit, search
from routebook.store.access import Actor, Refused, Verb, require
from routebook.store.actions.documents import document_for_change, publish_value, stream_of
from routebook.store.models import Draft
from routebook.store.parsing import document_of
from routebook.store.queries.upkeep import answers_for


@transaction.atomic
def still_correct(actor: Actor, document_id: int, *, today: dt.date, now: dt.datetime, note: str) -> dt.date:
    """Set the day of the next review by the kind's period from `today`, and return it.

    The day is part of the text, so this makes a minor version of which nobody is told; an open draft that hasn't
    chosen another day takes it over.
    """
    require(actor, Verb.SEE_LIBRARY)
    document = document_for_change(actor, document_id)
    if not answers_for(actor, document):
        raise Refused(Refusal("forbidden", "Whoever answers for this document says whether it is still correct."))
    if document.published is None or document.status != Status.PUBLISHED:
        raise Refused(Refusal("not_published", "Only what is published can be still correct."))
    kind = Kind(document.kind)
    value = document_of(document.published, kind, document.slug)
    until = next_review(kind, today)
    if value.review_by == until:
        return until
    _tell_draft(document.pk, to_plain(value).get("review_by"), until)
    kept = replace(value, review_by=until)
    version = publish_value(actor, document, kept, now=now, major=False, note=note, same_text=True)
    search.index_document(actor.org, document.pk)
    event = DocumentConfirmed(version.number, until.isoformat())
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)
    return until


def _tell_draft(document: int, was: str | None, until: dt.date) -> None:
    draft = Draft.objects.filter(document_id=document).first()
    if draft is None or draft.fields.get("review_by") != was:
        return
    draft.fields = {**draft.fields, "review_by": until.isoformat()}
    draft.save(update_fields=["fields"])
