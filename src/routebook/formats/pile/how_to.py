"""One how-to of a mega-document as a document of its own: a procedure, an SOP or a work instruction."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field

from routebook.core.document import ChecklistItem, Evidence, Procedure, Sop, Status, WorkInstruction
from routebook.formats.pile.classify import PileKind, probabilities, shipped_model
from routebook.formats.pile.roles import roles_in
from routebook.formats.pile.signals import Section, is_instruction, measure, sections_of
from routebook.formats.pile.text import Block, BlockKind, PileDocument
from routebook.formats.pile.words import STEP_HEADING
from routebook.formats.pile.writing import inline, joined_markdown, without_number

_BAR = re.compile(
    r"^(?:the )?(?:quality|acceptance|pass|standards?|criteria|definition of done|done when|it(?:'s|’s| is) done|what (?:good|done) looks like|checks?\b)",
    re.I,
)


@dataclass(frozen=True, slots=True)
class HowTo:
    """The heading of a how-to and everything below it that belongs to it."""

    heading: Block
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        return without_number(self.heading.text)


def how_to_document(how_to: HowTo, slug: str, step: str) -> tuple[Procedure | Sop | WorkInstruction, list[Block]]:
    """The document, and the blocks of the how-to that found no field in it."""
    body = _Body()
    for block in how_to.blocks:
        body.take(block)
    kind = _kind(how_to, body)
    title, objective, notes = how_to.title, joined_markdown(body.before), joined_markdown(body.after)
    if how_to.heading.text != title:
        # “Step 3: …” is a number in the original, and a sentence of it all the same.
        notes = f"{joined_markdown([how_to.heading])}\n\n{notes}".strip()
    if kind is PileKind.WORK_INSTRUCTION:
        said = "\n\n".join(part for part in (objective, joined_markdown(body.bar), notes) if part)
        lines = tuple(line for item in body.items for line in item.lines())
        return WorkInstruction(slug=slug, title=title, status=Status.DRAFT, action=title, lines=lines, notes=said), []
    checklist = tuple(item.value() for item in body.items)
    if kind is PileKind.SOP:
        bar = tuple(inline(block.pieces) for block in body.bar)
        role = _role(how_to)
        made = Sop(
            slug=slug, title=title, status=Status.DRAFT, step=step, role=role, objective=objective, checklist=checklist, quality_bar=bar, notes=notes
        )  # fmt: skip
        return made, body.bar_headings
    notes = "\n\n".join(part for part in (notes, joined_markdown(body.bar)) if part)
    return Procedure(
        slug=slug, title=title, status=Status.DRAFT, step=step, objective=objective, checklist=checklist, notes=notes
    ), body.bar_headings


def whole_document(document: PileDocument, kind: PileKind, slug: str) -> Procedure | Sop | WorkInstruction:
    """A document that is one how-to, with every sentence of it in a field: what leads in, the items, the bar, the rest.

    Of several sections the one that tells most to do is the checklist, or all of them where they are called steps.
    """
    title = without_number(document.title or next((b.text for b in document.blocks), "")) or slug
    blocks = [
        block for block in document.blocks if not (block.kind is BlockKind.HEADING and block.text == document.title)
    ]
    body = _Body()
    sections = sections_of(blocks)
    stepwise = sum(1 for one in sections if one.heading and STEP_HEADING.match(one.heading.text)) >= 2
    main = max(range(len(sections)), key=lambda at: _told_in(sections[at]), default=0)
    for at, section in enumerate(sections):
        heads = [section.heading] if section.heading is not None else []
        if stepwise or at > main:
            for block in (*heads, *section.blocks):
                body.take(block)
        elif at < main:
            body.before += [*heads, *section.blocks]
        else:
            body.before += heads
            for block in section.blocks:
                body.take(block)
    before, after = joined_markdown(body.before), joined_markdown(body.after)
    if kind is PileKind.WORK_INSTRUCTION:
        lines = tuple(line for item in body.items for line in item.lines())
        bar = joined_markdown([*body.bar_headings, *body.bar])
        notes = "\n\n".join(part for part in (before, bar, after) if part)
        return WorkInstruction(slug=slug, title=title, status=Status.DRAFT, action=title, lines=lines, notes=notes)
    checklist = tuple(item.value() for item in body.items)
    first, _, rest = before.partition("\n\n")
    objective = first if not first.startswith(("#", "-", "1.", "|", "!", "`")) else ""
    notes = "\n\n".join(part for part in (rest if objective else before, after) if part)
    if kind is PileKind.SOP:
        quality = tuple(inline(block.pieces) for block in body.bar)
        if body.bar_headings:
            notes = "\n\n".join(part for part in (notes, joined_markdown(body.bar_headings)) if part)
        return Sop(
            slug=slug, title=title, status=Status.DRAFT, role=_role(HowTo(document.blocks[0], document.blocks)),
            objective=objective, checklist=checklist, quality_bar=quality, notes=notes,
        )  # fmt: skip
    notes = "\n\n".join(part for part in (notes, joined_markdown([*body.bar_headings, *body.bar])) if part)
    return Procedure(slug=slug, title=title, status=Status.DRAFT, objective=objective, checklist=checklist, notes=notes)


def _told_in(section: Section) -> tuple[int, int]:
    items = [block for block in section.blocks if block.kind is BlockKind.ITEM and block.level <= 1]
    return (sum(1 for block in items if is_instruction(block.text)), sum(1 for block in items if block.ordered))


USUAL_WORDS = 500
"""A part of a document is short because it was cut out, so its length says nothing about its kind."""


def _kind(how_to: HowTo, body: _Body) -> PileKind:
    document = PileDocument("", how_to.title, (how_to.heading, *how_to.blocks))
    signals = measure(document)
    if signals["half_literal"]:
        return PileKind.WORK_INSTRUCTION
    if body.bar:
        return PileKind.SOP
    shares = probabilities(signals, USUAL_WORDS, shipped_model())
    return max((PileKind.PROCEDURE, PileKind.SOP), key=lambda kind: shares[kind])


def _role(how_to: HowTo) -> str:
    counted = Counter(roles_in(how_to.blocks)).most_common(1)
    return counted[0][0].capitalize() if counted else ""


@dataclass(slots=True)
class _Item:
    block: Block
    below: list[Block] = field(default_factory=list)

    def value(self) -> ChecklistItem:
        text = (
            without_number(inline(self.block.pieces))
            if self.block.kind is BlockKind.HEADING
            else inline(self.block.pieces)
        )
        below = [self.block, *self.below] if text != inline(self.block.pieces) else self.below
        evidence = Evidence.TICK if self.block.ticked is not None else Evidence.NONE
        return ChecklistItem(text=text, evidence=evidence, instruction=joined_markdown(below))

    def lines(self) -> tuple[str, ...]:
        return (inline(self.block.pieces), *(line for block in self.below for line in _lines_of(block)))


def _lines_of(block: Block) -> list[str]:
    if block.kind in (BlockKind.CODE, BlockKind.TABLE, BlockKind.PICTURE):
        return [line for line in joined_markdown([block]).splitlines() if line.strip()]
    return [inline(block.pieces)]


@dataclass(slots=True)
class _Body:
    """Sorts the blocks of a how-to: what leads in, the items with what explains them, the quality bar, the rest."""

    before: list[Block] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    bar: list[Block] = field(default_factory=list)
    bar_headings: list[Block] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    where: str = "before"

    def take(self, block: Block) -> None:
        if block.kind is BlockKind.HEADING:
            self._heading(block)
        elif self.where == "bar":
            self._in_bar(block)
        elif self.where == "after":
            self.after.append(block)
        elif block.kind is BlockKind.ITEM and (block.level <= 1 or not self.items) and self.where != "step":
            self.items.append(_Item(block))
            self.where = "items"
        elif self.items:
            self.items[-1].below.append(block)
        else:
            self.before.append(block)

    def _heading(self, block: Block) -> None:
        if STEP_HEADING.match(block.text):
            self.items.append(_Item(block))
            self.where = "step"
        elif _BAR.match(block.text):
            self.bar_headings.append(block)
            self.where = "bar"
        else:
            self.after.append(block)
            self.where = "after"

    def _in_bar(self, block: Block) -> None:
        if block.kind is BlockKind.ITEM:
            self.bar.append(block)
        else:
            self.after.append(block)
