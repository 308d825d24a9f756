"""Stored texts as core values. Versions never change, so what was read once is kept."""

from __future__ import annotations

from functools import lru_cache

from routebook.core.document import FOLDERS, AnyDocument, Kind
from routebook.formats.errors import Refused as Unreadable
from routebook.formats.markdown import read_document
from routebook.formats.plain import from_plain
from routebook.store.models import Draft, Version


class CorruptVersion(RuntimeError):
    """A stored version that can't be read any more: the database was changed from outside."""


def document_of(version: Version, kind: Kind, slug: str) -> AnyDocument:
    """The value of a published version."""
    return parse(version.content, kind, slug)


@lru_cache(maxsize=4096)
def parse(content: str, kind: Kind, slug: str) -> AnyDocument:
    """The document that `formats.markdown` wrote as `content`."""
    file = read_document(f"{FOLDERS[kind]}/{slug}.md", content)
    if isinstance(file, Unreadable):
        raise CorruptVersion(f"{kind} {slug}: {file.errors[0].sentence}")
    return file.document


def draft_of(draft: Draft, kind: Kind, slug: str) -> AnyDocument:
    """The value of a draft as it stands."""
    return from_plain(kind, slug, draft.fields)
