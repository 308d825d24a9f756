"""What can be measured on a document that tells one kind from another.

Every signal is a plain fact about the text (how many items tell to do something, how many roles act, how much is
literal clicks), computed on the neutral model. None looks at a path, an organisation or a product.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from routebook.formats.pile import words as w
from routebook.formats.pile.roles import hands_along, label_of, roles_in
from routebook.formats.pile.text import Block, BlockKind, PileDocument, sentences
from routebook.formats.pile.verbs import VERBS

MOST_BLOCKS = 4_000
MOST_WORDS_AN_ACTION = 45
"""A text that tells to do something less often than this isn't the how-to of one task."""
FEWEST_NUMBERED_STEPS = 3
MOST_CHARACTERS = 200_000
"""What is measured of a very long document; its length is known anyway."""
_MARKUP = re.compile(r"^[\W_]*(?:\d{1,2}[.):]\s*)?")
_PROMPT = re.compile(r"^\s*(?:[$>%]\s+\S|[\w.@:~/-]{1,40}[$#]\s)")
_WORD = re.compile(r"[A-Za-z][A-Za-z'’-]*")


@dataclass(frozen=True, slots=True)
class Section:
    """A heading (None before the first) and the blocks up to the next heading."""

    heading: Block | None
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Look:
    """A document, looked at once: the facts that several signals share."""

    document: PileDocument

    @cached_property
    def blocks(self) -> tuple[Block, ...]:
        taken, left = [], MOST_CHARACTERS
        for block in self.document.blocks[:MOST_BLOCKS]:
            left -= len(block.text)
            taken.append(block)
            if left < 0:
                break
        return tuple(taken)

    @cached_property
    def words(self) -> int:
        return max(1, sum(block.words for block in self.blocks))

    @cached_property
    def title(self) -> str:
        if self.document.title and "<%" not in self.document.title:
            return self.document.title
        first = next((block.text for block in self.blocks if block.kind is BlockKind.HEADING), "")
        return "" if w.SAYS_NOTHING.fullmatch(first.strip(" :*")) else first

    @cached_property
    def headings(self) -> tuple[Block, ...]:
        """Every heading but the title."""
        found = [block for block in self.blocks if block.kind is BlockKind.HEADING]
        return tuple(found[1:] if found and found[0].text == self.title else found)

    @cached_property
    def items(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.kind is BlockKind.ITEM)

    @cached_property
    def prose(self) -> tuple[str, ...]:
        return tuple(one for block in self.blocks if block.kind is BlockKind.PARAGRAPH for one in sentences(block.text))

    @cached_property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if block.kind is not BlockKind.CODE)

    @cached_property
    def commands(self) -> tuple[str, ...]:
        """Lines of code that somebody is meant to type."""
        return tuple(
            line
            for block in self.blocks
            if block.kind is BlockKind.CODE and block.source.split(" ")[0].lower() not in w.DATA_LANGUAGES
            for line in typed_lines(block)
        )

    @cached_property
    def actions(self) -> tuple[str, ...]:
        """What the reader is told to do: items and sentences that begin with a verb, and step headings."""
        told = [block.text for block in self.items if is_instruction(block.text)]
        told += [one for one in self.prose if is_instruction(one)]
        return tuple(told)

    @cached_property
    def literal_actions(self) -> int:
        """How many of the actions are clicks, keys or commands; a command may stand in the middle of a sentence."""
        count = sum(1 for one in self.actions if is_literal(one))
        for block in self.blocks:
            if block.kind in (BlockKind.ITEM, BlockKind.PARAGRAPH) and any(piece.code for piece in block.pieces):
                count += 1 if is_instruction(block.text) and not is_literal(block.text) and has_command(block) else 0
        return count

    @cached_property
    def step_headings(self) -> int:
        return sum(1 for block in self.headings if w.STEP_HEADING.match(block.text)) + len(self.numbered_steps)

    @cached_property
    def numbered_steps(self) -> frozenset[str]:
        """Headings that are numbered and, for the most part, tell to do something: steps of one task."""
        numbered = [block for block in self.headings if w.NUMBERED.match(block.text)]
        telling = sum(1 for block in numbered if is_instruction(block.text))
        steps = telling >= FEWEST_NUMBERED_STEPS and telling * 2 > len(numbered)
        return frozenset(block.text for block in numbered) if steps else frozenset()

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return sections_of(self.blocks)

    @cached_property
    def how_tos(self) -> tuple[Section, ...]:
        """Sections that teach a task of their own: no numbered step of one, and at least two things to do."""
        return tuple(section for section in self.sections if is_how_to(section))

    @cached_property
    def roles(self) -> tuple[str, ...]:
        """The roles that act, in order of their turns."""
        return tuple(roles_in(self.blocks))

    def per_hundred(self, pattern: re.Pattern[str]) -> float:
        return 100 * sum(1 for _ in pattern.finditer(self.text)) / self.words


