"""What people do to documents: create, change the draft, publish, restore, retire.

A draft is one row with a `rev`; publishing turns it into an immutable version. Drafts make no events.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.text import slugify

from routebook.core.audit import (
    ApprovalGiven,
    ApprovalWaived,
    ApprovalWithdrawn,
    DocumentCreated,
    DocumentPublished,
    DocumentReplaced,
    DocumentRetired,
    DraftDiscarded,
)
from routebook.core.blocks import by_reference, waiting
from routebook.core.checks import blocks_publishing
from routebook.core.document import (
    FOLDERS,
    AnyDocument,
    Kind,
    Procedure,
    Process,
    Sop,
    Status,
    kind_of,
)
from routebook.core.events import Refusal
from routebook.formats.errors import Refused as Unreadable
from routebook.formats.markdown import read_document, write_document
from routebook.formats.merge import Prefer, merge
from routebook.formats.normal import normalise
from routebook.formats.plain import PlainError, from_plain, to_plain
from routebook.store import audit, journal, links, notices, search
from routebook.store.access import Actor, NotFound, Refused, Verb, drafting, require
from routebook.store.actions import handoffs, media
from routebook.store.models import Approval, Document, Draft, Organisation, Reading, Version
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries.checking import findings_in
from routebook.store.queries.documents import behind_of, whole_of
from routebook.store.queries.media import named_in
from routebook.store.queries.readings import READ_BY_PEOPLE

SLUG_LENGTH = 100


@dataclass(frozen=True, slots=True)
class Clash:
    """Two people changed the same field: its name, both values as plain data, and who was first.

    Within a map, `step` is the step's id and `part` the field of the step ("" for the whole step).
    """

    field: str
    theirs: Any
    yours: Any
    who: str
    step: str = ""
    part: str = ""


class Conflict(Exception):
    """A change of fields that somebody else changed meanwhile; nothing of it was saved."""

    def __init__(self, rev: int, clashes: tuple[Clash, ...]) -> None:
        names = ", ".join(clash.field for clash in clashes)
        super().__init__(f"{clashes[0].who} changed {names} at the same time.")
        self.rev = rev
        self.clashes = clashes


def document_for_change(actor: Actor, document_id: int) -> Document:
    """The actor's organisation's document, locked until the transaction ends; raises `NotFound`."""
    found = Document.objects.select_for_update().filter(org_id=actor.org, pk=document_id).first()
    if found is None:
        raise NotFound
    return found


@transaction.atomic
def create(
    actor: Actor,
    kind: Kind,
    fields: Mapping[str, Any],
    *,
    now: dt.datetime,
    slug: str = "",
    command: str = "",
) -> Document:
    """A new document with its first draft. `fields` are plain values (`formats.plain`) with a title.

    The same `command` again gives the same document.
    """
    require(actor, drafting(kind))
    lately = Document.objects.filter(org_id=actor.org, kind=kind, created_at__gte=now - audit.REPEATS)
    made = audit.made_before(actor, "document", lately, command)
    if made is not None:
        return lately.get(pk=made)
    title = str(fields.get("title", "")).strip()
    if not title:
        raise Refused(Refusal("title_missing", "Give it a title first; you can change it later.", "title"))
    if len(title) > 300:
        raise Refused(Refusal("too_long", "A title has 300 characters at most.", "title"))
    slug = free_slug(actor.org, kind, slug or title)
    value = _value(kind, slug, dict(fields))
    document = Document(
        org_id=actor.org,
        kind=kind,
        slug=slug,
        status=Status.DRAFT,
        created_by_id=actor.member,
        created_at=now,
    )
    _describe(document, value, now)
    document.save()
    links.write(document, value)
    plain = to_plain(value)
    Draft.objects.create(
        org_id=actor.org,
        document=document,
        fields=plain,
        changed=dict.fromkeys(plain, 1),
        writers=[actor.member],
        updated_by_id=actor.member,
        updated_at=now,
    )
    search.index_document(actor.org, document.pk)
    created = DocumentCreated(kind, slug, title)
    audit.record(actor.org, stream_of(document), created, actor=actor.id, now=now, command=command)
    return document


def stream_of(document: Document) -> str:
    """The journal's stream of a document."""
    return f"document:{document.pk}"


