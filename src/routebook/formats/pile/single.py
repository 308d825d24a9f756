"""A document of a pile that is one thing, as a draft of that kind. No sentence of it is lost."""

from __future__ import annotations

from dataclasses import replace

from routebook.core.document import Policy, Procedure, Process, Sop, Status, WorkInstruction
from routebook.formats.pile.classify import PileKind
from routebook.formats.pile.how_to import whole_document
from routebook.formats.pile.map_found import map_in
from routebook.formats.pile.signals import sections_of
from routebook.formats.pile.split import split
from routebook.formats.pile.text import BlockKind, PileDocument
from routebook.formats.pile.writing import joined_markdown, slug_of, without_number

MAKES = (PileKind.POLICY, PileKind.PROCESS, PileKind.PROCEDURE, PileKind.SOP, PileKind.WORK_INSTRUCTION)
"""The kinds that become one document of their kind."""
Made = Policy | Process | Procedure | Sop | WorkInstruction
MOST_STATEMENT = 600


def made_as(document: PileDocument, kind: PileKind) -> Made:
    """The draft that a document becomes. `kind` is one of `MAKES`."""
    title = _title(document)
    slug = slug_of(title) or kind.value
    named = replace(document, title=document.title or title)
    if kind is PileKind.POLICY:
        return _policy(named, title, slug)
    if kind is PileKind.PROCESS:
        return _process(named, title, slug)
    return replace(whole_document(named, kind, slug), title=title[:300])


def _title(document: PileDocument) -> str:
    first = next((block for block in document.blocks if block.kind is BlockKind.HEADING), None)
    named = document.title or (first.text if first else "") or _file_name(document.path)
    return (without_number(named) or _file_name(document.path))[:300]


def _file_name(path: str) -> str:
    name = path.rpartition("/")[2].partition(".")[0].replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] or "Untitled"


def _policy(document: PileDocument, title: str, slug: str) -> Policy:
    """The first paragraph is the statement; everything else stands in the notes, in its order."""
    blocks = [
        block for block in document.blocks if not (block.kind is BlockKind.HEADING and block.text == document.title)
    ]
    first = next((block for block in blocks if block.kind is BlockKind.PARAGRAPH and block.words > 3), None)
    if first is None or len(first.text) > MOST_STATEMENT:
        first = None
    statement = joined_markdown([first]) if first else ""
    notes = joined_markdown([block for block in blocks if block is not first])
    return Policy(slug=slug, title=title, status=Status.DRAFT, statement=statement, notes=notes)


def _process(document: PileDocument, title: str, slug: str) -> Process:
    """The steps as found, and the whole text in the notes: a map says less than the words around it."""
    found = [one for one in map(map_in, sections_of(document.blocks)) if one is not None]
    steps = max(found, key=lambda one: len(one.steps)).steps if found else split(document).process.steps
    blocks = [
        block for block in document.blocks if not (block.kind is BlockKind.HEADING and block.text == document.title)
    ]
    return Process(slug=slug, title=title, status=Status.DRAFT, steps=steps, notes=joined_markdown(blocks))
