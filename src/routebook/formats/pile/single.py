"""A document of a pile that is one thing, as a draft of that kind. No sentence of it is lost."""

from __future__ import annotations

from dataclasses import replace

from routebook.core.document import AnyDocument, Kind, Process, Status, kind_of
from routebook.formats.pile.classify import PileKind
from routebook.formats.pile.fields import FIELDS
from routebook.formats.pile.how_to import fields_of, labelled_title, policy_of, whole_document
from routebook.formats.pile.map_found import map_in
from routebook.formats.pile.signals import sections_of
from routebook.formats.pile.split import split
from routebook.formats.pile.text import BlockKind, PileDocument
from routebook.formats.pile.writing import joined_markdown, slug_of, without_number

MAKES = (PileKind.POLICY, PileKind.PROCESS, PileKind.PROCEDURE, PileKind.SOP, PileKind.WORK_INSTRUCTION)
"""The kinds that become one document of their kind."""


def makes(document: PileDocument, kind: PileKind) -> bool:
    """Whether one draft can be made of a document that is of this kind."""
    return kind in MAKES or _is_whole(document, kind)


def made_as(document: PileDocument, kind: PileKind) -> AnyDocument:
    """The draft that a document becomes. A file of a library is that document, every field of it."""
    if document.whole is not None and _is_whole(document, kind):
        return document.whole
    title = _title(document)
    slug = slug_of(title) or kind.value
    named = replace(document, title=labelled_title(document) or document.title or title)
    if kind is PileKind.POLICY:
        found, blocks, beside = fields_of(named, FIELDS[Kind.POLICY])
        made = policy_of(blocks, found, title, slug)
        return replace(made, notes="\n\n".join(filter(None, (made.notes, joined_markdown(beside)))))
    if kind is PileKind.PROCESS:
        return _process(named, title, slug)
    return replace(whole_document(named, kind, slug), title=title[:300])


def _is_whole(document: PileDocument, kind: PileKind) -> bool:
    """A goal is none of the kinds of a pile, so it stands among the others."""
    if document.whole is None:
        return False
    own = kind_of(document.whole)
    return kind.value == own.value or (own is Kind.GOAL and kind is PileKind.OTHER)


def _title(document: PileDocument) -> str:
    """What a field “Title” says, else what the document calls itself, else the name of its file."""
    if labelled := labelled_title(document):
        return labelled
    first = next((block for block in document.blocks if block.kind is BlockKind.HEADING), None)
    named = document.title or (first.text if first else "") or _file_name(document.path)
    return (without_number(named) or _file_name(document.path))[:300]


def _file_name(path: str) -> str:
    name = path.rpartition("/")[2].partition(".")[0].replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] or "Untitled"


def _process(document: PileDocument, title: str, slug: str) -> Process:
    """The steps as found, and the whole text in the notes: a map says less than the words around it."""
    maps = [one for one in map(map_in, sections_of(document.blocks)) if one is not None]
    steps = max(maps, key=lambda one: len(one.steps)).steps if maps else split(document).process.steps
    found, blocks, beside = fields_of(document, FIELDS[Kind.PROCESS])
    return Process(
        slug=slug,
        title=title,
        status=Status.DRAFT,
        owner=found.text("owner"),
        review_by=found.review_by,
        trigger=found.text("trigger"),
        result=found.text("result"),
        steps=steps,
        notes=joined_markdown([*blocks, *beside]),
    )