def sections_of(blocks: Iterable[Block]) -> tuple[Section, ...]:
    found: list[Section] = []
    heading: Block | None = None
    inside: list[Block] = []
    for block in blocks:
        if block.kind is BlockKind.HEADING:
            if heading or inside:
                found.append(Section(heading, tuple(inside)))
            heading, inside = block, []
        else:
            inside.append(block)
    if heading or inside:
        found.append(Section(heading, tuple(inside)))
    return tuple(found)


def is_instruction(text: str) -> bool:
    """Whether a text begins by telling somebody to do something: “Open the ticket”, “If it is late, call them”."""
    start = _MARKUP.sub("", text[:240], count=1)
    if _begins_with_verb(start):
        return True
    needed = w.YOU_DO.match(start)
    if needed and needed["verb"].lower() in VERBS:
        return True
    led = w.LEAD_INS.match(start)
    return led is not None and _begins_with_verb(start[led.end() :])


def _begins_with_verb(text: str) -> bool:
    found = _WORD.match(text)
    if not found or found[0].lower() not in VERBS:
        return False
    rest = text[found.end() : found.end() + 30]
    if rest[:1] in ":–—-" and rest[:1]:
        return False
    following = _WORD.search(rest)
    return not (following and following[0].lower() in w.NO_OBJECT)


def is_literal(text: str) -> bool:
    return bool(w.LITERAL.search(text))


def typed_lines(block: Block) -> list[str]:
    """The lines of a code block that somebody is meant to type. Where some begin with a prompt, the rest is output."""
    lines = [line for line in block.text.splitlines()[:400] if line.strip()]
    prompted = [line for line in lines if _PROMPT.match(line)]
    if prompted:
        return prompted
    language = block.source.split(" ")[0].lower().strip("{}.")
    if language in w.SHELLS:
        return [line for line in lines if not line.lstrip().startswith("#")]
    known = [line for line in lines if w.COMMAND.match(line)]
    if known or language or len(lines) > 3:
        return known
    return [line for line in lines if w.TYPED.match(line)]


def has_command(block: Block) -> bool:
    return any(piece.code and (w.COMMAND.match(piece.text) or " -" in piece.text) for piece in block.pieces)


def is_how_to(section: Section) -> bool:
    if section.heading is None or w.STEP_HEADING.match(section.heading.text):
        return False
    return things_to_do(section.blocks) >= (2 if w.TASK_HEADING.match(section.heading.text) else 3)


def things_to_do(blocks: Iterable[Block]) -> int:
    count = 0
    for block in blocks:
        if (block.kind is BlockKind.ITEM and is_instruction(block.text)) or (
            block.kind is BlockKind.CODE and any(w.COMMAND.match(line) for line in block.text.splitlines()[:5])
        ):
            count += 1
        elif block.kind is BlockKind.PARAGRAPH:
            count += sum(1 for one in sentences(block.text) if is_instruction(one))
    return count


def measure(document: PileDocument) -> dict[str, float]:
    """Every signal of a document by its name; each is about 0 to 1, and 0 says nothing."""
    return signals_of(Look(document))


def signals_of(look: Look) -> dict[str, float]:
    """The same for one that is being looked at already: what several signals share is found once."""
    values: dict[str, float] = {}
    values |= _shape(look)
    values |= _doing(look)
    values |= _ruling(look)
    values |= _acting(look)
    values |= _naming(look)
    values |= _speaking(look)
    return {name: round(min(max(value, -2.0), 2.0), 4) for name, value in values.items()}


