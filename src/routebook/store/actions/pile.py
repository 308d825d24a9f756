"""What people do with the pile: bring documents, say what they are, and make drafts of them.

Nothing is ever published by it. The original stays, linked from everything that was made of it.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from django.db import transaction

from routebook.core.document import AnyDocument, Process, Sop, kind_of
from routebook.core.document import Procedure as ProcedureDocument
from routebook.core.events import Refusal
from routebook.formats.pile import (
    NEW,
    Adjustment,
    Block,
    BlockKind,
    Piece,
    PileDocument,
    PileKind,
    Unreadable,
    adjusted,
    change_to_plain,
    classify,
    labelled_title,
    made_as,
    makes,
    mark_of,
    packed_in,
    planned,
    read_originals,
)
from routebook.formats.plain import to_plain
from routebook.store import originals
from routebook.store.access import Actor, Refused, Verb, drafting, require
from routebook.store.actions import documents, media
from routebook.store.models import Document, PileArrival, PileItem, PileMade
from routebook.store.queries import pile as queries

MOST_FILE_BYTES = 60_000_000
MOST_ITEMS = 3_000
"""A pile is worked off, not an archive."""


MOST_AT_ONCE = 20
"""With more files than these an archive is sorted some at a time, so that no request takes longer than a breath."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files: those on the pile, those left alone with their reason, and an archive still to sort."""

    kept: tuple[PileItem, ...]
    refused: tuple[Unreadable, ...]
    arrival: PileArrival | None = None


def take(actor: Actor, name: str, data: bytes, *, now: dt.datetime) -> Taken:
    """Put a file on the pile, or everything in a zip. What is there already, at the same place, is not there twice.

    A zip of many documents arrives instead: `pile_arrivals.go_on` sorts it, some at a time.
    """
    require(actor, Verb.DRAFT_DIRECTIONS)
    path = name.replace("\\", "/").strip("/")[-400:] or "document"
    if len(data) > MOST_FILE_BYTES:
        return Taken((), (Unreadable(path, f"It is larger than {MOST_FILE_BYTES // 1_000_000} MB."),))
    packed = packed_in(path, data)
    if packed > MOST_AT_ONCE:
        return Taken((), (), _arriving(actor, path, data, packed, now))
    found = [keep(actor, one, content, now) for one, content in read_originals(path, data)]
    return Taken(
        tuple(one for one in found if isinstance(one, PileItem)),
        tuple(one for one in found if isinstance(one, Unreadable)),
    )


def _arriving(actor: Actor, path: str, data: bytes, packed: int, now: dt.datetime) -> PileArrival:
    return PileArrival.objects.create(
        org_id=actor.org,
        member_id=actor.member,
        path=path,
        digest=originals.keep(actor.org, data),
        total=packed,
        created_at=now,
    )


def keep(actor: Actor, found: PileDocument | Unreadable, data: bytes, now: dt.datetime) -> PileItem | Unreadable:
    """The row of a document that was read, or why it isn't on the pile."""
    if isinstance(found, Unreadable):
        return found
    if len(found.path) > 500:
        return Unreadable(found.path[:200] + "…", "Its path is too long.")
    if PileItem.objects.filter(org_id=actor.org, accepted_at=None).count() >= MOST_ITEMS:
        return Unreadable(found.path, f"{MOST_ITEMS:,} documents wait already; work some of them off first.")
    return _kept(actor, found, data, now)


def _kept(actor: Actor, document: PileDocument, data: bytes, now: dt.datetime) -> PileItem:
    verdict = classify(document)
    row, _ = PileItem.objects.get_or_create(
        org_id=actor.org,
        digest=originals.keep(actor.org, data),
        path=document.path,
        defaults={
            "member_id": actor.member,
            "title": (labelled_title(document) or document.title)[:300],
            "words": document.words,
            "kind": verdict.kind.value,
            "found": verdict.kind.value,
            "second": verdict.second.value,
            "score": verdict.score,
            "reasons": list(verdict.reasons),
            "created_at": now,
        },
    )
    return row


@transaction.atomic
def correct(actor: Actor, item: int, kind: str) -> PileItem:
    """Say what a document is. Raises `Refused` once something was made of it."""
    row = _waiting(actor, item)
    if kind not in set(PileKind):
        raise Refused(Refusal("bad_kind", "Choose one of the kinds.", "kind"))
    row.kind = kind
    row.save(update_fields=["kind"])
    return row


MOST_CHANGE_BYTES = 400_000
"""Of what is kept of a change: a title for every part and a home for every passage of the longest document fit."""


@transaction.atomic
def adjust(actor: Actor, item: int, change: Adjustment) -> PileItem:
    """Keep what the person changed so far of what a mixed document would become; an empty change starts over."""
    row = _waiting(actor, item)
    plain = change_to_plain(change)
    if len(json.dumps(plain)) > MOST_CHANGE_BYTES:
        raise Refused(
            Refusal("too_much", "That is more than can be kept at once; make some of the drafts first.", "parts")
        )
    row.change = {"mark": mark_of(planned(queries.document_of(row))), **plain} if change != Adjustment() else {}
    row.save(update_fields=["change"])
    return row


