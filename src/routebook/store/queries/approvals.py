"""What waits for somebody's approval, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence

from routebook.core.document import Kind
from routebook.store.access import Actor, Verb, drafting
from routebook.store.models import Approval, Document, Draft, Organisation
from routebook.store.queries.documents import draft_row, sees_drafts

APPROVED, DECLINED = "approved", "declined"
MOST_WAITING = 50


def switched_on(actor: Actor, kind: Kind) -> bool:
    """Whether documents of this kind are approved by somebody else before they are published."""
    return kind in Organisation.objects.values_list("approved_kinds", flat=True).get(pk=actor.org)


def may_publish(actor: Actor, kind: Kind) -> bool:
    """Whether the actor publishes a document of this kind alone. The owner may always."""
    return actor.may(Verb.PUBLISH) and (actor.may(Verb.MANAGE_ORGANISATION) or not switched_on(actor, kind))


def may_ask(actor: Actor, kind: Kind) -> bool:
    """Whether the actor may ask for the approval of a draft of this kind."""
    return actor.may(drafting(kind)) and switched_on(actor, kind)


def may_approve(actor: Actor, request: Approval, draft: Draft | None) -> bool:
    """Whether the actor may approve what was asked: who publishes, wrote nothing of it and didn't ask."""
    if not actor.may(Verb.PUBLISH) or request.asked_by_id == actor.member:
        return False
    return draft is not None and actor.member not in draft.writers


def open_request(actor: Actor, row: Document) -> Approval | None:
    """The request that waits for a decision about a document, for those who see its draft."""
    if not sees_drafts(actor, Kind(row.kind)):
        return None
    rows = Approval.objects.select_related("asked_by")
    return rows.filter(org_id=actor.org, document=row, outcome="").first()


def declined(actor: Actor, row: Document) -> Approval | None:
    """Why the draft was not approved, while it is still open and nobody asked again."""
    if not sees_drafts(actor, Kind(row.kind)):
        return None
    rows = Approval.objects.select_related("asked_by", "decided_by").filter(org_id=actor.org, document=row)
    last = rows.first()
    return last if last is not None and last.outcome == DECLINED and draft_row(row) is not None else None


def waiting(actor: Actor) -> Sequence[Approval]:
    """The requests that the actor can decide, the longest waiting first."""
    if not actor.may(Verb.PUBLISH):
        return ()
    rows = Approval.objects.select_related("asked_by", "document", "document__draft")
    asked = rows.filter(org_id=actor.org, outcome="").exclude(asked_by_id=actor.member).order_by("asked_at")
    return [one for one in asked[:MOST_WAITING] if may_approve(actor, one, draft_row(one.document))]


def came_back(actor: Actor) -> Sequence[Approval]:
    """What the actor asked and was declined, while the draft is still open and nobody asked again."""
    rows = Approval.objects.select_related("decided_by", "document", "document__draft")
    mine = rows.filter(org_id=actor.org, outcome=DECLINED, asked_by_id=actor.member, document__draft__isnull=False)
    newest: dict[int, Approval] = {}
    for one in mine.order_by("-id")[:MOST_WAITING]:
        newest.setdefault(one.document_id, one)
    latest = dict(Approval.objects.filter(document__in=newest).order_by("id").values_list("document_id", "id"))
    return [one for document, one in newest.items() if latest[document] == one.pk]