def _share(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def _log(count: float, at_one: float) -> float:
    """0 for none, 1 at `at_one`, growing slowly."""
    return math.log1p(count) / math.log1p(at_one)


def _count(blocks: Iterable[Block], kind: BlockKind) -> int:
    return sum(1 for block in blocks if block.kind is kind)


def _shape(look: Look) -> dict[str, float]:
    blocks = look.blocks
    linked = sum(len(piece.text.split()) for block in blocks for piece in block.pieces if piece.link)
    table = sum(block.words for block in blocks if block.kind is BlockKind.TABLE)
    return {
        "stub": 1.0 if look.words < 45 else 0.0,
        "headings": min(1.0, 40 * len(look.headings) / look.words),
        "items": _share(sum(block.words for block in look.items), look.words),
        "ordered": _share(sum(1 for block in look.items if block.ordered), len(look.items)),
        "ticks": min(1.0, _share(sum(1 for block in look.items if block.ticked is not None), 4)),
        "tables": _share(table, look.words),
        "pictures": min(1.0, 100 * _count(blocks, BlockKind.PICTURE) / look.words),
        "links": min(1.0, 2 * _share(linked, look.words)),
        "contents": 1.0 if _contents(look) else 0.0,
        "link_items": _share(sum(1 for block in look.items if _is_link(block)), max(4, len(look.items))),
        "code": min(1.0, 40 * _count(blocks, BlockKind.CODE) / look.words),
    }


def _contents(look: Look) -> bool:
    """Whether it has a table of contents: at least four items that lead into the document itself."""
    inside = sum(
        1 for block in look.items if any(piece.link.startswith("#") and len(piece.link) > 1 for piece in block.pieces)
    )
    return inside >= 4


def _is_link(block: Block) -> bool:
    linked = sum(len(piece.text) for piece in block.pieces if piece.link)
    return linked * 2 > len(block.text)


def _doing(look: Look) -> dict[str, float]:
    told = [block for block in look.items if is_instruction(block.text)]
    steps = sum(1 for block in told if block.ordered) + look.step_headings
    actions = len(look.actions) + len(look.commands)
    literal = look.literal_actions + len(look.commands)
    # Monday, Tuesday … or before, during, after are the times of one task, not tasks of their own.
    how_tos = sum(
        1
        for one in look.how_tos
        if one.heading and not w.IN_TIME.search(one.heading.text) and one.heading.text not in look.numbered_steps
    )
    return {
        "telling_items": _share(len(told), max(3, len(look.items))),
        "telling_prose": _share(sum(1 for one in look.prose if is_instruction(one)), max(4, len(look.prose))),
        "steps": min(1.0, 25 * steps / look.words),
        "step_headings": min(1.0, look.step_headings / 3),
        "actions": min(1.0, 20 * len(look.actions) / look.words),
        "literal": _share(literal, max(4, actions)),
        "half_literal": 1.0 if actions >= 3 and literal * 2 >= actions else 0.0,
        "commands": min(1.0, 30 * len(look.commands) / look.words),
        "ui": min(1.0, look.per_hundred(w.LITERAL) / 3),
        "one_task": 1.0 if how_tos <= 1 and actions >= 3 and actions * MOST_WORDS_AN_ACTION >= look.words else 0.0,
        "several_tasks": _log(max(0, how_tos - 1), 6),
        "how_to_share": _share(how_tos, max(4, len(look.sections))),
        "task_headings": _share(
            sum(1 for block in look.headings if w.TASK_HEADING.match(block.text)), max(4, len(look.headings))
        ),
        "rules_and_how_tos": 1.0 if how_tos >= 2 and any(_rules(section) for section in look.sections) else 0.0,
        "no_action": 1.0 if actions <= 1 else 0.0,
        "checks": min(1.0, look.per_hundred(w.VERIFY)),
        "standard": min(1.0, look.per_hundred(w.STANDARD) / 1.5),
        "should": min(1.0, look.per_hundred(w.SHOULD) / 2.5),
        "conditions": min(1.0, 50 * sum(1 for one in _lines(look) if w.CONDITION.search(one)) / look.words),
    }


def _rules(section: Section) -> bool:
    """Whether a section only says what must be, not how to do it."""
    text = "\n".join(block.text for block in section.blocks)
    return not is_how_to(section) and sum(1 for _ in w.MODAL.finditer(text[:4000])) >= 2


def _lines(look: Look) -> list[str]:
    return [block.text for block in look.items] + list(look.prose)


def _ruling(look: Look) -> dict[str, float]:
    clauses = [
        block
        for block in look.items
        if block.ordered and block.level == 1 and not is_instruction(block.text) and block.words >= 8
    ]
    numbered = sum(1 for block in look.blocks if w.CLAUSE.match(block.text))
    return {
        "modals": min(1.5, look.per_hundred(w.MODAL) / 1.5),
        "strong_modals": min(1.5, look.per_hundred(w.STRONG_MODAL) / 1.5),
        "everyone": min(1.5, look.per_hundred(w.EVERYONE) / 2),
        "rule_numbers": min(1.0, look.per_hundred(w.RULE_MAKING)),
        "reasons_given": min(1.0, look.per_hundred(w.REASON)),
        "clauses": min(1.0, 40 * (len(clauses) + numbered) / look.words),
        "you": min(1.0, look.per_hundred(w.YOU) / 3),
        "we": min(1.0, look.per_hundred(w.WE) / 3),
        "past": min(1.0, look.per_hundred(w.PAST) / 3),
        "dates": min(1.0, look.per_hundred(w.DATED)),
        "blanks": min(1.0, _share(sum(1 for _ in w.BLANK.finditer(look.text)), 5)),
        "template": min(1.0, look.per_hundred(w.BLANK) / 4),
        "bodies": min(1.5, look.per_hundred(w.BODIES) / 2),
        "status": min(1.5, look.per_hundred(w.STATUS) / 2),
        "permits": min(1.5, look.per_hundred(w.PERMITS) / 1.5),
        "describes": min(1.0, look.per_hundred(w.DESCRIBES) / 2),
        "opinion": min(1.0, look.per_hundred(w.OPINION) / 1.5),
        "question_items": _share(
            sum(1 for block in look.items if block.text.rstrip().endswith("?")), max(4, len(look.items))
        ),
        "questions": _share(
            sum(1 for block in look.headings if w.QUESTION_HEADING.match(block.text)), max(3, len(look.headings))
        ),
    }


def _acting(look: Look) -> dict[str, float]:
    turns = look.roles
    counted = Counter(turns)
    several = sum(1 for count in counted.values() if count >= 1)
    changes = sum(1 for before, after in pairwise(turns) if before != after)
    stages = sum(1 for block in look.headings if w.STAGE.match(block.text))
    nouns = sum(1 for block in look.headings if w.STAGE_NOUN.match(block.text.strip(" :")))
    return {
        "roles": _log(several / max(1.0, (look.words / 200) ** 0.5), 6),
        "three_roles": 1.0 if several >= 3 and changes >= max(3, look.words / 250) else 0.0,
        "chain": 1.0 if any(hands_along(section.blocks) for section in look.sections) else 0.0,
        "one_role": 1.0 if turns and counted.most_common(1)[0][1] * 2 > len(turns) else 0.0,
        "role_turns": min(1.0, 60 * changes / look.words),
        "passes_through": min(1.0, look.per_hundred(w.PASSES_THROUGH) / 1.5),
        "and_then": min(1.0, look.per_hundred(w.AND_THEN) / 1.5),
        "stage_nouns": _share(nouns, max(4, len(look.headings))) if nouns > 2 else 0.0,
        "hands_on": min(1.0, look.per_hundred(w.HANDS_ON) / 1.2),
        "stage_share": _share(stages, max(3, len(look.headings))),
        "role_headings": _share(sum(1 for block in look.headings if label_of(block.text)), max(4, len(look.headings))),
    }


def _speaking(look: Look) -> dict[str, float]:
    """Whom it speaks to and how, and what it calls itself."""
    opening = "\n".join(block.text for block in look.blocks[:8])[:1500]
    values = {f"self_{kind}": min(1.0, look.per_hundred(pattern)) for kind, pattern in w.SELF.items()}
    sequence = sum(1 for block in look.headings if w.IN_TIME.search(block.text) or w.NUMBERED.match(block.text))
    paragraphs = [block for block in look.blocks if block.kind is BlockKind.PARAGRAPH]
    return values | {
        "you_will": min(1.0, look.per_hundred(w.YOU_WILL)),
        "manner": min(1.0, look.per_hundred(w.MANNER) / 2),
        "you_do": min(1.0, look.per_hundred(w.YOU_DO)),
        "sequence": _share(sequence, max(3, len(look.headings))) if sequence > 1 else 0.0,
        "duties": _share(sum(1 for block in look.items if w.DUTY.match(block.text)), max(4, len(look.items))),
        "donts": min(1.0, sum(1 for one in _lines(look) if w.DONT.match(one)) * 60 / look.words),
        "dos": min(1.0, sum(1 for block in look.blocks if w.DOS.match(block.text)) * 60 / look.words),
        "in_a_role": min(1.0, look.per_hundred(w.IN_A_ROLE)) / 2 + (0.5 if w.IN_A_ROLE.search(opening) else 0.0),
        "scripts": min(1.0, look.per_hundred(w.QUOTED)),
        "passive": min(1.0, look.per_hundred(w.PASSIVE) / 2),
        "prose": _share(sum(block.words for block in paragraphs), look.words),
        "long_paragraphs": _share(sum(1 for block in paragraphs if block.words > 60), max(3, len(paragraphs))),
    }


def _naming(look: Look) -> dict[str, float]:
    values = {f"title_{kind}": 1.0 if pattern.search(look.title) else 0.0 for kind, pattern in w.TITLE.items()}
    if w.PLAIN_TITLE.search(look.title):
        values["title_other"] = 0.0
    for kind, pattern in w.HEADING.items():
        named = sum(1 for block in look.headings if pattern.match(block.text.strip()))
        values[f"headings_{kind}"] = _share(named, max(3, len(look.headings)))
    values["title_task"] = 1.0 if w.TASK_HEADING.match(look.title) else 0.0
    return values
