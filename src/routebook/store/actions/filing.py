"""Documents as a library folder brings them: made, published or kept as drafts, each only where it says something new."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from django.db import transaction

from routebook.core.blocks import by_reference
from routebook.core.document import AnyDocument, Kind, Status, kind_of
from routebook.core.events import Refusal
from routebook.formats.markdown import write_document
from routebook.formats.normal import normalise
from routebook.formats.plain import to_plain
from routebook.store import search
from routebook.store.access import Actor, Refused, Verb, drafting, require
from routebook.store.actions import documents
from routebook.store.models import Document, Draft
from routebook.store.parsing import draft_of
from routebook.store.queries.documents import whole_of


@dataclass(frozen=True, slots=True)
class Put:
    """What `put` did with one document: created, published, drafted, retired or unchanged."""

    document: Document
    result: str


@transaction.atomic
def put(actor: Actor, value: AnyDocument, *, now: dt.datetime, note: str = "") -> Put:
    """Bring a document in from a library folder: nothing where it says the same, else a new version where
    the actor may publish and the file says published, else a draft. An open draft that says something else
    than a published file stays open."""
    kind = kind_of(value)
    require(actor, drafting(kind))
    status = value.status
    value = normalise(replace(value, status=Status.PUBLISHED))
    if _goes_out(actor, value, status):
        value = whole_of(actor.org, value)
    document = Document.objects.select_for_update().filter(org_id=actor.org, kind=kind, slug=value.slug).first()
    if document is None:
        document = documents.create(actor, kind, to_plain(value), slug=value.slug, now=now)
        if document.slug != value.slug:
            sentence = f"“{value.slug[:60]}” can't be a document's file name here; choose another, shorter one."
            raise Refused(Refusal("bad_slug", sentence, "slug"))
        if _goes_out(actor, value, status):
            documents.publish(actor, document.pk, now=now, note=note, tell=False, value=value)
        if status is Status.RETIRED and documents.document_for_change(actor, document.pk).published_id:
            documents.retire(actor, document.pk, why=RETIRED_IN_FOLDER, now=now)
        return Put(document, "created")
    if not _goes_out(actor, value, status):
        return _put_draft(actor, document, value, now)
    return _put_text(actor, document, value, status, now, note)


RETIRED_IN_FOLDER = "The imported folder says that it is retired."


def _goes_out(actor: Actor, value: AnyDocument, status: Status) -> bool:
    return (
        status in (Status.PUBLISHED, Status.RETIRED)
        and actor.may(Verb.PUBLISH)
        and documents.must_stay_draft(value) is None
    )


def _put_draft(actor: Actor, document: Document, value: AnyDocument, now: dt.datetime) -> Put:
    draft = Draft.objects.filter(document=document).first()
    if draft is not None and normalise(draft_of(draft, Kind(document.kind), document.slug)) == by_reference(value):
        return Put(document, "unchanged")
    if draft is None and _published_text(document) == write_document(value):
        return Put(document, "unchanged")
    documents.replace_draft(actor, document.pk, value, now=now)
    return Put(document, "drafted")


def _put_text(actor: Actor, document: Document, value: AnyDocument, status: Status, now: dt.datetime, note: str) -> Put:
    result = "unchanged"
    is_retired = document.status == Status.RETIRED
    if _published_text(document) != write_document(value) or (is_retired and status is not Status.RETIRED):
        documents.be_publishable(actor, value, now)
        documents.publish_value(actor, document, value, now=now, major=True, note=note)
        _close_draft_that_says(actor, document, value, now)
        search.index_document(actor.org, document.pk)
        result = "published"
        is_retired = False
    if status is Status.RETIRED and not is_retired:
        documents.retire(actor, document.pk, why=RETIRED_IN_FOLDER, now=now)
        result = "retired"
    return Put(document, result)


def _published_text(document: Document) -> str:
    return document.published.content if document.published else ""


def _close_draft_that_says(actor: Actor, document: Document, value: AnyDocument, now: dt.datetime) -> None:
    draft = Draft.objects.filter(document=document).first()
    if draft is not None and normalise(draft_of(draft, Kind(document.kind), document.slug)) == by_reference(value):
        documents.close_request(actor, document, documents.WITHDRAWN, now=now)
        draft.delete()
