"""A mega-document taken apart: one map, one document for each how-to, and a list of what is left over.

No sentence is lost: every one of the original has a `Place` in the process, in a document, or in the left-over list. It
is a proposal. The person who knows the work moves things about, and the original is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from routebook.core.document import Procedure, Process, Sop, Status, Step, WorkInstruction
from routebook.formats.pile.how_to import HowTo, how_to_document
from routebook.formats.pile.map_found import FoundMap, map_in
from routebook.formats.pile.roles import roles_in
from routebook.formats.pile.signals import Section, is_how_to, sections_of
from routebook.formats.pile.text import Block, PileDocument, Span, sentences_of
from routebook.formats.pile.words import STEP_HEADING
from routebook.formats.pile.writing import joined_markdown, slug_of, unique, without_number

Part = Procedure | Sop | WorkInstruction
LEFT_OVER = ""
"""The part of what fits nowhere."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence of the original went: the slug of a part, or `LEFT_OVER`; `span` is where it stood."""

    sentence: str
    span: Span
    part: str


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A block that belongs to no step: a rule, a story, a table of names. `text` is CommonMark."""

    text: str
    span: Span


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a document would become. `places` holds every sentence of the original once, in its order."""

    process: Process
    documents: tuple[Part, ...]
    left_over: tuple[LeftOver, ...]
    places: tuple[Place, ...]


def split(document: PileDocument) -> Proposal:
    """The proposed map and documents of a mega-document. Works on any document; a short one gives little."""
    return _Split(document).proposal()


@dataclass(slots=True)
class _Node:
    """A section with the sections below its heading."""

    section: Section
    children: list[_Node] = field(default_factory=list)

    def all_blocks(self) -> Iterator[Block]:
        if self.section.heading is not None:
            yield self.section.heading
        yield from self.section.blocks
        for child in self.children:
            yield from child.all_blocks()


def _tree(sections: Sequence[Section]) -> list[_Node]:
    """Sections below each other as their headings say. Headings have six levels, so it is never deeper than that."""
    tops: list[_Node] = []
    above: list[_Node] = []
    for section in sections:
        node, level = _Node(section), section.heading.level if section.heading else 0
        while above and _level(above[-1]) >= level:
            above.pop()
        (above[-1].children if above else tops).append(node)
        if section.heading is not None:
            above.append(node)
    return tops


def _level(node: _Node) -> int:
    return node.section.heading.level if node.section.heading else 0


