"""A mega-document taken apart: one map, one document for each how-to, and a list of what is left over.

No sentence is lost, by construction: a document is a row of passages, each of them has one home (the map, a part, or the
left-over list), and parts are built from the passages that they have. It is a proposal. The person who knows the work
moves passages about (`adjusting`), and the original is kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from routebook.core.document import Kind, Process, Status, Step
from routebook.formats.pile.classify import PileKind
from routebook.formats.pile.fields import FIELDS, fields_in
from routebook.formats.pile.how_to import HowTo, Part, how_to_document
from routebook.formats.pile.map_found import LOOSE, STRICT, FoundMap, map_in, overview_in
from routebook.formats.pile.roles import roles_in
from routebook.formats.pile.signals import Section, is_how_to, sections_of
from routebook.formats.pile.text import Block, PileDocument, Span, sentences_of
from routebook.formats.pile.words import STEP_HEADING
from routebook.formats.pile.writing import joined_markdown, slug_of, unique, without_number, words_of

LEFT_OVER = ""
"""The home of what fits nowhere."""


MOST_LOOKED_AT = 40
"""How-tos that are looked at for being an overview of the others: it stands at the beginning."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sentence of the original went: the slug of a part, or `LEFT_OVER`; `span` is where it stood."""

    sentence: str
    span: Span
    part: str