def free_slug(org: int, kind: Kind, wanted: str) -> str:
    """A slug of this kind that nobody has yet, as near to `wanted` as possible."""
    base = slugify(wanted)[:SLUG_LENGTH].strip("-") or str(kind)
    taken = set(Document.objects.filter(org_id=org, kind=kind, slug__startswith=base).values_list("slug", flat=True))
    taken.add("new")  # the address of the page where one is begun
    slug, n = base, 1
    while slug in taken:
        n += 1
        slug = f"{base}-{n}"
    return slug


def _value(kind: Kind, slug: str, fields: dict[str, Any]) -> AnyDocument:
    """What a draft says: a shared block stands in it by reference, whoever brought its items along."""
    try:
        value = from_plain(kind, slug, fields)
    except PlainError as error:
        raise Refused(Refusal("bad_field", error.sentence[0].upper() + error.sentence[1:], error.path)) from error
    if isinstance(value, Procedure) and any(item.include for item in value.checklist):
        sentence = "A procedure can't include a shared block: only an SOP does."
        raise Refused(Refusal("nested_block", sentence, "checklist"))
    return by_reference(value)


def _describe(document: Document, value: AnyDocument, now: dt.datetime) -> None:
    """Repeat on the row what lists and look-ups need."""
    document.title = value.title[:300]
    document.owner = value.owner[:200]
    document.step = value.step[:260] if isinstance(value, Sop | Procedure) else ""
    document.variation = value.variation[:120] if isinstance(value, Sop) else ""
    document.role = value.role[:200] if isinstance(value, Sop) else ""
    document.review_by = value.review_by
    document.updated_at = now


@transaction.atomic
def change_draft(actor: Actor, document_id: int, *, base: int, fields: Mapping[str, Any], now: dt.datetime) -> Draft:
    """Set top-level fields of the draft (None takes a field away). Opens a draft of a published document.

    `base` is the rev that the editor started from. Fields that somebody else changed since are a
    `Conflict`, unless both now say the same; other fields merge.
    """
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    draft = open_draft(document, actor, now)
    changed = {name: value for name, value in fields.items() if draft.fields.get(name) != value}
    clashes = tuple(
        Clash(name, draft.fields.get(name), value, draft.updated_by.name if draft.updated_by else "")
        for name, value in changed.items()
        if draft.changed.get(name, 0) > base
    )
    if clashes:
        raise Conflict(draft.rev, clashes)
    if not changed:
        return draft
    return _keep(actor, document, draft, {**draft.fields, **changed}, now)


@transaction.atomic
def merge_draft(
    actor: Actor,
    document_id: int,
    *,
    was: Mapping[str, Any],
    fields: Mapping[str, Any],
    now: dt.datetime,
    settled: tuple[int, Prefer] | None = None,
    bands: Mapping[str, int] | None = None,
) -> Draft:
    """Bring the whole text `fields`, which began as `was`, into the draft, whatever others did to it meanwhile.

    Changes of different fields and of different steps merge; the same one is a `Conflict`. `settled` is the rev at
    which the person looked at the conflict, and whose changes stand; a newer rev is looked at again. `bands` are kept
    with what is changed: how the person saw the map drawn.
    """
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    draft = open_draft(document, actor, now)
    looked_at, prefer = settled or (0, Prefer.YOURS)
    merged = merge(was, fields, draft.fields, prefer)
    if merged.clashes and looked_at != draft.rev:
        who = draft.updated_by.name if draft.updated_by else ""
        clashes = (Clash(one.field, one.theirs, one.yours, who, one.step, one.part) for one in merged.clashes)
        raise Conflict(draft.rev, tuple(clashes))
    if bands:
        draft.bands = dict(bands)
    return _keep(actor, document, draft, merged.fields, now)


def _keep(actor: Actor, document: Document, draft: Draft, wanted: Mapping[str, Any], now: dt.datetime) -> Draft:
    """Make the draft say `wanted`, if it doesn't yet."""
    value = _value(
        Kind(document.kind), document.slug, {name: value for name, value in wanted.items() if value is not None}
    )
    plain = to_plain(value)
    changed = {name for name in draft.fields.keys() | plain.keys() if draft.fields.get(name) != plain.get(name)}
    if not changed:
        return draft
    draft.rev += 1
    draft.fields = plain
    draft.changed = {**draft.changed, **dict.fromkeys(changed, draft.rev)}
    draft.writers = sorted({*draft.writers, actor.member})
    draft.updated_by_id = actor.member
    draft.updated_at = now
    draft.save()
    if document.published_id is None:
        _describe(document, value, now)
        document.save()
        links.write(document, value)
    search.index_document(actor.org, document.pk)
    return draft


