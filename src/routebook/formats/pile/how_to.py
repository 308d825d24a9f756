"""The passages of one how-to as a document of its own: a procedure, an SOP, a work instruction, or a policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from routebook.core.document import (
    ChecklistItem,
    Evidence,
    Kind,
    Policy,
    Procedure,
    Sop,
    Status,
    WorkInstruction,
)
from routebook.formats.pile.classify import PileKind, facts_of, probabilities, shipped_model
from routebook.formats.pile.fields import FIELDS, Found, fields_in, label_of_field, labelled
from routebook.formats.pile.roles import roles_in
from routebook.formats.pile.signals import Look, Section, is_instruction, sections_of
from routebook.formats.pile.text import Block, BlockKind, PileDocument
from routebook.formats.pile.words import STEP_HEADING
from routebook.formats.pile.writing import inline, joined_markdown, without_number

Part = Policy | Procedure | Sop | WorkInstruction
PARTS = (PileKind.POLICY, PileKind.PROCEDURE, PileKind.SOP, PileKind.WORK_INSTRUCTION)
"""What a part of a mega-document can be."""
_BAR = re.compile(
    r"^(?:the )?(?:quality|acceptance|pass|standards?|criteria|definition of done|done when|it(?:'s|’s| is) done|what (?:good|done) looks like|checks?\b)",
    re.I,
)
MOST_STATEMENT = 600


@dataclass(frozen=True, slots=True)
class HowTo:
    """What a part is called, and the passages of it in their order.

    `heading` is the one that named it, where it is still among its passages. `joins` are the headings of how-tos that
    the person joined to it: their items go on with the checklist.
    """

    title: str
    blocks: tuple[Block, ...]
    heading: Block | None = None
    joins: frozenset[int] = frozenset()
    loose: frozenset[int] = frozenset()


def how_to_document(how_to: HowTo, slug: str, step: str, kind: PileKind | None = None) -> Part:
    """The document of a how-to, with every sentence of it; `kind` is found where nobody says it."""
    blocks = [block for block in how_to.blocks if block is not how_to.heading]
    kind = kind or _kind(how_to, blocks)
    found, rest = fields_in(blocks, FIELDS[Kind(kind.value)] - {"title"})
    body = _Body(joins=how_to.joins, loose=how_to.loose)
    for block in rest:
        body.take(block)
    if how_to.heading is not None and how_to.heading.text != how_to.title:
        # “Step 3: …” is a number in the original, and a sentence of it all the same.
        body.after.insert(0, how_to.heading)
    if kind is PileKind.POLICY:
        return policy_of(rest, found, how_to.title, slug, how_to.heading)
    objective = joined_markdown(body.before)
    return _made(kind, slug, how_to.title, step, _Parts(objective, body, ()), found, how_to.blocks)


def whole_document(document: PileDocument, kind: PileKind, slug: str) -> Procedure | Sop | WorkInstruction:
    """A document that is one how-to, with every sentence of it in a field: what leads in, the items, the bar, the rest.

    Of several sections the one that tells most to do is the checklist, or all of them where they are called steps.
    """
    title = without_number(document.title or next((b.text for b in document.blocks), "")) or slug
    found, blocks, beside = fields_of(document, FIELDS[Kind(kind.value)])
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
    body.after += beside
    first = body.before[:1]
    led = bool(first) and _leads_in(first[0]) and "objective" not in found.values
    objective = joined_markdown(first) if led else ""
    parts = _Parts(objective, body, tuple(body.before[1:] if led else body.before))
    made = _made(kind, slug, title, "", parts, found, document.blocks)
    assert not isinstance(made, Policy)
    return made


TOP = 15
"""Passages in which a field “Title” is that of the whole document."""


def labelled_title(document: PileDocument) -> str:
    """What a field “Title” says, as in the table at the top of many templates, or ""."""
    found, _ = fields_in(document.passages[:TOP], frozenset({"title"}))
    return found.text("title")


def fields_of(document: PileDocument, wanted: frozenset[str]) -> tuple[Found, list[Block], list[Block]]:
    """The fields of a document, and what is left of its text (without the heading that is its title) and beside it."""
    beside_found, beside = fields_in(document.front, wanted)
    text = [
        block for block in document.blocks if not (block.kind is BlockKind.HEADING and block.text == document.title)
    ]
    found, blocks = fields_in(text, wanted - beside_found.values.keys())
    both = Found(found.values | beside_found.values)
    if both.text("title") not in ("", document.title):
        # The title of something else, further down: it stays where it was.
        return fields_of(document, wanted - {"title"})
    return both, blocks, beside


@dataclass(frozen=True, slots=True)
class _Parts:
    objective: str
    body: _Body
    before: tuple[Block, ...]


def _made(
    kind: PileKind, slug: str, title: str, step: str, parts: _Parts, found: Found, blocks: Sequence[Block]
) -> Part:
    """The draft. What the labels say goes before what was only led to."""
    body = parts.body
    objective = found.text("objective") or parts.objective
    led = [parts.objective] if parts.objective and parts.objective != objective else []
    notes = [*led, joined_markdown(parts.before), joined_markdown(body.after)]
    bar = joined_markdown([*body.bar_headings, *body.bar])
    owner, review_by = found.text("owner"), found.review_by
    if kind is PileKind.WORK_INSTRUCTION:
        told = _text([*(notes if led else [parts.objective, *notes]), bar])
        lines = tuple(line for item in body.items for line in item.lines())
        return WorkInstruction(
            slug=slug, title=title[:300], status=Status.DRAFT, owner=owner, review_by=review_by,
            action=title[:300], lines=lines, notes=told,
        )  # fmt: skip
    checklist = tuple(item.value() for item in body.items)
    if kind is PileKind.PROCEDURE:
        return Procedure(
            slug=slug, title=title[:300], status=Status.DRAFT, owner=owner, review_by=review_by, step=step,
            objective=objective, trigger=found.text("trigger"), checklist=checklist, notes=_text([*notes, bar]),
        )  # fmt: skip
    headings = [block for block in body.bar_headings if label_of_field(block.text) != "quality_bar"]
    return Sop(
        slug=slug,
        title=title[:300],
        status=Status.DRAFT,
        owner=owner,
        review_by=review_by,
        step=step,
        role=found.text("role") or _role(blocks),
        objective=objective,
        trigger=found.text("trigger"),
        needs=found.needs,
        minutes=found.minutes,
        checklist=checklist,
        quality_bar=(*found.lines("quality_bar"), *(inline(block.pieces) for block in body.bar)),
        good=found.text("good"),
        bad=found.text("bad"),
        outputs=found.lines("outputs"),
        may_decide=found.text("may_decide"),
        ask_when=found.text("ask_when"),
        notes=_text([*notes, joined_markdown(headings)]),
    )


def _leads_in(block: Block) -> bool:
    """Whether a paragraph speaks for the whole: “Tools: a can” doesn't."""
    return block.kind is BlockKind.PARAGRAPH and not labelled(block.text)[0]


