"""What the checks find in one document, seen within its library, without reading that library each time.

Rules ask about other documents only what their `Facts` say. These are kept in memory: of published texts for as long
as `Organisation.facts` is the same, of a draft while its `rev` is. So a check while somebody types reads two short
lists and at most one map, whatever the size of the library.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, TypeVar

from django.db.models import F, Model, QuerySet

from routebook.core.checks import Checker, Finding
from routebook.core.checks.catalogue import Facts, Index, facts_of, index_from, name_key
from routebook.core.document import AnyDocument, Kind, Process, Status, kind_of
from routebook.store.facts import Kept
from routebook.store.models import Document, Draft, Organisation, Role, Version
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries.documents import draft_row

Key = tuple[Kind, str]
R = TypeVar("R", bound=Model)
FEW = 500
"""So many texts are asked for by their ids; more are read together."""


@dataclass(slots=True)
class _Shelf:
    """The facts of one organisation's texts, each with what it was made of. Dictionaries are replaced, never changed."""

    stamp: int = -1
    published: Mapping[Key, tuple[str, Facts]] = field(default_factory=dict)
    drafts: Mapping[Key, tuple[Any, Facts]] = field(default_factory=dict)


_shelves = Kept(64)
_indexes = Kept(16)


def findings_in(
    org: int, value: AnyDocument, *, drafts: bool, today: dt.date, media: frozenset[str] | None = None
) -> tuple[Finding, ...]:
    """Every finding in a document as it stands in an editor; with `drafts`, other documents count as in their drafts.

    The same as `check_document` within `library_of`.
    """
    return Checker(_index(org, value, drafts, today, media)).look_at(value).findings


def _index(org: int, value: AnyDocument, drafts: bool, today: dt.date, media: frozenset[str] | None) -> Index:
    own = (kind_of(value), value.slug)
    shelf: _Shelf = _shelves.get(org, 0, _Shelf)
    stamp, published = _published(org, shelf)
    changed = _drafts(org, shelf, own) if drafts else {}
    facts = facts_of(value)

    def make() -> Index:
        all_facts = {key: each for key, (_, each) in {**published, **changed}.items()} | {own: facts}
        return index_from(all_facts.values(), (), lambda _slug: None, today=today)

    made_of = (stamp, facts, {key: state for key, (state, _) in changed.items()})
    index: Index = _indexes.get((org, own, drafts), made_of, make)
    titles = Role.objects.filter(org_id=org).order_by("id").values_list("title", flat=True)
    return replace(
        index,
        today=today,
        roles={name_key(title): title for title in titles},
        files=media,
        open_process=_opener(org, value, drafts),
    )


def _opener(org: int, value: AnyDocument, drafts: bool) -> Callable[[str], Process | None]:
    @cache
    def opened(slug: str) -> Process | None:
        if isinstance(value, Process) and value.slug == slug:
            return value
        row = _in_use(org).select_related("published", "draft").filter(kind=Kind.PROCESS, slug=slug).first()
        draft = draft_row(row) if row is not None and drafts else None
        if draft is not None:
            process: Any = draft_of(draft, Kind.PROCESS, slug)
        elif row is not None and row.published is not None:
            process = document_of(row.published, Kind.PROCESS, slug)
        else:
            return None
        return process if isinstance(process, Process) else None

    return opened


def _in_use(org: int) -> QuerySet[Document]:
    return Document.objects.filter(org_id=org).exclude(status=Status.RETIRED)


def _published(org: int, shelf: _Shelf) -> tuple[int, Mapping[Key, tuple[str, Facts]]]:
    """The organisation's number, and the facts of what is published, with the hash of each text."""
    stamp = Organisation.objects.values_list("facts", flat=True).get(pk=org)
    if shelf.stamp == stamp:
        return stamp, shelf.published
    rows = _in_use(org).filter(published__isnull=False)
    found: dict[Key, tuple[str, Facts]] = {}
    missing: dict[int, Key] = {}
    for kind, slug, version, content_hash in rows.values_list(
        "kind", "slug", "published_id", "published__content_hash"
    ):
        key = (Kind(kind), slug)
        known = shelf.published.get(key)
        if known is not None and known[0] == content_hash:
            found[key] = known
        else:
            missing[version] = key
    for row in _of_ids(Version.objects.filter(org_id=org, document__published_id=F("pk")), missing):
        kind, slug = missing[row.pk]
        found[kind, slug] = (row.content_hash, facts_of(document_of(row, kind, slug)))
    # Drafts go with the stamp, too: their `rev` alone doesn't tell two organisations of one id apart.
    shelf.published, shelf.drafts, shelf.stamp = found, {}, stamp
    return stamp, found


def _drafts(org: int, shelf: _Shelf, own: Key) -> Mapping[Key, tuple[Any, Facts]]:
    """The facts of the open drafts of other documents, with what tells each from its earlier states."""
    rows = Draft.objects.filter(org_id=org).exclude(document__status=Status.RETIRED)
    found: dict[Key, tuple[Any, Facts]] = {}
    missing: dict[int, tuple[Key, Any]] = {}
    for kind, slug, draft, *state in rows.values_list("document__kind", "document__slug", "pk", "rev", "updated_at"):
        key, made_of = (Kind(kind), slug), (draft, *state)
        known = shelf.drafts.get(key)
        if known is not None and known[0] == made_of:
            found[key] = known
        elif key != own:
            missing[draft] = (key, made_of)
    for row in _of_ids(Draft.objects.filter(org_id=org), missing):
        (kind, slug), made_of = missing[row.pk]
        found[kind, slug] = (made_of, facts_of(draft_of(row, kind, slug)))
    shelf.drafts = found
    return {key: each for key, each in found.items() if key != own}


def _of_ids(rows: QuerySet[R], wanted: Mapping[int, Any]) -> Iterable[R]:
    if not wanted:
        return ()
    if len(wanted) <= FEW:
        return rows.filter(pk__in=list(wanted))
    return (row for row in rows.iterator(chunk_size=FEW) if row.pk in wanted)