def open_draft(document: Document, actor: Actor, now: dt.datetime) -> Draft:
    """The open draft, else one that says what is published. That one is stored by the first change to it."""
    draft = Draft.objects.select_related("updated_by").filter(document=document).first()
    if draft is not None:
        return draft
    assert document.published is not None
    plain = to_plain(by_reference(document_of(document.published, Kind(document.kind), document.slug)))
    return Draft(
        org_id=document.org_id,
        document=document,
        fields=plain,
        changed=dict.fromkeys(plain, 1),
        updated_by_id=actor.member,
        updated_at=now,
    )


@transaction.atomic
def take_over(actor: Actor, document_id: int, *, now: dt.datetime) -> Draft:
    """Open a draft of a published SOP whose shared blocks say something else by now: publishing takes them over."""
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    if document.published is None or not behind_of(actor.org, document):
        raise Refused(Refusal("nothing_newer", "It says what its shared blocks say."))
    is_open = Draft.objects.filter(document=document).exists()
    draft = open_draft(document, actor, now)
    if not is_open:
        draft.writers = [actor.member]
        draft.save()
        search.index_document(actor.org, document.pk)
    return draft


def replace_draft(actor: Actor, document_id: int, value: AnyDocument, *, now: dt.datetime) -> Draft:
    """Set the whole draft to `value`, whatever it said before."""
    with transaction.atomic():
        document = document_for_change(actor, document_id)
        draft = open_draft(document, actor, now)
        plain = to_plain(by_reference(value))
        cleared = dict.fromkeys(draft.fields.keys() - plain.keys())
        return change_draft(actor, document_id, base=draft.rev, fields={**cleared, **plain}, now=now)


@transaction.atomic
def discard_draft(actor: Actor, document_id: int, *, now: dt.datetime) -> None:
    """Throw the draft away; the published version stays. A document never published goes whole."""
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    draft = Draft.objects.filter(document=document).first()
    if draft is None:
        return
    if document.published_id is None and document.created_by_id != actor.member:
        require(actor, Verb.PUBLISH)
    audit.record(actor.org, stream_of(document), DraftDiscarded(draft.rev), actor=actor.id, now=now)
    close_request(actor, document, WITHDRAWN, now=now)
    # A file can't be rolled back, so it goes only once the draft is gone for good.
    sent = named_in(draft.fields)
    transaction.on_commit(lambda: media.remove_unused(actor.org, document.slug, sent))
    draft.delete()
    if document.published_id is None:
        document.delete()
    search.index_document(actor.org, document_id)


@transaction.atomic
def publish(
    actor: Actor,
    document_id: int,
    *,
    now: dt.datetime,
    major: bool = True,
    note: str = "",
    rev: int | None = None,
    tell: bool = True,
    value: AnyDocument | None = None,
) -> Version:
    """Make the draft the version that readers see. Refused while it is unsound or holds a secret.

    `rev` is the draft that the person looked at; a newer one is refused, so that nothing unseen goes out. `tell`
    says whether those who must read it get a notice; on their list of what to read it stands in any case. `value` is
    what a folder says, where that holds items of a shared block as they were taken over.
    """
    require(actor, Verb.PUBLISH)
    document = document_for_change(actor, document_id)
    draft = Draft.objects.filter(document=document).first()
    if draft is None:
        raise Refused(Refusal("no_draft", "There is nothing new to publish: no draft is open."))
    if rev is not None and rev != draft.rev:
        raise Refused(Refusal("draft_changed", "Somebody changed the draft since you opened it. Look at it again."))
    if not actor.may(Verb.MANAGE_ORGANISATION) and asks_approval(document):
        sentence = "Somebody else approves this before it is published: ask for their approval."
        raise Refused(Refusal("needs_approval", sentence))
    close_request(actor, document, PUBLISHED_WITHOUT, now=now)
    version = _publish_draft(actor, document, draft, now=now, major=major, note=note, value=value)
    if tell:
        _have_it_read(version, now)
    return version