@dataclass(slots=True)
class _Split:
    document: PileDocument
    how_tos: list[HowTo] = field(default_factory=list)
    maps: list[FoundMap] = field(default_factory=list)
    introduction: list[Block] = field(default_factory=list)
    rest: list[Block] = field(default_factory=list)
    titles: list[Block] = field(default_factory=list)

    def proposal(self) -> Proposal:
        for node in _tree(sections_of(self.document.blocks)):
            self._visit(node, top=True)
        slug = slug_of(self._title()) or "process"
        slugs = unique([slug, *(slug_of(how_to.title) or "how-to" for how_to in self.how_tos)])
        steps = self._steps()
        documents, left = [], list(self.rest)
        homes: dict[int, str] = {id(block): slug for block in self._process_blocks()}
        for how_to, own in zip(self.how_tos, slugs[1:], strict=True):
            step = _step_for(how_to, steps, own_steps=not self._mapped())
            made, unused = how_to_document(how_to, own, f"{slug}/{step}" if step else "")
            documents.append(made)
            homes |= {id(block): own for block in (how_to.heading, *how_to.blocks)}
            homes |= {id(block): LEFT_OVER for block in unused}
            left += unused
        order = {id(block): at for at, block in enumerate(self.document.blocks)}
        left.sort(key=lambda block: order[id(block)])
        return Proposal(
            self._process(slug, steps),
            tuple(documents),
            tuple(LeftOver(joined_markdown([block]), block.span) for block in left),
            tuple(_places(self.document.blocks, homes)),
        )

    def _visit(self, node: _Node, *, top: bool = False) -> None:
        heading = node.section.heading
        steps = [
            child for child in node.children if child.section.heading and STEP_HEADING.match(child.section.heading.text)
        ]
        if heading is not None and len(steps) >= 2 and not self._is_title(heading):
            self.how_tos.append(HowTo(heading, tuple(node.all_blocks())[1:]))
            return
        found = map_in(node.section)
        if found is not None:
            self.maps.append(found)
            self._visit_all(node.children)
        elif heading is not None and is_how_to(node.section):
            own, apart = _own_children(node.children)
            self.how_tos.append(HowTo(heading, (*node.section.blocks, *own)))
            self._visit_all(apart)
        else:
            self._keep(node.section, top=top)
            self._visit_all(node.children)

    def _visit_all(self, nodes: Iterable[_Node]) -> None:
        for node in nodes:
            self._visit(node)

    def _is_title(self, heading: Block) -> bool:
        return heading.level == 1 and heading.text == self.document.title

    def _keep(self, section: Section, *, top: bool) -> None:
        """What is no how-to: the opening introduces the map, everything else is left over."""
        is_opening = top and not self.titles and not self.how_tos and not self.maps
        if section.heading is not None:
            (self.titles if is_opening else self.rest).append(section.heading)
        (self.introduction if is_opening else self.rest).extend(section.blocks)

    def _title(self) -> str:
        return without_number(self.titles[0].text if self.titles else self.document.title) or _file_name(
            self.document.path
        )

    def _mapped(self) -> bool:
        return bool(self.maps)

    def _process_blocks(self) -> list[Block]:
        return [*self.titles, *self.introduction, *(block for found in self.maps for block in found.blocks)]

    def _steps(self) -> tuple[Step, ...]:
        if self.maps:
            first = max(self.maps, key=lambda found: len(found.steps))
            return first.steps
        ids = unique([slug_of(how_to.title) or "step" for how_to in self.how_tos])
        return tuple(
            Step(id=own, title=how_to.title, role=_main_role(how_to.blocks))
            for own, how_to in zip(ids, self.how_tos, strict=True)
        )

    def _process(self, slug: str, steps: tuple[Step, ...]) -> Process:
        told = [*self.introduction, *(block for found in self.maps for block in found.blocks)]
        title = self._title()
        notes = joined_markdown(told)
        if self.titles and self.titles[0].text != title:
            notes = f"{joined_markdown(self.titles[:1])}\n\n{notes}".strip()
        return Process(slug=slug, title=title, status=Status.DRAFT, steps=steps, notes=notes)


def _own_children(children: Sequence[_Node]) -> tuple[list[Block], list[_Node]]:
    """The sections that explain the how-to above them, and those that teach tasks of their own."""
    own: list[Block] = []
    apart: list[_Node] = []
    for child in children:
        if is_how_to(child.section) or any(is_how_to(below.section) for below in child.children):
            apart.append(child)
        else:
            own += child.all_blocks()
    return own, apart


def _main_role(blocks: Sequence[Block]) -> str:
    counted = Counter(roles_in(blocks)).most_common(1)
    return counted[0][0].capitalize() if counted and counted[0][1] > 1 else ""


def _step_for(how_to: HowTo, steps: tuple[Step, ...], *, own_steps: bool) -> str:
    """The step that a how-to explains: its own, or the one of a found map that shares most words with its title."""
    if own_steps:
        wanted = slug_of(how_to.title) or "step"
        return next((step.id for step in steps if step.id == wanted), "")
    mine = _words_of(how_to.title)
    best = max(steps, key=lambda step: len(mine & _words_of(step.title)), default=None)
    return best.id if best is not None and len(mine & _words_of(best.title)) * 2 >= min(len(mine), 4) and mine else ""


_SMALL = frozenset({"th", "the", "and", "for", "with", "how", "your", "our", "from", "into"})


_ENDING = re.compile(r"(?<=\w{3})(?:ing|es|ed|er|e|s)\Z")


def _words_of(text: str) -> set[str]:
    """The words of a title without their endings: “Baking the bread” and “bakes it” share one."""
    return {_ENDING.sub("", word) for word in re.findall(r"[a-z]{3,}", text.casefold())} - _SMALL


def _places(blocks: Sequence[Block], homes: dict[int, str]) -> Iterator[Place]:
    for block in blocks:
        for sentence in sentences_of(block):
            yield Place(sentence, block.span, homes.get(id(block), LEFT_OVER))


def _file_name(path: str) -> str:
    name = path.rpartition("/")[2].partition(".")[0].replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] if name else "Process"
