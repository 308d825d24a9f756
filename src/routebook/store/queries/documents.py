"""What people read of documents. Every query starts from the actor's organisation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import QuerySet

from routebook.core import document as core
from routebook.core.blocks import behind, by_reference, included, waiting, whole
from routebook.core.document import AnyDocument, Kind, Library, Procedure, Sop, Status, WorkInstruction
from routebook.store.access import Actor, NotFound, Verb, drafting, require
from routebook.store.models import Document, Draft, Member, Organisation, Role, Version
from routebook.store.parsing import document_of, draft_of


@dataclass(frozen=True, slots=True)
class DocumentView:
    """A document as one actor may see it: `published` and `draft` are None where there is none for them."""

    row: Document
    kind: Kind
    published: AnyDocument | None
    draft: AnyDocument | None
    rev: int

    @property
    def value(self) -> AnyDocument:
        """What to show: the published text, else the draft."""
        shown = self.published or self.draft
        assert shown is not None
        return shown

    @property
    def version(self) -> int:
        """The number of the published version; 0 before the first."""
        return self.row.published.number if self.row.published else 0


def sees_drafts(actor: Actor, kind: Kind) -> bool:
    """Whether the actor sees drafts of this kind: who may write them, and whoever sees all."""
    return actor.may(Verb.SEE_DRAFTS) or actor.may(drafting(kind))


def find(actor: Actor, kind: Kind, slug: str) -> DocumentView:
    """One document by kind and slug. Raises `NotFound` for what the actor may not see."""
    require(actor, Verb.SEE_LIBRARY)
    row = _rows(actor).filter(kind=kind, slug=slug).first()
    if row is None:
        raise NotFound
    return _view(actor, row)


def find_by_id(actor: Actor, document_id: int) -> DocumentView:
    """One document by its id. Raises `NotFound` for what the actor may not see."""
    require(actor, Verb.SEE_LIBRARY)
    row = _rows(actor).filter(pk=document_id).first()
    if row is None:
        raise NotFound
    return _view(actor, row)


def _rows(actor: Actor) -> QuerySet[Document]:
    return Document.objects.select_related("published", "draft", "draft__updated_by").filter(org_id=actor.org)


def _view(actor: Actor, row: Document) -> DocumentView:
    kind = Kind(row.kind)
    draft = draft_row(row) if sees_drafts(actor, kind) else None
    published = document_of(row.published, kind, row.slug) if row.published else None
    if published is None and draft is None:
        raise NotFound
    return DocumentView(
        row=row,
        kind=kind,
        published=published,
        draft=draft_of(draft, kind, row.slug) if draft else None,
        rev=draft.rev if draft else 0,
    )


def draft_row(row: Document) -> Draft | None:
    """The open draft of a document row that was loaded with it."""
    try:
        return row.draft
    except Draft.DoesNotExist:
        return None


def listing(actor: Actor, *kinds: Kind, retired: bool = False) -> Sequence[DocumentView]:
    """The documents of these kinds (all without), by title, that the actor may see."""
    require(actor, Verb.SEE_LIBRARY)
    rows = _rows(actor).order_by("title", "id")
    if kinds:
        rows = rows.filter(kind__in=kinds)
    if not retired:
        rows = rows.exclude(status=Status.RETIRED)
    return [_view(actor, row) for row in rows if row.published_id or sees_drafts(actor, Kind(row.kind))]


def some(actor: Actor, ids: Iterable[int]) -> Sequence[DocumentView]:
    """Those of these documents that are in use, by title, that the actor may see."""
    require(actor, Verb.SEE_LIBRARY)
    rows = _rows(actor).filter(pk__in=list(ids)).exclude(status=Status.RETIRED).order_by("title", "id")
    return [_view(actor, row) for row in rows if row.published_id or sees_drafts(actor, Kind(row.kind))]


def versions(actor: Actor, document_id: int) -> Sequence[Version]:
    """All published versions, the newest first."""
    require(actor, Verb.SEE_LIBRARY)
    return list(
        Version.objects.select_related("published_by", "approved_by", "document")
        .filter(org_id=actor.org, document_id=document_id)
        .order_by("-number")
    )


def version(actor: Actor, document_id: int, number: int) -> tuple[Version, AnyDocument]:
    """One published version and its value. Raises `NotFound`."""
    for row in versions(actor, document_id):
        if row.number == number:
            return row, document_of(row, Kind(row.document.kind), row.document.slug)
    raise NotFound


@dataclass(frozen=True, slots=True)
class StepDocuments:
    """What hangs on one step: its SOPs (one per variation) and procedures."""

    sops: tuple[DocumentView, ...] = ()
    procedures: tuple[DocumentView, ...] = ()


def by_step(actor: Actor, process_slug: str) -> dict[str, StepDocuments]:
    """The SOPs and procedures of each step of a process, by step id."""
    rows = _rows(actor).filter(step__startswith=f"{process_slug}/").exclude(status=Status.RETIRED).order_by("title")
    views = [_view(actor, row) for row in rows if row.published_id or sees_drafts(actor, Kind(row.kind))]
    steps: dict[str, StepDocuments] = {}
    for view in views:
        step = view.row.step.split("/", 1)[1]
        known = steps.get(step, StepDocuments())
        if view.kind is Kind.SOP:
            steps[step] = StepDocuments((*known.sops, view), known.procedures)
        else:
            steps[step] = StepDocuments(known.sops, (*known.procedures, view))
    return steps


def checklist_of(value: AnyDocument) -> tuple[core.ChecklistItem, ...]:
    """The checklist of an SOP or a procedure; nothing for other kinds."""
    return value.checklist if isinstance(value, Sop | Procedure) else ()


def blocks_of(org: int, slugs: Iterable[str]) -> dict[str, tuple[core.ChecklistItem, ...]]:
    """The published steps of the procedures with these slugs, as shared blocks; those without steps are left out."""
    wanted = set(slugs)
    if not wanted:
        return {}
    rows = Document.objects.select_related("published").filter(
        org_id=org, kind=Kind.PROCEDURE, status=Status.PUBLISHED, slug__in=wanted, published__isnull=False
    )
    texts = ((row.slug, document_of(row.published, Kind.PROCEDURE, row.slug)) for row in rows if row.published)
    return {slug: checklist_of(text) for slug, text in texts if checklist_of(text)}


V = TypeVar("V", bound=AnyDocument)


def whole_of(org: int, value: V) -> V:
    """A document with the items of its shared blocks in it, as they are published now."""
    return whole(value, blocks_of(org, waiting(value)))


def behind_of(org: int, row: Document) -> tuple[str, ...]:
    """The slugs of the shared blocks that say something else by now than the published text of this SOP."""
    if row.kind != Kind.SOP or row.published is None:
        return ()
    value = document_of(row.published, Kind.SOP, row.slug)
    return behind(value, blocks_of(org, included(value)))


def titles(actor: Actor, kind: Kind, slugs: Iterable[str]) -> dict[str, str]:
    """The titles of documents of a kind by slug, for those that are published."""
    wanted = set(slugs)
    rows = Document.objects.filter(org_id=actor.org, kind=kind, slug__in=wanted, published__isnull=False)
    return dict(rows.values_list("slug", "title")) if wanted else {}


def kept(view: DocumentView) -> AnyDocument:
    """What the form of a document starts from: its draft, else the published text with its blocks by reference."""
    return view.draft or by_reference(view.value)


def work_instructions(actor: Actor, slugs: Iterable[str]) -> dict[str, WorkInstruction]:
    """Published work instructions by slug, for the items that use them."""
    wanted = set(slugs)
    if not wanted:
        return {}
    rows = _rows(actor).filter(kind=Kind.WORK_INSTRUCTION, slug__in=wanted, published__isnull=False)
    found = {}
    for row in rows:
        assert row.published is not None
        value = document_of(row.published, Kind.WORK_INSTRUCTION, row.slug)
        assert isinstance(value, WorkInstruction)
        found[row.slug] = value
    return found


# --- the whole library --------------------------------------------------------------------------


def library(actor: Actor, *, drafts: bool = False) -> Library:
    """Everything published (with `drafts`, open drafts instead), as one library: for checks and export."""
    require(actor, Verb.SEE_LIBRARY)
    return library_of(actor.org, drafts=drafts and actor.may(Verb.SEE_DRAFTS))


def library_of(org: int, *, drafts: bool = False) -> Library:
    """An organisation's library."""
    rows = (
        Document.objects.select_related("published", "draft")
        .filter(org_id=org)
        .exclude(status=Status.RETIRED)
        .order_by("kind", "slug")
    )
    documents: dict[tuple[Kind, str], AnyDocument] = {}
    for row in rows:
        kind = Kind(row.kind)
        draft = draft_row(row) if drafts else None
        if draft is not None:
            documents[kind, row.slug] = draft_of(draft, kind, row.slug)
        elif row.published:
            documents[kind, row.slug] = document_of(row.published, kind, row.slug)
    ordered = sorted(documents, key=lambda key: (list(Kind).index(key[0]), key[1]))
    return Library(organisation_of(org), tuple(documents[key] for key in ordered))