def publish_approved(actor: Actor, document: Document, draft: Draft, request: Approval, *, now: dt.datetime) -> Version:
    """Publish the draft that the actor approves. The request's own rules are `actions.approvals`'."""
    version = _publish_draft(actor, document, draft, now=now, major=request.major, note=request.note, request=request)
    _have_it_read(version, now)
    return version


def _publish_draft(
    actor: Actor,
    document: Document,
    draft: Draft,
    *,
    now: dt.datetime,
    major: bool,
    note: str,
    request: Approval | None = None,
    value: AnyDocument | None = None,
) -> Version:
    value = value or text_of(document, draft)
    be_publishable(actor, value, now)
    version = publish_value(actor, document, value, now=now, major=major, note=note, request=request)
    draft.delete()
    search.index_document(actor.org, document.pk)
    return version


def text_of(document: Document, draft: Draft) -> AnyDocument:
    """What a draft says when it is published now: with the items of its shared blocks in it."""
    value = normalise(draft_of(draft, Kind(document.kind), document.slug))
    return whole_of(document.org_id, value)


WITHDRAWN, PUBLISHED_WITHOUT = "withdrawn", "published"
"""How a request for approval ends where nobody decides it."""


def asks_approval(document: Document) -> bool:
    """Whether somebody else approves documents of this kind before they are published."""
    return document.kind in Organisation.objects.values_list("approved_kinds", flat=True).get(pk=document.org_id)


def close_request(actor: Actor, document: Document, outcome: str, *, now: dt.datetime) -> None:
    """End an open request for approval that nobody decided."""
    rows = Approval.objects.filter(document=document, outcome="")
    if not rows.update(outcome=outcome, decided_by_id=actor.member, decided_at=now):
        return
    leave_review(document)
    if outcome == WITHDRAWN:
        audit.record(actor.org, stream_of(document), ApprovalWithdrawn(), actor=actor.id, now=now)


def leave_review(document: Document) -> None:
    """A document that was never published is a draft again, once nobody is asked to approve it any more."""
    if document.status == Status.IN_REVIEW:
        document.status = Status.DRAFT
        document.save(update_fields=["status"])


def must_stay_draft(value: AnyDocument) -> Refusal | None:
    """Why a document can't be published however good its text is: an SOP tells how one step of a map is done."""
    if isinstance(value, Sop) and not value.step:
        sentence = "Choose the step that it serves first: an SOP without a step on a map stays a draft."
        return Refusal("step_missing", sentence, "step")
    return None


def be_publishable(actor: Actor, value: AnyDocument, now: dt.datetime) -> None:
    """Refuse what can't be a version: without a title, unreadable as a file, unsound, or holding a secret."""
    if not value.title:
        raise Refused(Refusal("title_missing", "Give it a title first.", "title"))
    refusal = must_stay_draft(value)
    if refusal is not None:
        raise Refused(refusal)
    missing = waiting(value)
    if missing:
        sentence = f"The shared block “{missing[0]}” has no published steps: publish that procedure first."
        raise Refused(Refusal("block_missing", sentence, "checklist"))
    if isinstance(value, Process) and not value.steps:
        raise Refused(Refusal("no_steps", "A map needs at least one step before it can be published.", "steps"))
    # A draft may stop in the middle of a thought; a version must be a file that can be read.
    read = read_document(f"{FOLDERS[kind_of(value)]}/{value.slug}.md", write_document(value))
    if isinstance(read, Unreadable):
        error = read.errors[0]
        raise Refused(Refusal("unfinished", f"{error.sentence} {error.fix}".strip(), error.field))
    for finding in blocks_publishing(findings_in(actor.org, value, drafts=False, today=now.date())):
        raise Refused(Refusal(finding.name, f"{finding.sentence} {finding.fix}".strip(), finding.path))