@dataclass(frozen=True, slots=True)
class LeftOver:
    """A passage that belongs to no step: a rule, a story, a table of names. `text` is CommonMark, `passage` its number."""

    text: str
    span: Span
    passage: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A part as planned: its name, what it is called, which step it explains, and the passage of its heading."""

    slug: str
    title: str
    step: str = ""
    heading: int | None = None
    kind: PileKind | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that makes a proposal: `homes` has the slug of a part for each passage, in their order.

    `joined` says which part a part was joined to, `loose` which passages were moved one by one.
    """

    title: str
    slug: str
    steps: tuple[Step, ...]
    drafts: tuple[Draft, ...]
    homes: tuple[str, ...]
    joined: Mapping[str, str] = field(default_factory=dict)
    loose: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a document would become. `places` holds every sentence of the original once, in its order."""

    process: Process
    documents: tuple[Part, ...]
    left_over: tuple[LeftOver, ...]
    places: tuple[Place, ...]
    plan: Plan


def split(document: PileDocument) -> Proposal:
    """The proposed map and documents of a mega-document. Works on any document; a short one gives little."""
    return built(document, planned(document))


def planned(document: PileDocument) -> Plan:
    """How a document comes apart, before anything is made of it."""
    return _Split(document).plan()


def built(document: PileDocument, plan: Plan) -> Proposal:
    """The proposal of a plan."""
    passages = document.passages
    heads = {draft.heading: draft.slug for draft in plan.drafts if draft.heading is not None}
    joins = frozenset(id(passages[at]) for at in heads)
    loose = frozenset(id(passages[at]) for at in plan.loose)
    documents = []
    owned: dict[str, list[int]] = {}
    for at, home in enumerate(plan.homes):
        owned.setdefault(home, []).append(at)
    for draft in plan.drafts:
        own = owned.get(draft.slug)
        if not own:
            continue
        heading = passages[draft.heading] if draft.heading in own else None
        how_to = HowTo(draft.title, tuple(passages[at] for at in own), heading, joins - {id(heading)}, loose)
        made = how_to_document(how_to, draft.slug, f"{plan.slug}/{draft.step}" if draft.step else "", draft.kind)
        documents.append(made)
    left = owned.get(LEFT_OVER, [])
    return Proposal(
        _process(document, plan),
        tuple(documents),
        tuple(LeftOver(joined_markdown([passages[at]]), passages[at].span, at) for at in left),
        tuple(
            Place(sentence, block.span, home)
            for block, home in zip(passages, plan.homes, strict=True)
            for sentence in sentences_of(block)
        ),
        plan,
    )


def _process(document: PileDocument, plan: Plan) -> Process:
    """The map: what introduces it is in its fields where it is labelled, and in its notes."""
    # What stood beside the text (front matter, a header) comes after what it says.
    order = [*range(len(document.front), len(plan.homes)), *range(len(document.front))]
    own = [document.passages[at] for at in order if plan.homes[at] == plan.slug]
    found, rest = fields_in(own, FIELDS[Kind.PROCESS] - {"title"})
    named = next((block for block in rest if block.text == plan.title), None)
    return Process(
        slug=plan.slug,
        title=plan.title,
        status=Status.DRAFT,
        owner=found.text("owner"),
        review_by=found.review_by,
        trigger=found.text("trigger"),
        result=found.text("result"),
        steps=plan.steps,
        notes=joined_markdown(block for block in rest if block is not named),
    )


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
    kept: list[Section] = field(default_factory=list)
    sections: list[Section] = field(default_factory=list)
    explained: dict[str, str] = field(default_factory=dict)

    def plan(self) -> Plan:
        for node in _tree(sections_of(self.document.blocks)):
            self._visit(node, top=True)
        if not self.maps:
            self._find_overview()
        slug = slug_of(self._title()) or "process"
        slugs = unique([slug, *(slug_of(how_to.title) or "how-to" for how_to in self.how_tos)])[1:]
        steps = self._steps()
        homes: dict[int, str] = {id(block): slug for block in self._process_blocks()}
        numbers = {id(block): at for at, block in enumerate(self.document.passages)}
        drafts = []
        for at, (how_to, own) in enumerate(zip(self.how_tos, slugs, strict=True)):
            step = self._step_for(at, steps)
            drafts.append(Draft(own, how_to.title[:300], step, numbers[id(how_to.heading)]))
            homes |= {id(block): own for block in how_to.blocks}
        return Plan(
            self._title()[:300], slug, steps, tuple(drafts),
            tuple(homes.get(id(block), LEFT_OVER) for block in self.document.passages),
        )  # fmt: skip

    def _visit(self, node: _Node, *, top: bool = False) -> None:
        heading = node.section.heading
        steps = [
            child for child in node.children if child.section.heading and STEP_HEADING.match(child.section.heading.text)
        ]
        if heading is not None and len(steps) >= 2 and not self._is_title(heading):
            self._how_to(node.section, list(node.all_blocks())[1:])
            return
        found = map_in(node.section)
        if found is not None:
            self.maps.append(found)
            self._visit_all(node.children)
        elif heading is not None and is_how_to(node.section):
            own, apart = _own_children(node.children)
            self._how_to(node.section, [*node.section.blocks, *own])
            self._visit_all(apart)
        else:
            self._keep(node.section, top=top)
            self._visit_all(node.children)

    def _how_to(self, section: Section, blocks: Sequence[Block]) -> None:
        heading = section.heading
        assert heading is not None
        self.sections.append(section)
        self.how_tos.append(HowTo(without_number(heading.text), (heading, *blocks), heading))

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
        self.kept.append(section)

    def _title(self) -> str:
        named = self.document.title or (self.titles[0].text if self.titles else "")
        return without_number(named) or _file_name(self.document.path)

    def _find_overview(self) -> None:
        """A plain list of the how-tos (“1. Intake 2. Verify …”) is the map, in its order.

        It may look like a how-to itself, since the titles of tasks tell what to do.
        """
        looked_at = self.how_tos[:MOST_LOOKED_AT]
        for at, (how_to, section) in enumerate(zip(looked_at, self.sections, strict=False)):
            others = self.how_tos[:at] + self.how_tos[at + 1 :]
            if len(section.blocks) + 1 == len(how_to.blocks) and self._is_overview(section, others, STRICT):
                self.how_tos = others
                if not self.titles and self.document.passages and how_to.heading is self.document.blocks[0]:
                    self.titles.append(self.document.blocks[0])
                return
        for section in self.kept:
            if self._is_overview(section, self.how_tos, LOOSE):
                return

    def _is_overview(self, section: Section, how_tos: Sequence[HowTo], alike: float) -> bool:
        titles = [how_to.title for how_to in how_tos]
        found = overview_in(section, titles, lambda at: _main_role(how_tos[at].blocks), alike)
        if found is None:
            return False
        heading = (section.heading,) if section.heading is not None else ()
        self.maps.append(FoundMap(found.map.steps, (*heading, *section.blocks)))
        self.explained = {titles[at]: step for at, step in found.explained.items()}
        return True

    def _process_blocks(self) -> list[Block]:
        introduction = [*self.titles, *self.introduction, *self.document.front]
        return [*introduction, *(block for found in self.maps for block in found.blocks)]

    def _steps(self) -> tuple[Step, ...]:
        if self.maps:
            first = max(self.maps, key=lambda found: len(found.steps))
            return first.steps
        titles = [_task_of(how_to.title) for how_to in self.how_tos]
        ids = unique([slug_of(title) or "step" for title in titles])
        return tuple(
            Step(id=own, title=title[:300], role=_main_role(how_to.blocks))
            for own, title, how_to in zip(ids, titles, self.how_tos, strict=True)
        )

    def _step_for(self, at: int, steps: tuple[Step, ...]) -> str:
        """The step that a how-to explains, by its place: what the overview says, the best match of a map, or its own."""
        how_to = self.how_tos[at]
        if self.explained:
            return self.explained.get(how_to.title, "")
        return _step_for(how_to, steps) if self.maps else steps[at].id


def _task_of(title: str) -> str:
    """“How to open a folder” tells how; the step is “Open a folder”."""
    task = re.sub(r"\A(?:how (?:to|do (?:i|we|you)))\s+", "", title, count=1, flags=re.I).rstrip("?") or title
    return task[:1].upper() + task[1:]


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
    found, _ = fields_in(blocks, frozenset({"role"}))
    counted = Counter(roles_in(blocks)).most_common(1)
    return found.text("role") or (counted[0][0].capitalize() if counted and counted[0][1] > 1 else "")


def _step_for(how_to: HowTo, steps: tuple[Step, ...]) -> str:
    """The step of a found map that shares most words with the title of a how-to, or ""."""
    mine = words_of(how_to.title)
    best = max(steps, key=lambda step: len(mine & words_of(step.title)), default=None)
    return best.id if best is not None and len(mine & words_of(best.title)) * 2 >= min(len(mine), 4) and mine else ""


def _file_name(path: str) -> str:
    name = path.rpartition("/")[2].partition(".")[0].replace("-", " ").replace("_", " ").strip()
    return name[:1].upper() + name[1:] if name else "Process"