def organisation_of(org: int) -> core.Organisation:
    """The organisation, its roles and people as a library folder would say them."""
    row = Organisation.objects.get(pk=org)
    members = list(Member.objects.filter(org_id=org, active=True).prefetch_related("aways").order_by("id"))
    keys = {member.pk: member.key for member in members}
    roles = Role.objects.filter(org_id=org).prefetch_related("holdings").order_by("id")
    return core.Organisation(
        name=row.name,
        time_zone=row.time_zone,
        holidays=row.holidays,
        currency=row.currency,
        week=week_of(row.week) or core.WorkingWeek(),
        roles=tuple(
            core.Role(
                title=role.title,
                holders=tuple(keys[held.member_id] for held in role.holdings.all() if held.member_id in keys),
                backup=keys.get(role.backup_id or 0, ""),
            )
            for role in roles
        ),
        people=tuple(person_of(member) for member in members),
    )


def person_of(member: Member) -> core.Person:
    """A member as the library folder says them."""
    return core.Person(
        id=member.key,
        name=member.name,
        email=member.email,
        access=core.Access(member.access),
        time_zone=member.time_zone,
        holidays=member.holidays,
        week=week_of(member.week),
        away=tuple(
            core.Away(away.first, away.last) for away in sorted(member.aways.all(), key=lambda away: away.first)
        ),
    )


def week_of(stored: list[list[int]] | None) -> core.WorkingWeek | None:
    """A stored working week; None where nothing is stored."""
    if not stored:
        return None
    return core.WorkingWeek(tuple((day, first, last) for day, first, last in stored))