def publish_value(
    actor: Actor,
    document: Document,
    value: AnyDocument,
    *,
    now: dt.datetime,
    major: bool,
    note: str,
    request: Approval | None = None,
    same_text: bool = False,
) -> Version:
    """The next version of a document. Of the `same_text`, nothing needs anybody's approval."""
    content = write_document(value)
    last = Version.objects.filter(document=document).order_by("-number").first()
    waived = request is None and not same_text and asks_approval(document)
    version = Version.objects.create(
        org_id=document.org_id,
        document=document,
        number=last.number + 1 if last else 1,
        content=content,
        content_hash=hashlib.sha256(content.encode()).hexdigest(),
        major=major or last is None,
        note=note.strip(),
        published_by_id=request.asked_by_id if request else actor.member,
        published_at=now,
        approved_by_id=actor.member if request else None,
        waived=waived,
    )
    document.published = version
    document.status = Status.PUBLISHED
    document.replaced_by = None
    document.last_major = version.number if version.major else document.last_major
    _describe(document, value, now)
    document.save()
    links.write(document, value)
    if isinstance(value, Process):
        links.write_steps(document, value)
    _count_as_read(version, now)
    if isinstance(value, Sop):
        handoffs.sop_published(actor, version, value.step, now=now)
    journal.touch_facts(document.org_id)
    audit.record(
        document.org_id,
        stream_of(document),
        DocumentPublished(version.number, version.content_hash, version.major, version.note),
        actor=actor.id,
        now=now,
    )
    said = ApprovalGiven(version.number, str(request.asked_by_id or "")) if request else None
    said_instead = ApprovalWaived(version.number) if waived else None
    for event in (said, said_instead):
        if event is not None:
            audit.record(document.org_id, stream_of(document), event, actor=actor.id, now=now)
    return version


def _have_it_read(version: Version, now: dt.datetime) -> None:
    """Tell whoever must read a new text; a minor change asks nobody again."""
    if not version.major or Kind(version.document.kind) not in READ_BY_PEOPLE:
        return
    wrote = [member for member in (version.published_by_id, version.approved_by_id) if member]
    about = {"document": version.document_id, "note": version.note, "readers": True, "but": wrote}
    notices.post(version.org_id, "document.published", str(version.pk), [], now, **about)


def _count_as_read(version: Version, now: dt.datetime) -> None:
    """Who published a text, or approved it, has read it."""
    if Kind(version.document.kind) not in READ_BY_PEOPLE:
        return
    people = {member for member in (version.published_by_id, version.approved_by_id) if member}
    Reading.objects.bulk_create(
        Reading(
            org_id=version.org_id,
            document=version.document,
            member_id=member,
            number=version.number,
            content_hash=version.content_hash,
            read_at=now,
        )
        for member in sorted(people)
    )


@transaction.atomic
def restore(actor: Actor, document_id: int, number: int, *, now: dt.datetime) -> Draft:
    """Make an old version the draft; publishing it makes a new version."""
    document = document_for_change(actor, document_id)
    require(actor, drafting(Kind(document.kind)))
    version = Version.objects.filter(org_id=actor.org, document=document, number=number).first()
    if version is None:
        raise NotFound
    return replace_draft(actor, document_id, document_of(version, Kind(document.kind), document.slug), now=now)


@transaction.atomic
def retire(actor: Actor, document_id: int, *, why: str, now: dt.datetime, replacement: int | None = None) -> None:
    """Take a document out of use; its versions and its record stay. Its address leads to the `replacement`, a
    published document of the same kind."""
    require(actor, Verb.PUBLISH)
    document = document_for_change(actor, document_id)
    if not why.strip():
        raise Refused(Refusal("reason_missing", "Say why it is no longer needed.", "why"))
    document.replaced_by = _replacement(actor, document, replacement) if replacement else None
    document.status = Status.RETIRED
    document.updated_at = now
    document.save()
    journal.touch_facts(actor.org)
    search.index_document(actor.org, document.pk)
    audit.record(actor.org, stream_of(document), DocumentRetired(why.strip()), actor=actor.id, now=now)
    if document.replaced_by is not None:
        audit.record(
            actor.org, stream_of(document), DocumentReplaced(document.replaced_by.slug), actor=actor.id, now=now
        )


def _replacement(actor: Actor, document: Document, replacement: int) -> Document:
    rows = Document.objects.filter(org_id=actor.org, kind=document.kind, status=Status.PUBLISHED)
    found = rows.exclude(pk=document.pk).filter(pk=replacement).first()
    if found is None:
        sentence = "Choose a published document of the same kind that takes its place."
        raise Refused(Refusal("no_replacement", sentence, "replacement"))
    return found