@transaction.atomic
def remove(actor: Actor, item: int) -> None:
    """Take a document off the pile. Its original goes with it, unless something was made of it: then it stays."""
    row = _waiting(actor, item)
    digest, org = row.digest, row.org_id
    row.delete()
    if not PileItem.objects.filter(org_id=org, digest=digest).exists():
        transaction.on_commit(lambda: originals.file_of(org, digest).unlink(missing_ok=True))


@transaction.atomic
def accept(actor: Actor, item: int, *, now: dt.datetime) -> Sequence[Document]:
    """Make the draft that a document becomes, and return it. Once made, the same is returned again."""
    row = _locked(actor, item)
    if row.accepted_at is not None:
        return queries.made_of(queries.find(actor, item))
    kind = PileKind(row.kind)
    document = queries.document_of(row)
    if not makes(document, kind):
        raise Refused(Refusal("makes_nothing", "Say first which kind of document it is to become.", "kind"))
    value = made_as(document, kind)
    require(actor, drafting(kind_of(value)))
    value = made_as(_with_pictures(actor, document, value.slug), kind)
    return _made(actor, row, [value], (), now)


@transaction.atomic
def accept_split(actor: Actor, item: int, change: Adjustment, *, now: dt.datetime) -> Sequence[Document]:
    """Make the map and the documents of a mixed document, as the person adjusted them: all of them or none."""
    row = _locked(actor, item)
    if row.accepted_at is not None:
        return queries.made_of(queries.find(actor, item))
    document = queries.document_of(row)
    slug = planned(document).slug
    proposal = adjusted(_with_pictures(actor, document, slug), change)
    values: list[AnyDocument] = [*([proposal.process] if proposal.process.steps else []), *proposal.documents]
    if not values:
        raise Refused(Refusal("nothing_ticked", "Nothing is left to make; tick at least one part.", "parts"))
    for value in values:
        require(actor, drafting(kind_of(value)))
    return _made(actor, row, values, [one.text for one in proposal.left_over], now)


def _made(
    actor: Actor, row: PileItem, values: Sequence[AnyDocument], left: Sequence[str], now: dt.datetime
) -> Sequence[Document]:
    made: list[Document] = []
    renamed: dict[str, str] = {}
    for value in values:
        plain = to_plain(_on_map(value, renamed) if row.kind == PileKind.MIXED else value)
        # A part that the person began is called after its title.
        slug = "" if value.slug.startswith(NEW) else value.slug
        document = documents.create(actor, kind_of(value), plain, slug=slug, now=now)
        if isinstance(value, Process):
            renamed[value.slug] = document.slug
        made.append(document)
    PileMade.objects.bulk_create(PileMade(org_id=actor.org, item=row, document=document) for document in made)
    row.accepted_at, row.left = now, list(left)
    row.save(update_fields=["accepted_at", "left"])
    return made


def _on_map(value: AnyDocument, renamed: Mapping[str, str]) -> AnyDocument:
    """The step of a part by the address that the map really got; a part whose map isn't made has no step."""
    if not isinstance(value, ProcedureDocument | Sop) or not value.step:
        return value
    process, _, step = value.step.partition("/")
    return replace(value, step=f"{renamed[process]}/{step}" if process in renamed else "")


def _with_pictures(actor: Actor, document: PileDocument, slug: str) -> PileDocument:
    """The document with its pictures among the media, each called after its content so that none takes another's place.

    A kind that isn't kept stays in the original only, and a line says so.
    """
    homes: dict[str, str] = {}
    for name, data in document.media.items():
        path = f"{slug}/{sha256(data).hexdigest()[:12]}.{name.rpartition('.')[2]}"
        try:
            media.put(actor, path, data)
        except Refused:
            continue
        homes[name] = f"../media/{path}"
    blocks = tuple(_pictured(block, homes, document.media) for block in document.blocks)
    return replace(document, blocks=blocks)


def _pictured(block: Block, homes: Mapping[str, str], media: Mapping[str, bytes]) -> Block:
    if block.source in homes:
        return replace(block, source=homes[block.source])
    if block.kind is BlockKind.PICTURE and block.source in media:
        shows = f": {block.text}" if block.text else ""
        return Block(BlockKind.PARAGRAPH, block.span, (Piece(f"[A picture in the original{shows}]"),))
    return block


def _locked(actor: Actor, item: int) -> PileItem:
    queries.find(actor, item)
    return PileItem.objects.select_for_update(no_key=True).get(org_id=actor.org, pk=item)


def _waiting(actor: Actor, item: int) -> PileItem:
    row = _locked(actor, item)
    if row.accepted_at is not None:
        raise Refused(Refusal("accepted", "Documents were made of it already, so it is kept as it is."))
    return row
