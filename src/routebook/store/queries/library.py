"""The whole library as the files of a folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from routebook.core.document import AnyDocument, Kind, Library, Status
from routebook.formats.errors import Refused as Unreadable
from routebook.formats.library import path_of, write_library
from routebook.formats.markdown import read_document, write_document
from routebook.store.access import Actor, Verb, require
from routebook.store.models import Document
from routebook.store.parsing import document_of, draft_of
from routebook.store.queries import media
from routebook.store.queries.documents import draft_row, organisation_of

DRAFTS_FOLDER = "drafts"
"""Where an export keeps the open drafts of documents that are also published: ``drafts/sops/….md``."""


@dataclass(frozen=True, slots=True)
class Exported:
    """The files by path, and what could not be written: a path and the reason for each."""

    files: dict[str, bytes]
    left_out: tuple[tuple[str, str], ...]


def export(actor: Actor) -> Exported:
    """Everything that a library folder says of the actor's organisation, retired documents and drafts included."""
    require(actor, Verb.MANAGE_ORGANISATION)
    current: list[AnyDocument] = []
    drafts: dict[str, bytes] = {}
    left_out: list[tuple[str, str]] = []
    for published, draft in _documents(actor.org):
        reason = "" if draft is None else _unreadable(draft)
        if published is not None:
            current.append(published)
        if draft is None:
            continue
        if reason:
            left_out.append((path_of(draft), reason))
        elif published is None:
            current.append(draft)
        else:
            drafts[f"{DRAFTS_FOLDER}/{path_of(draft)}"] = write_document(draft).encode()
    files = write_library(Library(organisation_of(actor.org), tuple(current)), media.contents(actor))
    return Exported({**files, **dict(sorted(drafts.items()))}, tuple(left_out))


def _documents(org: int) -> Iterator[tuple[AnyDocument | None, AnyDocument | None]]:
    """The published text and the open draft of every document."""
    rows = Document.objects.select_related("published", "draft").filter(org_id=org).order_by("kind", "slug")
    for row in rows:
        kind = Kind(row.kind)
        published = document_of(row.published, kind, row.slug) if row.published else None
        if published is not None and row.status == Status.RETIRED:
            published = replace(published, status=Status.RETIRED)
        draft = draft_row(row)
        value = None if draft is None else replace(draft_of(draft, kind, row.slug), status=Status.DRAFT)
        if value is not None and not value.title.strip():
            value = replace(value, title=row.title or row.slug)
        yield published, value


def _unreadable(draft: AnyDocument) -> str:
    """Why a draft can't be a file yet: unlike a file, it may stop in the middle of a thought."""
    read = read_document(path_of(draft), write_document(draft))
    return f"{read.errors[0].sentence} {read.errors[0].fix}".strip() if isinstance(read, Unreadable) else ""
