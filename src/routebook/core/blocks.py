"""Shared blocks of checklists: written once as a procedure, included by the SOPs that need them.

A draft includes a block by reference: one item without a text, whose `include` names the procedure. A published SOP
holds the block's own items in its place, each marked with `include`; so its text never changes by itself, and the
mark says what a newer block is compared with. Neighbouring items with the same mark are one block.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby
from typing import TypeVar

from routebook.core.document import AnyDocument, ChecklistItem, Sop

Items = tuple[ChecklistItem, ...]
Blocks = Mapping[str, Items]
"""The items of each block that is published, by its procedure's slug."""

D = TypeVar("D", bound=AnyDocument)


def included(document: AnyDocument) -> tuple[str, ...]:
    """The slugs of the blocks that a document includes, each once, in the order of its checklist."""
    items = document.checklist if isinstance(document, Sop) else ()
    return tuple(dict.fromkeys(item.include for item in items if item.include))


def waiting(document: AnyDocument) -> tuple[str, ...]:
    """The slugs of the blocks that a document only refers to: their items aren't in it."""
    items = document.checklist if isinstance(document, Sop) else ()
    return tuple(dict.fromkeys(item.include for item in items if _is_reference(item)))


def whole(document: D, blocks: Blocks) -> D:
    """The document with the items of each block in place of its reference; unknown blocks stay references."""
    if not waiting(document):
        return document
    assert isinstance(document, Sop)
    items = tuple(item for row in document.checklist for item in _items_for(row, blocks))
    return replace(document, checklist=items)


def rows_of(document: AnyDocument, blocks: Blocks) -> tuple[int, ...]:
    """For each item of the `whole` document, the number of the row (from 0) of `document` that it comes from."""
    rows = document.checklist if isinstance(document, Sop) else ()
    return tuple(number for number, row in enumerate(rows) for _ in _items_for(row, blocks))


def by_reference(document: D) -> D:
    """The document as it is written: each block one reference again, whatever its items said."""
    if not included(document):
        return document
    assert isinstance(document, Sop)
    rows: list[ChecklistItem] = []
    for slug, items in groupby(document.checklist, key=lambda item: item.include):
        rows += [ChecklistItem("", include=slug)] if slug else items
    return replace(document, checklist=tuple(rows))


def behind(document: AnyDocument, blocks: Blocks) -> tuple[str, ...]:
    """The blocks that say something else by now than the document took over."""
    if not isinstance(document, Sop):
        return ()
    taken = [(slug, tuple(items)) for slug, items in groupby(document.checklist, key=lambda item: item.include) if slug]
    return tuple(
        dict.fromkeys(slug for slug, items in taken if slug in blocks and items != _marked(slug, blocks[slug]))
    )


def bare_references(document: D) -> D:
    """The document with nothing beside the slug in its references: what a block asks for, the block says."""
    items = document.checklist if isinstance(document, Sop) else ()
    bare = tuple(ChecklistItem("", include=item.include) if _is_reference(item) else item for item in items)
    if bare == items:
        return document
    assert isinstance(document, Sop)
    return replace(document, checklist=bare)


def _items_for(row: ChecklistItem, blocks: Blocks) -> Items:
    return _marked(row.include, blocks[row.include]) if _is_reference(row) and row.include in blocks else (row,)


def _is_reference(item: ChecklistItem) -> bool:
    return bool(item.include) and not item.text


def _marked(slug: str, items: Items) -> Items:
    return tuple(replace(item, include=slug) for item in items)
