"""Approval of a draft by another person, for the kinds of documents for which the owner switched it on.

A request is open until somebody approves it (which publishes the draft), declines it or takes it back. What changes in
the draft meanwhile is approved with it: whoever approves says which revision they looked at.
"""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from routebook.core.audit import ApprovalAsked, ApprovalDeclined
from routebook.core.document import Kind, Status
from routebook.core.events import Refusal
from routebook.store import audit, notices
from routebook.store.access import Actor, NotFound, Refused, Verb, drafting, require
from routebook.store.actions import documents
from routebook.store.actions.documents import document_for_change, stream_of
from routebook.store.models import Approval, Document, Draft, Version
from routebook.store.queries.approvals import APPROVED, DECLINED, may_approve


@transaction.atomic
def ask(
    actor: Actor, document_id: int, *, now: dt.datetime, major: bool = True, note: str = "", rev: int | None = None
) -> Approval:
    """Ask for the approval of the open draft, or say it anew. Only what could be published can be approved."""
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    if not documents.asks_approval(document):
        raise Refused(Refusal("no_approval", "Documents of this kind need no approval here."))
    draft = _draft(document, rev)
    documents.be_publishable(actor, documents.text_of(document, draft), now)
    request, _ = Approval.objects.update_or_create(
        org_id=actor.org,
        document=document,
        outcome="",
        defaults={"major": major, "note": note.strip(), "asked_by_id": actor.member, "asked_at": now},
    )
    if document.status == Status.DRAFT:
        document.status = Status.IN_REVIEW
        document.save(update_fields=["status"])
    event = ApprovalAsked(draft.rev, major, note.strip())
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)
    others = [member for member in notices.publishers(actor.org) if member != actor.member]
    key = f"{document.pk}:{draft.rev}:{request.pk}"
    notices.post(actor.org, "document.approval_asked", key, others, now, document=document.pk, note=request.note)
    return request


@transaction.atomic
def approve(actor: Actor, document_id: int, *, now: dt.datetime, rev: int | None = None) -> Version:
    """Publish the draft that somebody else wrote and asked to have approved. `rev` is the draft that was looked at."""
    require(actor, Verb.PUBLISH)
    document = document_for_change(actor, document_id)
    request, draft = _open(document), _draft(document, rev)
    if not may_approve(actor, request, draft):
        sentence = "You wrote part of this draft, or asked for its approval. Somebody else must approve it."
        raise Refused(Refusal("own_text", sentence))
    version = documents.publish_approved(actor, document, draft, request, now=now)
    _decide(actor, request, APPROVED, now)
    return version


@transaction.atomic
def decline(actor: Actor, document_id: int, *, reason: str, now: dt.datetime) -> None:
    """Give the draft back to those who write it, with the reason."""
    require(actor, Verb.PUBLISH)
    document = document_for_change(actor, document_id)
    request = _open(document)
    if not reason.strip():
        raise Refused(Refusal("reason_missing", "Say what must change before it can be published.", "reason"))
    request.reason = reason.strip()
    _decide(actor, request, DECLINED, now)
    documents.leave_review(document)
    event = ApprovalDeclined(reason.strip())
    audit.record(actor.org, stream_of(document), event, actor=actor.id, now=now)
    to = [request.asked_by_id] if request.asked_by_id and request.asked_by_id != actor.member else []
    kind, about = "document.approval_declined", {"document": document.pk, "reason": request.reason}
    notices.post(actor.org, kind, str(request.pk), to, now, **about)


@transaction.atomic
def withdraw(actor: Actor, document_id: int, *, now: dt.datetime) -> None:
    """Take a request back: by who asked, or by whoever may publish."""
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    request = _open(document)
    if request.asked_by_id != actor.member:
        require(actor, Verb.PUBLISH)
    documents.close_request(actor, document, documents.WITHDRAWN, now=now)


def _draft(document: Document, rev: int | None) -> Draft:
    draft = Draft.objects.filter(document=document).first()
    if draft is None:
        raise Refused(Refusal("no_draft", "There is nothing new to publish: no draft is open."))
    if rev is not None and rev != draft.rev:
        raise Refused(Refusal("draft_changed", "Somebody changed the draft since you opened it. Look at it again."))
    return draft


def _open(document: Document) -> Approval:
    request = Approval.objects.filter(document=document, outcome="").first()
    if request is None:
        raise NotFound
    return request


def _decide(actor: Actor, request: Approval, outcome: str, now: dt.datetime) -> None:
    request.outcome, request.decided_by_id, request.decided_at = outcome, actor.member, now
    request.save()
