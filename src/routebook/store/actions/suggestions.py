"""What readers suggest: another text for one place of a document, or a note about all of it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from routebook.core.audit import SuggestionAccepted, SuggestionDeclined, SuggestionMade
from routebook.core.document import Kind, Status
from routebook.core.events import Refusal
from routebook.formats.places import TEXTS, place_at, put
from routebook.store import audit, notices
from routebook.store.access import Actor, NotFound, Refused, Verb, require
from routebook.store.actions import documents
from routebook.store.actions.documents import document_for_change, stream_of
from routebook.store.models import Document, Suggestion
from routebook.store.parsing import document_of
from routebook.store.queries.suggestions import ACCEPTED, DECLINED
from routebook.store.queries.upkeep import answers_for

LONGEST = 10_000


@transaction.atomic
def make(
    actor: Actor, document_id: int, *, place: str = "", text: str = "", note: str = "", now: dt.datetime
) -> Suggestion:
    """Suggest `text` for a place of the published document (emptied: take it away), or without a place a `note`."""
    require(actor, Verb.SUGGEST)
    document = document_for_change(actor, document_id)
    kind = Kind(document.kind)
    if document.published is None or document.status != Status.PUBLISHED or kind not in TEXTS:
        raise NotFound
    text, note = text.replace("\r\n", "\n").strip(), note.strip()
    base = ""
    if place:
        found = place_at(document_of(document.published, kind, document.slug), place)
        if found is None:
            raise Refused(Refusal("no_place", "This line isn't there any more. Choose it again.", "place"))
        base = found.text
        if text == base.strip():
            raise Refused(Refusal("same_text", "That is what it says already. Change it, or leave a note.", "text"))
    elif not note:
        raise Refused(Refusal("note_missing", "Say what you noticed.", "note"))
    if max(len(text), len(note)) > LONGEST:
        raise Refused(Refusal("too_long", f"{LONGEST} characters are enough for a suggestion.", "text"))
    numbers = Suggestion.objects.filter(document=document).aggregate(last=Max("number"))
    suggestion = Suggestion.objects.create(
        org_id=actor.org,
        document=document,
        number=(numbers["last"] or 0) + 1,
        place=place,
        base=base,
        text=text,
        note=note,
        made_by_id=actor.member,
        made_at=now,
    )
    event = SuggestionMade(suggestion.number, place)
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)
    to = [member for member in notices.answering(actor.org, document) if member != actor.member]
    about = {"document": document.pk, "number": suggestion.number}
    notices.post(actor.org, "document.suggested", str(suggestion.pk), to, now, **about)
    return suggestion


@transaction.atomic
def accept(actor: Actor, document_id: int, number: int, *, now: dt.datetime) -> None:
    """Put the suggested text into the draft; a note is only marked as taken up."""
    document, suggestion = _open(actor, document_id, number)
    if suggestion.place:
        draft = documents.open_draft(document, actor, now)
        fields = put(draft.fields, suggestion.place, suggestion.base, suggestion.text)
        if fields is None:
            sentence = "The draft says something else at this place by now. Take it over by hand, or decline it."
            raise Refused(Refusal("text_changed", sentence))
        draft = documents.change_draft(actor, document.pk, base=draft.rev, fields=fields, now=now)
        # Whoever suggested a text wrote part of the draft: they don't approve it.
        draft.writers = sorted({*draft.writers, suggestion.made_by_id or actor.member})
        draft.save(update_fields=["writers"])
    _decide(actor, suggestion, ACCEPTED, now)
    event = SuggestionAccepted(suggestion.number)
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)


@transaction.atomic
def decline(actor: Actor, document_id: int, number: int, *, reason: str, now: dt.datetime) -> None:
    """Leave the text as it is, and say why."""
    document, suggestion = _open(actor, document_id, number)
    if not reason.strip():
        raise Refused(Refusal("reason_missing", "Say why: somebody took the trouble to suggest it.", "reason"))
    suggestion.reason = reason.strip()
    _decide(actor, suggestion, DECLINED, now)
    event = SuggestionDeclined(suggestion.number, reason.strip())
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)


def _open(actor: Actor, document_id: int, number: int) -> tuple[Document, Suggestion]:
    require(actor, Verb.SUGGEST)
    document = document_for_change(actor, document_id)
    suggestion = Suggestion.objects.filter(org_id=actor.org, document=document, number=number).first()
    if suggestion is None:
        raise NotFound
    if not answers_for(actor, document):
        raise Refused(Refusal("forbidden", "Whoever answers for this document decides about suggestions."))
    if suggestion.outcome:
        raise Refused(Refusal("decided", "Somebody has decided about this suggestion already."))
    return document, suggestion


def _decide(actor: Actor, suggestion: Suggestion, outcome: str, now: dt.datetime) -> None:
    suggestion.outcome, suggestion.decided_by_id, suggestion.decided_at = outcome, actor.member, now
    suggestion.save()
    to = [suggestion.made_by_id] if suggestion.made_by_id and suggestion.made_by_id != actor.member else []
    kind = "document.suggestion_accepted" if outcome == ACCEPTED else "document.suggestion_declined"
    about = {"document": suggestion.document_id, "reason": suggestion.reason}
    notices.post(actor.org, kind, str(suggestion.pk), to, now, **about)
