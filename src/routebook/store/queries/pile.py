"""What people see of the pile. Who drafts maps and policies sees all of it, others what they brought themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, QuerySet

from routebook.core.document import Kind
from routebook.formats.pile import Adjustment, PileDocument, Plan, change_from_plain, mark_of, read_pile
from routebook.store import originals
from routebook.store.access import Actor, NotFound, Verb
from routebook.store.models import Document, PileArrival, PileItem, PileMade

PileRow = PileItem
"""A row of the pile, as the doors name it."""


@dataclass(frozen=True, slots=True)
class Original:
    """What a document was made from, for a link on its page."""

    item: int
    name: str


def items_of(actor: Actor) -> QuerySet[PileItem]:
    """The rows that the actor may see; none for who may write nothing. Raises `NotFound` for them."""
    if not actor.may(Verb.DRAFT_DIRECTIONS):
        raise NotFound
    rows = PileItem.objects.filter(org_id=actor.org)
    return rows if actor.may(Verb.DRAFT_PROCESS) else rows.filter(member_id=actor.member)


def waiting(actor: Actor, kind: str = "", first: int = 0, most: int = 100) -> Sequence[PileItem]:
    """A page of what nothing was made of yet, of one kind or of all, in order of the path."""
    rows = items_of(actor).filter(accepted_at=None, **({"kind": kind} if kind else {}))
    return list(rows.order_by("path", "id")[first : first + most])


def kinds_waiting(actor: Actor) -> dict[str, int]:
    """How many documents of each kind wait; no kind without any."""
    rows = items_of(actor).filter(accepted_at=None).order_by().values("kind").annotate(count=Count("id"))
    return {row["kind"]: row["count"] for row in rows}


def done(actor: Actor, most: int = 100) -> Sequence[PileItem]:
    """What drafts were made of, the latest first, with them."""
    rows = items_of(actor).exclude(accepted_at=None).prefetch_related("made__document")
    return list(rows.order_by("-accepted_at", "path", "id")[:most])


def find(actor: Actor, item: int) -> PileItem:
    row = items_of(actor).prefetch_related("made__document").filter(pk=item).first()
    if row is None:
        raise NotFound
    return row


def arrivals_of(actor: Actor) -> QuerySet[PileArrival]:
    """The archives that are being sorted, or were and still tell about it; one's own, or all for who sees the pile."""
    if not actor.may(Verb.DRAFT_DIRECTIONS):
        raise NotFound
    rows = PileArrival.objects.filter(org_id=actor.org)
    return rows if actor.may(Verb.DRAFT_PROCESS) else rows.filter(member_id=actor.member)


def find_arrival(actor: Actor, arrival: int) -> PileArrival:
    row = arrivals_of(actor).filter(pk=arrival).first()
    if row is None:
        raise NotFound
    return row


def made_of(row: PileItem) -> Sequence[Document]:
    return [one.document for one in row.made.all()]


def data_of(row: PileItem) -> bytes:
    """The original's bytes. Raises `NotFound` where somebody removed it from the disk."""
    try:
        return originals.file_of(row.org_id, row.digest).read_bytes()
    except FileNotFoundError as error:
        raise NotFound from error


def document_of(row: PileItem) -> PileDocument:
    """The original, read again. It could be read when it was taken, and reading changes nothing."""
    (found,) = read_pile({row.path: data_of(row)})
    if not isinstance(found, PileDocument):
        raise NotFound
    return found


def change_of(row: PileItem, plan: Plan) -> Adjustment:
    """What the person changed so far; nothing where the document is read differently now than when they did."""
    return change_from_plain(row.change) if row.change.get("mark") == mark_of(plan) else Adjustment()


def original_of(actor: Actor, kind: Kind, slug: str) -> Original | None:
    """What the document was made from, where the actor may see that."""
    if not actor.may(Verb.DRAFT_DIRECTIONS):
        return None
    found = (
        PileMade.objects.filter(org_id=actor.org, document__kind=kind, document__slug=slug)
        .select_related("item")
        .first()
    )
    if found is None or not (actor.may(Verb.DRAFT_PROCESS) or found.item.member_id == actor.member):
        return None
    return Original(found.item_id, found.item.path)