def _text(parts: Sequence[str]) -> str:
    return "\n\n".join(part for part in parts if part)


def policy_of(blocks: Sequence[Block], found: Found, title: str, slug: str, heading: Block | None = None) -> Policy:
    """The first paragraph is the statement; everything else stands in the notes, in its order."""
    first = next((block for block in blocks if _leads_in(block) and block.words > 3), None)
    if found.text("statement") or first is None or len(first.text) > MOST_STATEMENT:
        first = None
    told = [block for block in blocks if block is not first]
    if heading is not None and heading.text != title:
        told.insert(0, heading)
    return Policy(
        slug=slug,
        title=title[:300],
        status=Status.DRAFT,
        owner=found.text("owner"),
        review_by=found.review_by,
        statement=found.text("statement") or (joined_markdown([first]) if first else ""),
        why=found.text("objective"),
        notes=joined_markdown(told),
    )


def _told_in(section: Section) -> tuple[int, int]:
    items = [block for block in section.blocks if block.kind is BlockKind.ITEM and block.level <= 1]
    return (sum(1 for block in items if is_instruction(block.text)), sum(1 for block in items if block.ordered))


USUAL_WORDS = 500
"""A part of a document is short because it was cut out, so its length says nothing about its kind."""


def _kind(how_to: HowTo, blocks: Sequence[Block]) -> PileKind:
    named = Block(BlockKind.HEADING, blocks[0].span, (), level=2) if blocks else None
    heading = how_to.heading or named
    look = Look(PileDocument("", how_to.title, tuple(blocks) if heading is None else (heading, *blocks)))
    facts = facts_of(look, USUAL_WORDS)
    if facts.signals.get("half_literal"):
        return PileKind.WORK_INSTRUCTION
    found, _ = fields_in(blocks, FIELDS[Kind.SOP])
    if "role" in found.values or "quality_bar" in found.values or _has_a_bar(blocks):
        return PileKind.SOP
    shares = probabilities(facts, shipped_model())
    return max((PileKind.PROCEDURE, PileKind.SOP), key=lambda kind: shares[kind])


def _has_a_bar(blocks: Sequence[Block]) -> bool:
    body = _Body()
    for block in blocks:
        body.take(block)
    return bool(body.bar)


def _role(blocks: Sequence[Block]) -> str:
    counted = Counter(roles_in(blocks)).most_common(1)
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

    joins: frozenset[int] = frozenset()
    loose: frozenset[int] = frozenset()
    before: list[Block] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    bar: list[Block] = field(default_factory=list)
    bar_headings: list[Block] = field(default_factory=list)
    after: list[Block] = field(default_factory=list)
    where: str = "before"

    def take(self, block: Block) -> None:
        if id(block) in self.loose and not (block.kind is BlockKind.ITEM and block.level <= 1):
            self.after.append(block)
        elif block.kind is BlockKind.HEADING:
            self._heading(block)
        elif self.where == "joined" and not (block.kind is BlockKind.ITEM and block.level <= 1):
            self.after.append(block)
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
        if id(block) in self.joins:
            self.after.append(block)
            self.where = "joined"
        elif STEP_HEADING.match(block.text):
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
